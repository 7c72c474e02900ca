/** What a format of data is: how its first bytes are recognised, and how it is read. */
import type { DataPair } from "inkling";
import type { ReadTable, ReadTableOptions } from "../tables/index.ts";
import type { FileSource } from "./source.ts";

/** What can be said about data before they are read. What a format has no use for, it refuses or ignores as it says. */
export interface ReadOptions extends ReadTableOptions {}

/** Examples to learn from and to be tested on, or one set alone. */
export type Data = DataPair | ReadTable;

/** A format of files. */
export interface FileFormat {
  /** What it is called among others: "expected an NPY file, a CSV or TSV table, …". */
  readonly what: string;
  /** Whether the first bytes are of this format. */
  recognises(source: FileSource): boolean;
  /** Reads it. Throws a DataError for a file that is not what its first bytes promise. */
  read(source: FileSource, options: ReadOptions): Promise<Data>;
}
