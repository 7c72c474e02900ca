/** The options that every command has, and how a word becomes a number. */
import type { Command } from "commander";
import { ArgumentError, type BackendName, type Choice, type Precision } from "inkling";
import { chooseHere } from "inkling/node";

export interface CommonOptions {
  readonly backend?: string;
  readonly threads?: string;
  readonly seed?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly debug?: true;
}

/** Adds the options that every command has. */
export function addCommonOptions(command: Command): Command {
  return command
    .option("--seed <n>", "where all random numbers come from")
    .option("--backend <name>", "what computes: wasm, or reference (plain TypeScript, the same bits)")
    .option("--threads <n>", "threads to compute on; as many as there are cores if absent. It moves no bit")
    .option("--json", "print one JSON object as the last line, and nothing else on stdout")
    .option("--quiet", "print only what matters most")
    .option("--debug", "after a bug, print the stack");
}

/** The whole number, at least `least`, that the word of an option stands for. Throws an ArgumentError. */
export function wholeNumber(option: string, word: string, least = 0): number {
  const value = decimal(word);
  if (!Number.isSafeInteger(value) || value < least) {
    throw new ArgumentError(option, `a whole number of at least ${least}`, JSON.stringify(word));
  }
  return value;
}

/** The number that a word stands for; NaN for anything else, and for the words that JavaScript takes for numbers. */
export function decimal(word: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : Number.NaN;
}

/** More threads than this are a slip of the finger. */
const MOST_THREADS = 64;

/** The backend that --backend and --threads ask for, and the sentence that says why. */
export function backendFrom(options: CommonOptions, precision: Precision = "float32"): Choice {
  const { backend, threads } = options;
  const count = threads === undefined ? undefined : wholeNumber("--threads", threads, 1);
  if (count !== undefined && count > MOST_THREADS) {
    throw new ArgumentError("--threads", `at most ${MOST_THREADS}`, String(count));
  }
  return chooseHere({
    ...(backend !== undefined && { backend: backend as BackendName }),
    ...(count !== undefined && { threads: count }),
    precision,
  });
}

/** Text from elsewhere as part of a sentence: short, and on one line whatever it holds. */
export function brief(text: string): string {
  return text.slice(0, 120).replace(/\s*\p{Cc}+\s*/gu, " ");
}
