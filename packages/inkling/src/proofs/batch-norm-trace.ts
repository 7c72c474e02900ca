/** What a trace shows of batch normalization: its equation number by number, and the two kinds of statistics. */
import type { CpuMatrix } from "../backends/cpu-matrix.ts";
import type { Call, Snapshot } from "../backends/recording.ts";
import { Reference } from "../backends/reference/reference.ts";
import { Batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { BugError } from "../errors.ts";
import { batchNormKind } from "../layers/batch-norm.ts";
import { EVALUATION } from "../layers/layer.ts";
import { inOrder, type Numbers } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import { layerName } from "../network/tensors.ts";
import { callsOf } from "./calls.ts";
import { copyOf } from "./copy.ts";
import type { BatchNormTrace } from "./traced.ts";

/** Examples of a sample whose own statistics are shown: one batch. */
const BATCH = 128;

/** What the layer of this name computed, from the calls that it made. `ofSample`: see `sampleMoments`. */
export function batchNormTrace(
  calls: readonly Call[],
  layer: string,
  ofSample: BatchNormTrace["ofSample"],
): BatchNormTrace {
  const { needed, found } = callsOf(calls, layer);
  const normalized = needed("normalize");
  const [gradients, back] = [found("scaleShiftBackward"), found("normalizeBackward")];
  const of = (name: string) => (normalized.operands[name] as Snapshot).values;
  return {
    ...{ x: of("x"), mean: of("mean"), variance: of("variance"), scale: of("scale"), shift: of("shift") },
    epsilon: normalized.options[0] as number,
    xHat: normalized.results.xHat.values,
    y: normalized.results.y.values,
    ofSample,
    back: gradients &&
      back && {
        delta: (gradients.operands.delta as Snapshot).values,
        dScale: gradients.results.dScale.values,
        dShift: gradients.results.dShift.values,
        dX: back.results.dX.values,
      },
  };
}

/**
 * By the place of each layer of batch normalization, mean and variance of a batch: what a training would normalize the
 * sample's first 128 examples by.
 */
export async function sampleMoments(
  model: Network,
  sample: Dataset,
): Promise<ReadonlyMap<number, NonNullable<BatchNormTrace["ofSample"]>>> {
  const found = new Map<number, NonNullable<BatchNormTrace["ofSample"]>>();
  if (model.specs.every(({ type }) => type !== batchNormKind.type)) return found;
  const copy = await copyOf(model, new Reference());
  const { backend, layers, specs, scaling, parameters } = copy;
  const numbersOf = (matrix: unknown): Numbers => (matrix as CpuMatrix).data.slice();
  const rows = Math.min(BATCH, sample.count);
  backend.step(() => {
    let a = new Batches(backend, sample, scaling).batch(inOrder(sample.count), 0, rows);
    for (const [i, layer] of layers.entries()) {
      if (specs[i].type === batchNormKind.type) {
        const scale = parameters.find(({ name }) => name === `${layerName(i)}.scale`);
        if (scale === undefined) throw new BugError(`${layerName(i)} has no scale.`);
        const { mean, variance } = backend.batchMoments(backend.unpack(a), scale.value.columns);
        found.set(i, { examples: rows, mean: numbersOf(mean), variance: numbersOf(variance) });
      }
      a = copy.forwardThrough(layer, a, EVALUATION);
    }
  });
  return found;
}
