/** How long an experiment will take: its work, counted, and a short training that is measured. */
import type { DataPair } from "../../data/pair.ts";
import { DivergenceError } from "../../errors.ts";
import { evaluate } from "../../evaluation/evaluate.ts";
import type { Conv2dFields } from "../../layers/conv2d.ts";
import { outputShape, tensorSpecs } from "../../layers/specs.ts";
import { type Shape, size } from "../../shapes.ts";
import { train } from "../../training/train.ts";
import type { Experiment } from "./experiment.ts";
import { layersOf, measuredEpochs, networkOf, type RunOptions, setsOf, trainOptions } from "./run.ts";

/** The share of MNIST's pixels that are not 0: products skip the others. */
const INK = 0.19;

/** Multiplications and additions in pairs, of one run's training; 0 for what is no training. */
export function workOf(experiment: Experiment): number {
  if (!("settings" in experiment)) return 0;
  const { epochs, examples, isExpanded } = experiment.settings;
  return workOfImage(experiment) * epochs * examples * (isExpanded ? 5 : 1);
}

/** The same, of one image: forwards, the weights' gradients and, but for the first layer, those of its inputs. */
export function workOfImage(experiment: Experiment): number {
  if (!("settings" in experiment)) return 0;
  let shape: Shape = [28, 28, 1];
  let [sum, isFirst] = [0, true];
  for (const spec of layersOf(experiment.settings)) {
    const out = outputShape(spec, shape);
    const weights = tensorSpecs(spec, shape).find(({ name }) => name === "weights");
    if (weights !== undefined) {
      const positions = spec.type === "conv2d" ? size(out) / (spec as unknown as Conv2dFields).filters : 1;
      sum += positions * size(weights.shape) * (isFirst ? 2 * INK : 3);
      isFirst = false;
    }
    shape = out;
  }
  return sum;
}

/** How many images a probe trains on: 1,000, of large networks fewer. */
const imagesOf = (experiment: Experiment) => (workOfImage(experiment) > 500_000 ? 200 : 1000);
/** Seconds that it trains, about, once it is warm. */
const PROBE = 0.2;

/**
 * Expected seconds of a run, evaluations included: measured on few images with seed 1. Of its epochs the fastest counts,
 * so that it is the time of a machine that does nothing else. Undefined where it diverges before an epoch has ended.
 */
export async function probeSeconds(
  experiment: Experiment,
  pair: DataPair,
  options: RunOptions,
): Promise<number | undefined> {
  if (!("settings" in experiment)) return 0;
  const { settings, watchesTraining = false } = experiment;
  const { backend, signal } = options;
  const sets = setsOf({ ...settings, isExpanded: false }, pair);
  const few = sets.training.take(imagesOf(experiment));
  const model = networkOf(settings, few, 1, backend);
  const stop = signal && { signal };
  let [before, first, fastest] = [0, 0, Number.POSITIVE_INFINITY];
  const probe = { ...trainOptions(settings, few), epochs: 1000, ...stop };
  try {
    for await (const { seconds, epoch } of train(model, few, probe)) {
      if (epoch === 1) first = seconds;
      else fastest = Math.min(fastest, seconds - before);
      before = seconds;
      if (epoch > 1 && seconds - first >= PROBE) break;
    }
  } catch (error) {
    // On few images some diverge; what was measured before counts.
    if (!(error instanceof DivergenceError)) throw error;
  }
  const perImage = Math.min(fastest, first || Number.POSITIVE_INFINITY) / few.count;
  if (perImage === Number.POSITIVE_INFINITY) {
    model.close();
    return undefined;
  }
  const images = pair.test.take(few.count);
  await evaluate(model, images, stop);
  const started = performance.now();
  await evaluate(model, images, stop);
  const evaluation = (performance.now() - started) / 1000 / images.count;
  model.close();
  const trained = settings.examples * (settings.isExpanded ? 5 : 1);
  const evaluated = sets.validation.count + pair.test.count + (watchesTraining ? trained : 0);
  return perImage * trained * settings.epochs + evaluation * evaluated * measuredEpochs(experiment);
}
