/**
 * A pass of a training, for people: what augmentation does to the image, what dropout leaves out, and the statistics of
 * the batch by which batch normalization normalizes. The traced example is the batch's first row; the others are the
 * first ones of the sample. It is computed on a copy, by the recorded reference, and only forwards.
 */
import type { CpuMatrix } from "../backends/cpu-matrix.ts";
import { type Call, recording, type Snapshot } from "../backends/recording.ts";
import { Reference } from "../backends/reference/reference.ts";
import type { DropoutSettings } from "../backends/settings.ts";
import { checkWhole, checkWithin } from "../checks.ts";
import { type Augmentation, checkAugmentation } from "../data/augmentation.ts";
import { Dataset } from "../data/dataset.ts";
import { ArgumentError } from "../errors.ts";
import type { Pass } from "../layers/layer.ts";
import { allLayers, describe } from "../layers/specs.ts";
import { inOrder, type Matrix, type Numbers } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import { float32 } from "../numbers/float32.ts";
import { checkOptions } from "../options.ts";
import { callsOf } from "./calls.ts";
import { copyOf } from "./copy.ts";
import { entered, type Goal } from "./example.ts";
import type {
  BatchNormTrainingTrace,
  DropoutTrace,
  LayerTrainingTrace,
  TrainingTrace,
  TrainingTraceOptions,
} from "./traced-layers.ts";
import { allPlaces, type Place, placesOf, rowOf, watched } from "./watched.ts";

/** Examples of the batch, at most. */
const BATCH = 128;
const MOST = 2 ** 32 - 1;

/** The pass, and what each layer did in it, by its name. */
export interface TracedTraining {
  readonly pass: TrainingTrace;
  readonly layers: ReadonlyMap<string, LayerTrainingTrace>;
}

/** See TraceOptions. Throws an ArgumentError for options that no training can have. */
export async function trainingTrace(
  model: Network,
  example: ArrayLike<number>,
  goal: Goal | undefined,
  options: TrainingTraceOptions,
  sample: Dataset | undefined,
): Promise<TracedTraining> {
  const { epoch, example: number, augmentation } = checked(options);
  const { backend, calls } = recording(new Reference());
  const copy = await copyOf(model, backend);
  // The examples of a batch are different ones: the traced one is not taken a second time.
  const others = inOrder(sample?.count ?? 0)
    .filter((i) => i !== number)
    .subarray(0, BATCH - 1);
  const order = Uint32Array.of(number, ...others);
  const before = rowOf(entered(copy, example));
  const changed = augmentation && augmented(copy, example, augmentation, { epoch, order });
  const x = batchOf(copy, changed ?? example, sample, others);
  const places = allPlaces(placesOf(copy));
  checkSize(copy, places, x.rows);
  const seen = watched(copy);
  const pass: Pass = { purpose: "training", epoch, order, start: 0 };
  const outputs = rowOf(copy.forward(x, pass));
  const layers = new Map<string, LayerTrainingTrace>();
  for (const { name } of places) {
    const own = seen.get(name);
    if (own === undefined) continue;
    const [dropout, batchNorm] = [dropoutTrace(calls, name), normTrace(calls, name)];
    layers.set(name, { input: rowOf(own.input), output: rowOf(own.output), dropout, batchNorm });
  }
  const after = changed && rowOf(entered(copy, changed));
  return {
    pass: {
      ...{ epoch, example: number, examples: x.rows, outputs },
      augmentation: augmentation && after && { settings: augmentation.settings, before, after },
      loss: goal && lossOf(copy, outputs, goal),
    },
    layers,
  };
}

function checked(options: TrainingTraceOptions) {
  checkOptions("trace, training", options, ["epoch", "example", "augmentation"]);
  const { epoch = 1, example = 0, augmentation } = options;
  checkWhole("trace, training", "epoch", epoch, 1);
  checkWithin("trace, training", "epoch up to 2^32 − 1", epoch, 1, MOST);
  checkWhole("trace, training", "example", example, 0);
  checkWithin("trace, training", "example up to 2^32 − 1", example, 0, MOST);
  if (augmentation !== undefined) checkAugmentation("trace, training", augmentation);
  return { epoch, example, augmentation };
}

