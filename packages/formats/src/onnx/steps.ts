/** What is found in a graph, step by step, before it becomes layers. Weights are in Inkling's order already. */
import type { ActivationName, Pair } from "inkling";
import type { Coefficients } from "./flow.ts";

/** How a window slides. */
export interface WindowFields {
  readonly window: Pair;
  readonly stride: Pair;
  readonly padding: Pair | "same";
}

export type Step =
  | DenseStep
  | ConvStep
  | { readonly kind: "maxPool2d" | "averagePool2d"; readonly fields: WindowFields }
  | { readonly kind: "globalAveragePool2d" }
  | { readonly kind: "flatten" }
  | { readonly kind: "activation"; readonly name: ActivationName }
  | BatchNormStep
  | ResidualStep
  /** scale·x + offset, which no layer is by itself. */
  | AffineStep;

export interface DenseStep {
  readonly kind: "dense";
  readonly outputs: number;
  /** inputs × outputs */
  readonly weights: ArrayLike<number>;
  /** Undefined where the graph adds none. */
  readonly bias: ArrayLike<number> | undefined;
}

export interface ConvStep {
  readonly kind: "conv2d";
  readonly filters: number;
  readonly fields: WindowFields & { readonly dilation: Pair };
  /** rows × columns × in × out */
  readonly weights: ArrayLike<number>;
  readonly bias: ArrayLike<number> | undefined;
}

export interface BatchNormStep {
  readonly kind: "batchNorm";
  readonly momentum: number;
  readonly epsilon: number;
  readonly scale: ArrayLike<number>;
  readonly shift: ArrayLike<number>;
  readonly mean: ArrayLike<number>;
  readonly variance: ArrayLike<number>;
}

export interface ResidualStep {
  readonly kind: "residual";
  readonly inner: readonly Step[];
  readonly scale: number;
  /** How many skip connections stand inside of each other, this one among them. */
  readonly depth: number;
}

export interface AffineStep {
  readonly kind: "affine";
  readonly scale: Coefficients;
  readonly offset: Coefficients;
}
