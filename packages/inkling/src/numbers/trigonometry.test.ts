import { expect, test } from "vitest";
import { Stream } from "./random.ts";
import { cosine, normalPair, sine } from "./trigonometry.ts";

test("sine and cosine in float64 are within 2·10⁻¹⁶ of the engine's, for all angles that a picture is turned by", () => {
  let worst = 0;
  for (let degrees = -720; degrees <= 720; degrees += 0.37) {
    const [turns, radians] = [degrees / 360, (degrees / 180) * Math.PI];
    // Radians are rounded once more than turns: that is what is left beyond one turn.
    const slack = Math.abs(radians) * 2 ** -53;
    worst = Math.max(worst, Math.abs(sine(turns) - Math.sin(radians)) - slack);
    worst = Math.max(worst, Math.abs(cosine(turns) - Math.cos(radians)) - slack);
  }
  expect(worst).toBeLessThan(4e-16);
});

test("the quarters of a turn are exact", () => {
  expect([0, 0.25, 0.5, 0.75, 1, -0.25].map((turns) => sine(turns) + 0)).toEqual([0, 1, 0, -1, 0, -1]);
  expect([0, 0.25, 0.5, 0.75, 1, -0.25].map((turns) => cosine(turns) + 0)).toEqual([1, 0, -1, 0, 1, 0]);
});

test("a pair of words is the normal pair of Box and Muller, to 10⁻⁶", () => {
  const stream = new Stream(1, "pairs");
  for (let e = 0; e < 20_000; e++) {
    const [forRadius, forAngle] = stream.words(e, 0, 0, 0);
    const radius = Math.sqrt(-2 * Math.log(((forRadius >>> 8) + 1) / 2 ** 24));
    const angle = (2 * Math.PI * (forAngle >>> 8)) / 2 ** 24;
    const [cos, sin] = normalPair(forRadius, forAngle);
    expect(Math.abs(cos - radius * Math.cos(angle))).toBeLessThan(2e-6);
    expect(Math.abs(sin - radius * Math.sin(angle))).toBeLessThan(2e-6);
  }
});

test("the extreme words give finite numbers", () => {
  for (const forRadius of [0, 255, 0xffffffff]) {
    for (const forAngle of [0, 2 ** 29, 2 ** 31, 0xffffffff]) {
      expect(normalPair(forRadius, forAngle).every(Number.isFinite)).toBe(true);
    }
  }
  // The smallest radius is 0, the largest √(48·ln 2).
  expect(normalPair(0xffffffff, 0).map((x) => x + 0)).toEqual([0, 0]);
  expect(normalPair(0, 0)[0]).toBeCloseTo(Math.sqrt(48 * Math.LN2), 5);
});

test("normal numbers have mean 0, variance 1, and the tails of the bell", () => {
  const stream = new Stream(2, "normal");
  const numbers = Array.from({ length: 50_000 }, (_, e) => {
    const words = stream.words(e, 0, 0, 0);
    return normalPair(words[0], words[1]);
  }).flat();
  const mean = (f: (x: number) => number) => numbers.reduce((sum, x) => sum + f(x), 0) / numbers.length;
  expect(Math.abs(mean((x) => x))).toBeLessThan(0.01);
  expect(mean((x) => x * x)).toBeCloseTo(1, 1.7);
  expect(mean((x) => x ** 4)).toBeCloseTo(3, 0.7);
  expect(mean((x) => (Math.abs(x) > 2 ? 1 : 0))).toBeCloseTo(0.0455, 2);
});
