import { expect, test } from "vitest";
import { checkApart, checkOwn, checkPieces } from "./pieces.ts";

const pieces = (counts: number[], offsets: number[]) => ({
  counts: Int32Array.from(counts),
  offsets: Int32Array.from(offsets),
});

test("pieces that lie in the array pass, also empty ones at its end", () => {
  checkPieces("exchange", "sent", new Uint8Array(10), pieces([4, 0, 6], [0, 10, 4]), 3);
});

test.each([
  [[4, 7], [0, 4], "pieces in the 10 bytes of sent, got 7 bytes from 4 on for rank 1."],
  [[0, 0], [0, 11], "pieces in the 10 bytes of sent, got 0 bytes from 11 on for rank 1."],
  [[2 ** 31 - 1, 0], [2 ** 31 - 1, 0], "pieces in the 10 bytes of sent, got 2147483647 bytes from 2147483647 on for"],
  [[1, 1, 1], [0, 1], "2 counts and offsets of sent, got 3 and 2."],
])("pieces %j from %j on are refused", (counts, offsets, sentence) => {
  const check = () => checkPieces("exchange", "sent", new Uint8Array(10), pieces(counts, offsets), 2);
  expect(check).toThrow(`exchange: expected ${sentence}`);
});

test("2³¹ bytes are refused with their limit", () => {
  const check = () => checkPieces("gather", "all", new Uint8Array(1), pieces([2 ** 31], [0]), 1);
  expect(check).toThrow(
    "gather: expected counts and offsets of all from 0 to 2147483647, got -2147483648 bytes from 0 on for rank 0. " +
      "More than that wraps around: exchange less at once.",
  );
});

test("counts that are no Int32Array are refused", () => {
  const wrong = { counts: [1], offsets: new BigInt64Array(1) } as never;
  const check = () => checkPieces("gather", "all", new Uint8Array(1), wrong, 1);
  expect(check).toThrow("gather: expected counts and offsets of all in an Int32Array, got Array, BigInt64Array.");
});

test("arrays with common bytes are refused, neighbours are not", () => {
  const memory = new ArrayBuffer(16);
  const low = new Uint8Array(memory, 0, 8);
  checkApart("gather", "own and all", low, new Uint8Array(memory, 8, 8));
  checkApart("gather", "own and all", low, new Uint8Array(16));
  checkApart("gather", "own and all", low, new Uint8Array(memory, 4, 0));
  expect(() => checkApart("gather", "own and all", low, new Uint8Array(memory, 7, 8))).toThrow(
    "gather: expected own and all without common bytes, got 1 common bytes.",
  );
});

test("an own piece of another size is refused", () => {
  checkOwn("gather", "own", 3, 3);
  expect(() => checkOwn("gather", "own", 4, 3)).toThrow("gather: expected 3 bytes of own, got 4.");
});
