/**
 * A model as a safetensors file and back. The tensors are the parameters under their names (layers.0.weights,
 * inputs × outputs; layers.0.bias, 1 × outputs); `__metadata__` holds, each as JSON, what a reader needs to use them:
 *
 *   inkling.format         1
 *   inkling.architecture   input (name, shape, scaling), layers, loss
 *   inkling.training       how it was trained: version, seed, epochs, data and its digest, configuration, metrics
 */
import type { Backend } from "../backends/backend.ts";
import { defaultBackend } from "../backends/choose.ts";
import { InklingError, ModelFileError } from "../errors.ts";
import { checkSpec, type LayerSpec, outputShape, parameterShapes } from "../layers/kinds.ts";
import type { Shape } from "../layers/layer.ts";
import type { LossName } from "../losses/losses.ts";
import { Network, type TrainingRecord } from "../network/network.ts";
import { brief, decodeTensors, encodeTensors } from "./safetensors.ts";

/** The version of this layout; a reader refuses others. */
const FORMAT = "1";

interface Architecture {
  /** What one example is: bytes p from 0 to 255 enter as p / 255, numbers as they are. */
  readonly input: { readonly name: "image" | "features"; readonly shape: Shape; readonly scaling: "byte / 255" };
  readonly layers: readonly LayerSpec[];
  readonly loss: LossName;
}

/** The bytes of a model file. Float32 parameters are stored as F32, float64 ones as F64. */
export async function encodeModel(model: Network): Promise<Uint8Array<ArrayBuffer>> {
  const architecture: Architecture = {
    input: {
      name: model.inputShape.length === 3 ? "image" : "features",
      shape: model.inputShape,
      scaling: "byte / 255",
    },
    layers: model.specs,
    loss: model.loss,
  };
  const metadata: Record<string, string> = {
    format: "inkling",
    "inkling.format": FORMAT,
    "inkling.architecture": JSON.stringify(architecture),
  };
  if (model.training !== undefined) {
    // Pages without https have no digests; a model is worth more than its record.
    const sha256 = (await model.trainedOn?.sha256().catch(() => null)) ?? model.training.data.sha256;
    model.training = { ...model.training, data: { ...model.training.data, sha256 } };
    metadata["inkling.training"] = JSON.stringify(model.training);
  }
  const tensors = await Promise.all(
    model.parameters.map(async ({ name, value }) => ({
      name,
      shape: [value.rows, value.columns],
      values: await model.backend.read(value),
    })),
  );
  return encodeTensors({ metadata, tensors });
}

export interface DecodeOptions {
  /** What the model computes with; if absent, the fastest that runs here, on one thread. */
  readonly backend?: Backend;
  /** What the file is called in errors; "model file" if absent. */
  readonly name?: string;
}

/** The model of a model file. Throws a ModelFileError for a file that is truncated, foreign or inconsistent. */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): Network {
  const { backend = defaultBackend(), name: where = "model file" } = options;
  const { metadata, tensors } = decodeTensors(bytes, where);
  const format = metadata["inkling.format"] ?? FORMAT;
  if (format !== FORMAT) {
    throw new ModelFileError(where, `a model file of format ${FORMAT}`, brief(format), "Take a newer Inkling.");
  }
  const { input, layers, loss } = readArchitecture(metadata["inkling.architecture"], where);
  const values = new Map(tensors.map((tensor) => [tensor.name, tensor]));

  // Shapes are compared before a network of these shapes is allocated.
  const expected: [name: string, shape: Shape][] = [];
  let shape = input.shape;
  for (const [i, spec] of layers.entries()) {
    expected.push(...parameterShapes(spec, `layers.${i}`, shape));
    shape = outputShape(spec, shape);
  }
  for (const [name, wanted] of expected) {
    const got = values.get(name)?.shape.join(" × ") ?? "none";
    if (got !== wanted.join(" × ")) {
      throw new ModelFileError(where, `tensor ${name} of ${wanted.join(" × ")}`, brief(got), "Nothing was loaded.");
    }
  }
  if (values.size !== expected.length) {
    throw new ModelFileError(where, `${expected.length} tensors`, String(values.size), "Nothing was loaded.");
  }
  // A float64 number can be finite and still be infinite as the float32 that it becomes.
  const { precision } = backend;
  const kept = (value: number) => (precision === "float32" ? Math.fround(value) : value);
  const bad = tensors.find((tensor) => !tensor.values.every((value) => Number.isFinite(kept(value))));
  if (bad) {
    const expected = `finite ${precision} numbers in ${bad.name}`;
    throw new ModelFileError(where, expected, "NaN or infinity", "Nothing was loaded.");
  }

  const training = readTraining(metadata["inkling.training"], where);
  const model = blamingTheFile(
    where,
    () =>
      new Network(input.shape, layers, {
        backend,
        loss,
        ...(training && { seed: training.seed }),
        draw: (inputs, outputs) => ({ weights: new Float64Array(inputs * outputs), bias: new Float64Array(outputs) }),
      }),
  );
  for (const { name, value } of model.parameters) backend.write(value, values.get(name)?.values ?? []);
  model.training = training;
  return model;
}

/** Turns what a network's own checks refuse into a ModelFileError: here it is not the caller's argument. */
function blamingTheFile<T>(where: string, build: () => T): T {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    const { where: part, expected, got } = error;
    throw new ModelFileError(`${where}, ${part}`, expected, brief(got) || "nothing", "Nothing was loaded.");
  }
}

/** The architecture, if it describes a network; the specifications are checked one by one. */
function readArchitecture(json: string | undefined, where: string): Architecture {
  if (json === undefined) {
    throw new ModelFileError(
      where,
      "a model of Inkling (with inkling.architecture in its __metadata__)",
      "a safetensors file from elsewhere",
      "Nothing was loaded.",
    );
  }
  try {
    const { input, layers, loss } = JSON.parse(json) as Architecture;
    const sized = input.shape.every((length) => Number.isSafeInteger(length) && length > 0);
    if (sized && typeof loss === "string") {
      blamingTheFile(where, () => layers.forEach(checkSpec));
      return { input, layers, loss };
    }
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
  }
  throw new ModelFileError(where, "an architecture (input, layers, loss)", brief(json), "Nothing was loaded.");
}

function readTraining(json: string | undefined, where: string): TrainingRecord | undefined {
  if (json === undefined) return undefined;
  try {
    const record = JSON.parse(json) as TrainingRecord;
    if (Number.isSafeInteger(record.seed) && record.seed >= 0) return record;
  } catch {}
  throw new ModelFileError(where, "a training record with a seed", brief(json), "Nothing was loaded.");
}
