/** Archives: what other formats are packed in. The entry inkling-formats/archives. */
export { unzip, type ZipLimits, type ZipOptions, zip, zipComment } from "./zip.ts";
