/**
 * A model of TensorFlow.js: model.json, with its layers and a list of files (shards) that hold the weights. Keras's
 * converters write the same. Its layers become ours (tfjs-layers.ts), its tensors are taken as they lie.
 *
 * What a file says besides the layers: a first layer that divides by 255 is what we do with bytes; softmax at the end,
 * and sigmoid where the loss is cross-entropy, belong to the loss here.
 */
import { ArgumentError, ModelFileError } from "../errors.ts";
import type { DenseFields } from "../layers/dense.ts";
import type { LayerSpec } from "../layers/layer.ts";
import { outputShape, tensorSpecs } from "../layers/specs.ts";
import type { Loss, LossName } from "../losses/loss.ts";
import { checkLoss } from "../losses/loss.ts";
import { losses } from "../losses/losses.ts";
import type { Network } from "../network/network.ts";
import { joinedBytes } from "../numbers/sha256.ts";
import { checkOptions } from "../options.ts";
import { checkShape, type Shape, shapeText, size } from "../shapes.ts";
import { parsedOnce } from "./json.ts";
import { type DecodeOptions, decoding, modelOf } from "./model-file.ts";
import { brief, type Tensor } from "./safetensors.ts";
import { blamingTheFile } from "./texts.ts";
import { type Made, type TfjsLayer, translated } from "./tfjs-layers.ts";
import { inputShapeOf, layersOf } from "./tfjs-topology.ts";
import { groupTensors, readManifest } from "./tfjs-weights.ts";
import { architectureTexts } from "./torch-layout.ts";

export interface TfjsOptions extends DecodeOptions {
  /** The shape of one example, where the file does not say it. */
  readonly input?: Shape;
  /** What training makes small; if absent, as the file says it, or as its last layer lets one expect. */
  readonly loss?: Loss;
}

/** A model, and what was read between the lines. */
export interface TfjsImport {
  readonly model: Network;
  readonly notes: readonly string[];
}

/** Reads one of the files that model.json names, by its path from there: parts of names with / between them. */
export type ReadShard = (path: string) => Promise<Uint8Array>;

/** The most bytes of weights. */
const MOST_BYTES = 2 ** 30;

/**
 * The network of a model.json. Throws a ModelFileError that names all layers that we have not, or all tensors that do
 * not fit, and what `readShard` throws.
 */
export async function decodeTfjs(json: string, readShard: ReadShard, options: TfjsOptions = {}): Promise<TfjsImport> {
  checkOptions("decodeTfjs", options, ["input", "loss", "backend", "name", "kinds"]);
  const { input, loss, ...others } = options;
  const { where, ...building } = decoding("decodeTfjs", others);
  if (loss !== undefined) checkLoss("decodeTfjs, loss", loss);
  if (input !== undefined) checkShape("decodeTfjs, input", input);
  const file = parsedOnce(json, where) as Readonly<Record<string, unknown>>;
  if (file.modelTopology === undefined || file.weightsManifest === undefined) {
    const expected = "a layers model of tfjs (with modelTopology and weightsManifest)";
    throw new ModelFileError(where, expected, "another JSON object", "Nothing was loaded.");
  }
  if (file.format === "graph-model") {
    const advice = "Convert it with --output_format tfjs_layers_model. Nothing was loaded.";
    throw new ModelFileError(where, "a layers model", "a graph model", advice);
  }
  const layers = layersOf(file.modelTopology, where);
  const { shape, parts, ending, notes } = networkOf(layers, input, where);
  const chosen = loss ?? lossOf(file, parts, ending, shape);
  const made = endedFor(parts, ending, chosen, loss !== undefined);
  const tensors = ownTensors(made, shape, await weightsOf(file, readShard, where), where);
  const specs = made.map(({ spec }) => spec);
  const metadata = architectureTexts(shape, specs, { type: chosen.type, ...chosen.settings });
  const model = modelOf({ metadata, tensors }, where, building);
  return { model, notes: [...notes, ...(loss === undefined ? [`Loss ${chosen.type}, which --loss changes.`] : [])] };
}

/** One of our layers with the layer that it is of. */
interface Part extends Made {
  readonly layer: TfjsLayer;
}

