/**
 * A model as an ONNX file: IR version 8, operator set 13, float32, a free batch dimension N. What goes in are the raw
 * values of the data, so the scaling is part of the graph:
 *
 *   image      N × height × width × channels, bytes p as the numbers 0 to 255, which become p / 255
 *   features   N × columns, in the table's own units, which become (x − mean) / deviation where the model scales
 *
 *   logits, probabilities   of a network that tells classes apart, N × classes (no logits with the quadratic loss)
 *   values                  the numbers that a network predicts, N × numbers, in the units of the data
 *
 * The texts of the model file go into metadata_props, so that `decodeOnnx` gives the whole model back.
 */
import { ArgumentError, Ensemble, type LayerSpec, type Network, version } from "inkling";
import { decodeTensors, encodeEnsemble, encodeModel } from "inkling/formats";
import { GraphWriter } from "./graph-writer.ts";
import { flat, type Value, writeLayer, writtenKinds } from "./layers-out.ts";
import { writeMessage } from "./protobuf.ts";
import { type GraphProto, type ModelProto, modelTable, type Pair, type ValueInfoProto } from "./schema.ts";
import { FLOAT } from "./tensors.ts";
import { scaleInputs, tempered, writeMeaning } from "./units-out.ts";

/** What stands for a pixel: a byte from 0 to 255, or a number as the model takes it. */
export type PixelUnits = "bytes" | "numbers";

export interface EncodeOnnxOptions {
  /**
   * "bytes": numbers from 0 to 255, divided by 255 inside; "numbers": numbers in the data's own units. If absent, bytes
   * for images (a model of input shape [height, width, channels] that scales no columns), and numbers for others. A
   * model of input shape [784] that was trained on bytes wants "bytes".
   */
  readonly pixels?: PixelUnits;
}

/** A file, and what a reader of it should know: sentences. */
export interface OnnxFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly notes: readonly string[];
}

const IR_VERSION = 8;
const OPSET = 13;

/** The metadata's name for what stands for a pixel. */
export const PIXELS_KEY = "inkling.pixels";

/**
 * The bytes of an ONNX file of a network or an ensemble. Throws an ArgumentError that names all layers of kinds that
 * are not Inkling's: ONNX has no operator for them.
 */
export async function encodeOnnx(model: Network | Ensemble, options: EncodeOnnxOptions = {}): Promise<OnnxFile> {
  const pixels = checkedPixels(model, options);
  const members = model instanceof Ensemble ? model.members : [model];
  for (const [k, member] of members.entries()) checkKinds(member, model instanceof Ensemble ? `members.${k}.` : "");
  const graph = await graphOf(model, pixels);
  const notes = [...notesOf(members), ...temperatureNote(model), ...inputNotes(model, pixels)];
  const proto: ModelProto = {
    ir_version: IR_VERSION,
    producer_name: "inkling",
    producer_version: version,
    doc_string: notes.join(" "),
    graph,
    opset_import: [{ domain: "", version: OPSET }],
    metadata_props: [...(await textsOf(model)), { key: PIXELS_KEY, value: pixels }],
  };
  return { bytes: writeMessage(modelTable, proto), notes };
}

function checkedPixels(model: Network | Ensemble, options: EncodeOnnxOptions): PixelUnits {
  if (!(model instanceof Ensemble) && typeof (model as Partial<Network> | null)?.forward !== "function") {
    throw new ArgumentError("encodeOnnx", "a network or an ensemble", typeof model);
  }
  const unknown = Object.keys(options).find((name) => name !== "pixels");
  if (unknown !== undefined) throw new ArgumentError("encodeOnnx", "options among pixels", JSON.stringify(unknown));
  const first = model instanceof Ensemble ? model.members[0] : model;
  const isScaled = first?.scaling !== undefined;
  const pixels = options.pixels ?? (model.inputShape.length === 3 && !isScaled ? "bytes" : "numbers");
  if (pixels !== "bytes" && pixels !== "numbers") {
    throw new ArgumentError("encodeOnnx", 'pixels "bytes" or "numbers"', JSON.stringify(pixels));
  }
  if (pixels === "bytes" && isScaled) {
    throw new ArgumentError("encodeOnnx", 'pixels "numbers" (the model scales its columns)', '"bytes"');
  }
  return pixels;
}

/** Throws an ArgumentError that names all layers that cannot be written. */
function checkKinds({ specs }: Network, prefix: string): void {
  const foreign = (layers: readonly LayerSpec[], place: string): string[] =>
    layers.flatMap((spec, i) => {
      const here = `${place}layers.${i}`;
      if (!writtenKinds.includes(spec.type)) return [`${spec.type} at ${here}`];
      return spec.type === "residual" ? foreign((spec as never as { layers: LayerSpec[] }).layers, `${here}.`) : [];
    });
  const found = foreign(specs, prefix);
  if (found.length === 0) return;
  const advice = "ONNX has no operator for layers of your own.";
  throw new ArgumentError("encodeOnnx", `layers of kind ${writtenKinds.join(", ")}`, found.join(", "), advice);
}

