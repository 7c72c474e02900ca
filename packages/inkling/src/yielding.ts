/**
 * A long computation gives the rest of the program its turn from time to time: a page can paint, a signal can arrive.
 * Awaited promises alone never let them.
 */
const EVERY = 50; // milliseconds

let last = performance.now();

/** Whether it is time again. A loop of short rounds asks, because even waiting for nothing takes its time. */
export function breathIsDue(): boolean {
  return performance.now() - last >= EVERY;
}

/** Lets timers, signals and painting have their turn, if none had for 50 ms. */
export async function breathe(): Promise<void> {
  if (!breathIsDue()) return;
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  last = performance.now();
}
