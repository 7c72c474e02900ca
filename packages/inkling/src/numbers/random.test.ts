import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ArgumentError } from "../errors.ts";
import { inOrder } from "../matrix.ts";
import { MersenneTwister } from "./mersenne-twister.ts";
import { philox, Stream } from "./random.ts";

test.each([
  // The known answers of Random123, the authors' own library (kat_vectors, philox 4×32, 10 rounds).
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
])("philox of counter %j under key %j is %j", (counter, key, expected) => {
  const out = new Uint32Array(4);
  philox(Uint32Array.from(counter), Uint32Array.from(key), out);
  expect(Array.from(out)).toEqual(expected);
});

test("a number depends on its place alone, not on what was drawn before", () => {
  const [one, other] = [new Stream(7, "shuffle"), new Stream(7, "shuffle")];
  for (let e = 0; e < 100; e++) one.uniform(e);
  expect(one.uniform(3, 5, 2)).toBe(other.uniform(3, 5, 2));
});

test("streams of other names, seeds, epochs and examples differ", () => {
  const draws = [
    new Stream(7, "shuffle").uniform(0),
    new Stream(7, "split").uniform(0),
    new Stream(8, "shuffle").uniform(0),
    new Stream(7 + 2 ** 32, "shuffle").uniform(0),
    new Stream(7, "shuffle").uniform(0, 0, 1),
    new Stream(7, "shuffle").uniform(0, 1),
  ];
  expect(new Set(draws).size).toBe(draws.length);
});

test("uniform numbers fill [0, 1) evenly and are float32", () => {
  const stream = new Stream(1, "test");
  const buckets = new Array(10).fill(0);
  for (let e = 0; e < 100_000; e++) {
    const u = stream.uniform(e);
    expect(Math.fround(u)).toBe(u);
    buckets[Math.floor(u * 10)]++;
  }
  // 10,000 each, with a standard deviation of 95
  for (const n of buckets) expect(Math.abs(n - 10_000)).toBeLessThan(400);
});

test("normal numbers have mean 0, variance 1, no skew and a normal's tails", () => {
  const stream = new Stream(1, "test");
  const n = 200_000;
  const sums = [0, 0, 0, 0, 0];
  for (let e = 0; e < n; e++) {
    const x = stream.normal(e);
    for (const k of [1, 2, 3, 4]) sums[k] += x ** k / n;
  }
  expect(Math.abs(sums[1])).toBeLessThan(0.01);
  expect(Math.abs(sums[2] - 1)).toBeLessThan(0.015);
  expect(Math.abs(sums[3])).toBeLessThan(0.03);
  expect(Math.abs(sums[4] - 3)).toBeLessThan(0.08);
});

test("whole numbers below n are equally likely", () => {
  const stream = new Stream(1, "test");
  const counts = [0, 0, 0];
  for (let e = 0; e < 30_000; e++) counts[stream.below(3, e)]++;
  for (const n of counts) expect(Math.abs(n - 10_000)).toBeLessThan(400);
});

test("a shuffle rejects the uneven rest of a word, so that every place is equally likely", () => {
  // The same in exact whole numbers: the word times n is split at 2³² into the place and a rest. The 2³² mod n lowest
  // rests are too many.
  const [count, stream, two32] = [300_000, new Stream(1, "shuffle"), 2n ** 32n];
  const expected = inOrder(count);
  let rejected = 0;
  for (let i = count - 1; i > 0; i--) {
    // biome-ignore lint/complexity/useLiteralKeys: only so may a test call what is private.
    const word = BigInt(stream["draw"](i >>> 2, 0, 1, 0)[i & 3]);
    const n = BigInt(i + 1);
    const isEven = (word * n) % two32 >= two32 % n;
    if (!isEven) rejected++;
    const j = isEven ? Number((word * n) / two32) : stream.below(i + 1, i, 1, 1);
    [expected[i], expected[j]] = [expected[j], expected[i]];
  }
  const order = inOrder(count);
  stream.shuffle(order, 1);
  expect(rejected).toBeGreaterThan(0);
  expect(order.every((place, i) => place === expected[i])).toBe(true);
});

test("a shuffle keeps every element, and is another one in every epoch", () => {
  const [first, second] = [inOrder(100), inOrder(100)];
  new Stream(1, "shuffle").shuffle(first, 1);
  new Stream(1, "shuffle").shuffle(second, 2);
  expect(first).not.toEqual(second);
  expect(first.toSorted()).toEqual(inOrder(100));
});

test.each([-1, 0.5, Number.NaN, 2 ** 53])("%d is no seed", (seed) => {
  expect(() => new Stream(seed, "shuffle")).toThrow(ArgumentError);
});

test("a seed in quotes is shown in quotes", () => {
  expect(() => new Stream("1" as never, "shuffle")).toThrow('got "1".');
});

const golden = JSON.parse(readFileSync(new URL("../../test/golden/mersenne.json", import.meta.url), "utf8"));

test.each(
  golden.cases as {
    seed: number;
    rand: number[];
    shuffle20: number[];
    next20: number;
    shuffle1000: number[];
    next1000: number;
  }[],
)(
  "after np.random.seed($seed) we draw and shuffle as NumPy does",
  ({ seed, rand, shuffle20, next20, shuffle1000, next1000 }) => {
    const drawing = new MersenneTwister(seed);
    expect(rand.map(() => drawing.random())).toEqual(rand);
    const [short, long] = [new MersenneTwister(seed), new MersenneTwister(seed)];
    const [order20, order1000] = [inOrder(20), inOrder(1000)];
    short.shuffle(order20);
    long.shuffle(order1000);
    expect(Array.from(order20)).toEqual(shuffle20);
    expect(short.random()).toBe(next20);
    expect(Array.from(order1000.subarray(0, 20))).toEqual(shuffle1000);
    expect(long.random()).toBe(next1000);
  },
);
