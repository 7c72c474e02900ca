/**
 * When new elements draw themselves. Lit draws all of them in one task, and while it runs the page answers nothing. Here
 * they draw until SLICE milliseconds have passed; the others wait for tasks of their own, in their order, so that a
 * click or a frame comes between.
 *
 * On paper nothing waits: a browser takes its picture of the page right after `beforeprint`.
 */
import { isPrinting, onPrinting } from "../colours/paper.ts";
import { nextTurn } from "../session/turn.ts";

/** Half of a frame at 60 per second, in milliseconds. */
const SLICE = 8;

const waiting: (() => void)[] = [];
/** When this task began to draw. */
let began: number | undefined;
let listens = false;

/** Nothing where a new element may draw now; otherwise what resolves when its turn has come. */
export function drawingTurn(): Promise<void> | undefined {
  if (isPrinting()) return undefined;
  if (began === undefined) {
    began = performance.now();
    void goOn();
  }
  if (waiting.length === 0 && performance.now() - began < SLICE) return undefined;
  if (!listens) onPrinting(drawAll);
  listens = true;
  return new Promise((resolve) => waiting.push(resolve));
}

/** From the next task on, lets those that wait draw. */
async function goOn(): Promise<void> {
  await nextTurn();
  while (waiting.length > 0) {
    began = performance.now();
    do {
      waiting.shift()?.();
      // The element draws before this goes on.
      await undefined;
    } while (waiting.length > 0 && performance.now() - began < SLICE);
    await nextTurn();
  }
  began = undefined;
}

function drawAll(): void {
  for (const draw of waiting.splice(0)) draw();
}
