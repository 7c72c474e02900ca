/** Parquet files: pictures and tables. The entry inkling-formats/parquet. */
export { isParquet } from "./magic.ts";
export { type ParquetOptions, type ParquetPart, readParquet } from "./parquet.ts";