/** The example's bytes as the training of this epoch sees them. Throws a DataError for what is no image in bytes. */
function augmented(
  { backend, inputs, inputShape, seed }: Network,
  example: ArrayLike<number>,
  augmentation: Augmentation,
  { epoch, order }: Pick<Pass, "epoch" | "order">,
): Uint8Array {
  const bytesOrNumbers = example instanceof Uint8Array ? example : Float32Array.from(example);
  const image = new Dataset({ name: "the example", shape: inputShape, inputs: bytesOrNumbers });
  const warp = augmentation.warpFor("trace, training", image, seed);
  const pixels = backend.pixels(image.inputs as Uint8Array, inputs);
  const changed = backend.augment(pixels, warp, { epoch, copy: 0, order, start: 0 });
  return changed.bytes.slice(changed.offset(0), changed.offset(0) + inputs);
}

/** The example and others of the sample, as bytes where all of them are. */
function batchOf(
  { backend, inputs, scaling }: Network,
  example: ArrayLike<number>,
  sample: Dataset | undefined,
  others: Uint32Array,
): Matrix {
  const rows = others.length + 1;
  const from = sample?.inputs;
  if (example instanceof Uint8Array && (from === undefined || from instanceof Uint8Array)) {
    const bytes = new Uint8Array(rows * inputs);
    bytes.set(example);
    for (const [i, other] of others.entries()) {
      bytes.set((from as Uint8Array).subarray(other * inputs, (other + 1) * inputs), (i + 1) * inputs);
    }
    return backend.pixels(bytes, inputs);
  }
  const numbersOf = (values: ArrayLike<number>) =>
    values instanceof Uint8Array
      ? Float32Array.from(values, (byte) => float32.round(byte / 255))
      : (scaling?.apply(Float32Array.from(values)) ?? Float32Array.from(values));
  const numbers = new Float32Array(rows * inputs);
  numbers.set(numbersOf(example));
  for (const [i, other] of others.entries()) {
    numbers.set(numbersOf((from ?? []).slice(other * inputs, (other + 1) * inputs)), (i + 1) * inputs);
  }
  const matrix = backend.matrix(rows, inputs);
  backend.write(matrix, numbers);
  return matrix;
}

/** A batch that is too small has no variance. */
function checkSize({ layers }: Network, places: readonly Place[], rows: number): void {
  for (const [i, { leastExamples: least = 1 }] of allLayers(layers).entries()) {
    if (rows >= least) continue;
    const { name, spec } = places[i];
    const expected = `at least ${least} examples (${name}, ${describe(spec)}, needs them)`;
    throw new ArgumentError("trace, training", expected, String(rows), "Give a sample.");
  }
}

function lossOf(copy: Network, outputs: Numbers, goal: Goal): number {
  const row = copy.backend.matrix(1, outputs.length);
  copy.backend.write(row, outputs);
  return rowOf(copy.loss.compute(copy.backend, row, goal.targets(copy)).losses)[0];
}

function dropoutTrace(calls: readonly Call[], layer: string): DropoutTrace | undefined {
  const call = callsOf(calls, layer).found("dropout");
  if (call === undefined) return undefined;
  const settings = call.options[0] as DropoutSettings;
  const [x, z] = [firstRow(call.operands.x as Snapshot), firstRow(call.results.z)];
  // The same operation on ones shows the mask, also where x is 0.
  const ops = new Reference();
  const ones = ops.matrix(1, x.length);
  ops.write(ones, new Float32Array(x.length).fill(1));
  const mask = Uint8Array.from((ops.dropout(ones, settings) as CpuMatrix).data, (kept) => (kept === 0 ? 0 : 1));
  return {
    ...{ rate: settings.rate, factor: float32.round(1 / (1 - settings.rate)), x, mask, z },
    dropped: Array.from(mask.keys()).filter((j) => mask[j] === 0),
  };
}

function normTrace(calls: readonly Call[], layer: string): BatchNormTrainingTrace | undefined {
  const { found } = callsOf(calls, layer);
  const [moments, normalized] = [found("batchMoments"), found("normalize")];
  if (moments === undefined || normalized === undefined) return undefined;
  // Training moves the mean first, then the variance.
  const moves = calls.filter((call) => call.layer === layer && call.operation === "moveStatistic");
  const [mean, variance] = moves.map(({ operands, results }) => {
    return { before: (operands.statistic as Snapshot).values, after: results.statistic.values };
  });
  const x = moments.operands.x as Snapshot;
  const channels = moments.results.mean.columns;
  return {
    numbers: (x.rows * x.columns) / channels,
    ...{ x: firstRow(x), mean: moments.results.mean.values, variance: moments.results.variance.values },
    ...{ xHat: firstRow(normalized.results.xHat), y: firstRow(normalized.results.y) },
    running: { mean: mean.before, variance: variance.before },
    moved: { mean: mean.after, variance: variance.after },
  };
}

function firstRow({ values, columns }: Snapshot): Numbers {
  return values.slice(0, columns);
}
