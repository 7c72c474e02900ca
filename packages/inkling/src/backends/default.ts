/** The backend of networks that name none: WebAssembly on one thread, the same for all of them. */
import { ArgumentError } from "../errors.ts";
import type { Backend } from "./backend.ts";
import { kernelsRunHere } from "./fast/kernels.ts";
import { Wasm } from "./wasm/wasm.ts";

let shared: Backend | undefined;

/** Throws an ArgumentError where WebAssembly does not run: another backend has to be chosen then. */
export function defaultBackend(): Backend {
  if (shared === undefined && !kernelsRunHere()) {
    throw new ArgumentError(
      "backend",
      "an engine with WebAssembly SIMD and threads",
      "one without",
      "Write const { backend } = await chooseBackend().",
    );
  }
  shared ??= new Wasm();
  return shared;
}
