/**
 * What every layer is. A specification, as `dense(128, "relu")` makes it, is plain data that carries its kind. The kind
 * is one object that knows everything about such layers: what may stand in a specification, which shape comes out,
 * which tensors there are, how the layer is built and how it is described. The layer itself is a function of a batch
 * that can be walked forwards and backwards.
 */
import type { Backend } from "../backends/backend.ts";
import { ArgumentError } from "../errors.ts";
import type { Matrix } from "../matrix.ts";
import type { Stream } from "../numbers/random.ts";
import type { Shape } from "../shapes.ts";
import { shown } from "../shown.ts";

/** What a forward pass is for. Layers such as dropout ask. */
export interface Pass {
  /** "statistics": as an evaluation, but what training remembers of the batches (running means) is found anew. */
  readonly purpose: "training" | "evaluation" | "statistics";
  /** The epoch, from 1; 0 outside a training. */
  readonly epoch: number;
  /** Which example row i is: order[start + i] of the data set. */
  readonly order: Uint32Array;
  readonly start: number;
  /** Examples of the whole batch, where this machine has a part of it; those that the layer sees if absent. */
  readonly examples?: number;
  /**
   * In a pass that is no evaluation: the share of this batch in statistics that are moved, as a running mean. The
   * layer's own if absent. 0: they stay as they are, as in the gradient check. 1/k for the k-th of several batches:
   * their mean.
   */
  readonly share?: number;
}

/** The pass of a prediction. */
export const EVALUATION: Pass = { purpose: "evaluation", epoch: 0, order: new Uint32Array(0), start: 0 };

/**
 * Numbers that belong to a model, under a name. A parameter is changed by its gradient; a statistic (as a running mean)
 * is moved by training without one.
 */
export interface Tensor {
  /** Its name in the model and its file: layers.0.weights */
  readonly name: string;
  readonly shape: Shape;
  readonly role: "parameter" | "statistic";
  /** Its numbers as a matrix: the last length of the shape is the columns, all others together are the rows. */
  readonly value: Matrix;
}

export interface Parameter extends Tensor {
  readonly role: "parameter";
  /** ∂C/∂value of the last backward pass; zeros before the first. It may be read after each step of a training. */
  readonly gradient: Matrix;
  /** Whether weight decay acts on it: on weights, not on biases (chapter 3, "Overfitting and regularization"). */
  readonly decays: boolean;
  /** Whether its layer is frozen: training does not change it then, and its gradient stays zeros. False if absent. */
  readonly isFrozen?: boolean;
}

/** A tensor before it has numbers: what a kind says about it. */
export interface TensorSpec {
  /** Its name in the layer: weights */
  readonly name: string;
  readonly shape: Shape;
  readonly role: "parameter" | "statistic";
  /** Whether weight decay acts on it; false if absent. */
  readonly decays?: boolean;
  /** Whether training leaves it as it is; false if absent. A kind need not say it: a frozen layer's tensors are. */
  readonly isFrozen?: boolean;
  /** Its number at a place, row-major, before the first step; `stream` is its own. It is rounded when it is stored. */
  readonly first: (stream: Stream, element: number) => number;
}

export interface Layer {
  /** Whether `forward` can take pixels as they are; otherwise it is given numbers. Absent: no. */
  readonly takesPixels?: boolean;
  /** The fewest examples that a step of training needs; 1 if absent. `train` refuses smaller batches. */
  readonly leastExamples?: number;
  /** The z of the last batch where the layer's slope jumps at z = 0, for the gradient check; undefined if smooth. */
  readonly corners?: Matrix | undefined;
  /**
   * Numbers that say which of its inputs the outputs of the last batch were taken from, as the pixels of a maximum. The
   * layer's slope jumps where one of them changes; for the gradient check, undefined if nothing is chosen.
   */
  readonly choices?: Matrix | undefined;
  /** The layers inside of it, as in `residual`; none if absent. */
  readonly inner?: readonly Layer[];
  /** Takes a batch, returns the layer's outputs; keeps what `backward` needs. */
  forward(x: Matrix, pass: Pass): Matrix;
  /**
   * Takes each example's ∂C/∂output; stores every parameter's gradient, the mean over the batch. Returns each example's
   * ∂C/∂x if `isWanted`; otherwise it need not be computed.
   */
  backward(dOutput: Matrix, isWanted: boolean): Matrix | undefined;
}

