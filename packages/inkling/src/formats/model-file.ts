/**
 * A model as a safetensors file and back. The tensors are the model's under their names (layers.0.weights, inputs ×
 * outputs; layers.0.bias, outputs); `__metadata__` holds, each as JSON, what a reader needs to use them:
 *
 *   inkling.format         2
 *   inkling.architecture   input (name, shape, columns with their words, scaling), layers, loss, output (class names, scaling)
 *   inkling.roles          the names of the parameters and of the statistics, in declared order
 *   inkling.training       how it was trained: version, seed, epochs, data and their digests, configuration, metrics
 *
 * and where they were measured, how sure it may be: inkling.calibration, inkling.familiarity
 * (formats/certainty-texts.ts); and inkling.digests, SHA-256 of the weights and of the texts (formats/digests.ts).
 *
 * Files of format 1 are read too (formats/model-file-1.ts says what was different).
 */
import type { Backend } from "../backends/backend.ts";
import { defaultBackend } from "../backends/default.ts";
import { checkText } from "../checks.ts";
import type { TableColumn } from "../data/columns.ts";
import { Scaling } from "../data/scaling.ts";
import { ArgumentError, ModelFileError } from "../errors.ts";
import { checkOwnKinds, specFromJson } from "../layers/kinds.ts";
import type { LayerSpec } from "../layers/layer.ts";
import type { AnyKind } from "../layers/specs.ts";
import type { Loss, LossName } from "../losses/loss.ts";
import { losses } from "../losses/losses.ts";
import { checkNetwork, type Network, network } from "../network/network.ts";
import { checkBackend } from "../network/parts.ts";
import { fullRecordOf, remember } from "../network/record.ts";
import { type DeclaredTensor, declaredTensors } from "../network/tensors.ts";
import { checkOptions } from "../options.ts";
import { checkShape, type Shape, shapeText } from "../shapes.ts";
import { shown } from "../shown.ts";
import { certaintyTexts, readCertainty } from "./certainty-texts.ts";
import { keepTexts, withDigests } from "./digests.ts";
import { fromFormat1 } from "./model-file-1.ts";
import { brief, decodeTensors, encodeTensors, type Tensor, type Tensors } from "./safetensors.ts";
import { blamingTheFile, isObject, parsed, readRecord, readTableColumns } from "./texts.ts";

/** The version of this layout. */
const FORMAT = "2";

/** What `inkling.architecture` holds. */
export interface Architecture {
  readonly input: {
    readonly name: "image" | "features";
    readonly shape: Shape;
    /**
     * Bytes p from 0 to 255 enter as p / 255. Numbers enter as they are, or as (x − mean) / deviation, column by
     * column.
     */
    readonly scaling: "byte / 255" | JsonScaling;
    readonly columnNames?: readonly string[];
    /** The columns of the file, where a column became several inputs or an empty cell is read as something. */
    readonly tableColumns?: readonly TableColumn[];
  };
  readonly layers: readonly LayerSpec[];
  /** Its name, and its settings beside it. */
  readonly loss: { readonly type: string };
  readonly output?: {
    readonly classNames?: readonly string[];
    readonly targetNames?: readonly string[];
    /** A prediction a is a · deviation + mean. */
    readonly scaling?: JsonScaling;
  };
}

interface JsonScaling {
  readonly means: readonly number[];
  readonly deviations: readonly number[];
}

export interface EncodeOptions {
  /** Measured after the training: added to the record's metrics. */
  readonly metrics?: Readonly<Record<string, number>>;
}

/** The bytes of a model file. Float32 tensors are stored as F32, float64 ones as F64. */
export async function encodeModel(model: Network, options: EncodeOptions = {}): Promise<Uint8Array<ArrayBuffer>> {
  return encodeTensors(await withDigests(await fileOf(model, options), model));
}

/** What the file of a model holds, without its digests. */
export async function fileOf(model: Network, options: EncodeOptions = {}): Promise<Tensors> {
  checkNetwork("encodeModel", model);
  checkOptions("encodeModel", options, ["metrics"]);
  const { metrics = {} } = options;
  if (!isObject(metrics) || !Object.values(metrics).every((value) => typeof value === "number")) {
    throw new ArgumentError("encodeModel", "metrics to be numbers by their names", shown(metrics));
  }
  const names = (role: string) => model.tensors.filter((tensor) => tensor.role === role).map(({ name }) => name);
  const metadata: Record<string, string> = {
    format: "inkling",
    "inkling.format": FORMAT,
    "inkling.architecture": JSON.stringify(architectureOf(model)),
    "inkling.roles": JSON.stringify({ parameters: names("parameter"), statistics: names("statistic") }),
  };
  const record = await fullRecordOf(model);
  if (record !== undefined) {
    const all = Object.entries({ ...record.metrics, ...metrics });
    // JSON has no NaN and no infinity.
    const finite = Object.fromEntries(all.filter(([, value]) => Number.isFinite(value)));
    metadata["inkling.training"] = JSON.stringify({ ...record, metrics: finite });
  }
  Object.assign(metadata, certaintyTexts(model));
  const tensors = await Promise.all(
    model.tensors.map(async ({ name, shape, value }) => ({ name, shape, values: await model.backend.read(value) })),
  );
  return { metadata, tensors };
}

