/**
 * The kernels' door. `run` (threads.ts) is given an operation's number and its tiles; `execute` computes one tile of
 * it. The caller writes the arguments, 32-bit words, at ARGUMENTS, in the order that each tile's header names.
 */
import { activateBackwardTile, activateTile, adamTile, momentumTile, rootSquareTile, sgdTile } from "./elementwise";
import { makeBytes } from "./memory";
import { addBlocksTile, countTile, listTile, pixelMeanOuterTile, pixelProductTile } from "./pixels";
import { productTile } from "./products";
import { meanRowsTile, quadraticTile, softmaxCrossEntropyTile, softmaxTile, tallyTile } from "./rows";

export { fail, quit, run, setThreads, work } from "./threads";
export { makeBytes };

/** One tile of an operation; backends/wasm/kernels.ts has the same numbers. */
export function execute(operation: i32, tile: i32): void {
  switch (operation) {
    case 0:
      return productTile(tile);
    case 1:
      return pixelProductTile(tile);
    case 2:
      return pixelMeanOuterTile(tile);
    case 3:
      return activateTile(tile);
    case 4:
      return activateBackwardTile(tile);
    case 5:
      return softmaxTile(tile);
    case 6:
      return softmaxCrossEntropyTile(tile);
    case 7:
      return quadraticTile(tile);
    case 8:
      return meanRowsTile(tile);
    case 9:
      return tallyTile(tile);
    case 10:
      return sgdTile(tile);
    case 11:
      return momentumTile(tile);
    case 12:
      return adamTile(tile);
    case 13:
      return rootSquareTile(tile);
    case 14:
      return listTile(tile);
    case 15:
      return countTile(tile);
    case 16:
      return addBlocksTile(tile);
  }
}
