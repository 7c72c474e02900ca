/**
 * Numbers of 16 bits, as other programs store weights in half the room. Each is exactly a float32 number.
 *
 *   float16    1 sign, 5 exponent, 10 fraction bits (IEEE 754 binary16)
 *   bfloat16   1 sign, 8 exponent, 7 fraction bits: the upper half of a float32
 */

/** The number whose float16 bits these are. */
export function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // Subnormal: fraction · 2⁻²⁴; otherwise (1 + fraction / 1024) · 2^(exponent − 15)
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** The number whose bfloat16 bits these are. */
export function fromBfloat16(bits: number): number {
  word[0] = bits << 16;
  return float[0];
}
