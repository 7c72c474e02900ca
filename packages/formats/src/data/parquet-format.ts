/** Parquet files among the formats of files. */
import { isParquet } from "../parquet/magic.ts";
import type { FileFormat } from "./format.ts";

export const parquet: FileFormat = {
  what: "a Parquet file",
  recognises: ({ head }) => isParquet(head),
  async read(source, options) {
    // Loaded when there is a file to read.
    const { readParquet } = await import("../parquet/index.ts");
    return readParquet(source.name, [{ name: source.name, bytes: await source.bytes() }], options);
  },
};
