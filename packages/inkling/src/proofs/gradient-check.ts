/**
 * Is the gradient right? Backpropagation against central differences, in float64, for any network:
 *
 *   ∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h          chapter 2, (46): the slow way that needs no calculus
 *
 * The relative error of an entry is |a − n| / max(|a|, |n|, u / tolerance), a the analytic and n the numeric gradient.
 * u = 8·2⁻⁵²·C / h is what rounding alone may move n by: entries too small to be told from it do not fail. An entry between two sides of a kink (ReLU at z = 0) has no
 * derivative there to compare with: it is skipped and counted.
 */
import type { Totals } from "../backends/backend.ts";
import { ArgumentError } from "../errors.ts";
import { losses } from "../losses/losses.ts";
import { inOrder, type Labels, type Matrix, type Numbers, Pixels } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import { Stream } from "../numbers/random.ts";
import { breathe } from "../yielding.ts";

export interface GradientCheckOptions {
  /** h: how far an entry is moved to either side; 1e-5 if absent. */
  readonly step?: number;
  /** The largest relative error that passes; 1e-6 if absent. */
  readonly tolerance?: number;
  /** Entries to check of each parameter, drawn by the seed; all if absent. */
  readonly samples?: number;
  readonly seed?: number;
}

/** How one parameter's gradient, or the input's, compares. */
export interface GradientCheckRow {
  /** layers.0.weights … or "input". */
  readonly name: string;
  readonly shape: readonly [number, number];
  /** Entries compared. */
  readonly checked: number;
  /** Entries left out because a kink lies between w − h and w + h. */
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
 * Checks the gradient of every parameter, and of the input if x is a matrix, on one batch.
 * The network needs a float64 backend. Its parameters are the same afterwards.
 */
export async function gradientCheck(
  model: Network,
  x: Matrix | Pixels,
  labels: Labels,
  options: GradientCheckOptions = {},
): Promise<GradientCheckRow[]> {
  const { step: h = 1e-5, tolerance = 1e-6, samples = Number.POSITIVE_INFINITY, seed = model.seed } = options;
  if (model.backend.precision !== "float64") {
    throw new ArgumentError(
      "gradientCheck",
      "a network with a float64 backend",
      model.backend.precision,
      "In float32 rounding hides errors of one in a hundred.",
    );
  }
  const entries = [...model.parameters.map(({ name, value }) => ({ name, value }))];
  if (!(x instanceof Pixels)) entries.push({ name: "input", value: x });
  const analytic = await gradients(model, x, labels);
  const rows: GradientCheckRow[] = [];
  for (const [p, { name, value }] of entries.entries()) {
    const chosen = drawEntries(value.data.length, samples, new Stream(seed, `gradient check ${name}`));
    const row = await compare(value, chosen, analytic[p], { h, tolerance }, () => lossAt(model, x, labels));
    rows.push({ name, shape: [value.rows, value.columns], ...row, passed: row.largestError <= tolerance });
  }
  return rows;
}

/** Moves each chosen entry of `value` by h to both sides and compares; `value` is the same afterwards. */
async function compare(
  value: Matrix,
  chosen: Iterable<number>,
  analytic: Numbers,
  { h, tolerance }: { h: number; tolerance: number },
  lossNow: () => { loss: number; sides: string },
): Promise<Pick<GradientCheckRow, "checked" | "skipped" | "largestError" | "worst">> {
  let [checked, skipped, largestError] = [0, 0, 0];
  let worst = { row: 0, column: 0, analytic: 0, numeric: 0 };
  for (const e of chosen) {
    const w = value.data[e];
    value.data[e] = w + h;
    const above = lossNow();
    value.data[e] = w - h;
    const below = lossNow();
    value.data[e] = w;
    await breathe();
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

/** Every parameter's ∂C/∂W, then ∂C/∂x if x is a matrix, each row-major and of the mean loss. */
async function gradients(model: Network, x: Matrix | Pixels, labels: Labels): Promise<Numbers[]> {
  const { backend } = model;
  const reads = backend.step(() => {
    const outputs = model.forward(x);
    const dX = model.backward(losses[model.loss](backend, outputs, labels).dOutputs);
    const all = model.parameters.map(({ gradient }) => gradient);
    const kept = all.map((gradient) => backend.read(gradient));
    // The mean loss depends on an example's input by an m-th of what the example's own loss does.
    if (dX !== undefined) kept.push(backend.read(dX).then((own) => own.map((value) => value / x.rows)));
    return kept;
  });
  return Promise.all(reads);
}

/** The mean loss over the batch, and on which side of its kink every neuron is. */
function lossAt(model: Network, x: Matrix | Pixels, labels: Labels): { loss: number; sides: string } {
  const { backend } = model;
  const totals: Totals = { loss: 0, correct: 0, examples: 0 };
  let sides = "";
  backend.step(() => {
    const outputs = model.forward(x);
    backend.tally(outputs, losses[model.loss](backend, outputs, labels).losses, labels, totals);
    for (const { kinks } of model.layers) if (kinks) sides += kinks.data.map((z) => (z <= 0 ? 0 : 1)).join("");
  });
  return { loss: totals.loss / totals.examples, sides };
}
