/**
 * Sums of float32 numbers: every addition is rounded, so that the order decides the last bits. Orders one after the
 * other, shares of several workers, and the library's law (backends/backend.ts): blocks of 128 from +0, ascending, and
 * the block sums as a tree.
 */
const { fround } = Math;

/** Numbers in a block of the law. */
export const BLOCK = 128;

/** From +0, one after the other: terms[from] … terms[to − 1]. */
export function sumOf(terms: ArrayLike<number>, from = 0, to = terms.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum = fround(sum + (terms[i] as number));
  return sum;
}

/** The sum after each addition, and what rounding has taken from it. */
export function additionsOf(terms: ArrayLike<number>): { readonly sum: number; readonly lost: number }[] {
  let before = 0;
  return Array.from(terms, (term) => {
    const sum = fround(before + term);
    // Of two numbers of like size float64 holds the sum exactly.
    const lost = before + term - sum;
    before = sum;
    return { sum, lost };
  });
}

/** In float64, with what each addition loses carried along (Neumaier 1974): exact where float32 is concerned. */
export function exactSum(terms: ArrayLike<number>): number {
  let [sum, lost] = [0, 0];
  for (let i = 0; i < terms.length; i++) {
    const term = terms[i] as number;
    const next = sum + term;
    lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
    sum = next;
  }
  return sum + lost;
}

/** All sums that the orders of a few terms give, and by how many orders each comes, from the smallest sum on. */
export function sumsOfAllOrders(terms: readonly number[]): { readonly sum: number; readonly orders: number }[] {
  // By the set of terms that are already in it: the partial sums that are possible, with their orders.
  const partial = Array.from({ length: 1 << terms.length }, () => new Map<number, number>());
  partial[0]?.set(0, 1);
  for (const [used, sums] of partial.entries()) {
    for (const [i, term] of terms.entries()) {
      if ((used >> i) % 2 === 1) continue;
      const next = partial[used | (1 << i)] as Map<number, number>;
      for (const [sum, orders] of sums) {
        const added = fround(sum + term);
        next.set(added, (next.get(added) ?? 0) + orders);
      }
    }
  }
  const all = [...(partial.at(-1) as Map<number, number>)];
  return all.map(([sum, orders]) => ({ sum, orders })).toSorted((a, b) => a.sum - b.sum);
}

/** Each of so many workers adds an equal share, one after the other; then the shares are added. */
export function sharedSum(terms: ArrayLike<number>, workers: number): number {
  const share = Math.ceil(terms.length / workers);
  return sumOf(
    Array.from({ length: workers }, (_, w) => sumOf(terms, w * share, Math.min(terms.length, (w + 1) * share))),
  );
}

/** A part of the law's tree: the sum of blocks lo … hi − 1, and which worker makes it alone, if one does. */
export interface Part {
  readonly lo: number;
  readonly hi: number;
  readonly worker: number | undefined;
  readonly sum: number;
  readonly parts: readonly [Part, Part] | undefined;
}

/**
 * The sum by the law. Workers take whole blocks, side by side; each makes those parts of the tree that it has all
 * blocks of, and the parts that are left are made of theirs.
 */
export function lawfulSum(terms: ArrayLike<number>, workers: number): Part {
  const blocks = Math.max(1, Math.ceil(terms.length / BLOCK));
  const workerOf = (block: number) => Math.floor((block * Math.min(workers, blocks)) / blocks);
  const part = (lo: number, hi: number): Part => {
    const [first, last] = [workerOf(lo), workerOf(hi - 1)];
    const worker = first === last ? first : undefined;
    if (hi === lo + 1) {
      const sum = sumOf(terms, lo * BLOCK, Math.min(terms.length, hi * BLOCK));
      return { lo, hi, worker, sum, parts: undefined };
    }
    let h = 1;
    while (2 * h < hi - lo) h *= 2;
    const parts = [part(lo, lo + h), part(lo + h, hi)] as const;
    return { lo, hi, worker, sum: fround(parts[0].sum + parts[1].sum), parts };
  };
  return part(0, blocks);
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The 32 bits of a float32, as 0 and 1: the sign, 8 of the exponent, 23 of the mantissa. */
export function bitsOf(value: number): string {
  float[0] = value;
  return (word[0] as number).toString(2).padStart(32, "0");
}

/** How many float32 numbers further one is than another: 1 for the next one. */
export function stepsBetween(from: number, to: number): number {
  return placeOf(to) - placeOf(from);
}

/** The place of a float32 among all, 0 at +0 and −0. */
function placeOf(value: number): number {
  float[0] = value;
  const bits = word[0] as number;
  return bits < 0x80000000 ? bits : 0x80000000 - bits;
}
