/** Ctrl-C, and the polite kill (SIGTERM): exit 130 or 143, at once unless there is something to save. */
import { clearLine } from "./progress.ts";

type Signal = "SIGINT" | "SIGTERM";

let handler: (signal: Signal) => void = leave;
let code = 130;

function leave(signal: Signal): void {
  note(signal);
  process.exit(code);
}

/** Takes away the live line and the ^C that the terminal itself writes. */
function note(signal: Signal): void {
  code = signal === "SIGTERM" ? 143 : 130;
  clearLine();
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

/** The exit code of a command that was interrupted: 130, or 143 by SIGTERM. */
export function interruptedCode(): number {
  return code;
}

/** From now on an interruption calls `save`; without it, it leaves at once. The second one always does. */
export function onInterrupt(save?: () => void): void {
  const before = handler;
  let once = false;
  handler = (signal) => {
    if (once || save === undefined) leave(signal);
    once = true;
    note(signal);
    save?.();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // In this order: a signal that has arrived already is lost when its last listener goes.
    process.on(signal, handler);
    process.removeListener(signal, before);
  }
}
