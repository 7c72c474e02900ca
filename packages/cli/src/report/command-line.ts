/** Options as the words of a command that gives the same result. */
import { flagOf } from "../configuring.ts";
import { quoted } from "./next.ts";

/** Options that change no result: what is said, on what it is computed, where it goes. */
const OF_NO_RESULT = [
  ...["json", "quiet", "debug", "verbose", "diagnose", "all"],
  ...["backend", "instructions", "threads", "mpi", "memory"],
  ...["out", "report", "log", "logEvery", "tensorboard", "checkpoint", "every", "resume"],
];

/** The options that were given, as they can be pasted, without those that change no result and those in `left`. */
export function optionWords(options: object, left: readonly string[]): string[] {
  return Object.entries(options).flatMap(([name, value]) => {
    if (OF_NO_RESULT.includes(name) || left.includes(name) || value === undefined || value === false) return [];
    if (value === true) return [flagOf(name)];
    return [`${flagOf(name)} ${quoted(Array.isArray(value) ? value.join(",") : String(value))}`];
  });
}