/** What a layer is built with. */
export interface Building {
  /** What it computes with. */
  readonly ops: Backend;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  /** Its parameter of that name, as its kind declared it. */
  parameter(name: string): Parameter;
  /** Its statistic of that name. */
  statistic(name: string): Tensor;
  /**
   * Whether the layer, or one around it, is frozen: training does not change its parameters, and `backward` need not
   * store their gradients. Nobody reads them.
   */
  readonly isFrozen: boolean;
  /**
   * Its random numbers for one purpose: the stream of the model's seed and its own place. `stream("dropout")` of the
   * layer at layers.3 is layers.3.dropout; inside of `residual` it is layers.3.layers.0.dropout. Draw by the counters
   * epoch, example and element, so that nothing has to be remembered.
   */
  stream(purpose: string): Stream;
  /**
   * Builds a layer inside of this one; `i` is its place among them. Its tensors and streams are called layers.<i>.… of
   * this one's: layers.3.layers.0.weights.
   */
  layer(i: number, spec: LayerSpec, inputShape: Shape): Layer;
}

/** Everything about one kind of layers. `Fields` is what stands in a specification besides its type. */
export interface LayerKind<Fields extends object = object> {
  /** Its name in specifications and files: "dense". */
  readonly type: string;
  /** Throws an ArgumentError unless the fields can be those of such a layer, from whatever source they come. */
  check(fields: Fields): void;
  /** The shape of one example's output. Throws a ShapeError for an input that such a layer cannot take. */
  outputShape(fields: Fields, inputShape: Shape): Shape;
  /** The layers inside of it, for a kind that is made of others: `residual`. */
  inner?(fields: Fields): readonly LayerSpec[];
  /**
   * Its fields of those in a file, where some are specifications: `read` makes one of what the file has. If absent, the
   * fields are what the file has.
   */
  fromJson?(fields: Fields, read: (json: unknown) => LayerSpec): object;
  /** Its tensors, in declared order; none if absent. Of the layers inside, each named layers.<i>.weights. */
  tensors?(fields: Fields, inputShape: Shape): readonly TensorSpec[];
  build(fields: Fields, building: Building): Layer;
  /** A few words for the summary: "dense, relu". */
  describe(fields: Fields): string;
}

/** What any specification may say, besides the fields of its kind. */
export interface CommonFields {
  /** Whether training changes its parameters; true if absent. A layer that says false is frozen. */
  readonly trainable?: boolean | undefined;
}

/** Under this key a specification has its kind. JSON leaves it out; copies with `...` keep it. */
export const KIND: unique symbol = Symbol("kind of layer");

/** A layer as plain data, before it knows the shape of its input. */
export type LayerSpec<Fields extends object = object> = Readonly<Fields> &
  CommonFields & {
    readonly type: string;
    readonly [KIND]: LayerKind<never>;
  };

/**
 * A specification of this kind, frozen by `trainable: false`. Throws an ArgumentError for fields that its kind refuses.
 */
export function layerSpec<Fields extends object>(
  kind: LayerKind<Fields>,
  fields: Fields & CommonFields,
): LayerSpec<Fields> {
  checkFields(kind, fields);
  const { trainable, ...own } = fields;
  return {
    type: kind.type,
    ...(own as unknown as Fields),
    ...(trainable === false && { trainable }),
    [KIND]: kind as LayerKind<never>,
  };
}

/** Throws an ArgumentError unless the fields can be those of such a layer, from whatever source they come. */
export function checkFields<Fields extends object>(kind: LayerKind<Fields>, fields: Fields & CommonFields): void {
  const { trainable } = fields;
  if (trainable !== undefined) {
    if (typeof trainable !== "boolean") {
      throw new ArgumentError(kind.type, "trainable true or false", shown(trainable));
    }
    if (kind.tensors === undefined) {
      throw new ArgumentError(kind.type, "no trainable (it has no parameters)", shown(trainable), "Leave it out.");
    }
  }
  kind.check(fields);
}
