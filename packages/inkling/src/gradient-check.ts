/**
 * Is the gradient right? Backpropagation against central differences, in float64, for any network:
 *
 *   ∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h          chapter 2, (46): the slow way that needs no calculus
 *
 * The relative error of an entry is |a − n| / max(|a|, |n|), a the analytic and n the numeric gradient; where both are
 * below 1e-9, difference and rounding alike, it is 0. An entry between two sides of a kink (ReLU at z = 0) has no
 * derivative there to compare with: it is skipped and counted.
 */
import type { Totals } from "./backends/backend.ts";
import { ArgumentError } from "./errors.ts";
import { losses } from "./losses.ts";
import { inOrder, type Labels, type Matrix, type Numbers, Pixels } from "./matrix.ts";
import type { Network } from "./network.ts";
import { Stream } from "./random.ts";

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
    let [checked, skipped, largestError] = [0, 0, 0];
    let worst = { row: 0, column: 0, analytic: 0, numeric: 0 };
    for (const e of drawEntries(value.data.length, samples, new Stream(seed, `gradient check ${name}`))) {
      const w = value.data[e];
      value.data[e] = w + h;
      const above = lossAt(model, x, labels);
      value.data[e] = w - h;
      const below = lossAt(model, x, labels);
      value.data[e] = w;
      if (above.sides !== below.sides) {
        skipped++;
        continue;
      }
      // ∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h
      const numeric = (above.loss - below.loss) / (2 * h);
      const error = relativeError(analytic[p][e], numeric);
      checked++;
      // NaN is the worst error of all.
      if (!(error < largestError) && (error !== 0 || checked === 1)) {
        largestError = error;
        worst = {
          row: Math.floor(e / value.columns),
          column: e % value.columns,
          analytic: analytic[p][e],
          numeric,
        };
      }
      if (Number.isNaN(error)) break;
    }
    const passed = largestError <= tolerance && checked > 0;
    rows.push({ name, shape: [value.rows, value.columns], checked, skipped, largestError, worst, passed });
  }
  return rows;
}

/** |a − n| / max(|a|, |n|); 0 where both are too small for a difference of losses to show. */
function relativeError(analytic: number, numeric: number): number {
  const size = Math.max(Math.abs(analytic), Math.abs(numeric));
  return size < 1e-9 ? 0 : Math.abs(analytic - numeric) / size;
}

/** All entries in order, or `samples` different ones drawn by the stream. */
function drawEntries(count: number, samples: number, stream: Stream): Iterable<number> {
  const order = inOrder(count);
  if (samples >= count) return order;
  stream.shuffle(order);
  return order.subarray(0, samples).sort();
}

/** Every parameter's ∂C/∂W, then ∂C/∂x if x is a matrix, each row-major. */
async function gradients(model: Network, x: Matrix | Pixels, labels: Labels): Promise<Numbers[]> {
  const { backend } = model;
  const reads = backend.step(() => {
    const outputs = model.forward(x);
    const dX = model.backward(losses[model.loss](backend, outputs, labels).dOutputs);
    const all = model.parameters.map(({ gradient }) => gradient);
    if (dX !== undefined) all.push(dX);
    return all.map((gradient) => backend.read(gradient));
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
