/**
 * The columns of a table and the inputs that they become. A column of numbers is one input. A column of words is one
 * input for each of its words, 1 where a row has that word and 0 elsewhere ("one-hot"): a word is no quantity, and a
 * network must not read the third colour as three times the first.
 *
 * A model keeps its columns, so that prediction reads a file as training did.
 */
import { ArgumentError } from "../errors.ts";
import { isOptions } from "../options.ts";
import { shown } from "../shown.ts";

/** One column of a table. */
export interface TableColumn {
  /** What the file calls it. */
  readonly name: string;
  /** The words of a column of words, in the order of their characters' codes; undefined for a column of numbers. */
  readonly words?: readonly string[] | undefined;
  /**
   * What an empty cell is read as: a number for each input of this column. "mean": that is not known yet, empty cells
   * are NaN, and `fillMissing` finds their means. If absent, an empty cell is refused.
   */
  readonly missing?: "mean" | readonly number[] | undefined;
}

/** Columns of words have at most so many different words. */
export const MOST_WORDS = 256;

/** What the inputs are called that a column becomes: by its own name, or colour=blue, colour=red. */
export function inputNames({ name, words }: TableColumn): readonly string[] {
  return words?.map((word) => `${name}=${word}`) ?? [name];
}

/** How many inputs a column becomes. */
export function inputCount({ words }: TableColumn): number {
  return words?.length ?? 1;
}

/**
 * Throws an ArgumentError, in the name of `where`, unless these are columns: what comes from a file may be anything.
 * `isWhole`: whether what an empty cell is read as has to be known.
 */
export function checkTableColumns(
  where: string,
  columns: unknown,
  isWhole = false,
): asserts columns is readonly TableColumn[] {
  const fail = (place: string, expected: string, got: unknown): never => {
    throw new ArgumentError(`${where}, ${place}`, expected, shown(got));
  };
  if (!Array.isArray(columns) || columns.length === 0) return fail("tableColumns", "an array of columns", columns);
  const seen = new Set<string>();
  for (const [i, column] of columns.entries()) {
    const place = `tableColumns[${i}]`;
    if (!isOptions(column)) fail(place, "a column { name, words, missing }", column);
    const { name, words, missing } = column as Partial<TableColumn>;
    if (typeof name !== "string" || name === "" || seen.has(name)) fail(`${place}.name`, "a name of its own", name);
    seen.add(name as string);
    if (words !== undefined) {
      const areWords = Array.isArray(words) && words.every((word) => typeof word === "string" && word !== "");
      if (!areWords || words.length === 0 || words.length > MOST_WORDS || new Set(words).size !== words.length) {
        fail(`${place}.words`, `1 to ${MOST_WORDS} different words`, words);
      }
    }
    if (missing === undefined || (missing === "mean" && !isWhole)) continue;
    const inputs = words?.length ?? 1;
    const areNumbers = Array.isArray(missing) && missing.length === inputs && missing.every(Number.isFinite);
    if (!areNumbers) fail(`${place}.missing`, inputs === 1 ? "one number" : `${inputs} numbers`, missing);
  }
}
