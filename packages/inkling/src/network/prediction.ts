/** What a network makes of one example, and how it is asked. */
import type { Backend } from "../backends/backend.ts";
import { Dataset } from "../data/dataset.ts";
import { bytesOf } from "../data/fields.ts";
import type { Scaling } from "../data/scaling.ts";
import { ArgumentError, ShapeError } from "../errors.ts";
import type { Pass } from "../layers/layer.ts";
import type { Loss } from "../losses/loss.ts";
import { inOrder, largest, type Matrix, type Numbers } from "../matrix.ts";
import { checkOptions } from "../options.ts";
import type { Shape } from "../shapes.ts";
import { shown } from "../shown.ts";
import { type LookOptions, looked, lookOptions, looksOf } from "./looks.ts";

/** What a network makes of one example, where it tells classes apart. */
export interface ClassPrediction {
  readonly task: "classes";
  /** The class with the largest output; of equal ones the first. */
  readonly label: number;
  /** Its name, where the model knows the names of its classes. */
  readonly className?: string;
  /** One number a class: softmax of the logits. Of a network with the quadratic loss its outputs, as they are. */
  readonly probabilities: Float32Array;
}

/** What a network makes of one example, where it predicts numbers. */
export interface NumberPrediction {
  readonly task: "numbers";
  readonly label?: undefined;
  readonly className?: undefined;
  readonly probabilities?: undefined;
  /** The numbers, in the units of the data. */
  readonly values: Float32Array;
}

export type Prediction = ClassPrediction | NumberPrediction;

/** What a network predicts, by what it is for. */
export interface PredictionOf {
  readonly classes: ClassPrediction;
  readonly numbers: NumberPrediction;
}

/** As much of a network as a prediction needs. */
interface Predictor {
  readonly inputShape: Shape;
  readonly inputs: number;
  readonly outputs: number;
  readonly seed: number;
  readonly backend: Backend;
  readonly loss: Loss;
  readonly scaling: Scaling | undefined;
  readonly classNames: readonly string[] | undefined;
  forward(x: Matrix, pass?: Pass): Matrix;
  meaning(outputs: Matrix): Matrix;
  inOwnUnits(values: Numbers): Float32Array;
}

/** See Network.predict. */
export async function predictOne(
  model: Predictor,
  example: ArrayLike<number>,
  options: LookOptions,
): Promise<Prediction> {
  if (example?.length !== model.inputs) {
    const got = example?.length === undefined ? shown(example) : String(example.length);
    throw new ShapeError("predict", `${model.inputs} numbers (the network's inputs)`, got);
  }
  const { backend } = model;
  const bytes = bytesOf(example);
  if (bytes instanceof Uint8Array && model.scaling !== undefined) {
    const advice = "Give them as an array of numbers.";
    throw new ArgumentError("predict", "numbers (the model scales its columns)", "bytes", advice);
  }
  const numbers = bytes instanceof Uint8Array ? undefined : checkedNumbers(model, example);
  checkOptions("predict", options, lookOptions);
  const looks = looksOf("predict", options, model, () => {
    const inputs = bytes instanceof Uint8Array ? bytes : Float32Array.from(example);
    return new Dataset({ name: "the example", shape: model.inputShape, inputs });
  });
  const batch = () => {
    if (bytes instanceof Uint8Array) return backend.temporaryPixels(bytes, model.inputs);
    const x = backend.matrix(1, model.inputs);
    backend.write(x, numbers ?? []);
    return x;
  };
  const { outputs, meaning } = await looked(model, { batch }, { order: inOrder(1), start: 0, rows: 1 }, looks);
  if (model.loss.task === "numbers") return { task: "numbers", values: model.inOwnUnits(meaning) };
  const label = largest(outputs, 0, model.outputs);
  const className = model.classNames?.[label];
  const probabilities = meaning instanceof Float32Array ? meaning : Float32Array.from(meaning);
  return { task: "classes", label, ...(className !== undefined && { className }), probabilities };
}

/** An example's numbers as they enter. Throws an ArgumentError for one that is no finite number in this precision. */
function checkedNumbers(model: Predictor, example: ArrayLike<number>): ArrayLike<number> {
  const isWide = model.backend.precision === "float64";
  for (let i = 0; i < example.length; i++) {
    const value: unknown = example[i];
    if (typeof value === "number" && Number.isFinite(isWide ? value : Math.fround(value))) continue;
    const expected = typeof value === "number" ? `a finite ${model.backend.precision} number` : "a number";
    throw new ArgumentError(`predict, input ${i}`, expected, shown(value));
  }
  return model.scaling?.apply(Float32Array.from(example)) ?? example;
}
