/**
 * Our own sine and cosine, for the angles and the normal numbers of augmentation. Engines differ in the last bit of
 * Math.sin; these are one sequence of IEEE operations.
 *
 *   in float64   of an angle in whole turns: a quarter turn is 0.25; by their series        ≤ 2·10⁻¹⁶
 *   in float32   of a random word as an angle; the constants of Cephes' sinf and cosf       ≤ 10⁻⁷
 *
 * An angle is a number q of quarter turns and a rest x from −π/4 to π/4; q swaps sine and cosine and gives their signs.
 */

import { log } from "./float32.ts";
import { TWO_TO_24 } from "./random.ts";

const { fround } = Math;

/** sin of so many turns. */
export function sine(turns: number): number {
  return sineOfQuarters(4 * turns, 0);
}

/** cos of so many turns: the sine of a quarter turn more. */
export function cosine(turns: number): number {
  return sineOfQuarters(4 * turns, 1);
}

function sineOfQuarters(quarters: number, more: number): number {
  const whole = Math.round(quarters);
  const x = ((quarters - whole) * Math.PI) / 2;
  // The remainder of a negative number is negative.
  const q = (((whole + more) % 4) + 4) % 4;
  const size = q % 2 === 0 ? sineSeries(x) : cosineSeries(x);
  return q >= 2 ? -size : size;
}

/** x·(1 − x²/(2·3)·(1 − x²/(4·5)·(…))), up to x¹⁹ */
function sineSeries(x: number): number {
  let sum = 1;
  for (let k = 18; k >= 2; k -= 2) sum = 1 - (sum * x * x) / (k * (k + 1));
  return x * sum;
}

/** 1 − x²/(1·2)·(1 − x²/(3·4)·(…)), up to x¹⁸ */
function cosineSeries(x: number): number {
  let sum = 1;
  for (let k = 17; k >= 1; k -= 2) sum = 1 - (sum * x * x) / (k * (k + 1));
  return sum;
}

const QUARTER = 2 ** 22;
const PER_QUARTER = fround(Math.PI / 2 / QUARTER);
const S1 = fround(-1.6666654611e-1);
const S2 = fround(8.3321608736e-3);
const S3 = fround(-1.9515295891e-4);
const C1 = fround(4.166664568298827e-2);
const C2 = fround(-1.388731625493765e-3);
const C3 = fround(2.443315711809948e-5);

/**
 * Two independent normal numbers with mean 0 and variance 1, in float32, from two random words (Box and Muller 1958).
 * The kernels repeat it for four pairs at once (kernels/draws.ts).
 */
export function normalPair(forRadius: number, forAngle: number): [number, number] {
  // r = √(−2·ln u), u from 2⁻²⁴ to 1
  const r = fround(Math.sqrt(fround(-2 * log(((forRadius >>> 8) + 1) / TWO_TO_24))));
  // Of 24 bits of the word, the upper two (rounded) are the quarter turns.
  const angle = forAngle >>> 8;
  const q = (angle + QUARTER / 2) >>> 22;
  const x = fround((angle - q * QUARTER) * PER_QUARTER);
  const x2 = fround(x * x);
  // sin x ≈ x + x·x²·(S1 + x²·(S2 + x²·S3))
  let s = fround(fround(S3 * x2) + S2);
  s = fround(fround(s * x2) + S1);
  s = fround(x + fround(fround(s * x2) * x));
  // cos x ≈ 1 − x²/2 + x⁴·(C1 + x²·(C2 + x²·C3))
  let c = fround(fround(C3 * x2) + C2);
  c = fround(fround(c * x2) + C1);
  c = fround(fround(1 - fround(0.5 * x2)) + fround(fround(c * x2) * x2));
  const [cos, sin] = [
    [c, s],
    [-s, c],
    [-c, -s],
    [s, -c],
  ][q & 3];
  return [fround(r * cos), fround(r * sin)];
}
