/**
 * A network from an ONNX file. A file that Inkling wrote gives back all of its model. Any other is read operator by
 * operator into layers: what PyTorch's, Keras's and scikit-learn's exporters write of networks like ours.
 *
 * What a file does not say has to be told or guessed, and each guess is a note: what stands for a pixel (`pixels`), and
 * which loss the outputs were trained with (`loss`).
 */
import {
  ArgumentError,
  type Ensemble,
  InklingError,
  ModelFileError,
  type Network,
  network,
  Scaling,
  type Shape,
} from "inkling";
import type { Backend } from "inkling/backends";
import { assembled, simplified } from "./assemble.ts";
import type { PixelUnits } from "./encode.ts";
import { type Core, type Flow, type Place, settle, size, stepsBetween, Unsupported } from "./flow.ts";
import { neededNodes, opsetOf, readModel } from "./graph-in.ts";
import { decide, rowOf } from "./input-memory.ts";
import { inputOf } from "./inputs-in.ts";
import { chosenLoss, type LossChoice, type OutcomeLoss } from "./losses-in.ts";
import { decodeOwn } from "./own-file.ts";
import { quoted } from "./quoted.ts";
import type { GraphProto, ModelProto } from "./schema.ts";
import type { Step } from "./steps.ts";
import { type Constant, constantOf } from "./tensors.ts";
import { Trace, type Traced } from "./trace.ts";
import { type Normalization, scaledInputs, scaledTargets } from "./units-in.ts";

export interface DecodeOnnxOptions {
  /** What the model computes with; if absent, the fastest that runs here, on one thread. */
  readonly backend?: Backend;
  /** What the file is called in errors; "model.onnx" if absent. */
  readonly name?: string;
  /** The bytes of other files that hold tensors, by the names that `externalFiles` gives. */
  readonly external?: ReadonlyMap<string, Uint8Array>;
  /**
   * What the graph takes for a pixel: "bytes", 0 to 255, or "numbers", 0 to 1. If absent, bytes where the graph itself
   * makes them smaller, and numbers otherwise.
   */
  readonly pixels?: PixelUnits;
  /** What was done to numbers from 0 to 1 before they came to the graph, as torchvision's Normalize does. */
  readonly normalization?: Normalization;
  /** The shape of an example, where the file leaves it open, or [28, 28, 1] for rows of 784 pixels. */
  readonly inputShape?: Shape;
  /** The loss that the model is evaluated and trained on with. If absent, the one that goes with the outputs. */
  readonly loss?: LossChoice;
  /** The names of the classes; if absent, the file's. */
  readonly classNames?: readonly string[];
  /** Which of the graph's outputs, where it has several that differ. */
  readonly output?: string;
}

/** A model, and what its reader should know: sentences about what was told and what was guessed. */
export interface FoundModel {
  readonly model: Network | Ensemble;
  readonly notes: readonly string[];
}

const OPTIONS = [
  "backend",
  "name",
  "external",
  "pixels",
  "normalization",
  "inputShape",
  "loss",
  "classNames",
  "output",
];

/** The most steps of a model, so that a file cannot ask for more layers than anybody has. */
const MOST_STEPS = 10_000;

/**
 * The model of an ONNX file. Throws a ModelFileError for bytes that are no ONNX model, and one that names all operators
 * together that no layer of Inkling covers, each with its node.
 */
export async function decodeOnnx(bytes: Uint8Array, options: DecodeOnnxOptions = {}): Promise<FoundModel> {
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new ArgumentError("decodeOnnx", `options among ${OPTIONS.join(", ")}`, JSON.stringify(unknown));
  }
  const { name: where = "model.onnx", pixels } = options;
  if (pixels !== undefined && pixels !== "bytes" && pixels !== "numbers") {
    throw new ArgumentError("decodeOnnx", 'pixels "bytes" or "numbers"', JSON.stringify(pixels));
  }
  const proto = readModel(bytes, where);
  const own = await decodeOwn(proto, where, options.backend);
  if (own?.model !== undefined) return { model: own.model, notes: own.notes };
  const found = read(proto, where, options);
  return { model: found.model, notes: [...(own?.notes ?? []), ...found.notes] };
}

