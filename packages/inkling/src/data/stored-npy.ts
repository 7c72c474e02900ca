/**
 * A data set from an NPY file that stays where it is: its rows are read when a batch needs them. That can be rows of
 * bytes that are images, channels last, and rows of float32 that are a table whose answers stand elsewhere, both
 * row-major and little-endian. Anything else has to become other numbers first, in memory.
 */
import { DataError } from "../errors.ts";
import { size } from "../shapes.ts";
import { answersFrom } from "./array-answers.ts";
import type { ArrayOptions, NamedArray } from "./array-numbers.ts";
import { layoutOf } from "./arrays.ts";
import { Dataset } from "./dataset.ts";
import type { NamedBytes } from "./idx.ts";
import { type Npy, parseNpy } from "./npy.ts";
import { parseNpyHeader } from "./npy-header.ts";
import type { RowSource, Rows } from "./rows.ts";

/** A file whose first bytes are known, and where the others lie. */
export interface StoredNpy {
  /** At least its header. */
  readonly head: Uint8Array;
  readonly name: string;
  /** The bytes after the header, as rows. Throws where the file does not have exactly those. */
  readonly rows: (place: { offset: number; count: number; columns: number; kind: RowSource["kind"] }) => Rows;
}

/**
 * The data set that `datasetFromNpy` makes of the same file, its numbers left where they lie; undefined for a file that
 * has to be read whole. Throws a DataError for what is no such file.
 */
export function datasetFromStoredNpy(
  name: string,
  file: StoredNpy,
  answers?: NamedBytes,
  options: ArrayOptions = {},
): Dataset | undefined {
  const { type, isBigEndian, isFortran, shape, offset } = parseNpyHeader(file.head, file.name);
  const isWanted = type === "u1" || (type === "f4" && !isBigEndian);
  if (!isWanted || isFortran || shape.length < 2 || shape.includes(0)) return undefined;
  const [count, ...example] = shape;
  const array = answers && { where: answers.name, ...parseNpy(answers.bytes, answers.name) };
  if (array !== undefined && array.shape[0] !== count) return undefined;
  const layout = layoutOf({ where: file.name, shape, type: type as Npy["type"] });
  const rows = (kind: RowSource["kind"]) => file.rows({ offset, count, columns: size(example), kind });
  if (layout === undefined) {
    return type === "f4" && example.length === 1 ? storedTable(name, file.name, rows, array, options) : undefined;
  }
  if (type !== "u1" || layout.channelsFirst) return undefined;
  const stored = rows("bytes");
  const { shape: image, note } = layout;
  return new Dataset({ name, shape: image, stored, ...answersFrom(array, { ...options, areImages: true }), note });
}

function storedTable(
  name: string,
  where: string,
  rows: (kind: RowSource["kind"]) => Rows,
  answers: NamedArray | undefined,
  { label, columnNames, ...options }: ArrayOptions,
): Dataset | undefined {
  const stored = rows("float32");
  const { columns } = stored;
  // A column to be learnt would have to be taken out of each row.
  const isOwnColumn = label !== undefined && columnNames === undefined;
  if (answers === undefined && isOwnColumn) return undefined;
  if (columnNames !== undefined && columnNames.length !== columns) return undefined;
  checkFinite(where, stored);
  const names = columnNames ?? Array.from({ length: columns }, (_, j) => `column ${j}`);
  const { note, ...found } = answersFrom(answers, { ...options, ...(columnNames && { columnNames }) });
  return new Dataset({ name, shape: [columns], stored, columnNames: names, ...found, note });
}

/** Throws a DataError with the place of a number that is not finite. */
function checkFinite(where: string, rows: Rows): void {
  let row = 0;
  for (const piece of rows.pieces()) {
    const bad = piece.findIndex((value) => !Number.isFinite(value));
    if (bad !== -1) {
      const place = `row ${row + Math.floor(bad / rows.columns)}, column ${bad % rows.columns}`;
      const expected = "a number that float32 can hold";
      throw new DataError(`${where}, ${place}`, expected, String(piece[bad]), "Nothing was loaded.");
    }
    row += piece.length / rows.columns;
  }
}
