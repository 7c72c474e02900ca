/**
 * What a page can train: networks that tell the ten digits apart, and that neither fill its memory nor keep it busy for
 * days. Everything else is refused before anything is built, because an address may come from anybody.
 */
import { ArgumentError, InklingError, type LayerSpec, type Shape } from "inkling";
import { outputShape, tensorSpecs } from "inkling/layers";
import { buildLayers, buildLoss, type Configuration } from "inkling/presets";
import { inWhole } from "../words/messages.ts";
import { type FieldName, imagesOf, inWords } from "./experiment.ts";
import { words } from "./words.ts";

export const IMAGE: Shape = [28, 28, 1];
export const CLASSES = 10;

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
  /** Multiplications for one image, forwards. */
  readonly work: number;
}

/** How large the network of a configuration is. Throws a ShapeError for layers that do not fit on each other. */
export function sizeOf(configuration: Configuration): Size {
  let shape: Shape = IMAGE;
  let [weights, work] = [0, 0];
  for (const spec of buildLayers(configuration, IMAGE, CLASSES)) {
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
export function refusalOf(configuration: Configuration): Refusal | undefined {
  const { layers, loss, classWeights, validation, patience } = configuration;
  const refuse = (field: FieldName, expected: string, got = inWords(configuration[field])): Refusal => {
    return { field, expected, got };
  };
  if (buildLoss({ loss }).task !== "classes") return refuse("loss", words().classLoss);
  const isList = Array.isArray(classWeights) && [0, CLASSES].includes(classWeights.length);
  if (!isList && classWeights !== "balanced") return refuse("classWeights", words().classList, "others");
  if (validation >= imagesOf(configuration)) {
    return refuse("validation", words().fewerThan(inWhole(imagesOf(configuration))));
  }
  if (patience > 0 && validation === 0) return refuse("patience", words().needsValidation);
  if (layers.length > MOST_LAYERS) return refuse("layers", words().fewerLayers(inWhole(MOST_LAYERS)));
  try {
    const { weights, work } = sizeOf(configuration);
    if (!(weights <= MOST_WEIGHTS)) {
      return refuse("layers", words().fewerWeights(inWhole(MOST_WEIGHTS)), inWhole(weights));
    }
    if (!(work <= MOST_WORK)) return refuse("layers", words().lessWork(inWhole(MOST_WORK)), inWhole(work));
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    return refuse("layers", words().layersFit);
  }
  return undefined;
}

/** Throws an ArgumentError for a configuration that is not trained here. */
export function checkTrainable(configuration: Configuration): void {
  const refusal = refusalOf(configuration);
  if (refusal !== undefined) throw new ArgumentError(refusal.field, refusal.expected, refusal.got);
}
