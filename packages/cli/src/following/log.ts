/** `--log run.jsonl`: one JSON object a line, in the file as soon as it is said. */
import { FileError } from "inkling";
import { escapedJson, printable } from "../printable.ts";
import { Appending } from "./appending.ts";
import type { Follower } from "./following.ts";

/** A log begins within so many bytes with what tells it from other files. */
const HEAD = 64;

/**
 * A log that is new, or goes on behind what is in it: each run begins with a line "start". Throws a FileError for a
 * file that cannot be written, or that is something else than a log.
 */
export function logInto(path: string): Follower {
  const file = Appending.open(path, "The training goes on without it.");
  const { first, last } = file.ends(HEAD);
  if (first.length > 0 && !isLog(first)) {
    file.close();
    throw new FileError(path, "a new file, or a log of Inkling to go on with", "another file", "Name another file.");
  }
  const encoder = new TextEncoder();
  // A run that was killed in the middle of a line.
  if (last.length > 0 && last.at(-1) !== 0x0a) file.append(encoder.encode("\n"));
  return {
    // JSON has no NaN and no infinity: they are null there.
    take: (event) => file.append(encoder.encode(`${escapedJson(event)}\n`)),
    lines: () => [`Log in ${printable(path)}`],
    close: () => {
      if (!file.close()) process.exitCode = 2;
    },
  };
}

function isLog(first: Uint8Array): boolean {
  return new TextDecoder().decode(first).startsWith('{"event":"');
}
