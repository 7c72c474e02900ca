/**
 * What a trace finds out on further copies of a model: the loss after one step, the loss with one weight moved to both
 * sides, and the neurons that are 0 for every example of a sample.
 */
import type { CpuMatrix } from "../backends/cpu-matrix.ts";
import { Reference } from "../backends/reference/reference.ts";
import { checkNumber, checkWhole } from "../checks.ts";
import { Batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError } from "../errors.ts";
import { checkFits } from "../evaluation/fits.ts";
import { batchNormKind } from "../layers/batch-norm.ts";
import { conv2dKind } from "../layers/conv2d.ts";
import { denseKind } from "../layers/dense.ts";
import { EVALUATION } from "../layers/layer.ts";
import { inOrder, type Matrix, type Numbers } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import { isParameter, layerName } from "../network/tensors.ts";
import type { Optimizer } from "../training/optimizers.ts";
import { yieldIfDue } from "../yielding.ts";
import { copyOf } from "./copy.ts";
import { entered, type Goal } from "./example.ts";
import { sidesOf } from "./sides.ts";
import type { DifferenceTrace, StepTrace } from "./traced.ts";
import { allPlaces, placesOf } from "./watched.ts";

/** What is moved of a kind of layers, and what stands in the place of their bias. */
const tensorsOf: Readonly<Record<string, readonly [string, string]>> = {
  [denseKind.type]: ["weights", "bias"],
  [conv2dKind.type]: ["weights", "bias"],
  [batchNormKind.type]: ["scale", "shift"],
};

/** Examples of a sample that are computed at once. */
const AT_ONCE = 128;

/** One update of a copy by the example's gradients, and what the example costs afterwards. */
export async function stepFrom(
  model: Network,
  example: ArrayLike<number>,
  goal: Goal,
  optimizer: Optimizer,
): Promise<StepTrace> {
  const copy = await copyOf(model, new Reference());
  const { backend, parameters, loss } = copy;
  const [x, targets] = [entered(copy, example), goal.targets(copy)];
  const updater = optimizer.prepare(backend, parameters);
  copy.backward(loss.compute(backend, copy.forward(x), targets).dOutputs);
  updater.update();
  const outputs = copy.forward(x);
  const { name, settings, learningRate } = optimizer;
  return {
    optimizer: { name, settings },
    learningRate,
    loss: numbersOf(loss.compute(backend, outputs, targets).losses)[0],
    outputs: numbersOf(outputs),
    meaning: numbersOf(copy.meaning(outputs)),
    parameters: Object.fromEntries(copy.tensors.filter(isParameter).map(({ name, value }) => [name, numbersOf(value)])),
  };
}

/** A copy in float64 whose weights can be moved one by one. */
export class Differences {
  readonly #copy: Network;
  readonly #x: Matrix;
  readonly #goal: Goal;

  /** `copy` computes with the reference in float64. */
  constructor(copy: Network, example: ArrayLike<number>, goal: Goal) {
    this.#copy = copy;
    this.#x = entered(copy, example);
    this.#goal = goal;
    copy.backward(this.#forward().dOutputs);
  }

  /** See Trace. */
  at(layer: number | string, neuron: number, weight: number | undefined, h = 1e-5): DifferenceTrace {
    checkNumber("trace, difference", "h above 0", h, (given) => given > 0);
    const place = typeof layer === "number" ? layerName(layer) : layer;
    const type = allPlaces(placesOf(this.#copy)).find((own) => own.name === place)?.spec.type;
    const own = tensorsOf[type ?? ""]?.[weight === undefined ? 1 : 0];
    const parameter = this.#copy.parameters.find((candidate) => candidate.name === `${place}.${own}`);
    if (parameter === undefined) {
      const expected = "the place of a convolution, a dense layer or a batch normalization";
      throw new ArgumentError("trace, difference", expected, String(layer));
    }
    const [value, gradient] = [parameter.value as CpuMatrix, numbersOf(parameter.gradient)];
    const row = weight ?? 0;
    checkPlace("neuron", neuron, value.columns);
    checkPlace("weight", row, value.rows);
    const e = row * value.columns + neuron;
    const w = value.data[e];
    value.data[e] = w + h;
    const above = this.#lossNow();
    value.data[e] = w - h;
    const below = this.#lossNow();
    value.data[e] = w;
    // ∂C/∂w ≈ (C(w + h) − C(w − h)) / 2h
    const numeric = (above.loss - below.loss) / (2 * h);
    const analytic = gradient[e];
    const size = Math.max(Math.abs(numeric), Math.abs(analytic));
    return {
      ...{ h, above: above.loss, below: below.loss, numeric, analytic },
      relativeError: size === 0 ? 0 : Math.abs(numeric - analytic) / size,
      crossesCorner: above.sides !== below.sides,
    };
  }

  #forward() {
    const copy = this.#copy,
      x = this.#x,
      goal = this.#goal;
    return copy.loss.compute(copy.backend, copy.forward(x), goal.targets(copy));
  }

  /** C, and on which side of its corners every layer is. */
  #lossNow(): { loss: number; sides: string } {
    const loss = numbersOf(this.#forward().losses)[0];
    return { loss, sides: sidesOf(this.#copy) };
  }
}

/** By the place of each dense layer, its neurons with a = 0 for every example of the sample. */
export async function deadNeurons(model: Network, sample: Dataset): Promise<ReadonlyMap<number, readonly number[]>> {
  checkFits("trace, sample", model, sample, { needsTargets: false });
  const { backend, specs, layers, scaling } = model;
  const batches = new Batches(backend, sample, scaling);
  const order = inOrder(sample.count);
  const silent = new Map<number, Set<number>>();
  for (let start = 0; start < sample.count; start += AT_ONCE) {
    await yieldIfDue();
    backend.step(() => {
      let a = batches.batch(order, start, Math.min(AT_ONCE, sample.count - start));
      for (const [i, layer] of layers.entries()) {
        a = model.forwardThrough(layer, a, EVALUATION);
        if (specs[i].type !== denseKind.type) continue;
        const [values, columns] = [numbersOf(a), a.columns];
        const before = silent.get(i) ?? new Set(inOrder(columns));
        const always = (j: number) => values.every((value, e) => e % columns !== j || value === 0);
        silent.set(i, new Set([...before].filter(always)));
      }
    });
  }
  return new Map([...silent].map(([i, neurons]) => [i, [...neurons]]));
}

/** A copy of the numbers of a matrix of the reference. */
function numbersOf(matrix: Matrix): Numbers {
  return (matrix as CpuMatrix).data.slice();
}

function checkPlace(name: string, value: number, count: number): void {
  checkWhole("trace, difference", name, value, 0);
  checkNumber("trace, difference", `${name} from 0 to ${count - 1}`, value, (place) => place < count);
}
