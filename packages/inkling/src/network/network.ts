/**
 * A network: a list of layers, walked forwards and backwards. Chapter 2 in two methods; each layer's equations are in
 * layers/, and what they are computed with is in backends/.
 */
import type { Backend } from "../backends/backend.ts";
import { defaultBackend } from "../backends/default.ts";
import { checkWhole } from "../checks.ts";
import type { TableColumn } from "../data/columns.ts";
import type { Dataset } from "../data/dataset.ts";
import { checkedNames } from "../data/fields.ts";
import type { Scaling } from "../data/scaling.ts";
import { ArgumentError } from "../errors.ts";
import type { InitialValues } from "../layers/initializers.ts";
import { EVALUATION, type Layer, type LayerSpec, type Parameter, type Pass, type Tensor } from "../layers/layer.ts";
import { buildLayer, describe, outputShape } from "../layers/specs.ts";
import { crossEntropy } from "../losses/cross-entropy.ts";
import { checkLoss, type Loss, type Task } from "../losses/loss.ts";
import { quadratic } from "../losses/squared.ts";
import type { Matrix, Numbers } from "../matrix.ts";
import { Stream } from "../numbers/random.ts";
import { checkOptions } from "../options.ts";
import { type Shape, size } from "../shapes.ts";
import { shown } from "../shown.ts";
import { type Calibration, calibrationOf, type Familiarity, familiarityOf } from "./certainty.ts";
import type { LookOptions } from "./looks.ts";
import { checkBackend, checkedScaling, checkParts, checkTaskNames, endsInLogits } from "./parts.ts";
import { type PredictionOf, predictOne } from "./prediction.ts";
import { recordOf, type TrainingRecord } from "./record.ts";
import { summaryOf } from "./summary.ts";
import { declaredTensors, isParameter, layerName, makeTensors, parametersOf, tensorsSha256 } from "./tensors.ts";

/** What a model knows about its inputs and outputs besides their shapes. */
export interface ModelNames {
  /** The names of a table's columns, in the order of the inputs. */
  readonly columnNames?: readonly string[] | undefined;
  /** The columns of the table's file, where they say more than the names do (`tableColumns` of a data set). */
  readonly tableColumns?: readonly TableColumn[] | undefined;
  /** The names of the classes, in the order of the outputs. */
  readonly classNames?: readonly string[] | undefined;
  /** The names of the numbers that are predicted. */
  readonly targetNames?: readonly string[] | undefined;
}

export interface NetworkOptions<T extends Task = Task> extends ModelNames {
  /** Decides the first weights, the order of the examples in training, and what dropout drops; 1 if absent. */
  readonly seed?: number;
  /** What the network computes with; if absent, the fastest that runs here, on one thread. */
  readonly backend?: Backend;
  /** What training makes small. If absent: crossEntropy() for a last layer without activation, else quadratic(). */
  readonly loss?: Loss<T>;
  /** How the columns of a table are scaled before they enter, as `standardize` finds it; as they are if absent. */
  readonly scaling?: Scaling | undefined;
  /** The same for the numbers that are to be predicted; predictions come in the numbers' own units. */
  readonly targetScaling?: Scaling | undefined;
  /** First values of tensors, by name (layers.0.weights), in place of their initializers and the seed. */
  readonly initialValues?: InitialValues;
}

const OPTIONS = [
  ...["seed", "backend", "loss", "scaling", "targetScaling", "columnNames", "classNames", "targetNames"],
  ...["tableColumns", "initialValues"],
];

/** `T`: whether it tells classes apart or predicts numbers, as its loss says. */
export class Network<T extends Task = Task> {
  readonly inputShape: Shape;
  /** The shape of one example's outputs. */
  readonly outputShape: Shape;
  readonly specs: readonly LayerSpec[];
  readonly layers: readonly Layer[];
  /** All parameters in declared order, then all statistics. */
  readonly tensors: readonly Tensor[];
  /** The tensors that training changes by their gradients: each layer's weights, then its bias. Frozen ones are not. */
  readonly parameters: readonly Parameter[];
  /** The streams of random numbers that its layers draw from, by name: layers.3.dropout. They depend on the seed. */
  readonly streams: readonly string[];
  readonly backend: Backend;
  readonly loss: Loss<T>;
  readonly seed: number;
  readonly scaling: Scaling | undefined;
  readonly targetScaling: Scaling | undefined;
  #names: ModelNames;
  /** The first layer that learns: below it no gradient is needed. */
  readonly #lowest: number;

