/**
 * The activations that are smooth at 0 and no sigmoids: GELU, SiLU and ELU, value and slope of four numbers, operation
 * for operation as in src/numbers/activations.ts.
 */
import { bell4, distance4, exp4, expm1Below4, normalCdf4, normalDensity4, sigmoid4 } from "./float32";
import { GELU, SILU } from "./layout";

/** 2¹⁰⁰: in place of an infinity, which times 0 is NaN. */
const FAR: f32 = 1.2676506002282294e30;

/** a = σ(z); what is neither GELU nor SiLU is ELU. */
export function smooth4(activation: i32, z: v128): v128 {
  const notBelow = f32x4.pmax(z, f32x4.splat(-FAR));
  if (activation == GELU) {
    const t = distance4(z);
    return f32x4.mul(notBelow, normalCdf4(z, t, bell4(t)));
  }
  if (activation == SILU) return f32x4.mul(notBelow, sigmoid4(z));
  return v128.bitselect(z, expm1Below4(z), f32x4.gt(z, f32x4.splat(0)));
}

/** σ′(z), where a = σ(z) */
export function smoothSlope4(activation: i32, z: v128, a: v128): v128 {
  const one = f32x4.splat(1);
  const isAbove = f32x4.gt(z, f32x4.splat(0));
  const finite = f32x4.pmin(f32x4.pmax(z, f32x4.splat(-FAR)), f32x4.splat(FAR));
  if (activation == GELU) {
    const t = distance4(z);
    const bell = bell4(t);
    return f32x4.add(normalCdf4(z, t, bell), f32x4.mul(finite, normalDensity4(bell)));
  }
  if (activation == SILU) {
    // s of z and of −z have the same power of e.
    const e = exp4(f32x4.neg(f32x4.abs(z)));
    const sum = f32x4.add(one, e);
    const s = f32x4.div(v128.bitselect(e, one, f32x4.lt(z, f32x4.splat(0))), sum);
    const rest = f32x4.div(v128.bitselect(e, one, isAbove), sum);
    return f32x4.mul(s, f32x4.add(one, f32x4.mul(finite, rest)));
  }
  return v128.bitselect(one, f32x4.add(a, one), isAbove);
}
