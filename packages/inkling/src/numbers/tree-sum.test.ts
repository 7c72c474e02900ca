import { describe, expect, test } from "vitest";
import { TreeSum } from "./tree-sum.ts";

/** The law as it is written: S(lo, hi) = S(lo, lo + h) + S(lo + h, hi), h the largest power of two below hi − lo. */
function S(blocks: readonly number[], lo: number, hi: number): number {
  if (hi === lo + 1) return blocks[lo];
  let h = 1;
  while (2 * h < hi - lo) h *= 2;
  return S(blocks, lo, lo + h) + S(blocks, lo + h, hi);
}

/** Numbers of very different sizes, so that every order of adding them has another last bit. */
const blocks = Array.from({ length: 300 }, (_, i) => ((i * 7919) % 1009) * (i % 3 === 0 ? 1e9 : 1 / 3));

describe("TreeSum", () => {
  test.each(Array.from({ length: 300 }, (_, i) => i + 1))("of %i blocks is the tree's", (count) => {
    const tree = new TreeSum();
    for (const block of blocks.slice(0, count)) tree.add(block);
    expect(tree.total).toBe(S(blocks, 0, count));
  });

  test("differs from adding one after the other", () => {
    const tree = new TreeSum();
    for (const block of blocks) tree.add(block);
    expect(tree.total).not.toBe(blocks.reduce((sum, block) => sum + block, 0));
  });

  test("says its total on the way, which changes nothing", () => {
    const [asked, silent] = [new TreeSum(), new TreeSum()];
    for (const [i, block] of blocks.entries()) {
      asked.add(block);
      silent.add(block);
      expect(asked.total).toBe(S(blocks, 0, i + 1));
    }
    expect(asked.total).toBe(silent.total);
  });

  test("is 0 of no blocks, and −0 of one −0", () => {
    const tree = new TreeSum();
    expect(tree.total).toBe(0);
    tree.add(-0);
    expect(tree.total).toBe(-0);
  });

  test("begins anew after reset", () => {
    const tree = new TreeSum();
    for (const block of blocks) tree.add(block);
    tree.reset();
    expect(tree.total).toBe(0);
    for (const block of blocks.slice(0, 5)) tree.add(block);
    expect(tree.total).toBe(S(blocks, 0, 5));
  });
});
