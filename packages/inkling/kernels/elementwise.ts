/**
 * What is done to each number by itself: activations and their slopes, updates of parameters. One pass over memory,
 * four numbers at a time; a matrix's memory is a multiple of 16 bytes, and what lies behind its last number is free to
 * be written.
 */
import { exp4, sigmoid4, tanh4 } from "./float32";
import { ARGUMENTS } from "./threads";

/** Numbers of a tile. */
export const NUMBERS: i32 = 8192;

const RELU: i32 = 1;
const LEAKY_RELU: i32 = 2;
const SIGMOID: i32 = 3;
const LEAK: f32 = 0.01;

// @ts-ignore: decorator
@inline
function end(tile: i32, count: i32): usize {
  return <usize>(min((tile + 1) * NUMBERS, count) << 2);
}

/** a = σ(z). Arguments: z, a, count, activation. */
export function activateTile(tile: i32): void {
  const z = <usize>load<u32>(ARGUMENTS, 0);
  const a = <usize>load<u32>(ARGUMENTS, 4);
  const activation = load<i32>(ARGUMENTS, 12);
  const last = end(tile, load<i32>(ARGUMENTS, 8));
  for (let e = <usize>((tile * NUMBERS) << 2); e < last; e += 16) {
    const value = v128.load(z + e);
    const isLow = f32x4.le(value, f32x4.splat(0));
    let out: v128;
    if (activation == RELU) out = v128.andnot(value, isLow);
    else if (activation == LEAKY_RELU) out = v128.bitselect(f32x4.mul(f32x4.splat(LEAK), value), value, isLow);
    else if (activation == SIGMOID) out = sigmoid4(value);
    else out = tanh4(value);
    v128.store(a + e, out);
  }
}

/** δ = ∂C/∂a ⊙ σ′(z). Arguments: dA, z, a, δ, count, activation. */
export function activateBackwardTile(tile: i32): void {
  const dA = <usize>load<u32>(ARGUMENTS, 0);
  const z = <usize>load<u32>(ARGUMENTS, 4);
  const a = <usize>load<u32>(ARGUMENTS, 8);
  const delta = <usize>load<u32>(ARGUMENTS, 12);
  const activation = load<i32>(ARGUMENTS, 20);
  const one = f32x4.splat(1);
  const last = end(tile, load<i32>(ARGUMENTS, 16));
  for (let e = <usize>((tile * NUMBERS) << 2); e < last; e += 16) {
    let slope: v128;
    if (activation == RELU || activation == LEAKY_RELU) {
      const low = f32x4.splat(activation == RELU ? 0 : LEAK);
      slope = v128.bitselect(low, one, f32x4.le(v128.load(z + e), f32x4.splat(0)));
    } else {
      const value = v128.load(a + e);
      if (activation == SIGMOID) slope = f32x4.mul(value, f32x4.sub(one, value));
      else slope = f32x4.sub(one, f32x4.mul(value, value));
    }
    v128.store(delta + e, f32x4.mul(v128.load(dA + e), slope));
  }
}

/** W ← W − η·(∂C/∂W + λ·W). Arguments: W, gradient, count, η, λ. */
export function sgdTile(tile: i32): void {
  const W = <usize>load<u32>(ARGUMENTS, 0);
  const gradient = <usize>load<u32>(ARGUMENTS, 4);
  const eta = v128.load32_splat(ARGUMENTS, 12);
  const lambda = load<f32>(ARGUMENTS, 16);
  const last = end(tile, load<i32>(ARGUMENTS, 8));
  for (let e = <usize>((tile * NUMBERS) << 2); e < last; e += 16) {
    const w = v128.load(W + e);
    let g = v128.load(gradient + e);
    if (lambda != 0) g = f32x4.add(g, f32x4.mul(f32x4.splat(lambda), w));
    v128.store(W + e, f32x4.sub(w, f32x4.mul(eta, g)));
  }
}

/**
 * W ← keep·W;  g = ∂C/∂W + λ·W;  m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  W ← W − s·m / (√v + ε).
 * Arguments: W, gradient, m, v, count, s, ε, λ, keep, β₁, β₂, 1 − β₁, 1 − β₂.
 */
