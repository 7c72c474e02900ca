/** Tables as comma-separated values: a header of names, then an example a line, a number or a word a column. */
import { ArgumentError, DataError } from "../errors.ts";
import { nearest } from "../options.ts";
import { listed, shown } from "../shown.ts";
import { numberIn, trimmed } from "./cells.ts";
import { inputNames, type TableColumn } from "./columns.ts";
import { type Answer, answersOf } from "./csv-answers.ts";
import { ColumnReader, isMissing } from "./csv-columns.ts";
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
  /** A model's columns; undefined where the file says what its columns are. */
  readonly #model: readonly TableColumn[] | undefined;
  readonly #columns: ColumnReader;
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
    this.#model = options.tableColumns ?? options.columnNames?.map((column) => ({ name: column }));
    const [separator] = header.length === 1 ? (/[;\t|]/.exec(String(header[0])) ?? []) : [];
    if (separator !== undefined && this.#model === undefined) {
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
    this.#columns = new ColumnReader(name, this.#findInputs(`${name} line ${line}`), options);
    this.#checkNamed("words", options.words);
    if (!this.#hasHeader) this.read(line, header);
  }

  /** The index of the label's column. A model's table may lack it: then there is only something to predict. */
  #findLabel(): number | undefined {
    const names = this.#names,
      name = this.#name;
    const { label } = this.#options;
    if (label === undefined || this.#isAllInputs()) return undefined;
    if (typeof label === "number" && Number.isInteger(label) && label >= 0 && label < names.length) return label;
    const at = names.indexOf(label as string);
    if (at !== -1) return at;
    if (typeof label === "string" && this.#model !== undefined) return undefined;
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
    const model = this.#model;
    return !this.#hasHeader && model?.length === this.#names.length && model.every(({ name }) => UNNAMED.test(name));
  }

  /** The input columns, in the order of a model's where there is one, each with its place in a line. */
  #findInputs(where: string): { name: string; place: number; model: TableColumn | undefined }[] {
    const names = this.#names,
      model = this.#model;
    const { ignore } = this.#options;
    if (model === undefined) this.#checkNamed("ignore", ignore);
    const others = names.flatMap((name, place) => {
      return place === this.#labelAt || ignore?.includes(name) ? [] : [{ name, place, model: undefined }];
    });
    if (model === undefined) {
      if (others.length > 0) return others;
      throw new DataError(where, "at least one column beside the label", "none", "Nothing was loaded.");
    }
    if (this.#isAllInputs()) return model.map((column, place) => ({ name: column.name, place, model: column }));
    const places = new Map(others.map(({ name, place }) => [name, place]));
    const missing = model.filter(({ name }) => !places.has(name)).map(({ name }) => name);
    const wanted = new Set(model.map(({ name }) => name));
    const extra = others.map(({ name }) => name).filter((column) => !wanted.has(column));
    if (missing.length === 0 && extra.length === 0) {
      return model.map((column) => ({ name: column.name, place: places.get(column.name) as number, model: column }));
    }
    const got = [missing.length > 0 && `no ${listed(missing)}`, extra.length > 0 && `${listed(extra)} more than these`];
    throw new DataError(
      where,
      `the ${model.length} columns ${listed([...wanted])}`,
      got.filter(Boolean).join(", and "),
      `Nothing was loaded.${extra.length > 0 ? " The option ignore leaves columns out." : ""}`,
    );
  }

  /** Throws an ArgumentError for a name in an option that no column has. */
  #checkNamed(option: string, named: readonly string[] | undefined): void {
    const stranger = named?.find((column) => !this.#names.includes(column));
    if (stranger === undefined) return;
    const meant = nearest(stranger, this.#names);
    const advice = meant && `Did you mean ${shown(meant)}?`;
    throw new ArgumentError(
      this.#name,
      `${option} to be among its columns (${listed(this.#names)})`,
      shown(stranger),
      advice,
    );
  }

  read(line: number, cells: readonly string[]): void {
    const names = this.#names,
      labelAt = this.#labelAt;
    const where = `${this.#name} line ${line}`;
    if (cells.length !== names.length) {
      throw new DataError(where, `${names.length} columns`, String(cells.length), "Nothing was loaded.");
    }
    if (labelAt === undefined) {
      this.#columns.read(line, cells);
      return;
    }
    const text = trimmed(String(cells[labelAt]));
    if (!this.#columns.read(line, cells, !isMissing(text))) return;
    if (text === "") {
      const advice = 'Nothing was loaded. missing: "drop" leaves such rows out.';
      throw new DataError(`${where}, column ${shown(names[labelAt])}`, "a label", "an empty cell", advice);
    }
    this.#answers.push({ line, text });
  }

  dataset(): Dataset {
    const name = this.#name,
      names = this.#names,
      labelAt = this.#labelAt;
    const { inputs, columns, notes } = this.#columns.inputs();
    if (this.#columns.count === 0) {
      const got = notes.length === 0 ? "0" : `0: ${notes.join(" ")}`;
      throw new DataError(name, "at least one row under the header", got.replace(/\.$/, ""), "Nothing was loaded.");
    }
    const { note, ...answers } =
      labelAt === undefined
        ? { note: `${name}: no column is the label, so there is nothing to learn from.` }
        : answersOf(name, names[labelAt], this.#answers, this.#options);
    const isPlain = columns.every(({ words, missing }) => words === undefined && missing === undefined);
    const columnNames = columns.flatMap(inputNames);
    return new Dataset({
      name,
      shape: [columnNames.length],
      inputs,
      columnNames,
      tableColumns: isPlain ? undefined : columns,
      ...answers,
      note: [note, ...notes].join(" ") + this.#headerNote(),
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
