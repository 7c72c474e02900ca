/**
 * A network as a state dict of PyTorch: `load_state_dict` takes it as it is. Names are the indices of an nn.Sequential
 * (0.weight, 0.bias, 2.weight …); torch-modules.ts says how the numbers of each tensor are arranged. Beside the texts
 * of a model file, the metadata holds Python for whoever loads it:
 *
 *   inkling.layout   "torch"
 *   torch.model      the very nn.Sequential(…) that takes the tensors
 *   torch.prelude    the class that it needs, where there is a skip connection
 *   torch.inputs     makes its input x of `rows`, one example a row, as our data sets have them
 *   torch.outputs    says what its outputs z mean
 */
import { ModelFileError } from "../errors.ts";
import type { LayerSpec } from "../layers/layer.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { checkLoss, type Loss } from "../losses/loss.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { checkParts } from "../network/parts.ts";
import { checkOptions } from "../options.ts";
import type { Shape } from "../shapes.ts";
import { checkIntact, withDigests } from "./digests.ts";
import { type DecodeOptions, decoding, fileOf, modelOf, readArchitecture } from "./model-file.ts";
import type { FileNumbers, Tensor, Tensors } from "./safetensors.ts";
import { matchTorch, type Source } from "./torch-matching.ts";
import { PRELUDE, type TorchTensor, torchNetwork } from "./torch-modules.ts";

/**
 * The state dict of a network and its metadata, for `encodeTensors` or an NPZ archive. Throws an ArgumentError that
 * names all layers that PyTorch has no module for.
 */
export async function torchFileOf(model: Network): Promise<Tensors<FileNumbers>> {
  checkNetwork("torchFileOf", model);
  const { code, modules, hasResidual } = torchNetwork("PyTorch's layout", model.inputShape, model.specs);
  const file = await withDigests(await fileOf(model), model);
  const ours = new Map(file.tensors.map((tensor) => [tensor.name, tensor.values]));
  const isWide = model.backend.precision === "float64";
  return {
    metadata: {
      ...file.metadata,
      format: "pt",
      "inkling.layout": "torch",
      "torch.model": `nn.Sequential(${code.join(", ")})${isWide ? ".double()" : ""}`,
      ...(hasResidual && { "torch.prelude": PRELUDE }),
      "torch.inputs": inputsCode(model),
      "torch.outputs": outputsCode(model),
    },
    tensors: modules.flatMap(({ tensors }) =>
      tensors.map((tensor) => ({ name: tensor.name, shape: tensor.shape, values: toTorch(tensor, ours) })),
    ),
  };
}

/** The numbers of a tensor of PyTorch's, of ours. */
function toTorch({ ours: name, source }: TorchTensor, ours: ReadonlyMap<string, Tensor["values"]>): FileNumbers {
  // How many batches were seen is not kept; PyTorch needs it only for a mean over all of them (momentum=None).
  if (name === undefined) return new BigInt64Array(1);
  const values = ours.get(name) as Tensor["values"];
  return source === undefined ? values : values.map((_, e) => values[source(e)]);
}

/** Python that makes x of `rows`, a NumPy array with one example a row. */
function inputsCode({ inputShape, scaling, backend }: Network): string {
  const dtype = backend.precision === "float64" ? "torch.float64" : "torch.float32";
  const lines = [`x = torch.as_tensor(rows, dtype=${dtype})`];
  if (scaling === undefined) lines[0] += inputShape.length === 3 ? " / 255" : "  # bytes of pixels: / 255";
  else lines.push(`x = (x - ${list(scaling.means)}) / ${list(scaling.deviations)}`);
  if (inputShape.length === 3) lines.push(`x = x.reshape(-1, ${inputShape.join(", ")}).permute(0, 3, 1, 2)`);
  else if (inputShape.length > 1) lines.push(`x = x.reshape(-1, ${inputShape.join(", ")})`);
  return `${lines.join("\n")}\n`;
}

/** Python that says what the outputs z mean. */
function outputsCode({ loss, targetScaling, calibration }: Network): string {
  const z = calibration === undefined ? "z" : `z / ${calibration.temperature}`;
  const said = calibration === undefined ? "" : `  # calibrated on ${calibration.data.examples} examples`;
  if (loss.type === "crossEntropy") return `p = torch.softmax(${z}, 1)${said}\n`;
  if (loss.type === "sigmoidCrossEntropy" || loss.type === "binaryCrossEntropy")
    return `p = torch.sigmoid(${z})${said}\n`;
  if (loss.task === "classes") return "p = z\n";
  if (targetScaling === undefined) return "y = z\n";
  return `y = z * ${list(targetScaling.deviations)} + ${list(targetScaling.means)}\n`;
}

