/** An ONNX file as it is read: its nodes with their attributes, its constants, and which nodes the outputs need. */
import { ModelFileError } from "inkling";
import { readMessage } from "./protobuf.ts";
import { quoted } from "./quoted.ts";
import { type AttributeProto, type GraphProto, type ModelProto, modelTable, type NodeProto } from "./schema.ts";
import { type Constant, constantOf } from "./tensors.ts";

/** The most bytes of a file: what protobuf allows. */
const MOST_BYTES = 2 ** 31 - 1;

/** The newest operator set whose operators were compared with what is read here. */
const NEWEST_OPSET = 24;

/** The file's model. Throws a ModelFileError, in the name of `where`, for bytes that are no ONNX model. */
export function readModel(bytes: Uint8Array, where: string): ModelProto & { readonly graph: GraphProto } {
  const refuse = (got: string): never => {
    throw new ModelFileError(where, "an ONNX model", got, "Nothing was loaded.");
  };
  if (bytes.length > MOST_BYTES) refuse(`${bytes.length} bytes`);
  let model: ModelProto;
  try {
    model = readMessage<ModelProto>(modelTable, bytes);
  } catch (error) {
    return refuse(`other bytes (${error instanceof Error ? error.message : String(error)})`);
  }
  const { graph, opset_import } = model;
  if (graph === undefined || graph.node.length === 0) return refuse("a file without a graph");
  const opset = opsetOf(model);
  if (opset_import.length === 0) refuse("a file that names no operator set");
  if (opset > NEWEST_OPSET) {
    const advice = "Export the model with an older operator set. Nothing was loaded.";
    throw new ModelFileError(where, `an operator set up to ${NEWEST_OPSET}`, String(opset), advice);
  }
  return { ...model, graph };
}

/** The most nodes of a graph: what is done for each looks at others. */
const MOST_NODES = 10_000;

/** The version of the standard's own operators; 1 if the file has none of them. */
export function opsetOf({ opset_import }: ModelProto): number {
  return Math.max(1, ...opset_import.filter(({ domain = "" }) => isStandard(domain)).map(({ version = 1 }) => version));
}

function isStandard(domain: string): boolean {
  return domain === "" || domain === "ai.onnx";
}

/** One operation of a graph, with its attributes by their names. */
export class Node {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** How sentences call it: Conv "conv1". */
  readonly title: string;
  readonly #proto: NodeProto;
  readonly #attributes: ReadonlyMap<string, AttributeProto>;

  constructor(proto: NodeProto) {
    this.#proto = proto;
    const { op_type = "", domain = "", name = "", input, output, attribute } = proto;
    this.operator = isStandard(domain) ? op_type : `${domain}.${op_type}`;
    this.inputs = input;
    this.outputs = output;
    this.title = `${/^[\w.]{1,60}$/.test(this.operator) ? this.operator : quoted(this.operator)} ${quoted(name || (output[0] ?? ""))}`;
    this.#attributes = new Map(attribute.map((one) => [one.name ?? "", one]));
  }

  /** The same node as one of the standard's operators, with the same name and attributes. */
  as(operator: string): Node {
    return new Node({ ...this.#proto, op_type: operator, domain: "" });
  }

  has(name: string): boolean {
    return this.#attributes.has(name);
  }

  whole(name: string, otherwise: number): number {
    return this.#attributes.get(name)?.i ?? otherwise;
  }

  wholes(name: string): readonly number[] | undefined {
    const found = this.#attributes.get(name);
    return found === undefined ? undefined : (found.ints ?? []);
  }

  number(name: string, otherwise: number): number {
    return this.#attributes.get(name)?.f ?? otherwise;
  }

  numbers(name: string): readonly number[] {
    return this.#attributes.get(name)?.floats ?? [];
  }

  word(name: string, otherwise: string): string {
    const bytes = this.#attributes.get(name)?.s;
    return bytes === undefined ? otherwise : new TextDecoder().decode(bytes);
  }

  words(name: string): readonly string[] {
    return (this.#attributes.get(name)?.strings ?? []).map((bytes) => new TextDecoder().decode(bytes));
  }

  /** The constant that a node of kind Constant is; undefined for one without numbers. */
  constant(where: string): Constant | undefined {
    const {
      t,
      f,
      i,
      floats = [],
      ints = [],
    } = ["value", "value_float", "value_int", "value_floats", "value_ints"]
      .map((name) => this.#attributes.get(name))
      .find((found) => found !== undefined) ?? {};
    if (t !== undefined) return constantOf(t, where);
    const alone = f ?? i;
    if (alone !== undefined) return { kind: "constant", shape: [], values: [alone] };
    const list = floats.length > 0 ? floats : ints;
    return list.length > 0 ? { kind: "constant", shape: [list.length], values: list } : undefined;
  }
}

/**
 * The nodes that the outputs of these names need, each after those that it needs itself. Throws a ModelFileError for a
 * graph that runs in a circle, or with two nodes of one output.
 */
export function neededNodes(graph: GraphProto, outputs: readonly string[], where: string): Node[] {
  if (graph.node.length > MOST_NODES) {
    throw new ModelFileError(where, `at most ${MOST_NODES} nodes`, String(graph.node.length), "Nothing was loaded.");
  }
  const makers = new Map<string, Node>();
  for (const node of graph.node.map((proto) => new Node(proto))) {
    for (const output of node.outputs.filter((name) => name !== "")) {
      if (makers.has(output)) {
        throw new ModelFileError(where, "one node for each value", `two for ${quoted(output)}`, "Nothing was loaded.");
      }
      makers.set(output, node);
    }
  }
  const sorted: Node[] = [];
  const states = new Map<Node, "open" | "done">();
  const open = outputs
    .toReversed()
    .map((name) => makers.get(name))
    .filter((node) => node !== undefined);
  // Depth first, without recursion: a graph may be as deep as the file is long.
  while (open.length > 0) {
    const node = open.at(-1) as Node;
    if (states.get(node) !== undefined) {
      open.pop();
      if (states.get(node) === "open") sorted.push(node);
      states.set(node, "done");
      continue;
    }
    states.set(node, "open");
    for (const input of node.inputs.toReversed()) {
      const maker = makers.get(input);
      if (maker === undefined || states.get(maker) === "done") continue;
      if (states.get(maker) === "open") {
        throw new ModelFileError(where, "a graph without a circle", `one at ${maker.title}`, "Nothing was loaded.");
      }
      open.push(maker);
    }
  }
  return sorted;
}
