/**
 * Images as a table of comma-separated values, the layout of Kaggle's "Digit Recognizer": a header
 * `label,pixel0,…,pixel783`, then an image a line, pixel i·28 + j in row i and column j, whole numbers from 0 to 255.
 * Without the column `label` the images are only to be predicted. A parser of one's choice splits the lines.
 */
import { DataError } from "../errors.ts";
import { Dataset } from "./dataset.ts";

/** One line of the file: its number, from 1, and its cells. */
export interface CsvLine {
  readonly line: number;
  readonly cells: readonly string[];
}

/** The longest line that is taken for an image: 4096 × 4096. */
const MAX_PIXELS = 1 << 24;

/**
 * A data set from the lines of a CSV file, header first. `name` is what errors and reports call it. Throws a DataError
 * with the line's number for a line that does not fit; nothing is loaded then.
 */
export async function datasetFromCsv(
  name: string,
  lines: AsyncIterable<CsvLine> | Iterable<CsvLine>,
  classes: number,
): Promise<Dataset> {
  let header: { columns: number; labelled: boolean; side: number } | undefined;
  const images = new Bytes();
  const labels = new Bytes();
  for await (const { line, cells } of lines) {
    if (header === undefined) {
      header = readHeader(name, cells);
      continue;
    }
    const where = `${name} line ${line}`;
    if (cells.length !== header.columns) {
      throw new DataError(where, `${header.columns} columns`, String(cells.length), "Nothing was loaded.");
    }
    let at = 0;
    if (header.labelled) labels.push(wholeNumber(cells[at++], classes - 1, `${where}, label`));
    for (; at < cells.length; at++) images.push(wholeNumber(cells[at], 255, where, at));
  }
  if (header === undefined) throw new DataError(name, "a header and rows", "an empty file", "Nothing was loaded.");
  if (images.length === 0) throw new DataError(name, "at least one row under the header", "0", "Nothing was loaded.");
  return new Dataset({
    name,
    shape: [header.side, header.side, 1],
    classes,
    inputs: images.taken(),
    labels: header.labelled ? labels.taken() : undefined,
  });
}

function readHeader(name: string, cells: readonly string[]): { columns: number; labelled: boolean; side: number } {
  const where = `${name} line 1`;
  const labelled = cells[0] === "label";
  const names = labelled ? cells.slice(1) : cells;
  const stranger = names.findIndex((cell, i) => cell !== `pixel${i}`);
  if (stranger !== -1) {
    const wanted = stranger === 0 ? 'the header "label,pixel0,…" or "pixel0,…"' : `column pixel${stranger}`;
    throw new DataError(where, wanted, shown(names[stranger] ?? ""), "Nothing was loaded.");
  }
  const side = Math.sqrt(names.length);
  if (!Number.isInteger(side) || side === 0 || names.length > MAX_PIXELS) {
    throw new DataError(
      where,
      "a square number of pixels (28 · 28 = 784)",
      String(names.length),
      "Nothing was loaded.",
    );
  }
  return { columns: cells.length, labelled, side };
}

/** The whole number from 0 to max that a cell holds. */
function wholeNumber(cell: string, max: number, where: string, column?: number): number {
  // A cell of one to three digits is the rule, and read without a detour.
  let value = cell.length > 0 && cell.length <= 3 ? 0 : Number.NaN;
  for (let i = 0; i < cell.length; i++) {
    const digit = cell.charCodeAt(i) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  if (value <= max) return value;
  const place = column === undefined ? where : `${where}, column ${column + 1}`;
  throw new DataError(place, `a whole number from 0 to ${max}`, shown(cell), "Nothing was loaded.");
}

/** A cell as part of a sentence: in quotes, short, and on one line whatever it holds. */
function shown(cell: string): string {
  return JSON.stringify(cell.slice(0, 40));
}

/** Bytes whose number is not known beforehand. */
class Bytes {
  length = 0;
  private bytes = new Uint8Array(1024);

  push(byte: number): void {
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = byte;
  }

  taken(): Uint8Array {
    return this.bytes.slice(0, this.length);
  }
}
