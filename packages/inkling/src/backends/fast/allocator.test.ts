import fc from "fast-check";
import { expect, test } from "vitest";
import { Allocator } from "./allocator.ts";

const START = 4096;
const END = 1 << 20;

/** What a test does next: allocate so many bytes, or release one of the pieces that there are. */
const actions = fc.array(
  fc.oneof(
    fc.record({ bytes: fc.oneof(fc.integer({ min: 0, max: 2000 }), fc.integer({ min: 0, max: 200_000 })) }),
    fc.record({ release: fc.nat(1000) }),
  ),
  { maxLength: 200 },
);

test("pieces start at multiples of 64, lie between start and end, and do not overlap", () => {
  fc.assert(
    fc.property(actions, (list) => {
      const allocator = new Allocator(START);
      const pieces: { at: number; bytes: number }[] = [];
      for (const action of list) {
        if ("release" in action) {
          const [piece] = pieces.splice(action.release % (pieces.length || 1), 1);
          if (piece) allocator.release(piece.at);
          continue;
        }
        const { bytes } = action;
        const at = allocator.allocate(bytes, END);
        if (at === undefined) continue;
        expect(at % 64).toBe(0);
        expect(at).toBeGreaterThanOrEqual(START);
        expect(at + bytes).toBeLessThanOrEqual(allocator.top);
        expect(allocator.top).toBeLessThanOrEqual(END);
        for (const other of pieces) {
          expect(at + Math.max(bytes, 1) <= other.at || other.at + Math.max(other.bytes, 1) <= at).toBe(true);
        }
        pieces.push({ at, bytes });
      }
    }),
  );
});

test("when every piece is released, in whatever order, all is free again and in one stretch", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 50_000 }), fc.nat()), { maxLength: 50 }), (list) => {
      const allocator = new Allocator(START);
      const pieces = list.map(([bytes, turn]) => ({ at: allocator.allocate(bytes, 2 ** 30) as number, turn }));
      for (const { at } of pieces.sort((a, b) => a.turn - b.turn)) allocator.release(at);
      expect([allocator.top, allocator.inUse]).toEqual([START, 0]);
    }),
  );
});

test("a piece takes at most an eighth and 64 bytes more than was asked for", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 31 - 2 ** 28 }), (bytes) => {
      const allocator = new Allocator(START);
      allocator.allocate(bytes, 2 ** 31);
      expect(allocator.inUse).toBeGreaterThanOrEqual(Math.max(bytes, 1));
      expect(allocator.inUse).toBeLessThanOrEqual(bytes + Math.max(64, bytes / 8));
      expect(allocator.top).toBe(START + allocator.inUse);
    }),
  );
});

test("small holes side by side become room for a large piece, and what it does not need is used too", () => {
  const allocator = new Allocator(START);
  const take = (bytes: number) => allocator.allocate(bytes, END) as number;
  const small = Array.from({ length: 16 }, () => take(1024));
  const last = take(1024);
  for (const i of [3, 1, 2, 0, 12, 14, 13, 15]) allocator.release(small[i]);
  expect(take(4096)).toBe(small[0]);
  expect([take(1024), take(3072)]).toEqual([small[12], small[13]]);
  expect(allocator.top).toBe(last + 1024);
});

test("what is larger than the memory is refused, also beyond 32 bits", () => {
  const allocator = new Allocator(START);
  const hole = allocator.allocate(1024, END) as number;
  allocator.allocate(1024, END);
  allocator.release(hole);
  for (const bytes of [END, 2 ** 31, 2 ** 32 + 64, Number.MAX_SAFE_INTEGER]) {
    expect(allocator.allocate(bytes, END)).toBeUndefined();
  }
  expect(allocator.inUse).toBe(1024);
});

test("a piece that is released twice, or was never one, is a bug and changes nothing", () => {
  const allocator = new Allocator(START);
  const at = allocator.allocate(100, END) as number;
  allocator.allocate(100, END);
  allocator.release(at);
  expect(() => allocator.release(at)).toThrow("no piece of memory starts at 4096");
  expect(() => allocator.release(at + 64)).toThrow("no piece of memory");
  expect(allocator.allocate(100, END)).toBe(at);
});

test("sizes that never come twice use the same memory again", () => {
  // A search over sizes: each network has other matrices than the ones before it, and is dropped before the next.
  const allocator = new Allocator(START);
  for (let i = 1; i <= 2000; i++) {
    const bytes = [784 * i, i, 10 * i, 40, 3136 * ((i * 7) % 100), 17 * i].map((numbers) => 4 * numbers);
    const pieces = bytes.map((size) => allocator.allocate(size, 16 << 20));
    expect(pieces).not.toContain(undefined);
    for (const at of pieces) allocator.release(at as number);
  }
  expect(allocator.top).toBe(START);
});
