/** Data from files of any known format, told apart by what they hold. The entry inkling-formats/data. */
export { type Data, type FileFormat, type ReadOptions, refuseAnswersFile } from "./format.ts";
export { fileFormats, readBytes, readSource } from "./formats.ts";
export { type FileSource, openSource } from "./source.ts";
