/**
 * What a page can train: networks that fit the examples, and that neither fill its memory nor keep it busy for days.
 * Everything else is refused before anything is built, because an address may come from anybody.
 */
import { ArgumentError, InklingError, type LayerSpec, type Shape } from "inkling";
import { outputShape, tensorSpecs } from "inkling/layers";
import { buildLayers, buildLoss, type Configuration } from "inkling/presets";
import { inWhole } from "../words/messages.ts";
import { type FieldName, imagesOf, inWords } from "./experiment.ts";
import { type Facts, mnistFacts } from "./own-data.ts";
import { words } from "./words.ts";

const MOST_LAYERS = 24;
const MOST_WEIGHTS = 4_000_000;
const MOST_WORK = 40_000_000;

/** Why a configuration is not trained here: the field that is to blame, what was expected, what it is. */
export interface Refusal {
  readonly field: FieldName;
  readonly expected: string;
  readonly got: string;
}

export interface Size {
  /** Weights and biases. */
  readonly weights: number;
  /** Multiplications for one example, forwards. */
  readonly work: number;
}

/** How large the network of a configuration is. Throws a ShapeError for layers that do not fit on each other. */
export function sizeOf(configuration: Configuration, facts: Facts = mnistFacts): Size {
  let { shape }: { shape: Shape } = facts;
  let [weights, work] = [0, 0];
  for (const spec of buildLayers(configuration, facts.shape, facts.outputs)) {
    const out = outputShape(spec, shape);
    const counts = tensorSpecs(spec, shape).map((tensor) => tensor.shape.reduce((product, n) => product * n, 1));
    weights += counts.reduce((sum, count) => sum + count, 0);
    work += (counts[0] ?? 0) * positionsOf(spec, out);
    shape = out;
  }
  return { weights, work };
}

/** How often a layer's weights are used for one image: a convolution's once for each pixel that it makes. */
function positionsOf({ type }: LayerSpec, [height = 1, width = 1]: Shape): number {
  return type === "conv2d" ? height * width : 1;
}

/** Why this is not trained here; undefined where it is. */
export function refusalOf(configuration: Configuration, facts: Facts = mnistFacts): Refusal | undefined {
  const { layers, loss, classWeights, validation, patience } = configuration;
  const { task, outputs, shape } = facts;
  const refuse = (field: FieldName, expected: string, got = inWords(configuration[field])): Refusal => {
    return { field, expected, got };
  };
  if (buildLoss({ loss }).task !== task) return refuse("loss", words().lossFor(task));
  const isList = Array.isArray(classWeights) && [0, outputs].includes(classWeights.length);
  if (!isList && classWeights !== "balanced") {
    return refuse("classWeights", words().classList(inWhole(outputs)), "others");
  }
  const images = imagesOf(configuration, facts);
  if (validation >= images) return refuse("validation", words().fewerThan(inWhole(images)));
  if (patience > 0 && validation === 0) return refuse("patience", words().needsValidation);
  if (layers.length > MOST_LAYERS) return refuse("layers", words().fewerLayers(inWhole(MOST_LAYERS)));
  try {
    const { weights, work } = sizeOf(configuration, facts);
    if (!(weights <= MOST_WEIGHTS)) {
      return refuse("layers", words().fewerWeights(inWhole(MOST_WEIGHTS)), inWhole(weights));
    }
    if (!(work <= MOST_WORK)) return refuse("layers", words().lessWork(inWhole(MOST_WORK)), inWhole(work));
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    const [size, isImage] = [shape.slice(0, 2).map(inWhole).join(" × "), shape.length > 1];
    return refuse("layers", isImage ? words().layersFit(size) : words().layersFitRows(size));
  }
  return undefined;
}

/** Throws an ArgumentError for a configuration that is not trained here. */
export function checkTrainable(configuration: Configuration, facts: Facts): void {
  const refusal = refusalOf(configuration, facts);
  if (refusal !== undefined) throw new ArgumentError(refusal.field, refusal.expected, refusal.got);
}
