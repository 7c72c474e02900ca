/**
 * The cells of a table's inputs, row after row. The first cell of a column that is not empty says what the column
 * holds: numbers, or words. Where both stand in it, one of them is a mistake, and it is refused with its line.
 */
import { DataError } from "../errors.ts";
import { nearest } from "../options.ts";
import { listed, shown } from "../shown.ts";
import { float32In, numberIn, trimmed, withRoom } from "./cells.ts";
import { byCodeUnit } from "./class-names.ts";
import { inputCount, MOST_WORDS, type TableColumn } from "./columns.ts";
import type { CsvOptions } from "./csv-options.ts";

/** So many rows, or more, all with words of their own, are names and not kinds. */
const LEAST_ROWS_OF_NAMES = 20;
/** The most numbers that a table's inputs may be. */
const MOST_NUMBERS = 2 ** 30;

/** A cell that holds nothing: empty, or one of the marks that other programs write for it. */
export function isMissing(cell: string): boolean {
  return /^[ \t]*(?:|na|n\/a|#n\/a|nan|null|\?)[ \t]*$/i.test(cell);
}

/** Text that was meant as a number: digits with something between or beside them, 0x10, infinity. */
function isNearlyNumber(text: string): boolean {
  return /^[-+]?(?:[$€£]?[\d.,_'\s]*\d[\d.,_'\s]*(?:e[-+]?\d+)?[%$€£]?|0x[\da-f]+|inf(?:inity)?)$/i.test(text);
}

/** What one column holds, as far as it was read. */
interface Found {
  readonly name: string;
  /** Where it stands in a line. */
  readonly place: number;
  kind: "numbers" | "words" | undefined;
  /** The words, each with its number; of a model's column all words that it knows. */
  readonly words: Map<string, number>;
  /** The line of the first cell that said what the column holds, and the cell. */
  first: { readonly line: number; readonly cell: string } | undefined;
  readonly model: TableColumn | undefined;
}

/** What the inputs are in the end. */
interface Inputs {
  readonly inputs: Float32Array;
  readonly columns: readonly TableColumn[];
  /** What is to be said about them: sentences for people. */
  readonly notes: readonly string[];
}

export class ColumnReader {
  readonly #name: string;
  readonly #options: CsvOptions;
  readonly #columns: readonly Found[];
  /** A number a cell, row after row: of words the word's number, of an empty cell NaN, of an unknown word −1. */
  #cells = new Float32Array(1 << 12);
  #count = 0;
  #dropped = 0;
  #unknown = 0;

  /** `columns`: which are inputs, by name and place, with the model's where there is one. */
  constructor(
    name: string,
    columns: readonly { readonly name: string; readonly place: number; readonly model: TableColumn | undefined }[],
    options: CsvOptions,
  ) {
    this.#name = name;
    this.#options = options;
    this.#columns = columns.map((column) => {
      const { words } = column.model ?? {};
      const isNamed = options.words?.includes(column.name) === true;
      const kind = words !== undefined || isNamed ? "words" : column.model === undefined ? undefined : "numbers";
      return { ...column, kind, words: new Map(words?.map((word, k) => [word, k])), first: undefined };
    });
  }

  /** How many rows were read and kept. */
  get count(): number {
    return this.#count;
  }

  /** Reads a row. Returns whether it is kept: a row with an empty cell may be left out. */
  read(line: number, cells: readonly string[], hasAnswer = true): boolean {
    const columns = this.#columns;
    if (this.#options.missing === "drop") {
      if (!hasAnswer || columns.some(({ place }) => isMissing(String(cells[place])))) {
        this.#dropped++;
        return false;
      }
    }
    const start = this.#count * columns.length;
    if (start + columns.length > MOST_NUMBERS) {
      throw new DataError(`${this.#name} line ${line}`, `a table of at most ${MOST_NUMBERS} numbers`, "more");
    }
    this.#cells = withRoom(this.#cells, start + columns.length);
    const read = this.#cells;
    for (let j = 0; j < columns.length; j++) {
      const column = columns[j];
      // Numbers in a column of numbers are the rule.
      if (column.kind === "numbers") {
        read[start + j] = numberIn(cells[column.place]);
        if (Number.isFinite(read[start + j])) continue;
      }
      read[start + j] = this.#readCell(column, line, String(cells[column.place]));
    }
    this.#count++;
    return true;
  }

  #readCell(column: Found, line: number, cell: string): number {
    if (isMissing(cell)) return this.#readMissing(column, line, cell);
    const text = trimmed(cell);
    if (column.model === undefined && this.#options.words?.includes(column.name) !== true) {
      const value = numberIn(cell);
      // What was meant as a number is refused as one, wherever it stands.
      const kind = !Number.isNaN(value) || isNearlyNumber(text) ? "numbers" : "words";
      column.kind ??= kind;
      if (kind !== column.kind) this.#refuseMixture(column, line, cell);
      column.first ??= { line, cell };
    }
    if (column.kind === "words") return this.#readWord(column, line, text);
    return float32In(cell, () => this.#place(column, line), this.#adviceFor(text));
  }

  #place({ name }: Found, line: number): string {
    return `${this.#name} line ${line}, column ${shown(name)}`;
  }

  #readMissing(column: Found, line: number, cell: string): number {
    if (this.#options.missing === "mean" || column.model?.missing !== undefined) return Number.NaN;
    const expected = column.kind === "words" ? "a word" : column.kind === "numbers" ? "a number" : "a value";
    const advice =
      'Nothing was loaded. Fill it in; or say missing: "mean", which fills such cells in, or missing: "drop", which ' +
      "leaves their rows out.";
    throw new DataError(this.#place(column, line), expected, cell === "" ? "an empty cell" : shown(cell), advice);
  }

  #readWord(column: Found, line: number, word: string): number {
    const known = column.words.get(word);
    if (known !== undefined) return known;
    if (column.model !== undefined) return this.#readUnknown(column, line, word);
    if (column.words.size === MOST_WORDS) {
      const advice =
        "Nothing was loaded. A name or a number of its own says nothing about other rows: the option ignore leaves " +
        "the column out.";
      throw new DataError(this.#place(column, line), `at most ${MOST_WORDS} different words`, shown(word), advice);
    }
    column.words.set(word, column.words.size);
    return column.words.size - 1;
  }

  #readUnknown(column: Found, line: number, word: string): number {
    if (this.#options.unknown === "zero") {
      this.#unknown++;
      return -1;
    }
    const words = [...column.words.keys()];
    const meant = nearest(word, words);
    const question = meant === undefined ? "" : `Did you mean ${shown(meant)}? `;
    const advice = `${question}unknown: "zero" reads such a word as none of them.`;
    throw new DataError(
      this.#place(column, line),
      `a word that the model knows (${listed(words)})`,
      shown(word),
      advice,
    );
  }

  /** What to do with an input that is no number. Where nobody has named the label, it may be the label. */
  #adviceFor(text: string): string {
    const { label, columnNames, tableColumns } = this.#options;
    if (label === undefined && columnNames === undefined && tableColumns === undefined)
      return " Is this column the label?";
    if (/^(none|-)$/i.test(text)) return " Leave the cell empty where there is nothing.";
    return /^[+-]?\d+,\d+$/.test(text) ? " Write a point for the comma." : "";
  }

  /** Throws the DataError for a number among words, or a word among numbers. */
  #refuseMixture(column: Found, line: number, cell: string): never {
    const { kind, first } = column;
    const expected = `a ${kind === "words" ? "word" : "number"}, as ${shown(first?.cell)} in line ${first?.line}`;
    const words = " If all its cells are words, name the column in the option words.";
    const advice = `Nothing was loaded.${this.#adviceFor(trimmed(cell)) || words}`;
    throw new DataError(this.#place(column, line), expected, shown(cell), advice);
  }

  /** The inputs of all rows, and the columns that a model keeps; an ArgumentError or a DataError for what is none. */
  inputs(): Inputs {
    const columns = this.#columns.map((column) => this.#columnOf(column));
    const widths = columns.map(inputCount);
    const width = widths.reduce((sum, count) => sum + count, 0);
    const notes = this.#notes(columns);
    if (columns.every(({ words, missing }) => words === undefined && !Array.isArray(missing))) {
      return { inputs: this.#cells.slice(0, this.#count * width), columns, notes };
    }
    if (this.#count * width > MOST_NUMBERS) {
      const got = `${this.#count} rows of ${width}`;
      throw new DataError(this.#name, `a table of at most ${MOST_NUMBERS} numbers`, got, "Nothing was loaded.");
    }
    const inputs = new Float32Array(this.#count * width);
    const numbers = this.#columns.map((column, j) => numbersOfWords(column, columns[j]));
    for (let i = 0, to = 0; i < this.#count; i++) {
      for (let j = 0; j < columns.length; j++) {
        const { words, missing } = columns[j];
        const cell = this.#cells[i * columns.length + j];
        if (Number.isNaN(cell)) {
          for (let k = 0; k < widths[j]; k++) inputs[to + k] = Array.isArray(missing) ? missing[k] : cell;
        } else if (words === undefined) inputs[to] = cell;
        else if (cell >= 0) inputs[to + numbers[j][cell]] = 1;
        to += widths[j];
      }
    }
    return { inputs, columns, notes };
  }

  /** A column as a model keeps it. */
  #columnOf({ name, kind, words, model }: Found): TableColumn {
    if (model !== undefined) return model;
    const missing = this.#options.missing === "mean" ? ({ missing: "mean" } as const) : {};
    if (kind !== "words") return { name, ...missing };
    if (words.size === this.#count && this.#count >= LEAST_ROWS_OF_NAMES) {
      const advice = "Nothing was loaded. Names say nothing about other rows: the option ignore leaves the column out.";
      const where = `${this.#name}, column ${shown(name)}`;
      throw new DataError(where, "words that come again", `${words.size} different words in as many rows`, advice);
    }
    if (words.size === 0) {
      throw new DataError(
        `${this.#name}, column ${shown(name)}`,
        "a word",
        "empty cells only",
        "Leave the column out.",
      );
    }
    return { name, words: byCodeUnit([...words.keys()]), ...missing };
  }

  #notes(columns: readonly TableColumn[]): string[] {
    const notes: string[] = [];
    const ofWords = columns.filter(({ words, name }) => words !== undefined && this.#isNew(name));
    if (ofWords.length > 0) {
      const counts = ofWords.map(({ name, words = [] }) => `${shown(name)} (${words.length})`);
      const what = ofWords.length === 1 ? "The column" : "The columns";
      notes.push(`${what} ${someOf(counts)} ${ofWords.length === 1 ? "holds" : "hold"} words: an input for each word.`);
    }
    if (this.#dropped > 0) {
      const rows = this.#dropped === 1 ? "1 row with an empty cell is" : `${this.#dropped} rows with empty cells are`;
      notes.push(`${rows} left out.`);
    }
    let filled = 0;
    for (let at = 0; at < this.#count * columns.length; at++) if (Number.isNaN(this.#cells[at])) filled++;
    if (filled > 0) {
      const cells = filled === 1 ? "1 empty cell is" : `${filled} empty cells are`;
      notes.push(`${cells} read as the mean of the training rows.`);
    }
    if (this.#unknown > 0) {
      const words = this.#unknown === 1 ? "1 word is" : `${this.#unknown} words are`;
      notes.push(`${words} unknown to the model and read as none of its words.`);
    }
    return notes;
  }

  #isNew(name: string): boolean {
    return this.#columns.find((column) => column.name === name)?.model === undefined;
  }
}

/** Where each word stands among the sorted ones; of a model's words that is their order already. */
function numbersOfWords({ words, model }: Found, { words: sorted = [] }: TableColumn): readonly number[] {
  if (model !== undefined) return sorted.map((_, k) => k);
  const places = new Map(sorted.map((word, k) => [word, k]));
  return [...words.keys()].map((word) => places.get(word) as number);
}

function someOf(texts: readonly string[]): string {
  return texts.length > 6 ? `${texts.slice(0, 6).join(", ")} … (${texts.length} columns)` : texts.join(", ");
}
