/**
 * The layers of a tfjs model.json, one after the other: of a Sequential model, or of a functional one that is a chain.
 * The file of tfjs itself and those of Keras's converters differ in small things.
 */
import { ModelFileError } from "../errors.ts";
import { shown } from "../shown.ts";
import { brief } from "./safetensors.ts";
import { isObject } from "./texts.ts";
import type { TfjsLayer } from "./tfjs-layers.ts";

/** How deep models may stand inside of each other. */
const MOST_DEPTH = 8;
/** More layers than this are no model of ours. */
const MOST_LAYERS = 10_000;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields => (isObject(value) ? (value as Fields) : {});

/** The layers of a model, from its input to its output. Throws a ModelFileError for what is no chain of layers. */
export function layersOf(topology: unknown, where: string): TfjsLayer[] {
  const outer = fieldsOf(topology);
  const layers = chainOf(fieldsOf(outer.model_config ?? outer), where, 0);
  if (layers.length > 0) return layers;
  throw new ModelFileError(where, "a model with layers", "none", "Nothing was loaded.");
}

function chainOf(model: Fields, where: string, depth: number): TfjsLayer[] {
  const { class_name: kind, config } = model;
  const fail = (expected: string, got: unknown): never => {
    throw new ModelFileError(where, expected, shown(got), "Nothing was loaded.");
  };
  if (depth > MOST_DEPTH) return fail(`models in models, at most ${MOST_DEPTH} deep`, "more");
  const listed = Array.isArray(config) ? config : fieldsOf(config).layers;
  if (!Array.isArray(listed) || listed.length > MOST_LAYERS) return fail("a model with a list of layers", listed);
  const all = listed.map(fieldsOf);
  const inOrder = kind === "Sequential" ? all : followed(all, where);
  const layers = inOrder.flatMap((layer) => {
    const isModel = ["Sequential", "Functional", "Model"].includes(String(layer.class_name));
    return isModel ? chainOf(layer, where, depth + 1) : [layerOf(layer)];
  });
  return layers.length > MOST_LAYERS ? fail(`at most ${MOST_LAYERS} layers`, layers.length) : layers;
}

function layerOf({ class_name: className, name, config }: Fields): TfjsLayer {
  const fields = fieldsOf(config);
  return { className: String(className), name: String(fields.name ?? name ?? ""), config: fields };
}

/** The layers of a functional model, each after the one whose output it takes. */
function followed(layers: readonly Fields[], where: string): Fields[] {
  const nameOf = (layer: Fields) => String(layer.name ?? fieldsOf(layer.config).name ?? "");
  const after = new Map<string | undefined, Fields>();
  for (const layer of layers) {
    const before = sourceOf(layer);
    if (before === null || after.has(before)) {
      const got = `${brief(nameOf(layer))}, where it branches`;
      throw new ModelFileError(where, "layers that follow each other", got, "Nothing was loaded.");
    }
    after.set(before, layer);
  }
  const chain: Fields[] = [];
  for (
    let next = after.get(undefined);
    next !== undefined && chain.length <= layers.length;
    next = after.get(nameOf(next))
  ) {
    chain.push(next);
  }
  if (chain.length === layers.length) return chain;
  const got = `${layers.length} of which ${chain.length} do`;
  throw new ModelFileError(where, "layers that follow each other", got, "Nothing was loaded.");
}

/** The name of the layer before; undefined for the first, null where there are several or none that we can read. */
function sourceOf({ inbound_nodes: nodes }: Fields): string | undefined | null {
  if (nodes === undefined || (Array.isArray(nodes) && nodes.length === 0)) return undefined;
  if (!Array.isArray(nodes) || nodes.length !== 1) return null;
  const [node] = nodes;
  // [["dense", 0, 0, {}]] of Keras 2 and tfjs
  if (Array.isArray(node)) return node.length === 1 && Array.isArray(node[0]) ? String(node[0][0]) : null;
  // { args: [{ config: { keras_history: ["dense", 0, 0] } }] } of Keras 3
  const { args } = fieldsOf(node);
  if (!Array.isArray(args) || args.length !== 1) return null;
  const history = fieldsOf(fieldsOf(args[0]).config).keras_history;
  return Array.isArray(history) ? String(history[0]) : null;
}

/** The shape of one example that a layer's configuration names; undefined where it names none. */
export function inputShapeOf({ config }: TfjsLayer): readonly number[] | undefined {
  const shape = config.batch_input_shape ?? config.batch_shape;
  if (!Array.isArray(shape) || shape.length < 2) return undefined;
  const lengths = shape.slice(1);
  return lengths.every((length) => Number.isSafeInteger(length) && length > 0) ? lengths : undefined;
}
