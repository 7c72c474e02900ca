/** The options that every command has, and how a word becomes a number. */
import type { Command } from "commander";
import { ArgumentError } from "inkling";
import type { BackendName, Choice, InstructionSet, Precision } from "inkling/backends";
import { chooseBackend } from "inkling/node";
import { fields } from "inkling/presets";
import { rankFrom, threadsOf } from "./machines/launched.ts";

export interface CommonOptions {
  readonly backend?: string;
  readonly instructions?: string;
  readonly threads?: string;
  readonly seed?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly debug?: true;
  readonly mpi?: boolean;
}

/** Adds the options that every command has. */
export function addCommonOptions(command: Command): Command {
  const { argument, help } = fields.seed;
  if (!hasOption(command, "--seed")) command.option(`--seed ${argument}`, help);
  return command
    .option("--backend <name>", "what computes: native, wasm, or reference (plain TypeScript). The result is the same")
    .option("--instructions <set>", "registers of the native backend: avx2 or avx512; the widest if absent")
    .option("--threads <n>", "threads to compute on; as many as there are cores if absent. The result is the same")
    .option("--no-mpi", "compute alone, also where mpirun or srun started several of these")
    .option("--json", "print one JSON object as the last line, and nothing else on stdout")
    .option("--quiet", "print only what matters most")
    .option("--debug", "after a bug, print the stack");
}

export function hasOption(command: Command, flag: string): boolean {
  return command.options.some(({ long }) => long === flag);
}

/** The whole number, at least `least`, that the word of an option stands for. Throws an ArgumentError. */
export function wholeNumber(option: string, word: string, least = 0): number {
  const value = /^\+?\d+$/.test(word) ? Number(word) : Number.NaN;
  if (!Number.isSafeInteger(value) || value < least) {
    throw new ArgumentError(option, `a whole number of at least ${least}`, JSON.stringify(word));
  }
  return value;
}

/** The precision that an option names. Throws an ArgumentError. */
export function precisionOf(word: string): Precision {
  if (word === "float32" || word === "float64") return word;
  throw new ArgumentError("--precision", "float32 or float64", JSON.stringify(word));
}

function threadsFrom(word: string | undefined): { readonly threads?: number } {
  if (word !== undefined) return { threads: wholeNumber("--threads", word, 1) };
  // Of several processes on this machine each has its part of the cores.
  return rankFrom(process.env, process.argv) === undefined ? {} : { threads: threadsOf(process.env) };
}

/** The backend that --backend, --instructions and --threads ask for, and the sentence that says why. */
export async function backendFrom(options: CommonOptions, precision: Precision = "float32"): Promise<Choice> {
  const { backend, instructions, threads } = options;
  return chooseBackend({
    ...(backend !== undefined && { backend: backend as BackendName }),
    ...(instructions !== undefined && { instructions: instructions as InstructionSet }),
    ...threadsFrom(threads),
    precision,
  });
}
