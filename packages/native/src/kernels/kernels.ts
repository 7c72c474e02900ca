/** The list of native kernels: the operations that are faster as machine code. WebAssembly computes the others. */
import { activate, activateBackward } from "./activations.ts";
import { normalize, normalizeBackward } from "./batch-norm.ts";
import { chosenSums } from "./chosen-sums.ts";
import { convolve } from "./convolution.ts";
import { convolveBackward } from "./convolution-backward.ts";
import { convolveOuter } from "./convolution-outer.ts";
import { convolvePool } from "./convolution-pool.ts";
import { dropout } from "./dropout.ts";
import { checkFinite } from "./finite.ts";
import { countHits } from "./hits.ts";
import type { NativeKernel } from "./kernel.ts";
import { listRows } from "./list-rows.ts";
import { listedProduct } from "./listed-product.ts";
import { pixelMeanOuter } from "./pixel-mean-outer.ts";
import { pixelProduct } from "./pixel-product.ts";
import { averagePool, averagePoolBackward, maxChoices, maxPool, maxPoolBackward } from "./pooling.ts";
import { positionSums } from "./position-sums.ts";
import { product } from "./product.ts";
import { select } from "./select.ts";
import { softmax, softmaxCrossEntropy } from "./softmax.ts";
import { sparseBackward } from "./sparse-backward.ts";
import { sparseOuter } from "./sparse-outer.ts";
import { transpose } from "./transpose.ts";
import { adam, momentum, rootSquare, sgd } from "./updates.ts";

export const kernels: readonly NativeKernel[] = [
  ...[product, pixelProduct, pixelMeanOuter],
  ...[convolve, convolvePool, convolveBackward],
  ...[activate, activateBackward, softmax, softmaxCrossEntropy, countHits],
  ...[sgd, momentum, adam, rootSquare],
  ...[maxPool, maxChoices, maxPoolBackward, averagePool, averagePoolBackward],
  ...[positionSums, normalize, normalizeBackward],
  select,
  dropout,
  chosenSums,
  convolveOuter,
  sparseBackward,
  sparseOuter,
  ...[listRows, listedProduct, transpose, checkFinite],
];