  /** See `network`. */
  constructor(inputShape: Shape, specs: readonly LayerSpec[], options: NetworkOptions<T> = {}) {
    checkOptions("network", options, OPTIONS);
    checkParts(inputShape, specs);
    const { seed = 1, backend = defaultBackend(), columnNames, tableColumns, classNames, targetNames } = options;
    checkWhole("network", "seed", seed, 0);
    checkBackend(backend);
    this.inputShape = inputShape;
    this.specs = specs;
    this.backend = backend;
    this.seed = seed;
    this.loss = options.loss === undefined ? (ownLoss(specs) as Loss<T>) : options.loss;
    checkLoss("network, loss", this.loss);
    if (this.loss.wantsLogits && !endsInLogits(specs)) {
      throw new ArgumentError(
        "network",
        `logits for ${this.loss.type} (a last layer without activation)`,
        specs.map(describe).join("; "),
        `Leave the last layer's activation out, or take ${this.loss.task === "classes" ? "quadratic" : "meanSquared"}().`,
      );
    }
    checkTaskNames(this.loss, options);
    const tensors = makeTensors(backend, declaredTensors(inputShape, specs), seed, options.initialValues);
    this.tensors = tensors;
    this.parameters = tensors.filter(isParameter).filter(({ isFrozen }) => isFrozen !== true);
    const streams: string[] = [];
    this.layers = build(backend, inputShape, specs, tensors, (name) => {
      streams.push(name);
      return new Stream(seed, name);
    });
    this.streams = streams;
    this.#lowest = specs.findIndex((_, i) => parametersOf(this.parameters, i).length > 0);
    if (this.#lowest === -1) this.#lowest = specs.length;
    this.outputShape = specs.reduce((shape, spec) => outputShape(spec, shape), inputShape);
    this.scaling = checkedScaling("scaling", options.scaling, this.inputs);
    this.targetScaling = checkedScaling("targetScaling", options.targetScaling, this.outputs);
    this.loss.checkModel?.(this);
    this.#names = {
      columnNames: checkedNames("network", "columnNames", columnNames, this.inputs),
      tableColumns,
      classNames: checkedNames("network", "classNames", classNames, this.outputs),
      targetNames: checkedNames("network", "targetNames", targetNames, this.outputs),
    };
  }

  /** How many numbers an example has. */
  get inputs(): number {
    return size(this.inputShape);
  }

  /** How many classes it tells apart, or how many numbers it predicts. */
  get outputs(): number {
    return size(this.outputShape);
  }

  get columnNames(): readonly string[] | undefined {
    return this.#names.columnNames;
  }

  get tableColumns(): readonly TableColumn[] | undefined {
    return this.#names.tableColumns;
  }

  get classNames(): readonly string[] | undefined {
    return this.#names.classNames;
  }

  get targetNames(): readonly string[] | undefined {
    return this.#names.targetNames;
  }

  /** How it was trained; undefined before. */
  get training(): TrainingRecord | undefined {
    return recordOf(this);
  }

  /** The temperature of its probabilities; undefined before `calibrate`, and after more training. */
  get calibration(): Calibration | undefined {
    return calibrationOf(this);
  }

  /** What its examples looked like; undefined before `learnFamiliarity`, and after more training. */
  get familiarity(): Familiarity | undefined {
    return familiarityOf(this);
  }