interface Found {
  readonly shape: Shape;
  readonly parts: readonly Part[];
  readonly ending: "softmax" | undefined;
  readonly notes: readonly string[];
}

/** Our layers. Throws a ModelFileError that names all that have no counterpart. */
function networkOf(layers: readonly TfjsLayer[], input: Shape | undefined, where: string): Found {
  const { shape, rest, notes } = beginning(layers, input, where);
  const parts: Part[] = [];
  const unknown: string[] = [];
  let current = shape;
  let ending: "softmax" | undefined;
  for (const layer of rest) {
    const said = `${brief(layer.name) || "a layer"} (${brief(layer.className)}`;
    if (ending !== undefined && layer.className !== "Dropout") unknown.push(`${said} after softmax)`);
    const found = blamingTheFile(where, () => translated(layer, current));
    if (typeof found === "string") {
      unknown.push(found === "" ? `${said})` : `${said}: ${found})`);
      continue;
    }
    ending ??= found.ending;
    for (const made of found.made) {
      parts.push({ ...made, layer });
      // What follows a layer that is not known may not fit: that is not the file's mistake.
      if (unknown.length === 0) current = blamingTheFile(where, () => outputShape(made.spec, current));
      else if (made.spec.type === "flatten" || made.spec.type === "globalAveragePool2d") current = [1];
    }
  }
  if (unknown.length > 0) {
    throw new ModelFileError(where, "layers that Inkling has", unknown.slice(0, 20).join("; "), "Nothing was loaded.");
  }
  if (parts.length === 0) throw new ModelFileError(where, "layers", "only an input", "Nothing was loaded.");
  return { shape, parts, ending, notes };
}

/** What comes before the first layer that computes: the input's shape, a division by 255, a change of shape. */
function beginning(layers: readonly TfjsLayer[], input: Shape | undefined, where: string) {
  let shape = input ?? layers.map(inputShapeOf).find((found) => found !== undefined);
  const notes: string[] = [];
  if (shape === undefined) {
    const advice = "Say it with --input. Nothing was loaded.";
    throw new ModelFileError(where, "the shape of its input", "none, or one of any size", advice);
  }
  let at = 0;
  let isScaled = false;
  for (; at < layers.length; at++) {
    const { className, config } = layers[at];
    if (className === "InputLayer") continue;
    if (className === "Rescaling" && isOf255(config)) {
      isScaled = true;
      continue;
    }
    const target = className === "Reshape" ? config.target_shape : undefined;
    if (!Array.isArray(target) || !target.every((n) => Number.isSafeInteger(n) && n > 0)) break;
    if (size(target) !== size(shape)) break;
    shape = target as Shape;
  }
  checkShape(`${where}, input`, shape);
  notes.push(
    isScaled ? "Its division by 255 is what happens to bytes here." : "Inputs enter as numbers, bytes as byte / 255.",
  );
  return { shape, rest: layers.slice(at), notes };
}

function isOf255({ scale, offset = 0 }: TfjsLayer["config"]): boolean {
  return typeof scale === "number" && Math.abs(scale * 255 - 1) < 1e-6 && offset === 0;
}

/** Losses as Keras and tfjs spell them, without _ and capitals. */
const LOSSES: Readonly<Record<string, LossName>> = {
  categoricalcrossentropy: "crossEntropy",
  sparsecategoricalcrossentropy: "crossEntropy",
  binarycrossentropy: "binaryCrossEntropy",
  meansquarederror: "meanSquared",
  mse: "meanSquared",
  meanabsoluteerror: "meanAbsolute",
  mae: "meanAbsolute",
  huber: "huber",
  huberloss: "huber",
};

/** The loss that the file names, or that its last layer lets one expect. */
function lossOf(file: object, parts: readonly Part[], ending: Found["ending"], shape: Shape): Loss {
  if (ending === "softmax") return losses.crossEntropy();
  const { trainingConfig, modelTopology } = file as {
    trainingConfig?: Named;
    modelTopology?: { training_config?: Named };
  };
  const name = (trainingConfig ?? modelTopology?.training_config)?.loss;
  const word = typeof name === "string" ? name.toLowerCase().replaceAll("_", "") : "";
  if (Object.hasOwn(LOSSES, word)) return losses[LOSSES[word]]();
  const last = sigmaOf(parts[parts.length - 1]?.spec);
  if (last === "sigmoid") return losses.binaryCrossEntropy();
  const outputs = size(parts.reduce((current, { spec }) => outputShape(spec, current), shape));
  return last === "identity" && outputs > 1 ? losses.crossEntropy() : losses.meanSquared();
}

