/**
 * What Hugging Face's `datasets` writes into a Parquet file beside the columns: under "huggingface" a JSON text, in it
 * the names of the classes, info.features.COLUMN.names.
 */
import type { ParquetFile } from "./file.ts";

/** The longest text that is read. */
const LONGEST = 1 << 24;

/** The names of a column's classes, class 0 first; undefined where there are none. */
export function classNamesIn({ notes }: ParquetFile, column: string): readonly string[] | undefined {
  const text = notes.get("huggingface");
  if (text === undefined || text.length > LONGEST) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return undefined;
  }
  for (const key of ["info", "features", column, "names"]) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  if (!Array.isArray(found) || !found.every((name) => typeof name === "string" && name !== "")) return undefined;
  return new Set(found).size === found.length && found.length > 0 ? found : undefined;
}