/** The graph of a model. The same model gives the same graph. */
export async function graphOf(model: Network | Ensemble, inputs: PixelUnits): Promise<GraphProto> {
  const { inputShape } = model;
  const input = inputShape.length === 3 ? "image" : "features";
  const graph = new GraphWriter();
  const outputs =
    model instanceof Ensemble
      ? await writeEnsemble(model, input, inputs, graph)
      : writeMeaning(model, await writeNetwork(model, input, inputs, graph, ""), graph, "");
  for (const [name, value] of Object.entries(outputs)) graph.rename(value, name);
  const columns = model.outputs;
  return {
    node: graph.nodes,
    name: "inkling",
    initializer: graph.initializers,
    input: [valueInfo(input, inputShape)],
    output: Object.keys(outputs).map((name) => valueInfo(name, [columns])),
  };
}

/** The layers of a network, from the graph's input to a row of its outputs. */
async function writeNetwork(
  model: Network,
  input: string,
  units: PixelUnits,
  graph: GraphWriter,
  prefix: string,
): Promise<string> {
  const { tensors, backend, specs, inputShape } = model;
  const read = await Promise.all(tensors.map(async ({ name, value }) => [name, await backend.read(value)] as const));
  const numbers = new Map(read);
  const scaled = scaleInputs(model, input, units, graph, prefix);
  const first: Value = { name: scaled, shape: inputShape, isChannelsFirst: false };
  const last = specs.reduce(
    (x, spec, i) =>
      writeLayer(spec, x, graph, `${prefix}layers.${i}`, (name) => numbers.get(name.slice(prefix.length)) ?? []),
    first,
  );
  return flat(last, graph, `${prefix}outputs`).name;
}

/** The mean of what the members say, and how many of them name each class where they vote. */
async function writeEnsemble(
  { members, combine, outputs: classes, loss, calibration }: Ensemble,
  input: string,
  units: PixelUnits,
  graph: GraphWriter,
): Promise<Record<string, string>> {
  const meanings: string[] = [];
  const votes: string[] = [];
  for (const [k, member] of members.entries()) {
    const prefix = `members.${k}.`;
    const outputs = await writeNetwork(member, input, units, graph, prefix);
    const said = writeMeaning(member, outputs, graph, prefix);
    meanings.push(said.probabilities ?? said.values ?? outputs);
    if (combine === "mean") continue;
    const named = graph.add("ArgMax", `${prefix}vote`, [outputs], { axis: 1, keepdims: 0 });
    const onOff = graph.numbers(`${prefix}off and on`, [2], [0, 1]);
    votes.push(graph.add("OneHot", `${prefix}vote`, [named, graph.whole(classes, [1]), onOff], { axis: -1 }));
  }
  const sum = graph.add("Sum", "mean", meanings);
  const raw = graph.add("Div", "mean", [sum, graph.number(members.length)]);
  const mean = calibration === undefined ? raw : tempered(raw, calibration.temperature, loss.type, graph);
  if (loss.task === "numbers") return { values: mean };
  return { probabilities: mean, ...(combine === "vote" && { votes: graph.add("Sum", "votes", votes) }) };
}

function valueInfo(name: string, shape: readonly number[]): ValueInfoProto {
  const dim = [{ dim_param: "N" }, ...shape.map((length) => ({ dim_value: length }))];
  return { name, type: { tensor_type: { elem_type: FLOAT, shape: { dim } } } };
}

/** The texts of the model's own file, which hold everything but its numbers. */
async function textsOf(model: Network | Ensemble): Promise<Pair[]> {
  const file = await (model instanceof Ensemble ? encodeEnsemble(model) : encodeModel(model));
  const { classNames } = model;
  const texts = Object.entries(decodeTensors(file, "model").metadata).filter(([key]) => key !== "format");
  return [
    ...(classNames === undefined ? [] : [{ key: "class_names", value: JSON.stringify(classNames) }]),
    ...texts.map(([key, value]) => ({ key, value })),
  ];
}

function notesOf(members: readonly Network[]): string[] {
  const isWide = members.some(({ backend }) => backend.precision === "float64");
  const hasNoLogits = members.length === 1 && members[0]?.loss.type === "quadratic";
  return [
    ...(isWide ? ["The model's float64 numbers were rounded to float32."] : []),
    ...(hasNoLogits ? ["The quadratic loss has no logits: probabilities are the outputs as they are."] : []),
  ];
}

function temperatureNote({ calibration }: Network | Ensemble): string[] {
  if (calibration === undefined) return [];
  const { temperature, data } = calibration;
  return [
    `Probabilities are calibrated: the temperature ${temperature}, measured on ${data.name}, is inside. Logits are raw.`,
  ];
}

function inputNotes({ inputShape }: Network | Ensemble, inputs: PixelUnits): string[] {
  const name = inputShape.length === 3 ? "image" : "features";
  if (inputs === "bytes") return [`${name} takes bytes as the numbers 0 to 255; they are divided by 255 inside.`];
  return [`${name} takes numbers in the units of the data.`];
}
