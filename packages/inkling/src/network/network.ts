/**
 * A network: a list of layers, walked forwards and backwards. Chapter 2 in two methods; each layer's equations are in
 * layers/, and what they are computed with is in backends/.
 */
import type { Backend } from "../backends/backend.ts";
import { defaultBackend } from "../backends/choose.ts";
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError, BugError, ShapeError } from "../errors.ts";
import { drawDense, type InitialValues } from "../layers/initializers.ts";
import { buildLayer, checkSpec, type LayerSpec, outputShape, parameterShapes } from "../layers/kinds.ts";
import { type Layer, type Parameter, type Shape, size } from "../layers/layer.ts";
import { type LossName, losses } from "../losses/losses.ts";
import { largest, type Matrix, Pixels } from "../matrix.ts";
import { Stream } from "../numbers/random.ts";
import { sha256 } from "../numbers/sha256.ts";

export interface NetworkOptions {
  /** Draws the first weights, and the order of the examples in training. A whole number; 1 if absent. */
  readonly seed?: number;
  /** What the network computes with; if absent, the fastest that runs here, on one thread. */
  readonly backend?: Backend;
  /** What training makes small. If absent: cross-entropy for a last layer without activation, else quadratic. */
  readonly loss?: LossName;
  /** Draws a dense layer's first parameters in place of its initializer and the seed. */
  readonly draw?: (inputs: number, outputs: number) => InitialValues;
}

/** What a network makes of one example. */
export interface Prediction {
  /** The class with the largest output; of equal ones the first. */
  readonly label: number;
  /** One number a class: softmax of the logits. Of a network with the quadratic loss its outputs, as they are. */
  readonly probabilities: Float32Array;
}

/** How a model was trained: what a model file keeps beside its weights. */
export interface TrainingRecord {
  /** The version of Inkling that trained it. */
  readonly version: string;
  /** The network's seed, which drew its first weights. */
  readonly seed: number;
  /** Over all trainings. */
  readonly epochs: number;
  /** The last data set it was trained on. The digest is taken when the model is saved; null where there is none. */
  readonly data: { readonly name: string; readonly examples: number; readonly sha256: string | null };
  /** Batch size, optimizer and its numbers; from the command line all options. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Loss and accuracy after the last epoch, as training measured them; from the command line the test's too. */
  readonly metrics: Readonly<Record<string, number>>;
}

/** 512 MiB in float32. */
const MOST_PARAMETERS = 2 ** 27;

export class Network {
  readonly inputShape: Shape;
  readonly specs: readonly LayerSpec[];
  readonly layers: readonly Layer[];
  readonly backend: Backend;
  readonly loss: LossName;
  readonly seed: number;
  /** How it was trained; undefined before. */
  training: TrainingRecord | undefined;
  /** The last data set it was trained on, for its digest in a saved model; set it to undefined to let go of the data. */
  trainedOn: Dataset | undefined;
  /** Whether a training is under way; a second one beside it is refused. */
  isTraining = false;

  /** See `network`. */
  constructor(inputShape: Shape, specs: readonly LayerSpec[], options: NetworkOptions = {}) {
    const { seed = 1, backend = defaultBackend() } = options;
    if (inputShape.length === 0 || inputShape.some((length) => !Number.isSafeInteger(length) || length < 1)) {
      throw new ArgumentError("network", "an input shape of whole numbers from 1 up", `[${inputShape.join(", ")}]`);
    }
    if (specs.length === 0) throw new ArgumentError("network", "at least one layer", "0");
    this.inputShape = inputShape;
    this.specs = specs;
    this.backend = backend;
    this.seed = seed;
    this.loss = options.loss ?? (endsInLogits(specs) ? "cross-entropy" : "quadratic");
    if (!Object.hasOwn(losses, this.loss)) {
      throw new ArgumentError("network", `loss to be one of ${Object.keys(losses).join(", ")}`, this.loss);
    }
    if (this.loss === "cross-entropy" && !endsInLogits(specs)) {
      throw new ArgumentError(
        "network",
        "logits for cross-entropy (a last layer without activation)",
        specs.map(describe).join(", "),
        "Leave the last layer's activation out, or take the quadratic loss.",
      );
    }
    specs.forEach(checkSpec);
    checkSize(inputShape, specs);
    const layers: Layer[] = [];
    let shape = inputShape;
    for (const [i, spec] of specs.entries()) {
      const name = `layers.${i}`;
      const layer = buildLayer(spec, {
        ops: backend,
        name,
        inputShape: shape,
        draw: options.draw ?? ((inputs, outputs) => drawFromSeed(spec, name, seed, inputs, outputs)),
      });
      layers.push(layer);
      shape = layer.outputShape;
    }
    this.layers = layers;
  }

  /** How many numbers an example has. */
  get inputs(): number {
    return size(this.inputShape);
  }

  /** How many classes it tells apart. */
  get outputs(): number {
    return size(this.layers.at(-1)?.outputShape ?? []);
  }

  /** All parameters in declared order: each layer's weights, then its bias. */
  get parameters(): readonly Parameter[] {
    return this.layers.flatMap((layer) => layer.parameters);
  }

  /** Takes a batch (m × inputs), returns the last layer's outputs (m × outputs): logits, or activations. */
  forward(x: Matrix | Pixels): Matrix {
    let a = x;
    for (const layer of this.layers) a = layer.forward(a);
    if (a instanceof Pixels) return this.backend.unpack(a);
    return a;
  }

