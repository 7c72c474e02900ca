/**
 * Commands that run one after the other in one process: starting Node and loading the command takes longer than what
 * most of them do. `npm run verify` gives each a process of its own (tests that need one always use running.ts).
 */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import { type Ended, inkling } from "./running.ts";

const file = fileURLToPath(new URL("in-turn-process.js", import.meta.url));
/** vitest.verify.config.ts sets it. */
const isEachAlone = process.env.INKLING_VERIFY === "1";

interface Waiting {
  resolve(ended: Ended): void;
  reject(error: Error): void;
}

let child: ChildProcess | undefined;
let waiting: Waiting | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Runs `inkling` with these arguments in a directory. Rejects if the process ends instead. */
export function inklingInTurn(directory: string, args: readonly string[]): Promise<Ended> {
  if (isEachAlone) return inkling(directory, args);
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
  const env = { ...process.env, FORCE_COLOR: undefined };
  const forked = fork(file, { env, silent: true, execArgv: ["--expose-gc"] });
  forked.on("message", (ended) => waiting?.resolve(ended as Ended));
  forked.on("exit", (code, signal) => {
    child = undefined;
    waiting?.reject(new Error(`the process of the commands ended, ${signal ?? code}`));
  });
  return forked;
}

afterAll(() => {
  child?.kill();
});
