/**
 * Is the gradient right? Backpropagation against central differences, in float64, for any network:
 *
 *   ∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h          chapter 2, (46): the slow way that needs no calculus
 *
 * The relative error of an entry is |a − n| / max(|a|, |n|, u / tolerance), a the analytic and n the numeric gradient.
 * u = 8·2⁻⁵²·C / h is how far rounding alone may move n: smaller entries cannot be compared, and do not fail. Where a
 * ReLU changes sides between w − h and w + h, or a maximum comes from another pixel, there is no derivative to compare
 * with: such an entry is skipped and counted.
 *
 * Each pass is one of a training, with the statistics of the batch itself; running statistics stay as they are.
 */
import { CpuMatrix } from "../backends/cpu-matrix.ts";
import { Totals } from "../backends/totals.ts";
import { checkName, checkNumber, checkWhole } from "../checks.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import type { Pass } from "../layers/layer.ts";
import { describe } from "../layers/specs.ts";
import type { Targets } from "../losses/loss.ts";
import { inOrder, Labels, Matrix, type Numbers, Pixels } from "../matrix.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { Stream } from "../numbers/random.ts";
import { checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import { type AbortLike, checkSignal } from "../signal.ts";
import { yieldIfDue } from "../yielding.ts";
import { sidesOf } from "./sides.ts";

export interface GradientCheckOptions {
  /** h: how far an entry is moved to either side; 1e-5 if absent. */
  readonly step?: number;
  /** The largest relative error that passes; 1e-6 if absent. */
  readonly tolerance?: number;
  /** Entries to check of each parameter, drawn by the seed; all if absent. */
  readonly samples?: number;
  readonly seed?: number;
  /** What the forward pass is for; "training" if absent: dropout drops then, the same numbers each time. */
  readonly purpose?: Pass["purpose"];
  /** Ends the work: it rejects with the signal's reason. */
  readonly signal?: AbortLike;
}

/** How one parameter's gradient, or the input's, compares. */
export interface GradientCheckRow {
  /** layers.0.weights … or "input". */
  readonly name: string;
  readonly shape: readonly [number, number];
  /** Entries compared. */
  readonly checked: number;
  /** Entries left out because a ReLU changes sides between w − h and w + h, or a maximum its pixel. */
  readonly skipped: number;
  readonly largestError: number;
  /** The entry with the largest error, and both gradients there. */
  readonly worst: {
    readonly row: number;
    readonly column: number;
    readonly analytic: number;
    readonly numeric: number;
  };
  /** Whether no entry has a larger error than the tolerance; where all were skipped, nothing was found wrong. */
  readonly passed: boolean;
}

/**
 * Checks the gradient of every parameter, and of the input if x is numbers, on one batch, in a pass of a training. The
 * network needs a float64 backend. Its tensors are the same afterwards.
 */
export async function gradientCheck(
  model: Network,
  x: Matrix,
  targets: Targets,
  options: GradientCheckOptions = {},
): Promise<GradientCheckRow[]> {
  checkNetwork("gradientCheck", model);
  checkOptions("gradientCheck", options, ["step", "tolerance", "samples", "seed", "purpose", "signal"]);
  const { step: h = 1e-5, tolerance = 1e-6, samples = Number.POSITIVE_INFINITY, seed = model.seed, signal } = options;
  const { purpose = "training" } = options;
  if (model.backend.precision !== "float64") {
    throw new ArgumentError(
      "gradientCheck",
      "a network with a float64 backend",
      model.backend.precision,
      "In float32 rounding hides errors of one in a hundred.",
    );
  }
  checkNumber("gradientCheck", "a step above 0", h, (value) => value > 0);
  checkNumber("gradientCheck", "a tolerance above 0", tolerance, (value) => value > 0);
  if (samples !== Number.POSITIVE_INFINITY) checkWhole("gradientCheck", "samples", samples, 1);
  checkName("gradientCheck", "purpose", purpose, ["training", "evaluation"]);
  checkSignal("gradientCheck", signal);
  checkBatch(model, x, targets);
  // As in the first epoch of a training on these rows.
  const pass: Pass = { purpose, epoch: 1, order: inOrder(x.rows), start: 0, share: 0 };
  const entries = model.parameters.map(({ name, value }) => ({ name, value }));
  if (!(x instanceof Pixels)) entries.push({ name: "input", value: x });
  const analytic = await gradients(model, x, targets, pass);
  const rows: GradientCheckRow[] = [];
  for (const [p, { name, value }] of entries.entries()) {
    const chosen = drawEntries(value.rows * value.columns, samples, new Stream(seed, `gradient check ${name}`));
    const row = await compare(visible(value), chosen, analytic[p], { h, tolerance }, async () => {
      await yieldIfDue();
      if (signal?.aborted) throw signal.reason;
      return () => lossAt(model, x, targets, pass);
    });
    rows.push({ name, shape: [value.rows, value.columns], ...row, passed: row.largestError <= tolerance });
  }
  return rows;
}

/** Throws unless x is a batch of the model's inputs, and the targets are one a row. */
function checkBatch(model: Network, x: unknown, targets: unknown): void {
  if (!(x instanceof Matrix)) {
    throw new ArgumentError("gradientCheck", "a batch x, a matrix of the network's backend", shown(x));
  }
  if (x.columns !== model.inputs) {
    throw new ShapeError("gradientCheck", `x of ${model.inputs} columns (the network's inputs)`, String(x.columns));
  }
  if (!(targets instanceof Labels || targets instanceof Matrix)) {
    throw new ArgumentError("gradientCheck", "targets, labels([…]) or a matrix", shown(targets));
  }
  if (targets.rows !== x.rows) {
    throw new ShapeError("gradientCheck", `a target for each of the ${x.rows} rows of x`, String(targets.rows));
  }
  for (const [i, { leastExamples: least = 1 }] of model.layers.entries()) {
    if (x.rows >= least) continue;
    const expected = `x of at least ${least} rows (layer ${i}, ${describe(model.specs[i])}, needs them)`;
    throw new ShapeError("gradientCheck", expected, String(x.rows));
  }
}

/** A matrix whose numbers this check may change. */
function visible(matrix: Matrix): CpuMatrix {
  if (matrix instanceof CpuMatrix) return matrix;
  throw new ArgumentError("gradientCheck", "a backend whose memory can be seen", "another", "Take the reference.");
}

/** Moves each chosen entry of `value` by h to both sides and compares; `value` is the same afterwards. */
async function compare(
  value: CpuMatrix,
  chosen: Iterable<number>,
  analytic: Numbers,
  { h, tolerance }: { h: number; tolerance: number },
  next: () => Promise<() => { loss: number; sides: string }>,
): Promise<Pick<GradientCheckRow, "checked" | "skipped" | "largestError" | "worst">> {
  let [checked, skipped, largestError] = [0, 0, 0];
  let worst = { row: 0, column: 0, analytic: 0, numeric: 0 };
  for (const e of chosen) {
    const lossNow = await next();
    const w = value.data[e];
    value.data[e] = w + h;
    const above = lossNow();
    value.data[e] = w - h;
    const below = lossNow();
    value.data[e] = w;
    if (above.sides !== below.sides) {
      skipped++;
      continue;
    }
    checked++;
    // ∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h
    const numeric = (above.loss - below.loss) / (2 * h);
    const error = relativeError(analytic[e], numeric, (8 * Number.EPSILON * above.loss) / h / tolerance);
    // Written so that NaN is larger than every number; nothing is larger than NaN.
    if ((!(error <= largestError) && !Number.isNaN(largestError)) || checked === 1) {
      largestError = error;
      worst = { row: Math.floor(e / value.columns), column: e % value.columns, analytic: analytic[e], numeric };
    }
  }
  return { checked, skipped, largestError, worst };
}

/** |a − n| / max(|a|, |n|), where that is not below the smallest size that can be measured. */
function relativeError(analytic: number, numeric: number, measurable: number): number {
  return Math.abs(analytic - numeric) / Math.max(Math.abs(analytic), Math.abs(numeric), measurable);
}

/** All entries in order, or `samples` different ones drawn by the stream. */
function drawEntries(count: number, samples: number, stream: Stream): Iterable<number> {
  const order = inOrder(count);
  if (samples >= count) return order;
  stream.shuffle(order);
  return order.subarray(0, samples).sort();
}

/** Every parameter's ∂C/∂W, then ∂C/∂x if x is numbers, each row-major and of the mean loss. */
async function gradients(model: Network, x: Matrix, targets: Targets, pass: Pass): Promise<Numbers[]> {
  const { backend, loss } = model;
  const wantsInput = !(x instanceof Pixels);
  const reads = backend.step(() => {
    const outputs = model.forward(x, pass);
    const dX = model.backward(loss.compute(backend, outputs, targets).dOutputs, { wantsInput });
    const kept = model.parameters.map(({ gradient }) => backend.read(gradient));
    // The mean loss depends on an example's input by an m-th of what the example's own loss does.
    if (dX !== undefined) kept.push(backend.read(dX).then((own) => own.map((value) => value / x.rows)));
    return kept;
  });
  return Promise.all(reads);
}

/** The mean loss over the batch, and on which side of its corners every layer is. */
function lossAt(model: Network, x: Matrix, targets: Targets, pass: Pass): { loss: number; sides: string } {
  const { backend, loss } = model;
  const totals = new Totals();
  const sides = backend.step(() => {
    const outputs = model.forward(x, pass);
    backend.sumLosses(loss.compute(backend, outputs, targets).losses, totals);
    return sidesOf(model);
  });
  return { loss: totals.loss.total / totals.examples, sides };
}
