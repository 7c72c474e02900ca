/**
 * Reading order: lines from the top, each from the left. A digit belongs to the line whose nearest digit to its left
 * stands beside it: half of the lower one's height is shared. So a line may go uphill.
 */
import type { Box } from "./normalize.ts";

const { max, min } = Math;

/** The boxes as lines in reading order. */
export function readingOrder<B extends Box>(boxes: readonly B[]): B[][] {
  const lines: B[][] = [];
  for (const box of boxes.toSorted((a, b) => middle(a).x - middle(b).x || a.top - b.top)) {
    const beside = lines.map((line) => besides(line.at(-1), box));
    const best = beside.indexOf(max(0.5, ...beside));
    if (best < 0) lines.push([box]);
    else lines[best].push(box);
  }
  return lines.toSorted((a, b) => height(a) - height(b));
}

function middle({ left, top, width, height }: Box): { x: number; y: number } {
  return { x: left + width / 2, y: top + height / 2 };
}

/** How high a line stands. */
function height(line: readonly Box[]): number {
  return line.reduce((sum, box) => sum + middle(box).y, 0) / line.length;
}

/** Which share of the lower box's height stands beside the other box. */
function besides(a: Box | undefined, b: Box): number {
  if (a === undefined) return 0;
  return (min(a.top + a.height, b.top + b.height) - max(a.top, b.top)) / min(a.height, b.height);
}
