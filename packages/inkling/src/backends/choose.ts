/** Which backend computes, and why, in one sentence. */
import { ArgumentError } from "../errors.ts";
import type { Precision } from "../matrix.ts";
import { checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import type { Backend } from "./backend.ts";
import { kernelsRunHere } from "./fast/kernels.ts";
import { MOST_THREADS, type StartThreads, Threads } from "./fast/threads.ts";
import { Wasm } from "./wasm/wasm.ts";

export type BackendName = "reference" | "wasm";

export interface BackendOptions {
  /** Which one; if absent, the fastest that runs here. */
  readonly backend?: BackendName;
  /** "float32" if absent; "float64" is for checking gradients, and only the reference has it. */
  readonly precision?: Precision;
  /** Threads that the wasm backend computes on, at most 64; one for each core if absent. The result is the same. */
  readonly threads?: number;
}

/** What a platform offers. */
export interface Surroundings {
  readonly cores: number;
  /** Starts helping threads; without it there is one thread. */
  readonly startThreads?: StartThreads;
}

/** A backend, and the sentence that says why this one. */
export interface Choice {
  readonly backend: Backend;
  readonly reason: string;
}

/**
 * Chooses a backend. Throws an ArgumentError for a name that does not exist, for a backend that does not run here or
 * not in that precision, and for a number of threads that is not from 1 to 64.
 */
export async function choose(options: BackendOptions = {}, surroundings: Surroundings = { cores: 1 }): Promise<Choice> {
  checkOptions("chooseBackend", options, ["backend", "precision", "threads"]);
  const { backend, precision = "float32" } = options;
  const { threads = Math.min(surroundings.cores, MOST_THREADS) } = options;
  if (backend !== undefined && backend !== "reference" && backend !== "wasm") {
    throw new ArgumentError("backend", "reference or wasm", shown(backend));
  }
  if (precision !== "float32" && precision !== "float64") {
    throw new ArgumentError("precision", "float32 or float64", shown(precision));
  }
  if (!Number.isInteger(threads) || threads < 1 || threads > MOST_THREADS) {
    throw new ArgumentError("threads", `a whole number from 1 to ${MOST_THREADS}`, shown(threads));
  }
  const reference = async (why: string): Promise<Choice> => {
    // Fetched when it is needed: a page that has WebAssembly does not load it.
    const { Reference } = await import("./reference/reference.ts");
    return { backend: new Reference(precision), reason: `reference backend, ${precision}, one thread: ${why}` };
  };
  if (backend === "reference") return reference("plain TypeScript, as asked for");
  if (precision === "float64") {
    if (backend === "wasm") throw new ArgumentError("backend", "reference for float64", backend);
    return reference("float64 is for checking gradients, and only the reference has it");
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
  try {
    const { startThreads } = surroundings;
    const several = threads > 1 && startThreads !== undefined ? new Threads(threads, startThreads) : undefined;
    return describe(new Wasm(several), threads, surroundings);
  } catch (error) {
    if (backend === "wasm" || !(error instanceof ArgumentError || error instanceof RangeError)) throw error;
    return reference("the system does not grant the address space that WebAssembly needs (is there a ulimit -v?)");
  }
}

/** The wasm backend with its reason, in which everything stands that was asked for and not had. */
function describe(backend: Wasm, asked: number, { startThreads }: Surroundings): Choice {
  const threads = backend.threads === 1 ? "one thread" : `${backend.threads} threads`;
  const fewer =
    startThreads === undefined || backend.threads === asked
      ? ""
      : ` (of ${asked}: no more workers may be started here)`;
  const limited =
    backend.memoryLimit === undefined ? "" : `; the system limits its memory to ${backend.memoryLimit / 2 ** 20} MiB`;
  const reason = `wasm backend, float32, ${threads}${fewer}: the fastest that gives the reference's bits here${limited}`;
  return { backend, reason };
}
