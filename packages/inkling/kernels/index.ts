/**
 * The kernels' door. `run` (threads.ts) is given an operation's number and its tiles; `execute` computes one tile of
 * it. The caller has written the arguments, which arguments.ts names.
 */
import { dropoutTile } from "./dropout";
import {
  moveStatisticTile, normalizeBackwardTile, normalizeTile, positionSumsTile, sumRowsTile,
} from "./batch-norm";
import { augmentTile } from "./augment";
import { convolvePoolTile, convolveTile } from "./convolution";
import { convolveBackwardTile } from "./convolution-backward";
import { convolveOuterTile } from "./convolution-outer";
import {
  activateBackwardTile, activateTile, adamTile, addScaledTile, meanOfGroupsTile, momentumTile, rootSquareTile,
  sgdTile,
} from "./elementwise";
import {
  ACTIVATE, ACTIVATE_BACKWARD, ADAM, ADD_GROUPS, ADD_SCALED, ADD_SIGN, AUGMENT, AVERAGE, AVERAGE_POOL,
  AVERAGE_POOL_BACKWARD, CHECK_FINITE, CHOSEN_SUMS, CONVOLVE, CONVOLVE_BACKWARD, CONVOLVE_OUTER, CONVOLVE_POOL, COUNT, COUNT_HITS,
  DROPOUT, LIMIT_COLUMNS, LIST, LIST_BY_PIXEL, MAX_CHOICES, MAX_POOL, MAX_POOL_BACKWARD, MEAN_OF_GROUPS, MEAN_ROWS, MOMENTUM, MOVE_STATISTIC, NORMALIZE,
  NORMALIZE_BACKWARD, PACK, PACK_FILTERS, PAD, PIXEL_MEAN_OUTER, PIXEL_PRODUCT, POSITION_SUMS, PRODUCT, ROOT_SQUARE,
  SCALE, SELECT, SGD, SOFTMAX, SOFTMAX_CROSS_ENTROPY, SPARSE_BACKWARD, SPARSE_OUTER, SQUARED_ERROR, SUM_LOSSES,
  SUM_ROWS, SUM_SQUARES, TRANSPOSE, UNPACK,
} from "./layout";
import { ABSOLUTE_ERROR, BINARY_CROSS_ENTROPY, HUBER_ERROR, WEIGHTED_CROSS_ENTROPY } from "./layout";
import {
  absoluteErrorTile, binaryCrossEntropyTile, huberErrorTile, weightedCrossEntropyTile,
} from "./losses";
import { makeBytes } from "./memory";
import { addSignTile, averageTile, limitColumnsTile, scaleTile, sumSquaresTile } from "./norms";
import { countTile, listByPixelTile, listTile, unpackTile } from "./pixel-lists";
import { addGroupsTile, pixelMeanOuterTile, pixelProductTile } from "./pixels";
import { poolTile } from "./pooling";
import { productTile } from "./products";
import {
  countHitsTile, meanRowsTile, selectTile, softmaxCrossEntropyTile, softmaxTile, squaredErrorTile, sumLossesTile,
} from "./rows";
import { checkFiniteTile, chosenSumsTile, packFilterTile } from "./sparse";
import { sparseBackwardTile } from "./sparse-backward";
import { sparseOuterTile } from "./sparse-outer";
import { transposeTile } from "./transpose";
import { packTile, padTile } from "./windows";

export { fail, quit, run, setThreads, work } from "./threads";
export { makeBytes };

/**
 * Runs a tile of an operation that is not compiled here. Another set of kernels (machine code, say) brings it; all
 * threads then share its tiles as they share ours. Without one it does nothing and is never called.
 */
@external("env", "foreign")
declare function foreign(operation: i32, tile: i32): void;

/** One tile of an operation. */
export function execute(operation: i32, tile: i32): void {
  switch (operation) {
    case PRODUCT:
      return productTile(tile);
    case PIXEL_PRODUCT:
      return pixelProductTile(tile);
    case PIXEL_MEAN_OUTER:
      return pixelMeanOuterTile(tile);
    case ACTIVATE:
      return activateTile(tile);
    case ACTIVATE_BACKWARD:
      return activateBackwardTile(tile);
    case SOFTMAX:
      return softmaxTile(tile);
    case SOFTMAX_CROSS_ENTROPY:
      return softmaxCrossEntropyTile(tile);
    case SQUARED_ERROR:
      return squaredErrorTile(tile);
    case MEAN_ROWS:
      return meanRowsTile(tile);
    case SUM_LOSSES:
      return sumLossesTile(tile);
    case SGD:
      return sgdTile(tile);
    case MOMENTUM:
      return momentumTile(tile);
    case ADAM:
      return adamTile(tile);
    case ROOT_SQUARE:
      return rootSquareTile(tile);
    case LIST:
      return listTile(tile);
    case COUNT:
      return countTile(tile);
    case ADD_GROUPS:
      return addGroupsTile(tile);
    case COUNT_HITS:
      return countHitsTile(tile);
    case ADD_SCALED:
      return addScaledTile(tile);
    case UNPACK:
      return unpackTile(tile);
    case SELECT:
      return selectTile(tile);
    case MEAN_OF_GROUPS:
      return meanOfGroupsTile(tile);
    case MAX_POOL:
    case MAX_POOL_BACKWARD:
    case AVERAGE_POOL:
    case AVERAGE_POOL_BACKWARD:
    case MAX_CHOICES:
      return poolTile(operation, tile);
    case POSITION_SUMS:
      return positionSumsTile(tile);
    case SUM_ROWS:
      return sumRowsTile(tile);
    case NORMALIZE:
      return normalizeTile(tile);
    case NORMALIZE_BACKWARD:
      return normalizeBackwardTile(tile);
    case MOVE_STATISTIC:
      return moveStatisticTile(tile);
    case DROPOUT:
      return dropoutTile(tile);
    case WEIGHTED_CROSS_ENTROPY:
      return weightedCrossEntropyTile(tile);
    case BINARY_CROSS_ENTROPY:
      return binaryCrossEntropyTile(tile);
    case HUBER_ERROR:
      return huberErrorTile(tile);
    case ABSOLUTE_ERROR:
      return absoluteErrorTile(tile);
    case ADD_SIGN:
      return addSignTile(tile);
    case SUM_SQUARES:
      return sumSquaresTile(tile);
    case SCALE:
      return scaleTile(tile);
    case LIMIT_COLUMNS:
      return limitColumnsTile(tile);
    case AVERAGE:
      return averageTile(tile);
    case AUGMENT:
      return augmentTile(tile);
    case PAD:
      return padTile(tile);
    case PACK:
      return packTile(tile);
    case CONVOLVE:
      return convolveTile(tile);
    case CONVOLVE_BACKWARD:
      return convolveBackwardTile(tile);
    case CONVOLVE_OUTER:
      return convolveOuterTile(tile);
    case LIST_BY_PIXEL:
      return listByPixelTile(tile);
    case TRANSPOSE:
      return transposeTile(tile);
    case CONVOLVE_POOL:
      return convolvePoolTile(tile);
    case CHOSEN_SUMS:
      return chosenSumsTile(tile);
    case CHECK_FINITE:
      return checkFiniteTile(tile);
    case PACK_FILTERS:
      return packFilterTile(tile);
    case SPARSE_BACKWARD:
      return sparseBackwardTile(tile);
    case SPARSE_OUTER:
      return sparseOuterTile(tile);
    default:
      foreign(operation, tile);
  }
}
