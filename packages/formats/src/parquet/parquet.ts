/** Data sets from Parquet files: a column of pictures, or a table. */
import { DataError } from "inkling";
import { type ReadTable, type ReadTableOptions, readLines } from "../tables/table.ts";
import { ParquetFile } from "./file.ts";
import { type ParquetPictureOptions, pictureColumn, picturesFrom } from "./pictures.ts";
import { parquetLines } from "./table.ts";

/** The bytes of a file, and what errors call it. */
export interface ParquetPart {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface ParquetOptions extends ReadTableOptions, ParquetPictureOptions {}

/**
 * The data in Parquet files of the same columns, one after the other: pictures where a column holds some, as Hugging
 * Face lays them out, otherwise a table, by the rules of CSV. `name` is what reports call them together. Throws a
 * DataError for a file that is damaged or has columns that are no numbers and no words; nothing is loaded then.
 *
 * @example
 * const { only } = await readParquet("iris", [{ name: "iris.parquet", bytes }], { label: "species" });
 */
export async function readParquet(
  name: string,
  parts: readonly ParquetPart[],
  options: ParquetOptions = {},
): Promise<ReadTable & { readonly holdOut?: true }> {
  const files = parts.map((part) => new ParquetFile(part.name, part.bytes));
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  const [first] = files;
  if (first === undefined || rows === 0) throw new DataError(name, "at least one row", "0", "Nothing was loaded.");
  const pictures = await pictureColumn(files.find((file) => file.rows > 0) ?? first);
  if (pictures === undefined) {
    const { size: _, channels: __, limits: ___, ...ofTables } = options;
    return readLines(name, parquetLines(files), ofTables);
  }
  return { ...(await picturesFrom(name, files, pictures, options)), holdOut: true };
}