function list(numbers: Float64Array): string {
  return `torch.tensor([${numbers.join(", ")}])`;
}

export interface TorchOptions extends DecodeOptions {
  /** The layers that the tensors belong to, with `input`. If absent, the file's metadata has to say it. */
  readonly layers?: readonly LayerSpec[];
  /** The shape of one example, as [28, 28, 1]. */
  readonly input?: Shape;
  /** What training makes small, where `layers` are given; crossEntropy() if absent: a state dict does not say it. */
  readonly loss?: Loss;
  /** A network of the same layers: inputs, layers, loss, scaling and names are as its own. In place of `layers`. */
  readonly like?: Network;
  /** Whether the file has its tensors in the order of the layers; if absent, names are ordered by their numbers. */
  readonly isOrdered?: boolean;
}

/** A model, and where its tensors come from. */
export interface TorchImport {
  readonly model: Network;
  readonly sources: readonly Source[];
  /**
   * Whether Inkling wrote the file and the weights are others now, as after a training elsewhere: then nothing that
   * was measured of the old ones (record, temperature, familiarity) came along.
   */
  readonly isChanged: boolean;
}

const OPTIONS = ["layers", "input", "loss", "like", "isOrdered", "backend", "name", "kinds"];

/**
 * The network of a state dict of PyTorch's, from whatever program: the tensors belong to the layers by their names, or
 * by their kinds and shapes in order. Throws a ModelFileError that names all tensors that are missing, unexpected or of
 * another shape.
 *
 * @example
 * const file = decodeForeignTensors(bytes, "mlp.safetensors");
 * const { model } = await decodeTorch(file, { input: [784], layers: [dense(128, "relu"), dense(10)] });
 */
export async function decodeTorch(file: Tensors, options: TorchOptions = {}): Promise<TorchImport> {
  checkOptions("decodeTorch", options, OPTIONS);
  const { layers, input, loss, like, isOrdered = false, ...others } = options;
  const { where, ...building } = decoding("decodeTorch", others);
  const metadata = await textsFor(file, options, where);
  const { input: inputs, layers: specs } = readArchitecture(metadata["inkling.architecture"], where, building.kinds);
  const { modules } = torchNetwork(where, inputs.shape, specs);
  const { sources, tensors } = matchTorch(modules, file.tensors, where, isOrdered);
  // From here on they are arranged as in a model file.
  const { "inkling.layout": _, ...texts } = metadata;
  const model = modelOf({ metadata: texts, tensors }, where, building);
  try {
    await checkIntact(model);
    return { model, sources, isChanged: false };
  } catch {
    // Another program has trained on: what was measured of the old weights is not true of these.
    model.close();
    return {
      model: modelOf({ metadata: architectureOnly(texts), tensors }, where, building),
      sources,
      isChanged: true,
    };
  }
}

/** The texts that say what a network is, without those that say what was measured of it. */
function architectureOnly(texts: Tensors["metadata"]): Record<string, string> {
  const { "inkling.format": format = "", "inkling.architecture": architecture = "" } = texts;
  return { "inkling.format": format, "inkling.architecture": architecture };
}

/** What a model file says besides its tensors: as the options say, or the file itself. */
async function textsFor(file: Tensors, options: TorchOptions, where: string): Promise<Tensors["metadata"]> {
  const { layers, input, loss = crossEntropy(), like } = options;
  if (like !== undefined) {
    checkNetwork("decodeTorch, like", like);
    // What was measured of the other network's weights is not true of these.
    return architectureOnly((await fileOf(like)).metadata);
  }
  if (layers !== undefined && input !== undefined) {
    checkParts(input, layers);
    checkLoss("decodeTorch, loss", loss);
    return architectureTexts(input, layers, { type: loss.type, ...loss.settings });
  }
  if (file.metadata["inkling.layout"] === "torch") return file.metadata;
  const expected = "the layers that its tensors belong to (layers and input)";
  throw new ModelFileError(where, expected, "a state dict, which does not say them", "Nothing was loaded.");
}

/** The texts of a model file for a network that was described by its layers alone. */
export function architectureTexts(shape: Shape, layers: readonly LayerSpec[], loss: object): Record<string, string> {
  const input = { name: shape.length === 3 ? "image" : "features", shape, scaling: "byte / 255" };
  return { "inkling.format": "2", "inkling.architecture": JSON.stringify({ input, layers, loss }) };
}
