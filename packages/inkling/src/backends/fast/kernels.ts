/** The compiled kernels: their bytes, what they export, and whether they run here. */
import { compiled } from "./compiled.ts";

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
  compiledModule ??= new WebAssembly.Module(
    Uint8Array.from({ length: compiled.length / 2 }, (_, i) => Number.parseInt(compiled.slice(2 * i, 2 * i + 2), 16)),
  );
  return compiledModule;
}

/**
 * Whether the kernels compile here: the engine has 128-bit SIMD and atomic operations on shared memory, and no policy
 * of the page forbids WebAssembly.
 */
export function kernelsRunHere(): boolean {
  try {
    return kernelModule() !== undefined;
  } catch {
    return false;
  }
}
