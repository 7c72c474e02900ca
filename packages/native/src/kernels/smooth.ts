/**
 * GELU, SiLU and ELU, value and slope of a vector: packages/inkling/kernels/smooth.ts, operation for operation. Each
 * function writes the code for one vector; `to` is none of the others.
 */
import type { KernelParts } from "../assembler/kernel.ts";
import type { Vec } from "../assembler/registers.ts";
import { exp, expm1Below, polynomial, sigmoid } from "./float32.ts";

type Parts = Pick<KernelParts<never>, "code" | "cpu" | "registers">;

const { fround } = Math;

/** 2¹⁰⁰: in place of an infinity, which times 0 is NaN. */
const FAR = 2 ** 100;
/** Beyond this distance from 0 the normal distribution is 0 or 1. */
const MOST_DISTANCE = 16;
const DENSITY_AT_0 = fround(0.3989422804014327);
/** The coefficients of Φ(−t) / (u·e^(−t²/2)) in u, the highest first. */
const TAIL = [
  0.029562117531895638, -0.1699601262807846, 0.3901421129703522, -0.419402539730072, 0.17250779271125793,
  -0.04415390267968178, 0.0994596779346466, 0.1300201117992401, 0.15599307417869568, 0.1558316946029663,
];

/** a = z·Φ(z) */
export function gelu(parts: Parts, to: Vec, z: Vec): void {
  const { code, registers } = parts;
  const [t, bell] = normalParts(parts, z);
  normalCdf(parts, to, { z, t, bell });
  notBelow(parts, t, z);
  code.vmulps(to, t, to);
  registers.free(t, bell);
}

/** Φ(z) + z·φ(z) */
export function geluSlope(parts: Parts, to: Vec, z: Vec): void {
  const { code, cpu, registers } = parts;
  const [t, bell] = normalParts(parts, z);
  normalCdf(parts, to, { z, t, bell });
  code.vmulps(bell, bell, cpu.constant(DENSITY_AT_0));
  finite(parts, t, z);
  code.vmulps(t, t, bell);
  code.vaddps(to, to, t);
  registers.free(t, bell);
}

/** a = z / (1 + e⁻ᶻ) */
export function silu(parts: Parts, to: Vec, z: Vec): void {
  const { code, registers } = parts;
  sigmoid(parts, to, z);
  const factor = registers.vec("factor");
  notBelow(parts, factor, z);
  code.vmulps(to, factor, to);
  registers.free(factor);
}

/** s·(1 + z·(1 − s)), s = 1 / (1 + e⁻ᶻ); 1 − s is s of −z, with the same power of e */
export function siluSlope(parts: Parts, to: Vec, z: Vec): void {
  const { code, cpu, registers } = parts;
  const [e, sum, rest, one] = registers.vecs("silu", 4) as [Vec, Vec, Vec, Vec];
  const chosen = cpu.mask("chosen");
  code.vpord(sum, z, cpu.constantBits(0x80000000));
  exp(parts, e, sum, true);
  cpu.fill(one, 1);
  code.vaddps(sum, one, e);
  cpu.compare(chosen, z, cpu.constant(0), "GT_OQ");
  cpu.select(rest, chosen, e, one);
  code.vdivps(rest, rest, sum);
  cpu.compare(chosen, z, cpu.constant(0), "LT_OQ");
  cpu.select(to, chosen, e, one);
  code.vdivps(to, to, sum);
  finite(parts, e, z);
  code.vmulps(rest, e, rest);
  code.vaddps(rest, one, rest);
  code.vmulps(to, to, rest);
  registers.free(e, sum, rest, one, chosen);
}

/** a = z above 0, eᶻ − 1 elsewhere */
export function elu(parts: Parts, to: Vec, z: Vec): void {
  const { cpu, registers } = parts;
  expm1Below(parts, to, z);
  const above = cpu.mask("above 0");
  cpu.compare(above, z, cpu.constant(0), "GT_OQ");
  cpu.select(to, above, z, to);
  registers.free(above);
}

/** 1 where z is above 0, a + 1 elsewhere */
export function eluSlope({ code, cpu, registers }: Parts, to: Vec, z: Vec, a: Vec, one: Vec): void {
  const above = cpu.mask("above 0");
  code.vaddps(to, a, one);
  cpu.compare(above, z, cpu.constant(0), "GT_OQ");
  cpu.select(to, above, one, to);
  registers.free(above);
}

/** to = z, but at least −2¹⁰⁰; NaN stays NaN, which is why the operands' order matters. */
function notBelow({ code, cpu }: Parts, to: Vec, z: Vec): void {
  cpu.fill(to, -FAR);
  code.vmaxps(to, to, z);
}

/** to = z, but between −2¹⁰⁰ and 2¹⁰⁰ */
function finite(parts: Parts, to: Vec, z: Vec): void {
  const { code, cpu, registers } = parts;
  notBelow(parts, to, z);
  const most = registers.vec("most");
  cpu.fill(most, FAR);
  code.vminps(to, most, to);
  registers.free(most);
}

/** t = |z|, at most 16, and e^(−t²/2). */
function normalParts(parts: Parts, z: Vec): [t: Vec, bell: Vec] {
  const { code, cpu, registers } = parts;
  const [t, bell, most] = registers.vecs("normal distribution", 3) as [Vec, Vec, Vec];
  code.vpandd(t, z, cpu.constantBits(0x7fffffff));
  cpu.fill(most, MOST_DISTANCE);
  code.vminps(t, most, t);
  registers.free(most);
  const [s, e, high, low] = registers.vecs("bell", 4) as [Vec, Vec, Vec, Vec];
  code.vmulps(s, t, t);
  // t = high + low, so short that their products are exact
  code.vmulps(high, t, cpu.constant(4097));
  code.vsubps(low, high, t);
  code.vsubps(high, high, low);
  code.vsubps(low, t, high);
  // e = high² − s + 2·high·low + low²: what rounding took from s
  code.vmulps(e, high, high);
  code.vsubps(e, e, s);
  code.vmulps(high, high, cpu.constant(2));
  code.vmulps(high, high, low);
  code.vaddps(e, e, high);
  code.vmulps(low, low, low);
  code.vaddps(e, e, low);
  registers.free(high, low);
  code.vmulps(s, s, cpu.constant(-0.5));
  exp(parts, bell, s, true);
  code.vmulps(e, e, cpu.constant(0.5));
  cpu.fill(s, 1);
  code.vsubps(e, s, e);
  code.vmulps(bell, bell, e);
  registers.free(s, e);
  return [t, bell];
}

/** to = Φ(z), where t is |z|, at most 16, and bell is e^(−t²/2) */
function normalCdf(parts: Parts, to: Vec, { z, t, bell }: Readonly<Record<"z" | "t" | "bell", Vec>>): void {
  const { code, cpu, registers } = parts;
  const [u, one] = [registers.vec("u"), registers.vec("one")];
  cpu.fill(one, 1);
  code.vmulps(u, t, cpu.constant(0.390625));
  code.vaddps(u, u, cpu.constant(1));
  code.vdivps(u, one, u);
  polynomial(parts, to, u, TAIL);
  code.vmulps(to, to, u);
  code.vmulps(to, to, bell);
  const below = cpu.mask("below 0");
  cpu.compare(below, z, cpu.constant(0), "LT_OQ");
  code.vsubps(u, one, to);
  cpu.select(to, below, to, u);
  registers.free(u, one, below);
}
