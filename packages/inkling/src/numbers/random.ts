/**
 * Random numbers by counting. Philox (Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2,
 * 3") mixes a counter with a key: the number for (epoch, example, element) of a stream depends on these and the seed
 * alone. So any thread can draw any number in any order, and the draws of one consumer never change those of another.
 *
 *   key      = Philox(hash of the stream's name; seed)
 *   counter  = (element, example, epoch, attempt)
 *
 * Streams are named after what they are for: "shuffle", "split", "initial weights layers.0.weights", and those of a
 * layer after its place too: "layers.3.dropout".
 */
import { ArgumentError } from "../errors.ts";
import { shown } from "../shown.ts";
import { log } from "./float32.ts";

const { fround, imul } = Math;

export const TWO_TO_24 = 16777216;
const TWO_TO_32 = 4294967296;

/** The high 32 bits of a 64-bit product of two unsigned 32-bit numbers, by schoolbook halves. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = aLow * bHigh + (middle & 0xffff);
  return (aHigh * bHigh + (middle >>> 16) + (carry >>> 16)) >>> 0;
}

/**
 * Philox 4×32 with 10 rounds: mixes `counter` (4 words) under `key` (2 words) into `out` (4 words).
 * `counter` and `out` may be the same array.
 */
export function philox(counter: Uint32Array, key: Uint32Array, out: Uint32Array): void {
  let c0 = counter[0];
  let c1 = counter[1];
  let c2 = counter[2];
  let c3 = counter[3];
  let k0 = key[0];
  let k1 = key[1];
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    // The key walks on by the golden ratio and √3 − 1.
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** FNV-1a, 32 bits: a stream's name as a number. */
function hash(name: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) h = imul(h ^ name.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** The random numbers for one purpose. Every draw is named by its place, never by how many came before it. */
export class Stream {
  readonly #key = new Uint32Array(2);
  readonly #counter = new Uint32Array(4);
  readonly #words = new Uint32Array(4);

  /** `seed`: a whole number from 0 to 2⁵³ − 1. */
  constructor(seed: number, name: string) {
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ArgumentError("random", "seed to be a whole number from 0 to 2^53 − 1", shown(seed));
    }
    this.#key[0] = seed >>> 0;
    this.#key[1] = Math.floor(seed / TWO_TO_32);
    this.#counter[0] = hash(name);
    philox(this.#counter, this.#key, this.#words);
    this.#key.set(this.#words.subarray(0, 2));
  }

  /** The key of its draws, two words: a kernel that has it draws the same numbers. */
  get key(): Uint32Array {
    return this.#key;
  }

  /** The four words of one draw, 32 random bits each. The next draw writes over them. */
  words(element: number, example = 0, epoch = 0, copy = 0): Uint32Array {
    return this.draw(element, example, epoch, copy);
  }

  private draw(element: number, example: number, epoch: number, attempt: number): Uint32Array {
    this.#counter[0] = element;
    this.#counter[1] = example;
    this.#counter[2] = epoch;
    this.#counter[3] = attempt;
    philox(this.#counter, this.#key, this.#words);
    return this.#words;
  }

  /** Uniform on [0, 1): a multiple of 2⁻²⁴, so exact in float32. */
  uniform(element: number, example = 0, epoch = 0): number {
    return (this.draw(element, example, epoch, 0)[0] >>> 8) / TWO_TO_24;
  }

  /** Normal with mean 0 and variance 1, in float32, by Marsaglia's polar method (1964). */
  normal(element: number, example = 0, epoch = 0): number {
    for (let attempt = 0; ; attempt++) {
      const words = this.draw(element, example, epoch, attempt);
      // A point of the square (−1, 1)², until it lies in the circle; both coordinates are odd multiples of 2⁻²⁴.
      const u = fround((2 * (words[0] >>> 8) + 1) / TWO_TO_24 - 1);
      const v = fround((2 * (words[1] >>> 8) + 1) / TWO_TO_24 - 1);
      const s = fround(fround(u * u) + fround(v * v));
      // u·√(−2·ln s / s)
      if (s < 1) return fround(u * fround(Math.sqrt(fround(fround(-2 * log(s)) / s))));
    }
  }

  /** A whole number from 0 to n − 1, each equally likely (Lemire 2019: multiply, and reject the uneven rest). */
  below(n: number, element: number, example = 0, epoch = 0): number {
    const rest = (TWO_TO_32 - n) % n;
    for (let attempt = 0; ; attempt++) {
      const word = this.draw(element, example, epoch, attempt)[0];
      if (imul(word, n) >>> 0 >= rest) return multiplyHigh(word, n);
    }
  }

  /** Puts `order` into a random order (Fisher and Yates), another one for every epoch. */
  shuffle(order: Uint32Array, epoch = 0): void {
    let drawn = -1;
    const words = new Uint32Array(4);
    for (let i = order.length - 1; i > 0; i--) {
      // One draw has four words: place i takes word i mod 4 of draw ⌊i / 4⌋; a rejected one draws for itself.
      if (i >>> 2 !== drawn) {
        drawn = i >>> 2;
        words.set(this.draw(drawn, 0, epoch, 0));
      }
      const word = words[i & 3];
      // The remainder is at most i: it is seldom needed.
      const low = imul(word, i + 1) >>> 0;
      const even = low > i || low >= (TWO_TO_32 - i - 1) % (i + 1);
      const j = even ? multiplyHigh(word, i + 1) : this.below(i + 1, i, 1, epoch);
      const kept = order[i];
      order[i] = order[j];
      order[j] = kept;
    }
  }
}
