/**
 * One example through a network and back, with every number on the way: what `explain` prints and what pages show.
 *
 *   forwards     x → z, a of each layer → what the outputs say (softmax)
 *   loss         C of the example's label or target
 *   backwards    ∂C/∂a, δ, ∂C/∂W, ∂C/∂b of each layer → ∂C/∂x
 *   one step     every weight after one update by these gradients, and C of the same example then
 *
 * All is computed on copies, by the reference in float32: these are the bits of every exact backend. The model itself
 * stays as it is. What a trace holds is in traced.ts.
 */
import { CpuMatrix } from "../backends/cpu-matrix.ts";
import { type Call, recording, type Snapshot } from "../backends/recording.ts";
import { softmaxRow } from "../backends/reference/losses.ts";
import { Reference } from "../backends/reference/reference.ts";
import { ArgumentError, BugError } from "../errors.ts";
import { batchNormKind } from "../layers/batch-norm.ts";
import { type DenseFields, denseKind } from "../layers/dense.ts";
import { EVALUATION, type LayerSpec } from "../layers/layer.ts";
import { describe } from "../layers/specs.ts";
import { type Matrix, type Numbers, Pixels } from "../matrix.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { layerName } from "../network/tensors.ts";
import { activations } from "../numbers/activations.ts";
import { float32 } from "../numbers/float32.ts";
import { checkOptions } from "../options.ts";
import { checkOptimizer, type Optimizer, sgd } from "../training/optimizers.ts";
import { batchNormTrace, sampleMoments } from "./batch-norm-trace.ts";
import { copyOf, thawed } from "./copy.ts";
import { entered, goalOf, goalText } from "./example.ts";
import type { DenseTrace, LayerTrace, SoftmaxTrace, StepTrace, Trace, TraceOptions } from "./traced.ts";
import { Differences, deadNeurons, stepFrom } from "./what-if.ts";

/** What the recorded copy made, layer by layer. */
interface Ways {
  readonly copy: Network;
  readonly calls: readonly Call[];
  /** x, then each layer's outputs. */
  readonly forward: readonly Matrix[];
  /** ∂C/∂ of these, in the same places; none without a goal, undefined below a layer that gives none. */
  readonly backward: readonly (Matrix | undefined)[];
  readonly losses: Matrix | undefined;
}

/**
 * One example through the network and, with a label or a target, back. The example is given as to `predict`.
 * Throws a ShapeError or an ArgumentError for what does not fit the network.
 *
 * @example
 * const { layers, back } = await trace(model, digits.test.example(0), { label: 7 });
 * layers[1].dense?.z; // what the neurons of the first dense layer sum up
 * back?.loss; // the loss of this digit …
 * back?.step.loss; // … and after one step
 */
export async function trace(model: Network, example: ArrayLike<number>, options: TraceOptions = {}): Promise<Trace> {
  checkNetwork("trace", model);
  checkOptions("trace", options, ["label", "target", "learningRate", "optimizer", "sample"]);
  const optimizer = optimizerOf(options);
  // Everything comes from this copy, also later: the model may learn on, and the caller may write into the example.
  const before = await copyOf(model, new Reference());
  const goal = goalOf(before, options);
  const prediction = await before.predict(example);
  const isBytes = example instanceof Uint8Array || example instanceof Uint8ClampedArray;
  const given = isBytes ? Uint8Array.from(example) : Float64Array.from(example);
  const ways = await bothWays(before, given, goal);
  const needed = () => {
    if (goal !== undefined) return goal;
    throw new ArgumentError("trace", `${goalText(model.loss, model.outputs)} for the way back`, "none");
  };
  const step = async (by: Optimizer) => {
    checkOptimizer("trace, step", by);
    return stepFrom(before, given, needed(), by);
  };
  const first = goal && (await step(optimizer));
  const dead = options.sample && (await deadNeurons(before, options.sample));
  const moments = options.sample && (await sampleMoments(before, options.sample));
  const layers = before.specs.map((spec, i) => ({
    ...layerTrace(ways, spec, i, first, dead?.get(i)),
    batchNorm: isBatchNorm(ways, i) ? batchNormTrace(ways.calls, layerName(i), moments?.get(i)) : undefined,
  }));
  const last = layers[layers.length - 1];
  let differences: Differences | undefined;
  return {
    inputs: layers[0].input,
    prediction,
    outputs: last.output,
    softmax: softmaxTrace(ways.calls),
    layers,
    back: goal &&
      first &&
      last.dOutput &&
      ways.losses && {
        y: goal.y,
        loss: numbersOf(ways.losses)[0],
        dOutputs: last.dOutput,
        dInputs: layers[0].dInput,
        step: first,
      },
    calls: ways.calls,
    step,
    async difference(layer, neuron, weight) {
      differences ??= new Differences(
        await copyOf(before, new Reference("float64"), thawed(before.specs)),
        given,
        needed(),
      );
      return differences.at(layer, neuron, weight);
    },
  };
}

function optimizerOf({ optimizer, learningRate }: TraceOptions): Optimizer {
  if (optimizer === undefined) return sgd(learningRate === undefined ? {} : { learningRate });
  checkOptimizer("trace", optimizer);
  if (learningRate === undefined) return optimizer;
  throw new ArgumentError("trace", "an optimizer or a learning rate", "both", "The optimizer has its own.");
}