  /**
   * Takes each example's ∂C/∂output for the batch that `forward` has just seen; stores the gradient of every parameter
   * (the mean over the batch) and returns each example's ∂C/∂x, of pixels undefined. Backpropagation: each layer in
   * reverse, once.
   */
  backward(dOutputs: Matrix): Matrix | undefined {
    let dA: Matrix | undefined = dOutputs;
    for (const layer of this.layers.toReversed()) {
      if (dA === undefined) return undefined;
      dA = layer.backward(dA);
    }
    return dA;
  }

  /** The probabilities of a batch of outputs: for cross-entropy softmax of the logits, otherwise the outputs. */
  probabilities(outputs: Matrix): Matrix {
    return this.loss === "cross-entropy" ? this.backend.softmax(outputs) : outputs;
  }

  /**
   * What the network makes of one example: `inputs` numbers, as bytes 0 to 255 in a Uint8Array (clamped or not), or as
   * numbers (0 to 1 where it was trained on bytes) in anything else. Throws a ShapeError unless their count fits, an
   * ArgumentError for one that is no finite number.
   */
  async predict(example: ArrayLike<number>): Promise<Prediction> {
    if (example?.length !== this.inputs) {
      throw new ShapeError("predict", `${this.inputs} numbers (the network's inputs)`, String(example?.length));
    }
    const bytes = bytesOf(example);
    if (bytes === undefined) checkFinite(example);
    const { backend } = this;
    const read = backend.step(() => {
      let x: Matrix | Pixels;
      if (bytes === undefined) {
        x = backend.matrix(1, this.inputs);
        backend.write(x, example);
      } else {
        x = backend.pixels(bytes, this.inputs);
      }
      const out = this.forward(x);
      return { outputs: backend.read(out), probabilities: backend.read(this.probabilities(out)) };
    });
    const [outputs, probabilities] = [await read.outputs, await read.probabilities];
    return {
      label: largest(outputs, 0, this.outputs),
      probabilities: probabilities instanceof Float32Array ? probabilities : Float32Array.from(probabilities),
    };
  }

  /** The layers, their shapes and parameter counts as a table, for people. */
  summary(): string {
    const rows = this.layers.map(({ description, inputShape, outputShape, parameters }, i) => [
      String(i),
      description,
      inputShape.join(" × "),
      outputShape.join(" × "),
      String(parameters.reduce((sum, { value }) => sum + value.rows * value.columns, 0)),
    ]);
    const header = ["layer", "kind", "in", "out", "parameters"];
    const widths = header.map((title, c) => Math.max(...[header, ...rows].map((row) => (row[c] ?? title).length)));
    const line = (row: string[]) =>
      row.map((cell, c) => (c < 2 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join("   ");
    const total = rows.reduce((sum, row) => sum + Number(row[4]), 0);
    return [line(header), ...rows.map(line), `${total} parameters in all, loss: ${this.loss}`].join("\n");
  }

  /** SHA-256 over the little-endian float32 bytes of all parameters in declared order, in hexadecimal. */
  async weightsSha256(): Promise<string> {
    const values = await Promise.all(this.parameters.map(({ value }) => this.backend.read(value)));
    const all = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const numbers of values) {
      all.set(numbers, at);
      at += numbers.length;
    }
    return sha256(new Uint8Array(all.buffer));
  }
}

/**
 * Builds a network.
 *
 * `inputShape`: the shape of one example, [784] or [height, width, channels]. `layers`: from the input to the output;
 * the last one's outputs are the classes. Throws an ArgumentError if they do not make a network.
 */
export function network(inputShape: Shape, layers: readonly LayerSpec[], options: NetworkOptions = {}): Network {
  return new Network(inputShape, layers, options);
}

/** Whether the last dense layer has no activation of its own, so that its outputs are logits. */
function endsInLogits(specs: readonly LayerSpec[]): boolean {
  const last = specs.findLast(({ type }) => type === "dense");
  return last?.type !== "dense" || last.activation === "identity";
}

/** Throws an ArgumentError for a network whose parameters no memory holds, before any is drawn. */
function checkSize(inputShape: Shape, specs: readonly LayerSpec[]): void {
  let [count, shape] = [0, inputShape];
  for (const spec of specs) {
    for (const [, parameter] of parameterShapes(spec, "", shape)) count += size(parameter);
    shape = outputShape(spec, shape);
  }
  if (count > MOST_PARAMETERS) {
    throw new ArgumentError("network", `at most ${MOST_PARAMETERS} parameters`, String(count), "Take narrower layers.");
  }
}

/** An example's bytes; undefined if it is of numbers. */
function bytesOf(example: ArrayLike<number>): Uint8Array | undefined {
  if (example instanceof Uint8Array) return example;
  return example instanceof Uint8ClampedArray ? new Uint8Array(example) : undefined;
}

function checkFinite(example: ArrayLike<number>): void {
  for (let i = 0; i < example.length; i++) {
    if (!Number.isFinite(example[i])) throw new ArgumentError(`predict, input ${i}`, "a number", String(example[i]));
  }
}

function describe(spec: LayerSpec): string {
  return spec.type === "dense" ? `dense(${spec.outputs}, "${spec.activation}")` : `${spec.type}()`;
}

function drawFromSeed(spec: LayerSpec, name: string, seed: number, inputs: number, outputs: number): InitialValues {
  if (spec.type !== "dense") throw new BugError(`${spec.type} has nothing to draw.`);
  const stream = (parameter: string) => new Stream(seed, `initial weights ${name}.${parameter}`);
  return drawDense(spec.initializer, inputs, outputs, stream);
}
