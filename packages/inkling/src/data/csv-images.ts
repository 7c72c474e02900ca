/** Images as comma-separated values: `[label,]pixel0,pixel1,…`, an image a line, whole numbers from 0 to 255. */
import { ArgumentError, DataError } from "../errors.ts";
import { shown } from "../shown.ts";
import { float32In, wholeNumberIn, withRoom } from "./cells.ts";
import type { CsvOptions, CsvReader } from "./csv-options.ts";
import { Dataset } from "./dataset.ts";
import { MOST_CLASSES } from "./fields.ts";

/** The longest line that is read as an image: 4096 × 4096. */
const MOST_PIXELS = 1 << 24;

/** Whether a header is one of images: apart from the label it names pixels and nothing else. */
export function isImageHeader(cells: readonly string[]): boolean {
  return pixelNames(cells).every((name) => /^pixel\d+$/.test(name));
}

function pixelNames(cells: readonly string[]): readonly string[] {
  return cells[0] === "label" ? cells.slice(1) : cells;
}

export class ImageReader implements CsvReader {
  readonly #name: string;
  readonly #options: CsvOptions;
  readonly #columns: number;
  readonly #labelled: boolean;
  readonly #side: number;
  #images = new Uint8Array(1 << 16);
  #count = 0;
  readonly #answers: number[] = [];
  readonly #highest: number;
  readonly #digits: number;

  /** Throws a DataError for a header that skips a pixel or whose images are not square. */
  constructor(name: string, header: readonly string[], options: CsvOptions) {
    const where = `${name} line 1`;
    const names = pixelNames(header);
    const stranger = names.findIndex((cell, i) => cell !== `pixel${i}`);
    if (stranger !== -1) {
      throw new DataError(where, `column pixel${stranger}`, shown(names[stranger]), "Nothing was loaded.");
    }
    const side = Math.sqrt(names.length);
    if (!Number.isInteger(side) || side === 0 || names.length > MOST_PIXELS) {
      throw new DataError(
        where,
        "a square number of pixels (28 · 28 = 784)",
        String(names.length),
        "Nothing was loaded.",
      );
    }
    const { label, classNames, classes = classNames?.length } = options;
    this.#labelled = header[0] === "label";
    if (label !== undefined && !(this.#labelled && (label === "label" || label === 0))) {
      const expected = this.#labelled ? 'label to be "label", as the file has images' : "a file with a label";
      throw new ArgumentError(name, expected, this.#labelled ? shown(label) : "images without one");
    }
    this.#name = name;
    this.#options = options;
    this.#columns = header.length;
    this.#side = side;
    this.#highest = Math.min(classes ?? MOST_CLASSES, MOST_CLASSES) - 1;
    this.#digits = Math.max(3, String(this.#highest).length);
  }

  read(line: number, cells: readonly string[]): void {
    const where = `${this.#name} line ${line}`;
    if (cells.length !== this.#columns) {
      throw new DataError(where, `${this.#columns} columns`, String(cells.length), "Nothing was loaded.");
    }
    if (this.#labelled) this.#answers.push(this.#answer(cells[0], where));
    const pixels = this.#side * this.#side;
    const skipped = this.#columns - pixels;
    const start = this.#count * pixels;
    this.#images = withRoom(this.#images, start + pixels);
    const images = this.#images;
    for (let j = 0; j < pixels; j++) {
      const value = wholeNumberIn(cells[j + skipped], 255, 3);
      if (Number.isNaN(value)) {
        const place = `${where}, column ${j + skipped + 1}`;
        throw new DataError(place, "a whole number from 0 to 255", shown(cells[j + skipped]), "Nothing was loaded.");
      }
      images[start + j] = value;
    }
    this.#count++;
  }

  #answer(cell: string, where: string): number {
    const place = `${where}, label`;
    if (this.#options.task === "numbers") return float32In(cell, () => place);
    const value = wholeNumberIn(cell, this.#highest, this.#digits);
    if (!Number.isNaN(value)) return value;
    throw new DataError(place, `a whole number from 0 to ${this.#highest}`, shown(cell), "Nothing was loaded.");
  }

  /** Labels say how many classes there are, unless the options do. */
  dataset(): Dataset {
    const name = this.#name,
      side = this.#side,
      answers = this.#answers,
      labelled = this.#labelled;
    if (this.#count === 0) {
      throw new DataError(name, "at least one row under the header", "0", "Nothing was loaded.");
    }
    const { classNames, task } = this.#options;
    let { classes } = this.#options;
    const numbers = labelled && task === "numbers";
    if (labelled && !numbers && classNames === undefined) {
      classes ??= answers.reduce((highest, label) => Math.max(highest, label), 0) + 1;
    }
    return new Dataset({
      name,
      shape: [side, side, 1],
      inputs: this.#images.slice(0, this.#count * side * side),
      ...(numbers ? { targets: Float32Array.from(answers), targetNames: ["label"] } : { classes, classNames }),
      labels: labelled && !numbers ? answers : undefined,
    });
  }
}
