/**
 * How an input is changed: a few small changes, each drawn from the list below. The words of a target are put in whole,
 * so that a magic number need not be found by chance.
 */

/** Numbers at which sizes and offsets go wrong. */
const NUMBERS = [
  0,
  1,
  2,
  3,
  4,
  8,
  16,
  28,
  127,
  128,
  255,
  256,
  784,
  4096,
  65535,
  65536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];

/**
 * @typedef {{ below(limit: number): number }} Draws Whole numbers from 0 to limit − 1.
 * @typedef {(bytes: Uint8Array, draws: Draws, others: readonly Uint8Array[], words: readonly Uint8Array[]) =>
 * Uint8Array} Mutation
 */

/** @type {(bytes: Uint8Array, at: number, removed: number, added: Uint8Array) => Uint8Array} */
function spliced(bytes, at, removed, added) {
  const result = new Uint8Array(bytes.length - removed + added.length);
  result.set(bytes.subarray(0, at));
  result.set(added, at);
  result.set(bytes.subarray(at + removed), at + added.length);
  return result;
}

/** @type {(bytes: Uint8Array, change: (copy: Uint8Array) => void) => Uint8Array} */
function changed(bytes, change) {
  const copy = bytes.slice();
  if (copy.length > 0) change(copy);
  return copy;
}

/** A length up to `most`, mostly a short one. @type {(draws: Draws, most: number) => number} */
function shortLength(draws, most) {
  return Math.min(most, 1 + draws.below(1 + draws.below(Math.max(1, most))));
}

/** @type {readonly Mutation[]} */
const mutations = [
  // A bit, a byte, a byte a little larger or smaller.
  (bytes, draws) =>
    changed(bytes, (copy) => {
      const bit = draws.below(8 * copy.length);
      copy[bit >> 3] ^= 1 << (bit & 7);
    }),
  (bytes, draws) =>
    changed(bytes, (copy) => {
      copy[draws.below(copy.length)] = draws.below(256);
    }),
  (bytes, draws) =>
    changed(bytes, (copy) => {
      copy[draws.below(copy.length)] += draws.below(33) - 16;
    }),
  // A number of 1, 2, 4 or 8 bytes, in either order.
  (bytes, draws) =>
    changed(bytes, (copy) => {
      const size = 2 ** draws.below(4);
      if (copy.length < size) return;
      const view = new DataView(copy.buffer);
      const at = draws.below(copy.length - size + 1);
      const little = draws.below(2) === 1;
      const number = BigInt(NUMBERS[draws.below(NUMBERS.length)]) - BigInt(draws.below(8) === 0 ? 1 : 0);
      for (let i = 0; i < size; i++) {
        const shift = BigInt(8 * (little ? i : size - 1 - i));
        view.setUint8(at + i, Number(BigInt.asUintN(64, number) >> shift) & 255);
      }
    }),
  // A digit of a number in a text.
  (bytes, draws) =>
    changed(bytes, (copy) => {
      const from = draws.below(copy.length);
      const at = copy.findIndex((byte, i) => i >= from && byte >= 48 && byte < 58);
      if (at !== -1) copy[at] = draws.below(4) === 0 ? 45 : 48 + draws.below(10);
    }),
  // A piece less, a piece twice, a piece from elsewhere, a word.
  (bytes, draws) => {
    const length = shortLength(draws, bytes.length);
    return spliced(bytes, draws.below(bytes.length - length + 1), length, new Uint8Array());
  },
  (bytes, draws) => {
    const length = shortLength(draws, bytes.length);
    const from = draws.below(bytes.length - length + 1);
    return spliced(bytes, draws.below(bytes.length + 1), 0, bytes.subarray(from, from + length));
  },
  (bytes, draws, others) => {
    const other = others[draws.below(others.length)] ?? bytes;
    return joined(bytes.subarray(0, draws.below(bytes.length + 1)), other.subarray(draws.below(other.length + 1)));
  },
  (bytes, draws, _others, words) => {
    const word = words[draws.below(words.length)] ?? Uint8Array.of(draws.below(256));
    const at = draws.below(bytes.length + 1);
    return spliced(bytes, at, draws.below(2) === 0 ? 0 : Math.min(word.length, bytes.length - at), word);
  },
  // Cut off.
  (bytes, draws) => bytes.slice(0, draws.below(bytes.length + 1)),
];

/** @type {(a: Uint8Array, b: Uint8Array) => Uint8Array} */
function joined(a, b) {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** An input made of another one by one to eight changes, of at most `most` bytes. @type {(...given: [...Parameters<Mutation>, number]) => Uint8Array} */
export function mutated(bytes, draws, others, words, most) {
  let result = bytes;
  for (let left = 2 ** draws.below(4); left > 0; left--) {
    result = mutations[draws.below(mutations.length)](result, draws, others, words);
  }
  return result.subarray(0, most);
}
