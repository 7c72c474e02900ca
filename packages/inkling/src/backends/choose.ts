/** Which backend computes, and why, in one sentence. */
import { ArgumentError } from "../errors.ts";
import type { Precision } from "../matrix.ts";
import type { Backend } from "./backend.ts";
import { type StartThreads, Wasm } from "./fast/fast.ts";
import { Reference } from "./reference/reference.ts";
import { kernelsRunHere } from "./wasm/kernels.ts";

export type BackendName = "reference" | "wasm";

export interface BackendOptions {
  /** Which one; if absent, the fastest that runs here. */
  readonly backend?: BackendName;
  /** "float32" if absent; "float64" is for proofs, and the reference alone has it. */
  readonly precision?: Precision;
  /** Threads that the wasm backend computes on; if absent, as many as there are cores. It moves no bit. */
  readonly threads?: number;
}

/** What a platform has to offer. */
export interface Surroundings {
  readonly cores: number;
  /** How helping threads are started; without it there is one thread. */
  readonly startThreads?: StartThreads;
}

/** A backend, and the sentence that says why this one. */
export interface Choice {
  readonly backend: Backend;
  readonly reason: string;
}

/**
 * Chooses a backend. Throws an ArgumentError for a name that there is not, and for one that does not run here or not
 * in that precision.
 */
export function choose(options: BackendOptions = {}, surroundings: Surroundings = { cores: 1 }): Choice {
  const { backend, precision = "float32", threads = surroundings.cores } = options;
  if (backend !== undefined && backend !== "reference" && backend !== "wasm") {
    throw new ArgumentError("backend", "reference or wasm", String(backend));
  }
  if (precision !== "float32" && precision !== "float64") {
    throw new ArgumentError("precision", "float32 or float64", String(precision));
  }
  if (!Number.isInteger(threads) || threads < 1) {
    throw new ArgumentError("threads", "a whole number of at least 1", String(threads));
  }
  const reference = (why: string): Choice => ({
    backend: new Reference(precision),
    reason: `reference backend, ${precision}, one thread: ${why}`,
  });
  if (backend === "reference") return reference("plain TypeScript, as asked for");
  if (precision === "float64") {
    if (backend === "wasm") throw new ArgumentError("backend", "reference for float64", backend);
    return reference("float64 is for proofs, and only the reference has it");
  }
  if (!kernelsRunHere()) {
    if (backend === "wasm") {
      throw new ArgumentError(
        "backend",
        "an engine with WebAssembly SIMD and threads",
        "one without",
        "Use reference.",
      );
    }
    return reference("this engine has no WebAssembly SIMD with threads");
  }
  const wasm = new Wasm(threads, surroundings.startThreads);
  const kept = wasm.threads === 1 ? "one thread" : `${wasm.threads} threads`;
  return { backend: wasm, reason: `wasm backend, float32, ${kept}: the fastest that gives the reference's bits here` };
}

let shared: Backend | undefined;

/** The backend of whoever names none: the fastest on one thread, the same for all networks. */
export function defaultBackend(): Backend {
  shared ??= choose().backend;
  return shared;
}
