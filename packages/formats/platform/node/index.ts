/** Data from the disk or from standard input, whatever they are. The entry inkling-formats/node. */
export { type DirectoryFormat, directoryFormats } from "./directories.ts";
export { readData } from "./read-data.ts";
