/** What a format of data is: how its first bytes are recognised, and how it is read. */
import { ArgumentError, type DataPair } from "inkling";
import type { NamedBytes } from "inkling/formats";
import type { PictureOptions } from "../images/index.ts";
import type { ReadTable, ReadTableOptions } from "../tables/index.ts";
import type { FileSource } from "./source.ts";

/** What can be said about data before they are read. What a format has no use for, it refuses or ignores as it says. */
export interface ReadOptions extends ReadTableOptions, PictureOptions {
  /** The answers of an NPY file of examples: an NPY file of their own. */
  readonly labels?: NamedBytes | undefined;
  /**
   * The most bytes of examples that are held in memory, where they can also be read at their place on the disk: IDX and
   * NPY that are not packed. If absent, a quarter of the memory that is free, and at most 1 GiB.
   */
  readonly memory?: number | undefined;
}

/** Examples to learn from and to be tested on, or one set alone. */
export type Data = (DataPair | ReadTable) & {
  /** Of pictures in a folder: the path of each that is to be tested on; of a set alone, of each of it. */
  readonly paths?: readonly string[] | undefined;
  /** Whether a set alone should be divided where nobody brings other examples to test on. A table always should. */
  readonly holdOut?: boolean | undefined;
};

/** A format of files. */
export interface FileFormat {
  /** What it is called among others: "expected an NPY file, a CSV or TSV table, …". */
  readonly what: string;
  /** Whether the first bytes are of this format. */
  recognises(source: FileSource): boolean;
  /** Reads it. Throws a DataError for a file that is not what its first bytes promise. */
  read(source: FileSource, options: ReadOptions): Promise<Data>;
}

/** Throws an ArgumentError for a file of answers beside data that have no use for one. */
export function refuseAnswersFile({ labels, spelled = (option) => option }: ReadOptions, got: string): void {
  if (labels !== undefined) throw new ArgumentError(spelled("labels"), "an NPY file of examples beside it", got);
}
