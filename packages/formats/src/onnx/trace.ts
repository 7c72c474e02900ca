/**
 * A walk along a graph, node by node, in the order in which they depend on each other. Each value becomes a constant, a
 * `Flow` through layers, probabilities, or an answer. What no layer can do is noted and the walk goes on, so that the
 * file's reader hears of all of it at once.
 */
import { ArgumentError } from "inkling";
import { arithmetic, coefficients, withConstant, withFlow } from "./arithmetic.ts";
import { folds, listOf, place } from "./constants.ts";
import { applied, type Flow, Unsupported } from "./flow.ts";
import type { Node } from "./graph-in.ts";
import { batchNorm, conv, denseFlow, gemm, globalPool, pool } from "./layer-operators.ts";
import {
  type Answer,
  classNamesOf,
  isNormalizer,
  linearClassifier,
  linearRegressor,
  type Meaning,
  noAndYes,
  sameMeaning,
  scaler,
  softmax,
  withBounds,
} from "./output-operators.ts";
import { pointwiseOperators } from "./pointwise.ts";
import { moves, turned } from "./shape-operators.ts";
import type { Constant } from "./tensors.ts";

/** A value of which nothing is known, because a node before it could not be read. */
interface Unknown {
  readonly kind: "unknown";
}

export type Traced = Constant | Flow | Meaning | Answer | Unknown;

const ANSWER: Answer = { kind: "answer" };
const UNKNOWN: Unknown = { kind: "unknown" };

const isConstant = (value: Traced | undefined): value is Constant => value?.kind === "constant";

export class Trace {
  readonly values: Map<string, Traced>;
  /** What no layer can do: each with its node's name. */
  readonly problems: string[] = [];
  /** How the graph calls its classes. */
  classNames: readonly string[] | undefined;
  readonly #opset: number;
  readonly #where: string;

  /** `values`: the graph's input and constants. */
  constructor(values: Map<string, Traced>, opset: number, where: string) {
    this.values = values;
    this.#opset = opset;
    this.#where = where;
  }