/** The names of the other files that hold tensors of an ONNX file. Throws a ModelFileError for a name with a path. */
export function externalFiles(bytes: Uint8Array, where = "model.onnx"): readonly string[] {
  const { graph } = readModel(bytes, where);
  const tensors = graph.initializer.filter(({ data_location }) => data_location === 1);
  const names = tensors.map(
    ({ external_data = [] }) => external_data.find(({ key }) => key === "location")?.value ?? "",
  );
  for (const name of names) {
    if (/^[^/\\:\0]+$/.test(name) && name !== "." && name !== "..") continue;
    throw new ModelFileError(where, "tensors in files beside it", quoted(name), "Nothing was loaded.");
  }
  return [...new Set(names)];
}

function read(
  proto: ModelProto & { readonly graph: GraphProto },
  where: string,
  options: DecodeOnnxOptions,
): { readonly model: Network; readonly notes: string[] } {
  const { graph } = proto;
  const input = inputOf(proto, where, options.inputShape);
  const trace = traced(proto, where, input.flow, options);
  const outcome = outcomeOf(graph, trace, where, options.output);
  const notes: string[] = [];
  const { loss, logits, count, steps } = lastSteps(outcome, input.place, trace, where, options, notes);
  const inputShape = shapeOf(input, options.inputShape, where);
  const front = scaledInputs(simplified(steps), inputShape, { ...options, isOfBytes: input.isOfBytes }, notes);
  const { rest, targetScaling } = scaledTargets(front.steps, loss, count);
  if (rest.length > MOST_STEPS) refuse(where, `at most ${MOST_STEPS} layers`, String(rest.length));
  const changed = (layer: string) =>
    notes.push(
      `${layer} is a frozen layer that multiplies and adds, ${layer === "layers.0" ? "which scales the inputs" : "as the file does between its layers"}.`,
    );
  const { specs, values } = blamingTheFile(where, () => assembled(rest, inputShape, changed));
  const classNames = fittingNames(options.classNames ?? trace.classNames, loss, count, notes);
  const make = () =>
    network(inputShape, specs, {
      loss,
      ...(options.backend && { backend: options.backend }),
      ...(front.scaling && { scaling: new Scaling(front.scaling.means, front.scaling.deviations) }),
      ...(targetScaling && { targetScaling: new Scaling(targetScaling.means, targetScaling.deviations) }),
      ...(classNames && { classNames }),
      initialValues: values,
    });
  const model = blamingTheFile(where, make);
  if (logits === "guessed") notes.push(`The file names no loss: ${loss.type} was taken.`);
  return { model, notes };
}

/** The walk along the graph. Throws a ModelFileError that names everything that could not be read. */
function traced(
  proto: ModelProto & { readonly graph: GraphProto },
  where: string,
  flow: Flow & { readonly name: string },
  { external, output }: DecodeOnnxOptions,
): Trace {
  const { graph } = proto;
  const names = graph.output.map(({ name = "" }) => name);
  if (output !== undefined && !names.includes(output)) {
    throw new ArgumentError("decodeOnnx", `an output among ${names.map(quoted).join(", ")}`, quoted(output));
  }
  const nodes = neededNodes(graph, output === undefined ? names : [output], where);
  const needed = new Set(nodes.flatMap(({ inputs }) => inputs));
  const values = new Map<string, Traced>([[flow.name, flow]]);
  for (const tensor of graph.initializer) {
    const constant = (): Constant => constantOf(tensor, where, external);
    if (needed.has(tensor.name ?? "")) values.set(tensor.name ?? "", constant());
  }
  const trace = new Trace(values, opsetOf(proto), where);
  for (const node of nodes) trace.pass(node);
  refuseProblems(where, trace.problems);
  return trace;
}

