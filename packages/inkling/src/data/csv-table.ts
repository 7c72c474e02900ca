/** Tables as comma-separated values: a header of names, then an example a line, a number a column. */
import { ArgumentError, DataError } from "../errors.ts";
import { nearest } from "../options.ts";
import { listed, shown } from "../shown.ts";
import { float32In, numberIn, trimmed, withRoom } from "./cells.ts";
import { type Answer, answersOf } from "./csv-answers.ts";
import type { CsvLine, CsvOptions, CsvReader } from "./csv-options.ts";
import { Dataset } from "./dataset.ts";

/** What a column without a name is called. */
const UNNAMED = /^column (\d+)$/;

export class TableReader implements CsvReader {
  readonly #name: string;
  readonly #options: CsvOptions;
  /** What the file's columns are called. */
  readonly #names: readonly string[];
  readonly #hasHeader: boolean;
  /** Where the label stands in a line; undefined for a table without answers. */
  readonly #labelAt: number | undefined;
  /** Where each input stands in a line. */
  readonly #inputsAt: readonly number[];
  #inputs = new Float32Array(1 << 12);
  #count = 0;
  readonly #answers: Answer[] = [];

  /**
   * Takes the first line, and the second one's cells if there is one: they help to find out whether the first is a
   * header. Throws a DataError for names that are empty or alike, and where the options name columns that are not
   * there.
   */
  constructor(
    name: string,
    { line, cells: header }: CsvLine,
    second: readonly string[] | undefined,
    options: CsvOptions,
  ) {
    this.#name = name;
    this.#options = options;
    const [separator] = header.length === 1 ? (/[;\t|]/.exec(String(header[0])) ?? []) : [];
    if (separator !== undefined && options.columnNames === undefined) {
      const advice = `Nothing was loaded. Write commas for ${shown(separator)}, and 1.5 for 1,5.`;
      const got = `one column, ${shown(String(header[0]))}`;
      throw new DataError(`${name} line ${line}`, "columns separated by commas", got, advice);
    }
    this.#hasHeader = !isRow(header, second, options);
    this.#names = header.map((cell, i) => (this.#hasHeader ? trimmed(String(cell)) : `column ${i}`));
    const seen = new Set<string>();
    for (const [i, column] of this.#names.entries()) {
      if (column !== "" && seen.size < seen.add(column).size) continue;
      const got = column === "" ? "an empty one" : `${shown(column)} again`;
      const advice = "Nothing was loaded. Every column needs a name.";
      throw new DataError(`${name} line ${line}, column ${i + 1}`, "a name of its own", got, advice);
    }
    this.#labelAt = this.#findLabel();
    this.#inputsAt = this.#findInputs(`${name} line ${line}`);
    if (!this.#hasHeader) this.read(line, header);
  }

  /** The index of the label's column. A model's table may lack it: then there is only something to predict. */
  #findLabel(): number | undefined {
    const names = this.#names,
      name = this.#name;
    const { label, columnNames } = this.#options;
    if (label === undefined || this.#isAllInputs()) return undefined;
    if (typeof label === "number" && Number.isInteger(label) && label >= 0 && label < names.length) return label;
    const at = names.indexOf(label as string);
    if (at !== -1) return at;
    if (typeof label === "string" && columnNames !== undefined) return undefined;
    const meant = nearest(label, names);
    const areSeveral = typeof label === "string" && label.split(",").every((word) => names.includes(trimmed(word)));
    throw new ArgumentError(
      name,
      typeof label === "string"
        ? `label to be one of its columns (${listed(names)})`
        : `label to be the name of a column, or its index from 0 to ${names.length - 1}`,
      shown(label),
      areSeveral
        ? "Of a file one column is learnt; several numbers are learnt from table(rows, answers), in code."
        : meant && `Did you mean ${shown(meant)}?`,
    );
  }

  /** Whether the columns, which have no names, are as many as those of a model that was trained without names. */
  #isAllInputs(): boolean {
    const { columnNames } = this.#options;
    return (
      !this.#hasHeader && columnNames?.length === this.#names.length && columnNames.every((name) => UNNAMED.test(name))
    );
  }

  /** The indices of the input columns, in the order of a model's columns where there is one. */
  #findInputs(where: string): readonly number[] {
    const names = this.#names,
      labelAt = this.#labelAt;
    const { columnNames } = this.#options;
    const others = names.map((_, i) => i).filter((i) => i !== labelAt);
    if (columnNames === undefined) {
      if (others.length > 0) return others;
      throw new DataError(where, "at least one column beside the label", "none", "Nothing was loaded.");
    }
    if (this.#isAllInputs()) return others;
    const places = new Map(others.map((i) => [names[i], i]));
    const missing = columnNames.filter((column) => !places.has(column));
    const wanted = new Set(columnNames);
    const extra = others.map((i) => names[i]).filter((column) => !wanted.has(column));
    if (missing.length === 0 && extra.length === 0) return columnNames.map((column) => places.get(column) as number);
    const got = [missing.length > 0 && `no ${listed(missing)}`, extra.length > 0 && `${listed(extra)} more than these`];
    throw new DataError(
      where,
      `the ${columnNames.length} columns ${listed(columnNames)}`,
      got.filter(Boolean).join(", and "),
      "Nothing was loaded.",
    );
  }

