// The bowl: what plain descent and momentum do on it is known exactly.
import { adam, momentum, sgd } from "inkling";
import { expect, test } from "vitest";
import { arrival, bowl, levelLines, walk } from "./descent.ts";

test("plain descent multiplies x by 1 − η and y by 1 − η·κ in each step", () => {
  const path = walk(sgd({ learningRate: 0.018 }), [-9, 1], 100, 50);
  for (const [t, [x, y]] of path.entries()) {
    expect(x).toBeCloseTo(-9 * 0.982 ** t, 12);
    expect(y).toBeCloseTo((1 - 1.8) ** t, 12);
  }
});

test("momentum's velocity is μ of what it was, and the slope", () => {
  const path = walk(momentum({ learningRate: 0.02, momentum: 0.8 }), [-9, 1], 50, 3);
  let [x, y, u, v] = [-9, 1, 0, 0];
  for (const point of path) {
    expect(point[0]).toBeCloseTo(x, 12);
    expect(point[1]).toBeCloseTo(y, 12);
    [u, v] = [0.8 * u + x, 0.8 * v + 50 * y];
    [x, y] = [x - 0.02 * u, y - 0.02 * v];
  }
});

test("Adam's first step is η along both axes, however steep", () => {
  const [, [x, y] = []] = walk(adam({ learningRate: 0.5 }), [-9, 1], 100, 1);
  expect(x).toBeCloseTo(-8.5, 6);
  expect(y).toBeCloseTo(0.5, 6);
});

test("on a bowl that is 100 times as steep across, momentum arrives in a fraction of the steps", () => {
  const start = [-9, 1] as const;
  const plain = arrival(walk(sgd({ learningRate: 0.018 }), start, 100, 400), 100, 0.001);
  const rolling = arrival(walk(momentum({ learningRate: 0.018, momentum: 0.8 }), start, 100, 400), 100, 0.001);
  const adaptive = arrival(walk(adam({ learningRate: 0.5 }), start, 100, 400), 100, 0.001);
  // (1 − η)²ᵗ of the part of C that is along: 40.5 of 90.5
  expect(plain).toBe(Math.ceil(Math.log(0.001 * (90.5 / 40.5)) / (2 * Math.log(0.982))));
  expect(rolling).toBeLessThan((plain as number) / 4);
  expect(adaptive).toBeLessThan((plain as number) / 2);
  expect(arrival(walk(sgd({ learningRate: 0.021 }), start, 100, 400), 100, 0.001)).toBeUndefined();
});

test("all points of a level line have its loss, and where it is too long it has an end at both edges", () => {
  const [whole, ...others] = levelLines(12, 30, 10);
  expect(others).toEqual([]);
  for (const point of whole ?? []) expect(bowl(point, 30)).toBeCloseTo(12, 9);
  const cut = levelLines(12, 30, 3);
  expect(cut.length).toBe(2);
  for (const part of cut) {
    for (const point of part) expect(bowl(point, 30)).toBeCloseTo(12, 9);
    const xs = part.map(([x]) => x);
    expect([Math.min(...xs), Math.max(...xs)].map((x) => x.toFixed(9))).toEqual(["-3.000000000", "3.000000000"]);
  }
});
