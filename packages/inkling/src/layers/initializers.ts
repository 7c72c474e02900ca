/**
 * What weights and biases are before the first step. Each initializer says both, because the originals do: Nielsen's
 * biases are normal too, He's and Glorot's are zero. n_in and n_out are a layer's inputs and outputs.
 *
 *   uniform         W, b ~ uniform(−0.5, 0.5)                       the original program
 *   zeros           W, b = 0
 *   normal          W, b ~ N(0, 1)                                  Nielsen, chapter 1; large_weight_initializer
 *   scaled-normal   W ~ N(0, 1 / n_in), b ~ N(0, 1)                 Nielsen, chapter 3; default_weight_initializer
 *   glorot          W ~ uniform(±√(6 / (n_in + n_out))), b = 0      Glorot and Bengio 2010
 *   he              W ~ N(0, 2 / n_in), b = 0                       He et al. 2015: for ReLU
 *   numpy           as uniform, drawn as the original program draws after np.random.seed(S)
 */
import type { MersenneTwister } from "../numbers/mersenne-twister.ts";
import type { Stream } from "../numbers/random.ts";

export type InitializerName = "uniform" | "zeros" | "normal" | "scaled-normal" | "glorot" | "he";

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
  "scaled-normal": {
    weight: (stream, e, inputs) => stream.normal(e) / Math.sqrt(inputs),
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

/** One dense layer's first parameters: weights (inputs × outputs, row-major) and bias (outputs). */
export interface InitialValues {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Draws one dense layer; `stream` gives the stream of that name. */
export function drawDense(
  initializer: InitializerName,
  inputs: number,
  outputs: number,
  stream: (parameter: "weights" | "bias") => Stream,
): InitialValues {
  const { weight, bias } = initializers[initializer];
  const [forWeights, forBias] = [stream("weights"), stream("bias")];
  return {
    weights: Float64Array.from({ length: inputs * outputs }, (_, e) => weight(forWeights, e, inputs, outputs)),
    bias: Float64Array.from({ length: outputs }, (_, e) => bias(forBias, e, inputs, outputs)),
  };
}

/**
 * Draws one dense layer as the original program does: first the biases rand(outputs, 1) − 0.5, then the weights
 * rand(outputs, inputs) − 0.5, whose transpose is ours.
 */
export function drawDenseLikeNumPy(inputs: number, outputs: number, generator: MersenneTwister): InitialValues {
  const bias = Float64Array.from({ length: outputs }, () => generator.random() - 0.5);
  const weights = new Float64Array(inputs * outputs);
  for (let j = 0; j < outputs; j++) {
    for (let k = 0; k < inputs; k++) weights[k * outputs + j] = generator.random() - 0.5;
  }
  return { weights, bias };
}