interface Named {
  readonly loss?: unknown;
}

function sigmaOf(spec: LayerSpec | undefined): string {
  return (spec as Partial<DenseFields> | undefined)?.activation ?? "identity";
}

/** The layers as the loss wants their end: a sigmoid that belongs to it is taken off. */
function endedFor(parts: readonly Part[], ending: Found["ending"], loss: Loss, isNamed: boolean): readonly Part[] {
  if (ending === "softmax" && isNamed && loss.type !== "crossEntropy") {
    throw new ArgumentError("--loss", "crossEntropy (the model ends in softmax)", loss.type);
  }
  const last = parts[parts.length - 1];
  const isOfSigmoid = loss.type === "binaryCrossEntropy" || loss.type === "sigmoidCrossEntropy";
  if (!isOfSigmoid || sigmaOf(last.spec) !== "sigmoid") return parts;
  return [...parts.slice(0, -1), { ...last, spec: { ...last.spec, activation: "identity" } as LayerSpec }];
}

/** All tensors of the shards. */
async function weightsOf(
  file: Readonly<Record<string, unknown>>,
  readShard: ReadShard,
  where: string,
): Promise<Tensor[]> {
  const tensors: Tensor[] = [];
  let total = 0;
  for (const group of readManifest(file.weightsManifest, where)) {
    const shards: Uint8Array[] = [];
    for (const path of group.paths) {
      const bytes = await readShard(path);
      total += bytes.length;
      if (total > MOST_BYTES) {
        throw new ModelFileError(where, `at most ${MOST_BYTES} bytes of weights`, "more", "Nothing was loaded.");
      }
      shards.push(bytes);
    }
    tensors.push(...groupTensors(group, joinedBytes(shards), where));
  }
  return tensors;
}

/** Our tensors, of theirs. Throws a ModelFileError that names all that are missing, unexpected or of another shape. */
function ownTensors(parts: readonly Part[], input: Shape, theirs: readonly Tensor[], where: string): Tensor[] {
  const free = new Set(theirs);
  const problems: string[] = [];
  const own: Tensor[] = [];
  let shape = input;
  for (const [i, { spec, layer, tensors = [] }] of parts.entries()) {
    for (const { theirs: part, ours, usual } of tensors) {
      const wanted = tensorSpecs(spec, shape).find(({ name }) => name === ours)?.shape ?? [];
      const name = `${layer.name}/${part}`;
      const found = theirs.find((tensor) => free.has(tensor) && isNamed(tensor.name, name));
      if (found !== undefined) free.delete(found);
      if (found === undefined && usual === undefined) problems.push(`no ${brief(name)} of ${shapeText(wanted)}`);
      else if (found !== undefined && shapeText(found.shape) !== shapeText(wanted)) {
        problems.push(`${brief(found.name)} of ${shapeText(found.shape)} in place of ${shapeText(wanted)}`);
      } else if (problems.length === 0) {
        // Without a bias: there are weights of that many columns, so there is memory for it.
        const values = found?.values ?? new Float32Array(size(wanted)).fill(usual ?? 0);
        own.push({ name: `layers.${i}.${ours}`, shape: wanted, values });
      }
    }
    shape = outputShape(spec, shape);
  }
  for (const { name, shape: got } of free) problems.push(`${brief(name)} of ${shapeText(got)}, which no layer has`);
  if (problems.length === 0) return own;
  throw new ModelFileError(
    where,
    "tensors that fit the layers",
    problems.slice(0, 12).join("; "),
    "Nothing was loaded.",
  );
}

/** Whether a tensor is called so, perhaps inside of a model's name, perhaps with TensorFlow's ":0". */
function isNamed(given: string, name: string): boolean {
  const plain = given.replace(/:0$/, "");
  return plain === name || plain.endsWith(`/${name}`);
}
