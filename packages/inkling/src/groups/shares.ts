/**
 * Which blocks of a batch each machine takes. A sum over the batch is a tree over its blocks (backends/backend.ts): a
 * machine adds what is a whole part of that tree by itself, and only these partial sums travel.
 *
 *   blocks    0 1 2 3 4 5 6 7 8        on 2 machines: 0 … 3 and 4 … 8
 *   parts     (0 … 3) (4 … 7) (8)      the second machine has two of them
 */
import { BLOCK } from "../../kernels/layout.ts";

/** Some blocks or rows, from `first` to before `end`. */
export interface Range {
  readonly first: number;
  readonly end: number;
}

/** How much more than an even share a machine may get, so that it has fewer parts: one eighth. */
const UNEVEN = 1 / 8;

/**
 * The blocks of each machine. Where they begin is a multiple of a power of two, the largest with which no machine has
 * more than an eighth beyond its even share. With fewer blocks than machines, some have none.
 */
export function sharesOf(blocks: number, size: number): Range[] {
  let grain = 1;
  while (2 * grain * size <= blocks) grain *= 2;
  for (; grain > 1; grain /= 2) {
    const shares = cut(blocks, size, grain);
    const most = Math.max(...shares.map(({ first, end }) => end - first));
    if (most <= Math.ceil((blocks / size) * (1 + UNEVEN))) return shares;
  }
  return cut(blocks, size, 1);
}

/** Shares that begin at multiples of `grain`. */
function cut(blocks: number, size: number, grain: number): Range[] {
  const bounds = [0];
  for (let rank = 1; rank < size; rank++) bounds.push(Math.round((rank * blocks) / (size * grain)) * grain);
  bounds.push(blocks);
  return bounds.slice(1).map((end, rank) => ({ first: bounds[rank], end }));
}

/** Where S(first, end) is cut in two. */
export function middleOf({ first, end }: Range): number {
  let h = 1;
  while (2 * h < end - first) h *= 2;
  return first + h;
}

/** The largest parts of the tree over `whole` that lie in `share`, in order. */
export function partsOf(share: Range, whole: Range): Range[] {
  if (share.first >= whole.end || share.end <= whole.first || share.first >= share.end) return [];
  if (share.first <= whole.first && whole.end <= share.end) return [whole];
  const middle = middleOf(whole);
  return [...partsOf(share, { first: whole.first, end: middle }), ...partsOf(share, { first: middle, end: whole.end })];
}

/** The blocks of a batch of so many examples. */
export function blocksOf(examples: number): number {
  return Math.ceil(examples / BLOCK);
}

/** The examples of some blocks, of a batch of so many. */
export function rowsOf({ first, end }: Range, examples: number): Range {
  return { first: Math.min(first * BLOCK, examples), end: Math.min(end * BLOCK, examples) };
}