function refuseProblems(where: string, problems: readonly string[]): void {
  if (problems.length === 0) return;
  const all = [...new Set(problems)];
  const shown = all.length > 100 ? [...all.slice(0, 100), `… (${all.length} in all)`] : all;
  refuse(where, "operators that Inkling's layers cover", shown.join("; "));
}

/** Turns what a network's own checks refuse into a ModelFileError: here it is not the caller's argument. */
function blamingTheFile<T>(where: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof Unsupported) refuseProblems(where, [error.message]);
    if (!(error instanceof InklingError)) throw error;
    return refuse(`${where}, ${error.where}`, error.expected, error.got, error.advice);
  }
}

function refuse(where: string, expected: string, got: string, advice = ""): never {
  throw new ModelFileError(where, expected, got, `${advice} Nothing was loaded.`.trim());
}

/** What the graph says in the end. */
function outcomeOf(graph: GraphProto, trace: Trace, where: string, output: string | undefined): Flow | OutcomeLoss {
  const names = output === undefined ? graph.output.map(({ name = "" }) => name) : [output];
  const found = names.flatMap((name) => {
    const value = trace.values.get(name);
    return value?.kind === "flow" || value?.kind === "meaning" ? [{ name, value }] : [];
  });
  const meaning = found.find(({ value }) => value.kind === "meaning");
  const flows = found.filter(({ value }) => value.kind === "flow");
  const value = (meaning ?? flows.find(({ value: b }) => flows.every(({ value: a }) => isMadeOf(b as Flow, a as Flow))))
    ?.value;
  if (value !== undefined) return value as Flow | OutcomeLoss;
  const got = found.length === 0 ? "none" : `several that differ: ${found.map(({ name }) => quoted(name)).join(", ")}`;
  return refuse(where, "an output that is made of the input", got, found.length > 0 ? "Name one as `output`." : "");
}

/** Whether a value is another one, or a function of it: of logits and probabilities the latter say more. */
function isMadeOf(b: Flow, a: Flow): boolean {
  let core: Core | undefined = b.core;
  while (core !== undefined && core !== a.core) core = "of" in core.how ? core.how.of : undefined;
  return core !== undefined;
}

/** The loss, and the steps up to what it takes. */
function lastSteps(
  outcome: Flow | OutcomeLoss,
  input: Place,
  trace: Trace,
  where: string,
  options: DecodeOnnxOptions,
  notes: string[],
) {
  try {
    const { loss, flow, isGuessed } = chosenLoss(outcome, options.loss, notes);
    const { count } = rowOf(asRow(flow), "the graph's output");
    decide(flow);
    const steps = stepsBetween(input, settle(flow.core));
    if (steps === undefined) return refuse(where, "an output that is made of the input", "another");
    return { loss, count, steps: steps as Step[], logits: isGuessed ? ("guessed" as const) : ("said" as const) };
  } catch (error) {
    if (!(error instanceof Unsupported)) throw error;
    refuseProblems(where, [...trace.problems, error.message]);
    throw error;
  }
}

/** Outputs of 1 × 1 pixels are rows. */
function asRow(flow: Flow): Flow {
  const { dims } = flow.view;
  const isRow = dims.filter((length) => length > 1).length <= 1;
  return isRow ? { ...flow, view: { ...flow.view, dims: [size(dims)] } } : flow;
}

/** The shape of the model's examples. */
function shapeOf({ place }: { readonly place: Place }, given: Shape | undefined, where: string): Shape {
  if (given === undefined || given.join() === place.shape.join()) return place.shape;
  if (size(given) !== size(place.shape) || place.shape.length === 3) {
    refuse(where, `examples of ${given.join(" × ")}`, place.shape.join(" × "));
  }
  return given;
}

function fittingNames(
  names: readonly string[] | undefined,
  loss: { readonly task: string },
  count: number,
  notes: string[],
): readonly string[] | undefined {
  if (names === undefined || loss.task !== "classes") return undefined;
  if (names.length === count) return names;
  notes.push(`The file names ${names.length} classes for ${count} outputs: the names were left out.`);
  return undefined;
}