  read(line: number, cells: readonly string[]): void {
    const names = this.#names,
      labelAt = this.#labelAt,
      inputsAt = this.#inputsAt;
    const where = `${this.#name} line ${line}`;
    if (cells.length !== names.length) {
      throw new DataError(where, `${names.length} columns`, String(cells.length), "Nothing was loaded.");
    }
    const start = this.#count * inputsAt.length;
    this.#inputs = withRoom(this.#inputs, start + inputsAt.length);
    const inputs = this.#inputs;
    for (let j = 0; j < inputsAt.length; j++) {
      const value = numberIn(cells[inputsAt[j]]);
      inputs[start + j] = value;
      if (!Number.isFinite(inputs[start + j])) this.#refuse(where, inputsAt[j], cells[inputsAt[j]]);
    }
    if (labelAt !== undefined) {
      const text = trimmed(String(cells[labelAt]));
      if (text === "") this.#refuse(where, labelAt, "");
      this.#answers.push({ line, text });
    }
    this.#count++;
  }

  /** Throws the DataError for a cell that is no number, or an empty label. */
  #refuse(where: string, column: number, cell: string): void {
    const names = this.#names,
      labelAt = this.#labelAt,
      options = this.#options;
    const isLabel = options.label === undefined && options.columnNames === undefined;
    const advice = isLabel ? " Is this column the label?" : adviceFor(String(cell));
    const place = `${where}, column ${shown(names[column])}`;
    if (column === labelAt) throw new DataError(place, "a label", "an empty cell", "Nothing was loaded.");
    float32In(cell, () => place, advice);
  }

  dataset(): Dataset {
    const name = this.#name,
      names = this.#names,
      inputsAt = this.#inputsAt,
      count = this.#count,
      labelAt = this.#labelAt;
    if (count === 0) throw new DataError(name, "at least one row under the header", "0", "Nothing was loaded.");
    const { note, ...answers } =
      labelAt === undefined
        ? { note: `${name}: no column is the label, so there is nothing to learn from.` }
        : answersOf(name, names[labelAt], this.#answers, this.#options);
    return new Dataset({
      name,
      shape: [inputsAt.length],
      inputs: this.#inputs.slice(0, count * inputsAt.length),
      columnNames: this.#options.columnNames ?? inputsAt.map((i) => names[i]),
      ...answers,
      note: note + this.#headerNote(),
    });
  }

  /** What is to be said of the first line, where it could have been meant otherwise. */
  #headerNote(): string {
    const called = 'so the columns are called "column 0", "column 1" …';
    const [first, ...others] = this.#answers;
    if (!this.#hasHeader && (first === undefined || !Number.isNaN(numberIn(first.text)))) {
      return ` The first line is all numbers, ${called}`;
    }
    if (!this.#hasHeader) {
      const isAgain = others.some(({ text }) => text === first.text);
      const doubt = ` If it is a header, name the label: ${shown(first.text)} is in no other line.`;
      return ` The first line is a row, as it is numbers beside the label, ${called}${isAgain ? "" : doubt}`;
    }
    const number = this.#names.find((column) => !Number.isNaN(numberIn(column)));
    return number === undefined ? "" : ` The first line is read as the columns' names, ${shown(number)} among them.`;
  }
}

/** What to do with an input that is no number. */
function adviceFor(cell: string): string {
  const text = trimmed(cell);
  if (/^(|nan|na|n\/a|null|none|\?|-)$/i.test(text)) return " Fill it in, or leave the row out.";
  if (/^[+-]?\d+,\d+$/.test(text)) return " Write a point for the comma.";
  const isWord = /^\p{L}/u.test(text) && !/^inf/i.test(text);
  return isWord ? " Write words as numbers: a column of 0 and 1 for each." : "";
}

/**
 * Whether the first line is no header but a row: all numbers, or all but the label. A label that is a word in the first
 * line alone is its column's name.
 */
function isRow(first: readonly string[], second: readonly string[] | undefined, { label }: CsvOptions): boolean {
  const isWord = (cell: string) => Number.isNaN(numberIn(cell));
  // A label by its name is no index, except by the name that a column without a header has.
  const [, index] = UNNAMED.exec(String(label)) ?? [];
  const at = typeof label === "number" ? label : Number(index);
  const words = first.flatMap((cell, i) => (isWord(cell) ? [i] : []));
  if (words.length === 0) return true;
  return words.length === 1 && words[0] === at && isWord(second?.[at] ?? "");
}
