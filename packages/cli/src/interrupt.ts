/** Ctrl-C, and the polite kill: exit 130, at once unless there is something to save. */
import { clearLine } from "./progress.ts";

let handler = leave;

function leave(): void {
  clearTyped();
  process.exit(130);
}

/** Takes away the live line and the ^C that the terminal itself writes. */
function clearTyped(): void {
  clearLine();
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

/** From now on an interruption calls `save`; without it, it leaves at once. The second one always does. */
export function onInterrupt(save?: () => void): void {
  const before = handler;
  let once = false;
  handler = () => {
    if (once || save === undefined) leave();
    once = true;
    clearTyped();
    save?.();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    // In this order: a signal that has arrived already is lost when its last listener goes.
    process.on(signal, handler);
    process.removeListener(signal, before);
  }
}