/** Forwards and, with a goal, backwards on a recorded copy, which keeps what each layer takes and gives. */
async function bothWays(model: Network, example: ArrayLike<number>, goal: ReturnType<typeof goalOf>): Promise<Ways> {
  const { backend, calls } = recording(new Reference());
  const copy = await copyOf(model, backend, thawed(model.specs));
  const forward = [entered(copy, example)];
  for (const layer of copy.layers) forward.push(copy.forwardThrough(layer, forward[forward.length - 1], EVALUATION));
  const last = forward[forward.length - 1];
  const outputs = last instanceof Pixels ? backend.unpack(last) : last;
  copy.meaning(outputs);
  const cost = goal && copy.loss.compute(backend, outputs, goal.targets(copy));
  const backward: (Matrix | undefined)[] = cost ? [cost.dOutputs] : [];
  for (const layer of cost ? copy.layers.toReversed() : []) {
    const [dA] = backward;
    backward.unshift(dA && layer.backward(dA, true));
  }
  return { copy, calls, forward, backward, losses: cost?.losses };
}

function isBatchNorm({ copy }: Ways, index: number): boolean {
  return copy.specs[index].type === batchNormKind.type;
}

function layerTrace(
  { copy, calls, forward, backward }: Ways,
  spec: LayerSpec,
  index: number,
  step: StepTrace | undefined,
  dead: readonly number[] | undefined,
): Omit<LayerTrace, "batchNorm"> {
  const name = layerName(index);
  const [dInput, dOutput] = [backward[index], backward[index + 1]];
  return {
    ...{ index, name, type: spec.type, description: describe(spec) },
    input: numbersOf(forward[index]),
    output: numbersOf(forward[index + 1]),
    dInput: dInput && numbersOf(dInput),
    dOutput: dOutput && numbersOf(dOutput),
    parameters: copy.parameters
      .filter((parameter) => parameter.name.startsWith(`${name}.`))
      .map((parameter) => {
        const { rows, columns } = parameter.value;
        const snapshot = (values: Numbers | undefined) => values && { rows, columns, values };
        return {
          name: parameter.name,
          value: { rows, columns, values: numbersOf(parameter.value) },
          gradient: snapshot(step && numbersOf(parameter.gradient)),
          after: snapshot(step?.parameters[parameter.name]),
        };
      }),
    dense: spec.type === denseKind.type ? denseTrace(calls, name, spec as never, step, dead) : undefined,
  };
}

/** What a dense layer computed, from the calls that it made. */
function denseTrace(
  calls: readonly Call[],
  layer: string,
  { activation, initializer }: DenseFields,
  step: StepTrace | undefined,
  dead: readonly number[] | undefined,
): DenseTrace {
  const find = (operation: Call["operation"]) =>
    calls.find((call) => call.layer === layer && call.operation === operation);
  const affine = find("affine");
  if (affine === undefined) throw new BugError(`nothing was recorded of ${layer}.`);
  const { x, W, b } = affine.operands as Readonly<Record<string, Snapshot>>;
  const { z, a } = affine.results;
  const { slope } = activations[activation];
  const [slopes, outer, rows] = [find("activateBackward"), find("meanOuter"), find("meanRows")];
  const [WAfter, bAfter] = ["weights", "bias"].map((name) => step?.parameters[`${layer}.${name}`]);
  return {
    ...{ activation, initializer, x: x.values, W, b: b.values, z: z.values, a: a.values },
    slope: a.values.map((_, j) => slope(z.values[j], a.values[j], float32)),
    silent: Array.from(a.values.keys()).filter((j) => a.values[j] === 0),
    dead,
    back: slopes &&
      outer &&
      rows &&
      WAfter &&
      bAfter && {
        dA: (slopes.operands.dA as Snapshot).values,
        delta: slopes.results.delta.values,
        dW: outer.results.dW,
        db: rows.results.db.values,
        WAfter: { ...W, values: WAfter },
        bAfter,
      },
  };
}

/** Softmax in its steps, as the reference computes it; undefined where the outputs mean something else. */
function softmaxTrace(calls: readonly Call[]): SoftmaxTrace | undefined {
  const call = calls.findLast(({ operation }) => operation === "softmax");
  if (call === undefined) return undefined;
  const { values, columns } = call.operands.z as Snapshot;
  const row = (data: Numbers) => new CpuMatrix(call, 1, columns, data);
  const { max, logSum } = softmaxRow(float32, row(values), 0, row(values.slice()));
  const shifted = values.map((z) => float32.round(z - max));
  const exps = shifted.map((z) => float32.exp(z));
  let sum = 0;
  for (const exp of exps) sum = float32.round(sum + exp);
  return { max, shifted, exps, sum, logSum, probabilities: call.results.p.values };
}

/** The numbers of a matrix of the reference; of pixels byte / 255. */
function numbersOf(matrix: Matrix): Numbers {
  if (!(matrix instanceof Pixels)) return (matrix as CpuMatrix).data.slice();
  return Float32Array.from(matrix.bytes, (byte) => byte / 255);
}
