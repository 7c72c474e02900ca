/**
 * A sum of block sums as a balanced tree, one block after the other. With s₀, s₁ … the sums of the blocks:
 *
 *   S(lo, lo + 1) = s of block lo
 *   S(lo, hi)     = S(lo, lo + h) + S(lo + h, hi),   h the largest power of two below hi − lo
 *
 * So a machine that holds 2ʲ blocks, from a multiple of 2ʲ on, can add its own and send one sum. Long sums also have
 * smaller rounding errors. The tree is never built. As in a binary counter, two partial sums over equally many blocks
 * become one, so there is at most one partial sum for each power of two.
 */

export class TreeSum {
  /** partials[k]: the sum over 2ᵏ blocks, where the binary digit k of `count` is 1; otherwise left over. */
  readonly #partials: number[] = [];
  #count = 0;

  /** Takes the sum of the next block. */
  add(blockSum: number): void {
    let sum = blockSum;
    let k = 0;
    // Adding 1 to the counter: each digit 1 carries. No bit operations, which end at 2³² blocks.
    for (let rest = this.#count; rest % 2 === 1; rest = (rest - 1) / 2) sum = this.#partials[k++] + sum;
    this.#partials[k] = sum;
    this.#count++;
  }

  /** S(0, count), the sum of all blocks so far; 0 where there is none. More may be added after it. */
  get total(): number {
    let sum: number | undefined;
    let k = 0;
    for (let rest = this.#count; rest > 0; rest = Math.floor(rest / 2), k++) {
      if (rest % 2 === 1) sum = sum === undefined ? this.#partials[k] : this.#partials[k] + sum;
    }
    return sum ?? 0;
  }

  /** Back to no blocks. */
  reset(): void {
    this.#count = 0;
  }
}
