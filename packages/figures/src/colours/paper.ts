/**
 * Whether the page is being printed. A browser takes its picture of the page right after `beforeprint`, and tells media
 * queries of paper too late for a canvas to be drawn again: so what is drawn by a program listens to `beforeprint`.
 */
let isBetween = false;
const listeners = new Set<() => void>();

/** Whether the browser is about to print. */
export function isPrinting(): boolean {
  return isBetween;
}

/** Whether what is drawn now is for paper: also where only the media is set so, as tools do. */
export function isOnPaper(): boolean {
  return isBetween || matchMedia("print").matches;
}

/** Calls back when paper begins and when it ends, until the function that it returns is called. */
export function onPrinting(listener: () => void): () => void {
  if (listeners.size === 0) {
    addEventListener("beforeprint", begin);
    addEventListener("afterprint", end);
    matchMedia("print").addEventListener("change", tell);
  }
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    removeEventListener("beforeprint", begin);
    removeEventListener("afterprint", end);
    matchMedia("print").removeEventListener("change", tell);
  };
}

function begin(): void {
  isBetween = true;
  tell();
}

function end(): void {
  isBetween = false;
  tell();
}

function tell(): void {
  for (const listener of listeners) listener();
}