function architectureOf(model: Network): Architecture {
  const { inputShape, specs, loss, scaling, targetScaling, columnNames, tableColumns, classNames, targetNames } = model;
  const output = {
    ...(classNames && { classNames }),
    ...(targetNames && { targetNames }),
    ...(targetScaling && { scaling: toJson(targetScaling) }),
  };
  return {
    input: {
      name: inputShape.length === 3 ? "image" : "features",
      shape: inputShape,
      scaling: scaling === undefined ? "byte / 255" : toJson(scaling),
      ...(columnNames && { columnNames }),
      ...(tableColumns && { tableColumns }),
    },
    layers: specs,
    loss: { type: loss.type, ...loss.settings },
    ...(Object.keys(output).length > 0 && { output }),
  };
}

function toJson({ means, deviations }: Scaling): JsonScaling {
  return { means: Array.from(means), deviations: Array.from(deviations) };
}

function fromJson(scaling: JsonScaling | undefined): Scaling | undefined {
  return scaling && new Scaling(scaling.means, scaling.deviations);
}

export interface DecodeOptions {
  /** What the model computes with; if absent, the fastest that runs here, on one thread. */
  readonly backend?: Backend;
  /** What the file is called in errors; "model file" if absent. */
  readonly name?: string;
  /** Kinds of layers that are not Inkling's. */
  readonly kinds?: readonly AnyKind[];
}

/**
 * The model of a model file. Throws a ModelFileError for a file that is truncated, foreign or inconsistent. Whether its
 * numbers are those that were written, `checkIntact(model)` says.
 */
export function decodeModel(bytes: Uint8Array, options: DecodeOptions = {}): Network {
  const { where, ...given } = decoding("decodeModel", options);
  return modelOf(decodeTensors(bytes, where), where, given);
}

/** Options that were checked and completed, and what the file is called. */
export interface Decoding {
  readonly where: string;
  readonly backend: Backend;
  readonly kinds: readonly AnyKind[];
}

/** Checks and completes what `caller` was given. */
export function decoding(caller: string, options: DecodeOptions): Decoding {
  checkOptions(caller, options, ["backend", "name", "kinds"]);
  const { backend = defaultBackend(), name: where = "model file", kinds = [] } = options;
  checkText(caller, "name", where);
  checkBackend(backend);
  checkOwnKinds(kinds);
  return { where, backend, kinds };
}

/**
 * The model that a file holds. `seed`: of a model that was not trained, which has no record to say it. Throws a
 * ModelFileError, in the name of `where`, if it holds none, or several.
 */
export function modelOf(
  file: Tensors,
  where: string,
  { backend, kinds, seed }: Omit<Decoding, "where"> & { readonly seed?: number },
): Network {
  if (file.metadata["inkling.checkpoint"] !== undefined) {
    const advice = "inkling train --resume goes on with it. Nothing was loaded.";
    throw new ModelFileError(where, "a model", "a checkpoint of a training", advice);
  }
  if (file.metadata["inkling.ensemble"] !== undefined) {
    const advice = "loadEnsemble and decodeEnsemble read it. Nothing was loaded.";
    throw new ModelFileError(where, "one network", "an ensemble of several", advice);
  }
  if (file.metadata["inkling.layout"] === "torch") {
    const advice = "decodeTorch and `inkling import` read it. Nothing was loaded.";
    throw new ModelFileError(where, "a model file", "a state dict with PyTorch's layout", advice);
  }
  const format = file.metadata["inkling.format"] ?? "1";
  if (format !== "1" && format !== FORMAT) {
    throw new ModelFileError(
      where,
      `a model file of format ${FORMAT}`,
      brief(JSON.stringify(format)),
      "Take a newer Inkling. Nothing was loaded.",
    );
  }
  const { metadata, tensors } = format === "1" ? fromFormat1(file) : file;
  const { input, layers, loss, output } = readArchitecture(metadata["inkling.architecture"], where, kinds);
  const declared = blamingTheFile(where, () => declaredTensors(input.shape, layers));
  checkTensors(where, declared, tensors);
  checkRoles(where, declared, metadata["inkling.roles"]);
  checkNumbers(where, tensors, backend.precision);
  const record = readRecord(metadata["inkling.training"], where);
  const first = record?.seed ?? seed;
  const model = blamingTheFile(where, () =>
    network(input.shape, layers, {
      backend,
      loss,
      ...(first !== undefined && { seed: first }),
      scaling: input.scaling === "byte / 255" ? undefined : fromJson(input.scaling),
      targetScaling: fromJson(output?.scaling),
      columnNames: input.columnNames,
      tableColumns: readTableColumns(input),
      classNames: output?.classNames,
      targetNames: output?.targetNames,
      initialValues: new Map(tensors.map(({ name, values }) => [name, values])),
    }),
  );
  if (record !== undefined) remember(model, record);
  keepTexts(model, file.metadata, where);
  try {
    readCertainty(model, file.metadata, where);
  } catch (error) {
    model.close();
    throw error;
  }
  return model;
}

