/** Tables of comma-separated values, from bytes. The entry inkling-formats/tables. */
export { csvLines } from "./split.ts";
export { type ReadTable, type ReadTableOptions, readTable } from "./table.ts";
