// Shares cover a batch, each once, and are few parts of the tree.
import { expect, test } from "vitest";
import { blocksOf, middleOf, partsOf, type Range, rowsOf, sharesOf } from "./shares.ts";

const whole = (blocks: number) => ({ first: 0, end: blocks });
const counts = [...Array.from({ length: 20 }, (_, i) => i + 1), 32, 320, 469, 1000];
const sizes = [1, 2, 3, 4, 5, 8, 64];

test("every block belongs to one machine, in order", () => {
  for (const blocks of counts) {
    for (const size of sizes) {
      const shares = sharesOf(blocks, size);
      expect(shares.length).toBe(size);
      expect(shares[0].first).toBe(0);
      expect(shares.at(-1)?.end).toBe(blocks);
      for (let rank = 1; rank < size; rank++) expect(shares[rank].first).toBe(shares[rank - 1].end);
    }
  }
});

test("no machine has more than an eighth beyond its even share, rounded up", () => {
  for (const blocks of counts) {
    for (const size of sizes) {
      const most = Math.max(...sharesOf(blocks, size).map(({ first, end }) => end - first));
      expect(most, `${blocks} blocks on ${size}`).toBeLessThanOrEqual(Math.ceil((blocks / size) * 1.125));
    }
  }
});

test("a power of two of machines gets one part each where their number divides a power of two of blocks", () => {
  for (const size of [1, 2, 4, 8]) {
    for (const share of sharesOf(32, size)) expect(partsOf(share, whole(32)).length).toBe(1);
  }
});

/** Every part of the tree over a range. */
function nodes(range: Range): string[] {
  const own = `${range.first}-${range.end}`;
  if (range.end - range.first === 1) return [own];
  const middle = middleOf(range);
  return [own, ...nodes({ first: range.first, end: middle }), ...nodes({ first: middle, end: range.end })];
}

test("parts are parts of the tree, and cover the share", () => {
  for (const blocks of counts) {
    const tree = new Set(nodes(whole(blocks)));
    for (const size of sizes) {
      for (const share of sharesOf(blocks, size)) {
        const parts = partsOf(share, whole(blocks));
        let at = share.first;
        for (const part of parts) {
          expect(part.first).toBe(at);
          expect(tree.has(`${part.first}-${part.end}`)).toBe(true);
          at = part.end;
        }
        expect(at).toBe(share.end);
      }
    }
  }
});

test("the parts of 469 and 1,000 blocks stay few", () => {
  const most = (blocks: number, size: number) =>
    Math.max(...sharesOf(blocks, size).map((share) => partsOf(share, whole(blocks)).length));
  expect([most(469, 8), most(1000, 8), most(1000, 3)]).toEqual([2, 1, 3]);
});

test("a batch's last block may be short", () => {
  expect(blocksOf(257)).toBe(3);
  expect(rowsOf({ first: 1, end: 3 }, 257)).toEqual({ first: 128, end: 257 });
  expect(rowsOf({ first: 3, end: 3 }, 257)).toEqual({ first: 257, end: 257 });
});
