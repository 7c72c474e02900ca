/** The options that every command has, and how a word becomes a number. */
import { availableParallelism } from "node:os";
import type { Command } from "commander";
import { ArgumentError, type Backend, type BackendName, choose, type Precision } from "inkling";

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
    .option("--backend <name>", "what computes: reference")
    .option("--threads <n>", "threads to compute on (the reference has one)")
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

/** The backend that --backend and --threads ask for, and the sentence that says why. */
export function backendFrom(
  options: CommonOptions,
  precision: Precision = "float32",
): { backend: Backend; reason: string } {
  if (options.threads !== undefined) {
    const threads = wholeNumber("--threads", options.threads, 1);
    const most = 4 * availableParallelism();
    if (threads > most) throw new ArgumentError("--threads", `at most ${most} on this machine`, String(threads));
  }
  const { backend } = options;
  return choose({ ...(backend !== undefined && { backend: backend as BackendName }), precision });
}

/** Text from elsewhere as part of a sentence: short, and on one line whatever it holds. */
export function brief(text: string): string {
  return text.slice(0, 120).replace(/\s*\p{Cc}+\s*/gu, " ");
}
