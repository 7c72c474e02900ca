// Every float32 number there is: all 2³² bit patterns of exp, log, tanh and sigmoid against float64. Some minutes.
import { expect, test } from "vitest";
import { float32 } from "../src/numbers/float32.ts";
import { float64 } from "../src/numbers/float64.ts";

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** The distance between neighbouring float32 numbers at x, from its exponent's bits. */
function spacing(x: number): number {
  float[0] = x;
  const exponent = (bits[0] >>> 23) & 0xff;
  return exponent === 0 ? 2 ** -149 : 2 ** (exponent - 150);
}

test.each([
  ["exp", 1],
  ["log", 1],
  ["tanh", 2],
  ["sigmoid", 3],
] as const)("%s is within %i units in the last place everywhere", (name, promised) => {
  const [fast, exact] = [float32[name], float64[name]];
  let largest = 0;
  for (let pattern = 0; pattern < 2 ** 32; pattern++) {
    bits[0] = pattern;
    const x = float[0];
    const [got, wanted] = [fast(x), exact(x)];
    if (Object.is(got, wanted) || (Number.isNaN(got) && Number.isNaN(wanted))) continue;
    if (!Number.isFinite(got)) {
      expect(Math.abs(wanted), `x = ${x}`).toBeGreaterThanOrEqual(3.4028234e38);
      continue;
    }
    const error = Math.abs(got - wanted) / spacing(wanted);
    if (!(error <= largest)) largest = error;
  }
  console.log(`${name}: at most ${largest.toFixed(3)} units`);
  expect(largest).toBeLessThanOrEqual(promised);
});
