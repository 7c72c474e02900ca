/** Which backend computes, and why, in one sentence. */
import { checkWithin } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import type { Precision } from "../matrix.ts";
import { checkOptions } from "../options.ts";
import { shown } from "../shown.ts";
import type { Backend } from "./backend.ts";
import type { FastBackend } from "./fast/fast.ts";
import { kernelsRunHere } from "./fast/kernels.ts";
import type { MachineCode } from "./fast/machine.ts";
import { MOST_THREADS, type StartThreads, Threads } from "./fast/threads.ts";
import { Native } from "./native.ts";
import { Wasm } from "./wasm/wasm.ts";

export type BackendName = "reference" | "wasm" | "native";

/** Which registers machine code uses. */
export type InstructionSet = "avx2" | "avx512";

export interface BackendOptions {
  /** Which one; if absent, the fastest that runs here. */
  readonly backend?: BackendName;
  /** "float32" if absent; "float64" is for checking gradients, and only the reference has it. */
  readonly precision?: Precision;
  /** Threads that compute, at most 64; one for each core if absent; the reference has one. The result is the same. */
  readonly threads?: number;
  /** Which instructions the native backend uses, which they choose; the widest of this CPU if absent. */
  readonly instructions?: InstructionSet;
}

/** What a platform offers. */
export interface Surroundings {
  readonly cores: number;
  /** Starts helping threads; without it there is one thread. */
  readonly startThreads?: StartThreads;
  /** Machine code for this CPU, or the sentence that says why there is none. */
  readonly machineCode?: (instructions?: InstructionSet) => Promise<MachineCode | string>;
}

/** A backend, and the sentence that says why this one. */
export interface Choice {
  readonly backend: Backend;
  readonly reason: string;
}

const BACKENDS: readonly BackendName[] = ["reference", "wasm", "native"];
const INSTRUCTIONS: readonly InstructionSet[] = ["avx2", "avx512"];

/**
 * Chooses a backend: machine code where it runs, else WebAssembly, else the reference. Throws an ArgumentError for a
 * name that does not exist, for a backend that does not run here or not in that precision, and for a number of threads
 * that is not from 1 to 64.
 */
export async function choose(options: BackendOptions = {}, surroundings: Surroundings = { cores: 1 }): Promise<Choice> {
  const { precision = "float32", instructions } = options;
  const { backend = instructions && "native" } = options;
  const { threads = Math.min(surroundings.cores, MOST_THREADS) } = options;
  checkChoice(options, threads);
  const reference = async (why: string): Promise<Choice> => {
    // Fetched when it is needed: a page that has WebAssembly does not load it.
    const { Reference } = await import("./reference/reference.ts");
    return { backend: new Reference(precision), reason: `reference backend, ${precision}, one thread: ${why}` };
  };
  if (backend === "reference") return reference("plain TypeScript, as asked for");
  if (precision === "float64") {
    if (backend !== undefined) throw new ArgumentError("backend", "reference for float64", backend);
    return reference("float64 is for checking gradients, and only the reference has it");
  }
  if (!kernelsRunHere()) {
    if (backend !== undefined) {
      const expected = "an engine with WebAssembly SIMD and threads";
      throw new ArgumentError("backend", expected, "one without", "Use reference.");
    }
    return reference("this engine has no WebAssembly SIMD with threads");
  }
  const machine = backend === "wasm" ? undefined : await surroundings.machineCode?.(instructions);
  if (backend === "native" && typeof machine !== "object") {
    const why = machine ?? "this platform has none";
    throw new ArgumentError("backend native", "machine code that runs here", `none: ${why}`, "Use wasm.");
  }
  try {
    return described(fastest(machine, threads, surroundings), surroundings.startThreads && threads, machine);
  } catch (error) {
    if (backend !== undefined || !(error instanceof ArgumentError || error instanceof RangeError)) throw error;
    return reference("the system does not grant the address space that WebAssembly needs (is there a ulimit -v?)");
  }
}

function checkChoice(options: BackendOptions, threads: unknown): void {
  checkOptions("chooseBackend", options, ["backend", "precision", "threads", "instructions"]);
  const { precision = "float32", instructions } = options;
  const { backend = instructions && "native" } = options;
  if (backend !== undefined && !BACKENDS.includes(backend)) {
    throw new ArgumentError("backend", "reference, wasm or native", shown(backend));
  }
  if (precision !== "float32" && precision !== "float64") {
    throw new ArgumentError("precision", "float32 or float64", shown(precision));
  }
  checkWithin("threads", `a whole number from 1 to ${MOST_THREADS}`, threads, 1, MOST_THREADS);
  if (instructions === undefined) return;
  if (!INSTRUCTIONS.includes(instructions)) {
    throw new ArgumentError("instructions", "avx2 or avx512", shown(instructions));
  }
  if (backend !== undefined && backend !== "native") {
    throw new ArgumentError("instructions", "the backend native with them", backend);
  }
}

function fastest(
  machine: MachineCode | string | undefined,
  count: number,
  { startThreads }: Surroundings,
): FastBackend {
  const threads = count > 1 && startThreads !== undefined ? new Threads(count, startThreads) : undefined;
  return typeof machine === "object" ? new Native(machine, threads) : new Wasm(threads);
}

/**
 * A backend with its reason, in which everything stands that was not had. `asked`: threads, where a platform has them.
 */
function described(backend: FastBackend, asked: number | undefined, machine: MachineCode | string | undefined): Choice {
  const { name, threads, memoryLimit } = backend;
  const uses = typeof machine === "object" ? ` (${machine.instructions})` : "";
  const several = threads === 1 ? "one thread" : `${threads} threads`;
  const isFewer = asked !== undefined && threads < asked;
  const fewer = isFewer ? ` (of ${asked}: no more workers may be started here)` : "";
  const none = typeof machine === "string" ? ` (no machine code: ${machine})` : "";
  const limited = memoryLimit === undefined ? "" : `; the system limits its memory to ${memoryLimit / 2 ** 20} MiB`;
  const best = "the fastest that gives the reference's bits here";
  return { backend, reason: `${name} backend${uses}, float32, ${several}${fewer}: ${best}${none}${limited}` };
}
