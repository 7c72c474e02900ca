/** Archives: what other formats are packed in. The entry inkling-formats/archives. */
export { unzip, type ZipLimits, zip } from "./zip.ts";
