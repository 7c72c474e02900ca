/**
 * The exchange of partial sums. Each machine has the sums of its parts of the batch, so many numbers each, and all get
 * the sum over the whole batch. Of many numbers machine s finishes segment s, and what it made goes to all; of few ones
 * everybody gets everything and adds for himself, which is one exchange instead of two.
 */

import { ArgumentError } from "../errors.ts";
import type { Group, Pieces } from "./group.ts";
import { blocksOf, partsOf, type Range, sharesOf } from "./shares.ts";
import { meanOfParts } from "./tree.ts";

/** Bytes of one exchange: counts and offsets are words with a sign. */
const MOST_BYTES = 0x7fff_ffff;
/** Numbers of all parts together, at most, that everybody adds for himself. */
const FEW = 1 << 14;

/** Who has which parts of a batch. */
export interface Cut {
  readonly examples: number;
  /** All blocks. */
  readonly whole: Range;
  /** The blocks of each machine. */
  readonly shares: readonly Range[];
  /** The parts of each machine, in order. */
  readonly parts: readonly (readonly Range[])[];
}

/** The numbers that an exchange begins with or ends with. */
type Floats = Float32Array | Float64Array;

export function cutOf(examples: number, size: number): Cut {
  const whole = { first: 0, end: blocksOf(examples) };
  const shares = sharesOf(whole.end, size);
  return { examples, whole, shares, parts: shares.map((share) => partsOf(share, whole)) };
}

export class Exchange {
  readonly #group: Group;
  /** Bytes that are sent and received; they grow. */
  #sent = new ArrayBuffer(0);
  #received = new ArrayBuffer(0);

  constructor(group: Group) {
    this.#group = group;
  }

  /**
   * `sums`: this machine's parts, one after the other, `total.length` numbers each. Writes the sum over the batch,
   * divided by `terms`, to `total`.
   */
  total<N extends Floats>(cut: Cut, sums: N, total: N, terms = 1): void {
    const parts = cut.parts.reduce((count, own) => count + own.length, 0);
    if (parts * total.length <= FEW) this.#byEach(cut, sums, total, terms);
    else this.#bySegments(cut, sums, total, terms);
  }

  /** Everybody's number, in the order of the machines. */
  numbers(own: number): Float64Array {
    return this.gather(Float64Array.of(own), Array(this.#group.size).fill(1));
  }

  /** Everybody's numbers, counts[r] of them from machine r. */
  gather<N extends Floats>(own: N, counts: readonly number[]): N {
    const count = counts.reduce((sum, one) => sum + one, 0);
    const all = (own instanceof Float32Array ? new Float32Array(count) : new Float64Array(count)) as N;
    this.#gather(own, all, counts);
    return all;
  }

  #byEach<N extends Floats>(cut: Cut, sums: N, total: N, terms: number): void {
    const count = total.length;
    const all = this.#place(sums, "received", cut.parts.flat().length * count);
    const counts = lengths(this.#group.size, (rank) => cut.parts[rank].length * count);
    this.#gather(sums.subarray(0, cut.parts[this.#group.rank].length * count), all, counts);
    finish(pieces(all, count), cut, total, terms);
  }

  #bySegments<N extends Floats>(cut: Cut, sums: N, total: N, terms: number): void {
    const { rank, size } = this.#group;
    const count = total.length;
    const segment = (machine: number) => Math.floor((machine * count) / size);
    const length = (machine: number) => segment(machine + 1) - segment(machine);
    const own = cut.parts[rank].length;
    // To machine s: segment s of each part.
    const sent = this.#place(sums, "sent", own * count);
    let at = 0;
    for (let machine = 0; machine < size; machine++) {
      for (let part = 0; part < own; part++) {
        sent.set(sums.subarray(part * count + segment(machine), part * count + segment(machine + 1)), at);
        at += length(machine);
      }
    }
    const received = this.#place(sums, "received", cut.parts.flat().length * length(rank));
    const sending = lengths(size, (machine) => own * length(machine));
    const receiving = lengths(size, (machine) => cut.parts[machine].length * length(rank));
    const { BYTES_PER_ELEMENT: bytes } = sums;
    this.#group.exchange(bytesOf(sent), piecesOf(sending, bytes), bytesOf(received), piecesOf(receiving, bytes));
    const finished = this.#place(sums, "sent", length(rank));
    if (finished.length > 0) finish(pieces(received, length(rank)), cut, finished, terms);
    this.#gather(finished, total, lengths(size, length));
  }

  #gather(own: Floats, all: Floats, counts: readonly number[]): void {
    this.#group.gather(bytesOf(own), bytesOf(all), piecesOf(counts, own.BYTES_PER_ELEMENT));
  }

  /** Room for so many numbers of the kind of `like`. */
  #place<N extends Floats>(like: N, which: "sent" | "received", count: number): N {
    const bytes = count * like.BYTES_PER_ELEMENT;
    let buffer = which === "sent" ? this.#sent : this.#received;
    if (buffer.byteLength < bytes) {
      buffer = new ArrayBuffer(bytes);
      if (which === "sent") this.#sent = buffer;
      else this.#received = buffer;
    }
    return (
      like instanceof Float32Array ? new Float32Array(buffer, 0, count) : new Float64Array(buffer, 0, count)
    ) as N;
  }
}

/** Adds the parts and divides once. */
function finish<N extends Floats>(sums: readonly N[], cut: Cut, into: N, terms: number): void {
  meanOfParts(sums, cut.parts.flat(), cut.whole, into instanceof Float32Array ? Math.fround(terms) : terms, into);
}

/** Cuts numbers into pieces of `length`. */
function pieces<N extends Floats>(numbers: N, length: number): N[] {
  return Array.from({ length: numbers.length / length }, (_, i) => numbers.subarray(i * length, (i + 1) * length) as N);
}

function lengths(size: number, lengthOf: (rank: number) => number): number[] {
  return Array.from({ length: size }, (_, rank) => lengthOf(rank));
}

/** Pieces of so many numbers, one behind the other. */
function piecesOf(counts: readonly number[], bytes: number): Pieces {
  const all = bytes * counts.reduce((sum, count) => sum + count, 0);
  if (all > MOST_BYTES) throw new ArgumentError("group", "an exchange of less than 2 GiB", `${all} bytes`);
  let at = 0;
  const offsets = counts.map((count) => {
    at += count;
    return (at - count) * bytes;
  });
  return { counts: Int32Array.from(counts, (count) => count * bytes), offsets: Int32Array.from(offsets) };
}

function bytesOf({ buffer, byteOffset, byteLength }: Floats): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