  /** Takes over the names of a data set, where the model has none and they fit. */
  takeNames({ columnNames, tableColumns, classNames, targetNames }: Pick<Dataset, keyof ModelNames>): void {
    const { inputs, outputs } = this;
    const names = this.#names;
    const isOfClasses = this.loss.task === "classes";
    const fitting = (found: readonly string[] | undefined, length: number) =>
      found?.length === length ? found : undefined;
    this.#names = {
      columnNames: names.columnNames ?? fitting(columnNames, inputs),
      tableColumns: names.columnNames ? names.tableColumns : tableColumns,
      classNames: isOfClasses ? (names.classNames ?? fitting(classNames, outputs)) : undefined,
      targetNames: isOfClasses ? undefined : (names.targetNames ?? fitting(targetNames, outputs)),
    };
  }

  /** Takes a batch (m × inputs), returns the last layer's outputs (m × outputs): logits, or activations. */
  forward(x: Matrix, pass: Pass = EVALUATION): Matrix {
    let a = x;
    for (const layer of this.layers) a = this.forwardThrough(layer, a, pass);
    return a.isPixels ? this.backend.unpack(a) : a;
  }

  /** One layer's part of `forward`. */
  forwardThrough(layer: Layer, x: Matrix, pass: Pass): Matrix {
    return layer.forward(x.isPixels && layer.takesPixels !== true ? this.backend.unpack(x) : x, pass);
  }

  /**
   * Takes each example's ∂C/∂output for the batch that `forward` has just seen; stores the gradient of every parameter,
   * the mean over the batch. Returns each example's ∂C/∂x if it is wanted. Backpropagation: each layer in reverse,
   * once.
   */
  backward(dOutputs: Matrix, { wantsInput = false }: { readonly wantsInput?: boolean } = {}): Matrix | undefined {
    let dA: Matrix | undefined = dOutputs;
    const last = wantsInput ? 0 : this.#lowest;
    for (let i = this.layers.length - 1; i >= last && dA !== undefined; i--) {
      dA = this.layers[i].backward(dA, wantsInput || i > last);
    }
    return wantsInput ? dA : undefined;
  }

  /** As `forward`; awaits `pause` after each layer. */
  async forwardPausing(x: Matrix, pass: Pass, pause: () => Promise<void>): Promise<Matrix> {
    let a = x;
    for (const layer of this.layers) {
      a = this.forwardThrough(layer, a, pass);
      await pause();
    }
    return a.isPixels ? this.backend.unpack(a) : a;
  }

  /** As `backward`, without ∂C/∂x; awaits `pause` after each layer. */
  async backwardPausing(dOutputs: Matrix, pause: () => Promise<void>): Promise<void> {
    let dA: Matrix | undefined = dOutputs;
    for (let i = this.layers.length - 1; i >= this.#lowest && dA !== undefined; i--) {
      dA = this.layers[i].backward(dA, i > this.#lowest);
      await pause();
    }
  }

  /**
   * What a batch of outputs says: probabilities of the classes (for crossEntropy softmax of the logits z, or of z / T
   * for a model that was calibrated), or numbers.
   */
  meaning(outputs: Matrix): Matrix {
    const { backend, calibration } = this;
    if (calibration === undefined) return this.loss.meaning(backend, outputs);
    // z / T, as z·(1/T) with 1/T rounded once
    const zeros = backend.matrix(outputs.rows, outputs.columns);
    return this.loss.meaning(backend, backend.addScaled(zeros, outputs, 1 / calibration.temperature));
  }

  /**
   * What the network makes of one example: `inputs` numbers, as bytes 0 to 255 in a Uint8Array (clamped or not), or as
   * numbers (0 to 1 where it was trained on bytes, a table's own units where it was trained on a table) in anything
   * else. With `augmentation` it looks at several changed copies of the image, as `predictAll` does of a set with this
   * one image. Throws a ShapeError unless their count fits, an ArgumentError for one that is no finite number.
   */
  async predict(example: ArrayLike<number>, options: LookOptions = {}): Promise<PredictionOf[T]> {
    return (await predictOne(this, example, options)) as PredictionOf[T];
  }

  /** Predicted numbers in the units of the data. */
  inOwnUnits(values: Numbers): Float32Array {
    const single = values instanceof Float32Array ? values : Float32Array.from(values);
    return this.targetScaling?.undo(single) ?? single;
  }

  /** The layers, their shapes and parameter counts as a table, for people. */
  summary(): string {
    return summaryOf(this.inputShape, this.specs, this.tensors, this.loss);
  }

  /** SHA-256 over the little-endian float32 bytes of all tensors in declared order, in hexadecimal. */
  async weightsSha256(): Promise<string> {
    return tensorsSha256(this.backend, this.tensors);
  }

  /** Gives the memory of the tensors back at once. The model cannot be used afterwards. */
  close(): void {
    for (const { value } of this.tensors) this.backend.release(value);
    for (const { gradient } of this.tensors.filter(isParameter)) this.backend.release(gradient);
  }
}

/**
 * Builds a network.
 *
 * `inputShape`: the shape of one example, [784] or [height, width, channels]. `layers`: from the input to the output;
 * the last one's outputs are the classes, or the numbers to be predicted. Throws an ArgumentError if they do not make a
 * network.
 */
export function network<T extends Task = "classes">(
  inputShape: Shape,
  layers: readonly LayerSpec[],
  options: NetworkOptions<T> = {},
): Network<T> {
  return new Network(inputShape, layers, options);
}

/** Throws an ArgumentError, in the name of `where`, for what is no network. */
export function checkNetwork(where: string, model: unknown): asserts model is Network {
  if (model instanceof Network) return;
  const advice = model instanceof Promise ? "Write await before it." : "Make one with network(inputShape, layers).";
  throw new ArgumentError(where, "a network", shown(model), advice);
}

/** The loss that goes with the last layer. */
function ownLoss(specs: readonly LayerSpec[]): Loss {
  return endsInLogits(specs) ? crossEntropy() : quadratic();
}

function build(
  ops: Backend,
  inputShape: Shape,
  specs: readonly LayerSpec[],
  tensors: readonly Tensor[],
  stream: (name: string) => Stream,
): Layer[] {
  const site = { ops, tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])), stream };
  let shape = inputShape;
  return specs.map((spec, i) => {
    const built = buildLayer(spec, layerName(i), shape, site);
    shape = outputShape(spec, shape);
    return built;
  });
}
