/**
 * The units at both ends of a graph, in Inkling's terms. Inkling gives a network a byte p as p / 255, and a table's
 * numbers as they are or scaled column by column; predictions come out in the units of the data.
 */
import { ArgumentError, type Loss, type Shape } from "inkling";
import { joined, spreadOut } from "./assemble.ts";
import type { PixelUnits } from "./encode.ts";
import { size } from "./flow.ts";
import type { AffineStep, Step } from "./steps.ts";

/** (x − mean) / deviation of numbers from 0 to 1: one number for all, or one a channel. */
export interface Normalization {
  readonly mean: number | readonly number[];
  readonly deviation: number | readonly number[];
}

interface ColumnScaling {
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

interface Units {
  readonly pixels?: PixelUnits;
  readonly normalization?: Normalization;
  readonly isOfBytes: boolean;
}

/** The steps without what only changes the input's units, and the scaling of a table's columns. */
export function scaledInputs(
  steps: readonly Step[],
  inputShape: Shape,
  units: Units,
  notes: string[],
): { readonly steps: readonly Step[]; readonly scaling?: ColumnScaling } {
  const [first] = steps;
  const own = first?.kind === "affine" ? first : undefined;
  const rest = own === undefined ? steps : steps.slice(1);
  const isImage = inputShape.length > 1;
  const before = toldBefore(units, inputShape, own, notes);
  const all = before === undefined ? own : own === undefined ? before : joined(before, own);
  if (all === undefined || isNothing(all)) return { steps: rest };
  const count = size(inputShape);
  const [s, o] = [spreadOut(all.scale, count), spreadOut(all.offset, count)];
  if (!isImage && before === undefined && s.every((scale) => scale > 0)) {
    // s·x + o = (x − μ) / σ with μ = −o / s, σ = 1 / s
    const means = s.map((scale, j) => -(o[j] ?? 0) / scale);
    return { steps: rest, scaling: { means, deviations: s.map((scale) => 1 / scale) } };
  }
  return { steps: [all, ...rest] };
}

/** What is done to an input in Inkling's units before the graph has it: ×255, or a normalization. */
function toldBefore(
  units: Units,
  inputShape: Shape,
  own: AffineStep | undefined,
  notes: string[],
): AffineStep | undefined {
  const { pixels, normalization, isOfBytes } = units;
  if (normalization !== undefined) {
    const { mean, deviation } = checkedNormalization(normalization, inputShape.at(-1) ?? 1);
    return { kind: "affine", scale: deviation.map((d) => 1 / d), offset: mean.map((m, c) => -m / (deviation[c] ?? 1)) };
  }
  const isShrinking =
    own !== undefined && spreadOut(own.scale, size(inputShape)).every((scale) => Math.abs(scale) <= 1 / 50);
  const isByte255 = own !== undefined && typeof own.scale === "number" && Math.abs(own.scale * 255 - 1) < 1e-5;
  const isGuessed = isOfBytes || (inputShape.length > 1 ? isShrinking : isByte255 && own?.offset === 0);
  if (pixels === undefined && inputShape.length > 1) {
    const what = isGuessed ? "bytes from 0 to 255" : "numbers from 0 to 1";
    notes.push(`The graph was taken to expect ${what} for a pixel.`);
  }
  return (pixels ?? (isGuessed ? "bytes" : "numbers")) === "bytes"
    ? { kind: "affine", scale: 255, offset: 0 }
    : undefined;
}

function checkedNormalization({ mean, deviation }: Normalization, channels: number) {
  const checked = (name: string, given: number | readonly number[], least: number) => {
    const list = [given].flat();
    const isSound = list.every((value) => Number.isFinite(value) && value > least);
    if (isSound && (list.length === 1 || list.length === channels)) {
      return Float64Array.from({ length: channels }, (_, c) => list[c % list.length] ?? 0);
    }
    const expected = `normalization.${name} of one number, or ${channels}${least === 0 ? ", above 0" : ""}`;
    throw new ArgumentError("decodeOnnx", expected, JSON.stringify(given));
  };
  return { mean: checked("mean", mean, Number.NEGATIVE_INFINITY), deviation: checked("deviation", deviation, 0) };
}

/** Whether a step multiplies by 1 and adds 0, up to float32's rounding. */
function isNothing({ scale, offset }: AffineStep): boolean {
  const isNear = (c: number | Float64Array, value: number) =>
    (typeof c === "number" ? [c] : Array.from(c)).every((found) => Math.abs(found - value) < 1e-6);
  return isNear(scale, 1) && isNear(offset, 0);
}

/** A scale and an offset at the end of a network that predicts numbers are the scaling of its targets. */
export function scaledTargets(
  steps: readonly Step[],
  loss: Loss,
  count: number,
): { readonly rest: readonly Step[]; readonly targetScaling?: ColumnScaling } {
  const last = steps.at(-1);
  if (last?.kind !== "affine" || loss.task !== "numbers" || loss.wantsShares === true) return { rest: steps };
  const [deviations, means] = [spreadOut(last.scale, count), spreadOut(last.offset, count)];
  if (!deviations.every((deviation) => deviation > 0)) return { rest: steps };
  return { rest: steps.slice(0, -1), targetScaling: { means, deviations } };
}