  /** Walks past one node. */
  pass(node: Node): void {
    const inputs = node.inputs.map((name) => (name === "" ? undefined : this.#valueOf(name)));
    let results: readonly Traced[] = [];
    try {
      const isLost = inputs.some((input) => input?.kind === "unknown");
      if (isLost && !isKnown(node.operator)) throw new Unsupported(node.title);
      results = isLost ? [] : this.#read(node, inputs);
    } catch (error) {
      // What our own functions refuse, as a window larger than its image, is the node's problem, too.
      if (!(error instanceof Unsupported || error instanceof ArgumentError)) throw error;
      const isNamed = error instanceof Unsupported && error.message.startsWith(node.title);
      this.problems.push(isNamed ? error.message : `${node.title} (${error.message})`);
    }
    for (const [i, name] of node.outputs.entries()) if (name !== "") this.values.set(name, results[i] ?? UNKNOWN);
  }

  #valueOf(name: string): Traced {
    return this.values.get(name) ?? UNKNOWN;
  }

  #read(node: Node, inputs: readonly (Traced | undefined)[]): readonly Traced[] {
    if (node.operator === "Constant") {
      const constant = node.constant(this.#where);
      if (constant === undefined) throw new Unsupported(`${node.title} (no numbers)`);
      return [constant];
    }
    const constants = inputs.map((input) => (isConstant(input) ? input : undefined));
    if (inputs.length > 0 && inputs.every((input, i) => input === constants[i])) {
      const fold = Object.hasOwn(folds, node.operator) ? folds[node.operator] : undefined;
      if (fold === undefined) throw new Unsupported(`${node.title} (of constants)`);
      return [fold(node, constants)];
    }
    const [first] = inputs;
    if (inputs.some((input) => input?.kind === "answer")) {
      if (node.operator === "ai.onnx.ml.ArrayFeatureExtractor") this.#nameClasses(constants[0]);
      return node.outputs.map(() => ANSWER);
    }
    if (first?.kind === "meaning") return [this.#readMeaning(node, first)];
    const [x, y] = inputs.filter((input) => input?.kind === "flow");
    if (x === undefined) throw new Unsupported(node.title);
    if (node.operator === "ai.onnx.ml.LinearClassifier" && x.kind === "flow") {
      const { said, classNames } = linearClassifier(node, x);
      this.classNames ??= classNames;
      return [ANSWER, said];
    }
    const isPlain = x === first && y === undefined;
    if (arithmetic.includes(node.operator)) return [this.#calculated(node, inputs)];
    if (node.operator === "Concat" || node.operator === "Sum") return [this.#joined(node, inputs)];
    if (!isPlain) {
      const known = Object.hasOwn(layers, node.operator);
      throw new Unsupported(known ? `${node.title} (weights that are no constants)` : node.title);
    }
    return [this.#readFlow(node, x, constants)];
  }

  #calculated(node: Node, [a, b]: readonly (Traced | undefined)[]): Traced {
    if (a?.kind === "flow" && b?.kind === "flow") return withFlow(node, a, b);
    if (a?.kind === "flow" && isConstant(b)) return withConstant(node, a, b, false);
    if (b?.kind === "flow" && isConstant(a)) return withConstant(node, b, a, true);
    throw new Unsupported(node.title);
  }

  #joined(node: Node, inputs: readonly (Traced | undefined)[]): Traced {
    const [a, b] = inputs;
    if (a?.kind === "flow" && b?.kind === "flow" && inputs.length === 2) {
      if (node.operator === "Sum") return withFlow(node.as("Add"), a, b);
      const meaning = noAndYes(a, b);
      if (meaning !== undefined) return meaning;
    }
    throw new Unsupported(node.title);
  }

  #readMeaning(node: Node, meaning: Meaning): Traced {
    if (node.operator === "ArgMax" || node.operator === "TopK") return ANSWER;
    if (node.operator === "ai.onnx.ml.ZipMap") {
      const ints = node.wholes("classlabels_int64s") ?? [];
      this.classNames ??= classNamesOf(ints.length > 0 ? ints : node.words("classlabels_strings"));
    }
    if (sameMeaning.includes(node.operator) || isNormalizer(node)) return meaning;
    throw new Unsupported(`${node.title} (of probabilities)`);
  }

  /** An operator of one value; `constants` are its inputs that are constants, each at its place. */
  #readFlow(node: Node, x: Flow, constants: readonly (Constant | undefined)[]): Traced {
    const { operator } = node;
    const make = Object.hasOwn(pointwiseOperators, operator) ? pointwiseOperators[operator] : undefined;
    if (make !== undefined) return applied(x, make(node), node.title);
    const move = Object.hasOwn(moves, operator) ? moves[operator] : undefined;
    if (move !== undefined) return move(node, x, constants);
    const layer = Object.hasOwn(layers, operator) ? layers[operator] : undefined;
    if (layer !== undefined) return layer(node, x, constants);
    if (operator === "Softmax" || operator === "LogSoftmax") return softmax(node, x, this.#opset);
    if (operator === "ArgMax" || operator === "TopK") return ANSWER;
    if (operator === "Shape") {
      const all = [Number.NaN, ...x.view.dims].slice(
        node.whole("start", 0),
        node.has("end") ? node.whole("end", 0) : 99,
      );
      return { kind: "constant", shape: [all.length], values: all };
    }
    const bounded = withBounds(node, x, constants.slice(1));
    if (bounded !== undefined) return bounded;
    throw new Unsupported(node.title);
  }

  #nameClasses(classes: Constant | undefined): void {
    if (classes === undefined) return;
    this.classNames ??= classNamesOf(classes.words ?? Array.from(classes.values));
  }
}

type LayerIn = (node: Node, x: Flow, constants: readonly (Constant | undefined)[]) => Flow;

/** The operators that become layers. */
const layers: Readonly<Record<string, LayerIn>> = {
  Gemm: gemm,
  MatMul: (node, x, [, W]) => {
    if (W === undefined) throw new Unsupported(`${node.title} (weights that are no constants)`);
    return denseFlow(node.title, x, W, undefined);
  },
  Conv: conv,
  MaxPool: pool,
  AveragePool: pool,
  GlobalAveragePool: (node, x) => globalPool(node.title, x, true, true),
  GlobalMaxPool: (node, x) => globalPool(node.title, x, false, true),
  ReduceMean: (node, x, [, axes]) => reduced(node, x, axes),
  ReduceMax: (node, x, [, axes]) => reduced(node, x, axes),
  BatchNormalization: (node, x, constants) => batchNorm(node, x, constants, (one) => coefficients(node, x, one)),
  "ai.onnx.ml.Scaler": scaler,
  "ai.onnx.ml.LinearRegressor": linearRegressor,
};

/** The operators that are read somewhere, if what comes into them can be. */
const others = [
  ...[
    "Constant",
    "Shape",
    "Concat",
    "Sum",
    "Softmax",
    "LogSoftmax",
    "ArgMax",
    "TopK",
    "Clip",
    "Max",
    "Min",
    "Pow",
    "PRelu",
  ],
  ...["LinearClassifier", "ZipMap", "Normalizer", "ArrayFeatureExtractor"].map((name) => `ai.onnx.ml.${name}`),
  ...arithmetic,
];

function isKnown(operator: string): boolean {
  const tables = [layers, moves, folds, pointwiseOperators];
  return others.includes(operator) || tables.some((table) => Object.hasOwn(table, operator));
}

/** A mean or maximum over height and width is a global pool, wherever the channels stand. */
function reduced(node: Node, x: Flow, constant: Constant | undefined): Flow {
  const rank = x.view.dims.length + 1;
  const axes = (listOf(node, "axes", constant) ?? []).map((axis) => place(axis, rank) - 1).toSorted();
  const [channels] = [0, 1, 2].filter((axis) => !axes.includes(axis));
  const isImage = x.view.dims.length === 3 && axes.length === 2 && channels !== undefined && !axes.includes(-1);
  if (!isImage) throw new Unsupported(`${node.title} (axes ${axes.map((axis) => axis + 1).join()} of ${rank})`);
  const first = { ...x, view: turned(x.view, [channels, ...axes], node.title) };
  const pooled = globalPool(node.title, first, node.operator === "ReduceMean", false);
  if (node.whole("keepdims", 1) === 0) return pooled;
  const dims = [0, 1, 2].map((axis) => (axis === channels ? (pooled.view.dims[0] ?? 1) : 1));
  return { ...pooled, view: { ...pooled.view, dims } };
}
