/** The compiled kernels: their bytes, the numbers of their operations, and whether they run here. */
import { compiled } from "./compiled.ts";

/** The operations of kernels/index.ts. */
export const operations = {
  product: 0,
  pixelProduct: 1,
  pixelMeanOuter: 2,
  activate: 3,
  activateBackward: 4,
  softmax: 5,
  softmaxCrossEntropy: 6,
  quadratic: 7,
  meanRows: 8,
  tally: 9,
  sgd: 10,
  momentum: 11,
  adam: 12,
  rootSquare: 13,
  list: 14,
  count: 15,
  addBlocks: 16,
} as const;

export interface Kernels {
  /** Runs all tiles of an operation whose arguments stand in the memory; `work` is its size in vector operations. */
  run(operation: number, tiles: number, work: number): void;
  setThreads(count: number): void;
  makeBytes(): void;
  quit(): void;
}

let compiledModule: WebAssembly.Module | undefined;

/** The kernels as a module; compiled once. */
export function kernelModule(): WebAssembly.Module {
  compiledModule ??= new WebAssembly.Module(Uint8Array.from(atob(compiled), (character) => character.charCodeAt(0)));
  return compiledModule;
}

/**
 * Whether the kernels compile here: the engine has 128-bit SIMD and atomic operations on shared memory, and no policy of
 * the page forbids WebAssembly.
 */
export function kernelsRunHere(): boolean {
  try {
    return kernelModule() !== undefined;
  } catch {
    return false;
  }
}
