/**
 * What weights and biases are before the first step. Each initializer says both, because the originals do: Nielsen's
 * biases are normal too, He's and Glorot's are zero. n_in and n_out are a layer's inputs and outputs.
 *
 *   uniform         W, b ~ uniform(−0.5, 0.5)                       the original program
 *   zeros           W, b = 0
 *   normal          W, b ~ N(0, 1)                                  Nielsen, chapter 1; large_weight_initializer
 *   scaledNormal    W ~ N(0, 1 / n_in), b ~ N(0, 1)                 Nielsen, chapter 3; default_weight_initializer
 *   scaledByOutputs W ~ N(0, 1 / n_out), b ~ N(0, 1)                Nielsen, chapter 6; FullyConnectedLayer
 *   glorot          W ~ uniform(±√(6 / (n_in + n_out))), b = 0      Glorot and Bengio 2010
 *   he              W ~ N(0, 2 / n_in), b = 0                       He et al. 2015: for ReLU
 *   numpy           as uniform, drawn as the original program draws after np.random.seed(S)
 */
import type { ActivationName } from "../numbers/activations.ts";
import type { MersenneTwister } from "../numbers/mersenne-twister.ts";
import type { Stream } from "../numbers/random.ts";

export type InitializerName = "uniform" | "zeros" | "normal" | "scaledNormal" | "scaledByOutputs" | "glorot" | "he";

/** Draws one number: element e of a parameter of a layer with so many inputs and outputs. */
type Draw = (stream: Stream, element: number, inputs: number, outputs: number) => number;

const zero: Draw = () => 0;
const half: Draw = (stream, e) => stream.uniform(e) - 0.5;
const standardNormal: Draw = (stream, e) => stream.normal(e);

/** For each name how a weight and how a bias is drawn; the caller rounds to the precision of its matrices. */
export const initializers: Readonly<Record<InitializerName, { weight: Draw; bias: Draw }>> = {
  uniform: { weight: half, bias: half },
  zeros: { weight: zero, bias: zero },
  normal: { weight: standardNormal, bias: standardNormal },
  scaledNormal: {
    weight: (stream, e, inputs) => stream.normal(e) / Math.sqrt(inputs),
    bias: standardNormal,
  },
  scaledByOutputs: {
    weight: (stream, e, _inputs, outputs) => stream.normal(e) / Math.sqrt(outputs),
    bias: standardNormal,
  },
  glorot: {
    weight: (stream, e, inputs, outputs) => (2 * stream.uniform(e) - 1) * Math.sqrt(6 / (inputs + outputs)),
    bias: zero,
  },
  he: {
    weight: (stream, e, inputs) => stream.normal(e) * Math.sqrt(2 / inputs),
    bias: zero,
  },
};

/** What goes with an activation: He's for those that let about half of their input through, else Glorot's. */
export function usualInitializer(activation: ActivationName): InitializerName {
  return ["relu", "leakyRelu", "gelu", "silu", "elu"].includes(activation) ? "he" : "glorot";
}

/** First values of some tensors, by name, in place of their initializers. */
export type InitialValues = ReadonlyMap<string, ArrayLike<number>>;

/**
 * Draws dense layers, each given by its name, inputs and outputs, as the original program does: layer by layer, first
 * the biases rand(outputs, 1) − 0.5, then the weights rand(outputs, inputs) − 0.5, whose transpose is ours.
 */
export function drawLikeNumPy(
  layers: readonly { readonly name: string; readonly inputs: number; readonly outputs: number }[],
  generator: MersenneTwister,
): InitialValues {
  const values = new Map<string, Float64Array>();
  for (const { name, inputs, outputs } of layers) {
    const bias = Float64Array.from({ length: outputs }, () => generator.random() - 0.5);
    const weights = new Float64Array(inputs * outputs);
    for (let j = 0; j < outputs; j++) {
      for (let k = 0; k < inputs; k++) weights[k * outputs + j] = generator.random() - 0.5;
    }
    values.set(`${name}.weights`, weights).set(`${name}.bias`, bias);
  }
  return values;
}
