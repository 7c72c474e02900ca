/**
 * A long computation yields to the event loop from time to time, so that a page can paint and a signal can arrive.
 * Awaiting promises is not enough: their callbacks all run before the event loop goes on.
 */
const EVERY = 50; // milliseconds

let last = performance.now();

/** Whether the last turn of the event loop was 50 ms ago. Loops of short rounds ask first: an `await` takes time. */
export function isYieldDue(): boolean {
  return performance.now() - last >= EVERY;
}

/** Yields to the event loop if its last turn was 50 ms ago. */
export async function yieldIfDue(): Promise<void> {
  if (isYieldDue()) await nextTurn();
}

/**
 * Lets the event loop have one turn: timers, signals, painting, and the memory that the garbage collector has freed.
 */
export async function nextTurn(): Promise<void> {
  await new Promise<void>((resolve) => setTimeout(resolve, 0));
  last = performance.now();
}
