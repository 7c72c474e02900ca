/**
 * The forms of sparse-backward.ts: how a row of the window is cut into vectors, and how many rows a pass takes.
 *
 * A row's last vector is the narrowest that holds the rest: of 100 numbers, six vectors of 512 bits and one of 128.
 */
import type { Level } from "../assembler/lanes.ts";
import type { Width } from "../assembler/registers.ts";
import { layout, places, wordAt } from "./kernel.ts";

export interface SparseForm {
  /** Numbers of a row of the window, and of a row of a filter. */
  readonly numbers: number;
  readonly padded: number;
  /** Rows of a pass, and rows that are left for a last one. */
  readonly rows: number;
  readonly rest: number;
  /** Vectors whose sums registers hold. */
  readonly accumulators: number;
}

/** Fewer numbers leave most lanes empty. */
const FEW_NUMBERS = 16;
/** Of more, the code would become long. */
const MOST_NUMBERS = 4095;
/** Bytes of W that a pass reads again and again, at most: more of them are slower than another pass. */
const W_BYTES = 49152;
/** A pass has so many vectors if it can: then no addition waits for the one before it. */
const FEW_VECTORS = 6;
const MOST_ROWS = 15;

/** A vector of a row: bytes before it, its width, and whether its last lanes are beyond the row. */
export interface RowVector {
  readonly before: number;
  readonly width: Width;
  readonly isMasked: boolean;
}

/** The vectors of a row of so many numbers. */
export function vectorsOfRow(numbers: number, lanes: number): RowVector[] {
  return Array.from({ length: Math.ceil(numbers / lanes) }, (_, v) => {
    const left = Math.min(lanes, numbers - v * lanes);
    const width = left <= 4 ? 128 : left <= 8 ? 256 : 512;
    return { before: 4 * v * lanes, width, isMasked: 32 * left < width };
  });
}

/** The number of the form for an operation with these arguments; −1 where WebAssembly computes it. */
export function formNumber(words: Int32Array, level: Level): number {
  const word = (place: number) => wordAt(words, place);
  const numbers = word(places.CONVOLUTION_COLUMNS) * word(places.CONVOLUTION_CHANNELS);
  if (numbers < FEW_NUMBERS || numbers > MOST_NUMBERS) return -1;
  const { padded, accumulators } = sizesOf(numbers, level);
  const vectors = Math.ceil(numbers / lanesOf(level));
  const rows = word(places.CONVOLUTION_ROWS);
  const rowBytes = 4 * padded * word(places.CONVOLUTION_FILTERS);
  const wanted = Math.max(Math.floor(W_BYTES / rowBytes), Math.ceil(FEW_VECTORS / vectors));
  const most = Math.max(1, Math.min(wanted, rows, Math.floor(accumulators / vectors), MOST_ROWS));
  const rowsOfPass = Math.ceil(rows / Math.ceil(rows / most));
  return (numbers * (MOST_ROWS + 1) + rowsOfPass) * (MOST_ROWS + 1) + (rows % rowsOfPass);
}

/** The form of this number. */
export function formOfNumber(number: number, level: Level): SparseForm {
  const rest = number % (MOST_ROWS + 1);
  const rows = Math.floor(number / (MOST_ROWS + 1)) % (MOST_ROWS + 1);
  const numbers = Math.floor(number / (MOST_ROWS + 1) ** 2);
  return { numbers, rows, rest, ...sizesOf(numbers, level) };
}

const lanesOf = (level: Level) => (level === "avx512" ? 16 : 8);

function sizesOf(numbers: number, level: Level): Pick<SparseForm, "padded" | "accumulators"> {
  const { FILTER_ROW } = layout;
  // Of all vector registers δ and a product take two, and at AVX2 a mask may take one.
  const accumulators = level === "avx512" ? 30 : numbers % 4 === 0 ? 14 : 13;
  return { padded: FILTER_ROW * Math.ceil(numbers / FILTER_ROW), accumulators };
}
