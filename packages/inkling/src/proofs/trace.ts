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
import type { CpuMatrix } from "../backends/cpu-matrix.ts";
import { type Call, recording } from "../backends/recording.ts";
import { Reference } from "../backends/reference/reference.ts";
import { ArgumentError, BugError } from "../errors.ts";
import { activationKind } from "../layers/activation.ts";
import { batchNormKind } from "../layers/batch-norm.ts";
import { conv2dKind } from "../layers/conv2d.ts";
import { denseKind } from "../layers/dense.ts";
import { averagePool2dKind, globalAveragePool2dKind, maxPool2dKind } from "../layers/pool2d.ts";
import { residualKind } from "../layers/residual.ts";
import { describe } from "../layers/specs.ts";
import type { Matrix, Numbers } from "../matrix.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { layerName } from "../network/tensors.ts";
import { checkOptions } from "../options.ts";
import { checkOptimizer, type Optimizer, sgd } from "../training/optimizers.ts";
import { batchNormTrace, sampleMoments } from "./batch-norm-trace.ts";
import { copyOf, thawed } from "./copy.ts";
import { entered, goalOf, goalText } from "./example.ts";
import { activationTrace, denseTrace, residualTrace, softmaxTrace } from "./layer-traces.ts";
import type { LayerTrace, StepTrace, Trace, TraceOptions } from "./traced.ts";
import { type TracedTraining, trainingTrace } from "./training-trace.ts";
import { type Place, placesOf, rowOf, type Seen, watched } from "./watched.ts";
import { Differences, deadNeurons, stepFrom } from "./what-if.ts";
import { convolutionTrace, poolingTrace } from "./window-traces.ts";

/** What the recorded copy made. */
interface Ways {
  readonly copy: Network;
  readonly calls: readonly Call[];
  /** What each layer took and gave, by its name. */
  readonly seen: ReadonlyMap<string, Seen>;
  readonly outputs: Numbers;
  readonly losses: Matrix | undefined;
}

/** What was found out on other copies. */
interface Found {
  readonly step: StepTrace | undefined;
  readonly dead: ReadonlyMap<number, readonly number[]> | undefined;
  readonly moments: Awaited<ReturnType<typeof sampleMoments>> | undefined;
  readonly training: TracedTraining | undefined;
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
  checkOptions("trace", options, ["label", "target", "learningRate", "optimizer", "sample", "training"]);
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
  const training = options.training && (await trainingTrace(before, given, goal, options.training, options.sample));
  const found: Found = { step: first, dead, moments, training };
  const layers = placesOf(before).map((place) => layerTrace(ways, place, found));
  const { dOutput: dOutputs } = layers[layers.length - 1];
  let differences: Differences | undefined;
  return {
    inputs: layers[0].input,
    prediction,
    outputs: ways.outputs,
    softmax: softmaxTrace(ways.calls),
    layers,
    back: goal &&
      first &&
      dOutputs &&
      ways.losses && {
        y: goal.y,
        loss: rowOf(ways.losses)[0],
        dOutputs,
        dInputs: layers[0].dInput,
        step: first,
      },
    training: training?.pass,
    calls: ways.calls,
    step,
    async difference(layer, neuron, weight, h) {
      differences ??= new Differences(
        await copyOf(before, new Reference("float64"), thawed(before.specs)),
        given,
        needed(),
      );
      return differences.at(layer, neuron, weight, h);
    },
  };
}

function optimizerOf({ optimizer, learningRate }: TraceOptions): Optimizer {
  if (optimizer === undefined) return sgd(learningRate === undefined ? {} : { learningRate });
  checkOptimizer("trace", optimizer);
  if (learningRate === undefined) return optimizer;
  throw new ArgumentError("trace", "an optimizer or a learning rate", "both", "The optimizer has its own.");
}

/** Forwards and, with a goal, backwards on a recorded copy, whose layers are watched. */
async function bothWays(model: Network, example: ArrayLike<number>, goal: ReturnType<typeof goalOf>): Promise<Ways> {
  const { backend, calls } = recording(new Reference());
  const copy = await copyOf(model, backend, thawed(model.specs));
  const seen = watched(copy);
  const outputs = copy.forward(entered(copy, example));
  copy.meaning(outputs);
  const cost = goal && copy.loss.compute(backend, outputs, goal.targets(copy));
  if (cost !== undefined) copy.backward(cost.dOutputs, { wantsInput: true });
  return { copy, calls, seen, outputs: rowOf(outputs), losses: cost?.losses };
}

/** What one layer took and gave, and its equations if it is of a kind that has some. */
function layerTrace(ways: Ways, place: Place, found: Found): LayerTrace {
  const { copy, seen } = ways;
  const { name, index, spec, inputShape, outputShape } = place;
  const own = seen.get(name);
  if (own === undefined) throw new BugError(`nothing was seen of ${name}.`);
  const { step, training } = found;
  const snapshot = ({ rows, columns }: Matrix, values: Numbers | undefined) => values && { rows, columns, values };
  const dOutput = own.dOutput && rowOf(own.dOutput);
  return {
    ...{ index, name, type: spec.type, description: describe(spec), inputShape, outputShape },
    input: rowOf(own.input),
    output: rowOf(own.output),
    dInput: own.dInput && rowOf(own.dInput),
    dOutput,
    parameters: copy.parameters
      .filter((parameter) => parameter.name.startsWith(`${name}.`))
      .map(({ name, value, gradient }) => ({
        name,
        value: { rows: value.rows, columns: value.columns, values: numbersOf(value) },
        gradient: snapshot(value, step && numbersOf(gradient)),
        after: snapshot(value, step?.parameters[name]),
      })),
    ...equationsOf(ways, place, found, dOutput),
    training: training?.layers.get(name),
    layers: place.inner.filter((inner) => seen.has(inner.name)).map((inner) => layerTrace(ways, inner, found)),
  };
}

/** The equations of a layer's kind; undefined for those of the others. */
function equationsOf(
  { calls }: Ways,
  { name, index, spec }: Place,
  { step, dead, moments }: Found,
  dOutput: Numbers | undefined,
): Pick<LayerTrace, "dense" | "batchNorm" | "convolution" | "pooling" | "activation" | "residual"> {
  const isOf = (...kinds: readonly { readonly type: string }[]) => kinds.some(({ type }) => type === spec.type);
  // The sample is looked at in the network's own layers, not inside of others.
  const isOnTop = name === layerName(index);
  return {
    dense: isOf(denseKind)
      ? denseTrace(calls, name, spec as never, step, isOnTop ? dead?.get(index) : undefined)
      : undefined,
    batchNorm: isOf(batchNormKind) ? batchNormTrace(calls, name, isOnTop ? moments?.get(index) : undefined) : undefined,
    convolution: isOf(conv2dKind) ? convolutionTrace(calls, name, spec as never, step) : undefined,
    pooling: isOf(maxPool2dKind, averagePool2dKind, globalAveragePool2dKind) ? poolingTrace(calls, name) : undefined,
    activation: isOf(activationKind) ? activationTrace(calls, name) : undefined,
    residual: isOf(residualKind) ? residualTrace(calls, name, dOutput) : undefined,
  };
}

/** A copy of all numbers of a matrix of the reference. */
function numbersOf(matrix: Matrix): Numbers {
  return (matrix as CpuMatrix).data.slice();
}
