/**
 * What is done to each number by itself: activations and their slopes, sums, updates of parameters. One pass over
 * memory, four numbers at a time. A matrix has memory to the next multiple of 16 bytes, and all of it may be written.
 */
import * as argument from "./arguments";
import { exp4, sigmoid4, tanh4 } from "./float32";
import { LEAKY_RELU, RELU, SIGMOID, TANH, TILE_NUMBERS } from "./layout";
import { scratch } from "./memory";
import { smooth4, smoothSlope4 } from "./smooth";
import { carry, levelAfter, levelsOf } from "./tree";

export const LEAK: f32 = 0.01;

// @ts-ignore: decorator
@inline
function end(tile: i32, count: i32): usize {
  return <usize>(min((tile + 1) * TILE_NUMBERS, count) << 2);
}

/** a = σ(z) */
export function activateTile(tile: i32): void {
  const z = load<usize>(argument.ACTIVATION_Z);
  const a = load<usize>(argument.ACTIVATION_A);
  const activation = load<i32>(argument.ACTIVATION_KIND);
  const last = end(tile, load<i32>(argument.ACTIVATION_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    const value = v128.load(z + e);
    const isLow = f32x4.le(value, f32x4.splat(0));
    let out: v128;
    if (activation == RELU) out = v128.andnot(value, isLow);
    else if (activation == LEAKY_RELU) out = v128.bitselect(f32x4.mul(f32x4.splat(LEAK), value), value, isLow);
    else if (activation == SIGMOID) out = sigmoid4(value);
    else if (activation == TANH) out = tanh4(value);
    else out = smooth4(activation, value);
    v128.store(a + e, out);
  }
}

/** δ = ∂C/∂a ⊙ σ′(z) */
export function activateBackwardTile(tile: i32): void {
  const dA = load<usize>(argument.ACTIVATION_DA);
  const z = load<usize>(argument.ACTIVATION_Z);
  const a = load<usize>(argument.ACTIVATION_A);
  const delta = load<usize>(argument.ACTIVATION_DELTA);
  const activation = load<i32>(argument.ACTIVATION_KIND);
  const one = f32x4.splat(1);
  const last = end(tile, load<i32>(argument.ACTIVATION_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    let slope: v128;
    if (activation == RELU || activation == LEAKY_RELU) {
      const low = f32x4.splat(activation == RELU ? 0 : LEAK);
      slope = v128.bitselect(low, one, f32x4.le(v128.load(z + e), f32x4.splat(0)));
    } else {
      const value = v128.load(a + e);
      if (activation == SIGMOID) slope = f32x4.mul(value, f32x4.sub(one, value));
      else if (activation == TANH) slope = f32x4.sub(one, f32x4.mul(value, value));
      else slope = smoothSlope4(activation, v128.load(z + e), value);
    }
    v128.store(delta + e, f32x4.mul(v128.load(dA + e), slope));
  }
}

/** z = x + s·y */
export function addScaledTile(tile: i32): void {
  const x = load<usize>(argument.SUM_X);
  const y = load<usize>(argument.SUM_Y);
  const z = load<usize>(argument.SUM_Z);
  const s = v128.load32_splat(argument.SUM_SCALE);
  const last = end(tile, load<i32>(argument.SUM_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    v128.store(z + e, f32x4.add(v128.load(x + e), f32x4.mul(s, v128.load(y + e))));
  }
}

/** The sums of groups of blocks, added as a tree and divided by the examples. */
export function meanOfGroupsTile(tile: i32): void {
  const sums = load<usize>(argument.SUM_X);
  const mean = load<usize>(argument.SUM_Z);
  const count = load<i32>(argument.SUM_COUNT);
  const groups = load<i32>(argument.SUM_GROUPS);
  const examples = f32x4.splat(<f32>load<i32>(argument.SUM_EXAMPLES));
  const levels = scratch();
  const last = end(tile, count);
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    let sum = f32x4.splat(0);
    for (let group = 0; group < groups; group++) {
      const isLast = group == groups - 1;
      sum = v128.load(sums + e + (<usize>group * <usize>count << 2));
      sum = carry(sum, levelsOf(group, isLast), levels, 16);
      if (!isLast) v128.store(levels + (<usize>levelAfter(group) << 4), sum);
    }
    v128.store(mean + e, f32x4.div(sum, examples));
  }
}

/** W ← W − η·(∂C/∂W + λ·W) */
export function sgdTile(tile: i32): void {
  const W = load<usize>(argument.UPDATE_W);
  const gradient = load<usize>(argument.UPDATE_GRADIENT);
  const eta = v128.load32_splat(argument.UPDATE_ETA);
  const lambda = load<f32>(argument.UPDATE_LAMBDA);
  const last = end(tile, load<i32>(argument.UPDATE_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    const w = v128.load(W + e);
    let g = v128.load(gradient + e);
    if (lambda != 0) g = f32x4.add(g, f32x4.mul(f32x4.splat(lambda), w));
    v128.store(W + e, f32x4.sub(w, f32x4.mul(eta, g)));
  }
}

/** W ← keep·W;  g = ∂C/∂W + λ·W;  m ← β₁·m + (1 − β₁)·g;  v ← β₂·v + (1 − β₂)·g²;  W ← W − s·m / (√v + ε) */
export function adamTile(tile: i32): void {
  const W = load<usize>(argument.UPDATE_W);
  const gradient = load<usize>(argument.UPDATE_GRADIENT);
  const mean = load<usize>(argument.UPDATE_MEAN);
  const square = load<usize>(argument.UPDATE_SQUARE);
  const s = v128.load32_splat(argument.UPDATE_ETA);
  const epsilon = v128.load32_splat(argument.UPDATE_EPSILON);
  const lambda = load<f32>(argument.UPDATE_LAMBDA);
  const keep = load<f32>(argument.UPDATE_KEEP);
  const beta1 = v128.load32_splat(argument.UPDATE_MEAN_OLD);
  const beta2 = v128.load32_splat(argument.UPDATE_OLD);
  const fresh1 = v128.load32_splat(argument.UPDATE_MEAN_FRESH);
  const fresh2 = v128.load32_splat(argument.UPDATE_FRESH);
  const last = end(tile, load<i32>(argument.UPDATE_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
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

/** g = ∂C/∂W + λ·W;  v ← old·v + fresh·g²;  W ← W − η·g / (√v + ε) */
export function rootSquareTile(tile: i32): void {
  const W = load<usize>(argument.UPDATE_W);
  const gradient = load<usize>(argument.UPDATE_GRADIENT);
  const square = load<usize>(argument.UPDATE_SQUARE);
  const eta = v128.load32_splat(argument.UPDATE_ETA);
  const lambda = load<f32>(argument.UPDATE_LAMBDA);
  const old = v128.load32_splat(argument.UPDATE_OLD);
  const fresh = v128.load32_splat(argument.UPDATE_FRESH);
  const epsilon = v128.load32_splat(argument.UPDATE_EPSILON);
  const last = end(tile, load<i32>(argument.UPDATE_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    const w = v128.load(W + e);
    let g = v128.load(gradient + e);
    if (lambda != 0) g = f32x4.add(g, f32x4.mul(f32x4.splat(lambda), w));
    const v = f32x4.add(f32x4.mul(old, v128.load(square + e)), f32x4.mul(fresh, f32x4.mul(g, g)));
    v128.store(square + e, v);
    v128.store(W + e, f32x4.sub(w, f32x4.div(f32x4.mul(eta, g), f32x4.add(f32x4.sqrt(v), epsilon))));
  }
}

/** g = ∂C/∂W + λ·W;  v ← μ·v + g;  W ← W − η·v, or for Nesterov W ← W − η·(g + μ·v) */
export function momentumTile(tile: i32): void {
  const W = load<usize>(argument.UPDATE_W);
  const gradient = load<usize>(argument.UPDATE_GRADIENT);
  const velocity = load<usize>(argument.UPDATE_VELOCITY);
  const eta = v128.load32_splat(argument.UPDATE_ETA);
  const lambda = load<f32>(argument.UPDATE_LAMBDA);
  const mu = v128.load32_splat(argument.UPDATE_MU);
  const nesterov = load<i32>(argument.UPDATE_NESTEROV) != 0;
  const last = end(tile, load<i32>(argument.UPDATE_COUNT));
  for (let e = <usize>((tile * TILE_NUMBERS) << 2); e < last; e += 16) {
    const w = v128.load(W + e);
    let g = v128.load(gradient + e);
    if (lambda != 0) g = f32x4.add(g, f32x4.mul(f32x4.splat(lambda), w));
    const v = f32x4.add(f32x4.mul(mu, v128.load(velocity + e)), g);
    v128.store(velocity + e, v);
    const direction = nesterov ? f32x4.add(g, f32x4.mul(mu, v)) : v;
    v128.store(W + e, f32x4.sub(w, f32x4.mul(eta, direction)));
  }
}
