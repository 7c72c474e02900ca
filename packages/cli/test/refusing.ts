/** Commands that end at once, one after the other in one process: starting one takes longer than a refusal. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Ended } from "./running.ts";

const file = fileURLToPath(new URL("refusing-process.js", import.meta.url));

interface Waiting {
  resolve(ended: Ended): void;
  reject(error: Error): void;
}

let child: ChildProcess | undefined;
let waiting: Waiting | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Runs `inkling` with these arguments in a directory. Rejects if the process ends instead. */
export function inklingInTurn(directory: string, args: readonly string[]): Promise<Ended> {
  const ended = last.then(
    () =>
      new Promise<Ended>((resolve, reject) => {
        waiting = { resolve, reject };
        child ??= started();
        child.send({ directory, args });
      }),
  );
  last = ended.catch(() => {});
  return ended;
}

function started(): ChildProcess {
  const forked = fork(file, { env: { ...process.env, FORCE_COLOR: undefined }, silent: true, execArgv: [] });
  forked.on("message", (ended) => waiting?.resolve(ended as Ended));
  forked.on("exit", (code, signal) => {
    child = undefined;
    waiting?.reject(new Error(`the process of refusals ended, ${signal ?? code}`));
  });
  return forked;
}

/** Ends the process. */
export function endTurns(): void {
  child?.kill();
}
