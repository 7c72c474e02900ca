/**
 * Checks what goes to MPI: MPI itself looks at no array's end. A count and an offset are 32-bit numbers of C, so a
 * piece has at most 2³¹ − 1 bytes; a larger number in an Int32Array has become a negative one.
 */
import type { Pieces } from "inkling/groups";
import { MpiError } from "./errors.ts";

const MOST = 2 ** 31 - 1;

/** Throws an MpiError unless there is one piece for each rank and all lie in the array. */
export function checkPieces(where: string, name: string, array: Uint8Array, pieces: Pieces, size: number): void {
  const { counts, offsets } = pieces;
  if (!(counts instanceof Int32Array) || !(offsets instanceof Int32Array)) {
    throw new MpiError(
      where,
      `counts and offsets of ${name} in an Int32Array`,
      `${typeOf(counts)}, ${typeOf(offsets)}`,
    );
  }
  if (counts.length !== size || offsets.length !== size) {
    throw new MpiError(where, `${size} counts and offsets of ${name}`, `${counts.length} and ${offsets.length}`);
  }
  for (let rank = 0; rank < size; rank++) {
    const [count, offset] = [counts[rank] as number, offsets[rank] as number];
    if (count < 0 || offset < 0) {
      const advice = "More than that wraps around: exchange less at once.";
      const got = `${count} bytes from ${offset} on for rank ${rank}`;
      throw new MpiError(where, `counts and offsets of ${name} from 0 to ${MOST}`, got, advice);
    }
    if (offset + count > array.byteLength) {
      const got = `${count} bytes from ${offset} on for rank ${rank}`;
      throw new MpiError(where, `pieces in the ${array.byteLength} bytes of ${name}`, got);
    }
  }
}

/** Throws an MpiError where two arrays share bytes: MPI may write one while it still reads the other. */
export function checkApart(where: string, names: string, a: Uint8Array, b: Uint8Array): void {
  if (a.buffer !== b.buffer) return;
  const shared =
    Math.min(a.byteOffset + a.byteLength, b.byteOffset + b.byteLength) - Math.max(a.byteOffset, b.byteOffset);
  if (shared > 0) throw new MpiError(where, `${names} without common bytes`, `${shared} common bytes`);
}

/** Throws an MpiError unless a rank's own piece has the same bytes in both places. */
export function checkOwn(where: string, name: string, bytes: number, expected: number): void {
  if (bytes !== expected) throw new MpiError(where, `${expected} bytes of ${name}`, String(bytes));
}

/** Throws an MpiError unless it is another rank of the group. */
export function checkOther(where: string, to: number, rank: number, size: number): void {
  if (Number.isInteger(to) && to >= 0 && to < size && to !== rank) return;
  throw new MpiError(where, `another rank, from 0 to ${size - 1}`, String(to));
}

/** Throws an MpiError for a message that is too long. */
export function checkLength(where: string, bytes: Uint8Array): void {
  if (bytes.byteLength <= MOST) return;
  throw new MpiError(where, `at most ${MOST} bytes`, String(bytes.byteLength), "Send them in parts.");
}

function typeOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}