export function adamTile(tile: i32): void {
  const W = <usize>load<u32>(ARGUMENTS, 0);
  const gradient = <usize>load<u32>(ARGUMENTS, 4);
  const mean = <usize>load<u32>(ARGUMENTS, 8);
  const square = <usize>load<u32>(ARGUMENTS, 12);
  const s = v128.load32_splat(ARGUMENTS, 20);
  const epsilon = v128.load32_splat(ARGUMENTS, 24);
  const lambda = load<f32>(ARGUMENTS, 28);
  const keep = load<f32>(ARGUMENTS, 32);
  const beta1 = v128.load32_splat(ARGUMENTS, 36);
  const beta2 = v128.load32_splat(ARGUMENTS, 40);
  const fresh1 = v128.load32_splat(ARGUMENTS, 44);
  const fresh2 = v128.load32_splat(ARGUMENTS, 48);
  const last = end(tile, load<i32>(ARGUMENTS, 16));
  for (let e = <usize>((tile * NUMBERS) << 2); e < last; e += 16) {
    let w = v128.load(W + e);
    if (keep != 1) w = f32x4.mul(f32x4.splat(keep), w);
    let g = v128.load(gradient + e);
    if (lambda != 0) g = f32x4.add(g, f32x4.mul(f32x4.splat(lambda), w));
    const m = f32x4.add(f32x4.mul(beta1, v128.load(mean + e)), f32x4.mul(fresh1, g));
    const v = f32x4.add(f32x4.mul(beta2, v128.load(square + e)), f32x4.mul(fresh2, f32x4.mul(g, g)));
    v128.store(mean + e, m);
    v128.store(square + e, v);
    v128.store(W + e, f32x4.sub(w, f32x4.div(f32x4.mul(s, m), f32x4.add(f32x4.sqrt(v), epsilon))));
  }
}

/**
 * g = ∂C/∂W + λ·W;  v ← old·v + fresh·g²;  W ← W − η·g / (√v + ε). Arguments: W, gradient, v, count, η, λ, old,
 * fresh, ε.
 */
export function rootSquareTile(tile: i32): void {
  const W = <usize>load<u32>(ARGUMENTS, 0);
  const gradient = <usize>load<u32>(ARGUMENTS, 4);
  const square = <usize>load<u32>(ARGUMENTS, 8);
  const eta = v128.load32_splat(ARGUMENTS, 16);
  const lambda = load<f32>(ARGUMENTS, 20);
  const old = v128.load32_splat(ARGUMENTS, 24);
  const fresh = v128.load32_splat(ARGUMENTS, 28);
  const epsilon = v128.load32_splat(ARGUMENTS, 32);
  const last = end(tile, load<i32>(ARGUMENTS, 12));
  for (let e = <usize>((tile * NUMBERS) << 2); e < last; e += 16) {
    const w = v128.load(W + e);
    let g = v128.load(gradient + e);
    if (lambda != 0) g = f32x4.add(g, f32x4.mul(f32x4.splat(lambda), w));
    const v = f32x4.add(f32x4.mul(old, v128.load(square + e)), f32x4.mul(fresh, f32x4.mul(g, g)));
    v128.store(square + e, v);
    v128.store(W + e, f32x4.sub(w, f32x4.div(f32x4.mul(eta, g), f32x4.add(f32x4.sqrt(v), epsilon))));
  }
}

/**
 * g = ∂C/∂W + λ·W;  v ← μ·v + g;  W ← W − η·v or W − η·(g + μ·v). Arguments: W, gradient, v, count, η, λ, μ,
 * Nesterov.
 */
export function momentumTile(tile: i32): void {
  const W = <usize>load<u32>(ARGUMENTS, 0);
  const gradient = <usize>load<u32>(ARGUMENTS, 4);
  const velocity = <usize>load<u32>(ARGUMENTS, 8);
  const eta = v128.load32_splat(ARGUMENTS, 16);
  const lambda = load<f32>(ARGUMENTS, 20);
  const mu = v128.load32_splat(ARGUMENTS, 24);
  const nesterov = load<i32>(ARGUMENTS, 28) != 0;
  const last = end(tile, load<i32>(ARGUMENTS, 12));
  for (let e = <usize>((tile * NUMBERS) << 2); e < last; e += 16) {
    const w = v128.load(W + e);
    let g = v128.load(gradient + e);
    if (lambda != 0) g = f32x4.add(g, f32x4.mul(f32x4.splat(lambda), w));
    const v = f32x4.add(f32x4.mul(mu, v128.load(velocity + e)), g);
    v128.store(velocity + e, v);
    const direction = nesterov ? f32x4.add(g, f32x4.mul(mu, v)) : v;
    v128.store(W + e, f32x4.sub(w, f32x4.mul(eta, direction)));
  }
}
