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
  compiledModule ??= new WebAssembly.Module(bytesOf(compiled));
  return compiledModule;
}

/** The bytes that tools/build-kernels.js wrote as text: its `characters`, the other way. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    bytes.push(code < 122 ? code - 40 : 52 * (code - 122) + text.charCodeAt(++i) - 40);
  }
  return Uint8Array.from(bytes);
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