/** Shapes are compared before a network of these shapes is allocated. */
function checkTensors(where: string, expected: readonly DeclaredTensor[], tensors: readonly Tensor[]): void {
  const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, shape } of expected) {
    const got = found.get(name)?.shape;
    if (got === undefined || shapeText(got) !== shapeText(shape)) {
      const text = got === undefined ? "none" : brief(shapeText(got)) || "one number";
      throw new ModelFileError(where, `tensor ${name} of ${shapeText(shape)}`, text, "Nothing was loaded.");
    }
  }
  if (found.size !== expected.length) {
    throw new ModelFileError(where, `${expected.length} tensors`, String(found.size), "Nothing was loaded.");
  }
}

/** What the file says of its tensors' roles, if it says it, is what the layers say. */
function checkRoles(where: string, declared: readonly DeclaredTensor[], json: string | undefined): void {
  if (json === undefined) return;
  const names = (role: string) => declared.filter((tensor) => tensor.role === role).map(({ name }) => name);
  const expected = { parameters: names("parameter"), statistics: names("statistic") };
  const found = parsed(json) as Partial<typeof expected> | undefined;
  const isSame = ({ parameters, statistics, ...others }: Partial<typeof expected>) =>
    JSON.stringify({ parameters, statistics }) === JSON.stringify(expected) && Object.keys(others).length === 0;
  if (found !== undefined && isSame(found)) return;
  const sentence = "inkling.roles to name the layers' parameters and statistics, in their order";
  throw new ModelFileError(where, sentence, brief(json), "Nothing was loaded.");
}

/** A float64 number can be finite and still be infinite as the float32 that it becomes. */
function checkNumbers(where: string, tensors: readonly Tensor[], precision: Backend["precision"]): void {
  const kept = (value: number) => (precision === "float32" ? Math.fround(value) : value);
  const bad = tensors.find(({ values }) => !values.every((value) => Number.isFinite(kept(value))));
  if (bad === undefined) return;
  const expected = `finite ${precision} numbers in ${brief(bad.name)}`;
  throw new ModelFileError(where, expected, "NaN or infinity", "Nothing was loaded.");
}

/** The architecture, if it describes a network; the specifications are checked one by one. */
export function readArchitecture(
  json: string | undefined,
  where: string,
  kinds: readonly AnyKind[],
): Omit<Architecture, "loss"> & { readonly loss: Loss } {
  if (json === undefined) {
    throw new ModelFileError(
      where,
      "a model of Inkling (with inkling.architecture in its __metadata__)",
      "a safetensors file from elsewhere",
      "Nothing was loaded.",
    );
  }
  const fail = (): never => {
    throw new ModelFileError(where, "an architecture (input, layers, loss)", brief(json), "Nothing was loaded.");
  };
  const { input, layers, loss, output } = (parsed(json) ?? fail()) as Partial<Architecture>;
  const isSound =
    isShape(input?.shape) && Array.isArray(layers) && isObject(loss) && (output === undefined || isObject(output));
  if (!isSound || input === undefined || layers === undefined || loss === undefined) return fail();
  const specs = blamingTheFile(where, () => layers.map((layer) => specFromJson(layer, kinds)));
  return { input, layers: specs, loss: readLoss(where, loss), ...(output && { output }) };
}

/** The loss of that name, with its settings. */
function readLoss(where: string, { type, ...settings }: { readonly type?: unknown }): Loss {
  if (typeof type !== "string" || !Object.hasOwn(losses, type)) {
    const expected = `loss to be one of ${Object.keys(losses).join(", ")}`;
    throw new ModelFileError(where, expected, shown(type), "Nothing was loaded.");
  }
  const make = losses[type as LossName] as (settings: object) => Loss;
  return blamingTheFile(`${where}, loss`, () => make(settings));
}

function isShape(shape: unknown): boolean {
  try {
    checkShape("shape", shape);
    return true;
  } catch {
    return false;
  }
}
