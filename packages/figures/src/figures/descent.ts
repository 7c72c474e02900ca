/**
 * The library's optimizers on a bowl of two numbers, in float64: C(x, y) = ½·(x² + κ·y²), whose slopes are x and κ·y.
 * It is κ times as steep across as along.
 */
import type { Optimizer } from "inkling";
import { type CpuMatrix, Reference } from "inkling/proofs";
import type { Point } from "../parts/plot.ts";

const ops = new Reference("float64");

/** C at a point. */
export function bowl([x, y]: Point, stretch: number): number {
  return (x * x + stretch * y * y) / 2;
}

/** Where an optimizer goes from a point, step by step: the point itself first. */
export function walk(optimizer: Optimizer, from: Point, stretch: number, steps: number): Point[] {
  const [value, gradient] = [ops.keep(1, 2) as CpuMatrix, ops.keep(1, 2) as CpuMatrix];
  ops.write(value, from);
  const shape = [2];
  const updater = optimizer.prepare(ops, [{ name: "place", shape, role: "parameter", value, gradient, decays: false }]);
  const path: Point[] = [from];
  for (let step = 0; step < steps; step++) {
    const [x = 0, y = 0] = value.data;
    // ∂C/∂x = x,  ∂C/∂y = κ·y
    ops.write(gradient, [x, stretch * y]);
    updater.update();
    path.push([value.data[0] ?? Number.NaN, value.data[1] ?? Number.NaN]);
  }
  return path;
}

/** The step from which on C stays below this share of what it was at first; undefined where it does not. */
export function arrival(path: readonly Point[], stretch: number, share: number): number | undefined {
  const losses = path.map((point) => bowl(point, stretch));
  const last = losses.findLastIndex((loss) => !(loss <= share * (losses[0] ?? 0)));
  return last === losses.length - 1 ? undefined : last + 1;
}

/**
 * The line on which C has this value: one closed path, or, where it goes further along than a chart reaches, the part
 * above and the part below.
 */
export function levelLines(loss: number, stretch: number, reach: number): Point[][] {
  const [a, b] = [Math.sqrt(2 * loss), Math.sqrt((2 * loss) / stretch)];
  const arc = (from: number, to: number, steps: number) =>
    Array.from({ length: steps + 1 }, (_, i): Point => {
      const angle = from + (i / steps) * (to - from);
      return [a * Math.cos(angle), b * Math.sin(angle)];
    });
  if (a <= reach) return [arc(0, 2 * Math.PI, 72)];
  const end = Math.acos(reach / a);
  return [arc(end, Math.PI - end, 36), arc(Math.PI + end, 2 * Math.PI - end, 36)];
}

/** A place near enough to be drawn: a way that climbs out goes beyond all numbers. */
export function near([x, y]: Point): Point {
  const held = (value: number) => (Number.isNaN(value) ? 0 : Math.max(-1e3, Math.min(1e3, value)));
  return [held(x), held(y)];
}
