/** Digits that are moved by whole pixels: what leaves the picture is lost, and paper comes in on the other side. */
import { Dataset } from "inkling";
import type { ConvolutionTrace } from "inkling/proofs";
import { SIDE } from "./one-filter.ts";

export interface Shift {
  readonly right: number;
  readonly down: number;
}

/** A digit of 784 bytes, moved. */
export function shifted(pixels: ArrayLike<number>, { right, down }: Shift): Uint8Array {
  return Uint8Array.from({ length: SIDE * SIDE }, (_, k) => {
    const [row, column] = [Math.floor(k / SIDE) - down, (k % SIDE) - right];
    const isInside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
    return isInside ? (pixels[row * SIDE + column] ?? 0) : 0;
  });
}

/** The first `count` digits of a set, moved. */
export function shiftedSet(set: Dataset, count: number, shift: Shift): Dataset {
  const inputs = new Uint8Array(count * SIDE * SIDE);
  const labels = Uint8Array.from({ length: count }, (_, i) => set.labels?.[i] ?? 0);
  for (let i = 0; i < count; i++) inputs.set(shifted(set.example(i), shift), i * SIDE * SIDE);
  return new Dataset({ name: `${set.name}, moved`, shape: [SIDE, SIDE, 1], inputs, labels, classes: 10 });
}

/** How many numbers of a feature map are those of the other, moved by as much as the digit: of how many, how many. */
export function movedAlong(
  before: ConvolutionTrace,
  after: ConvolutionTrace,
  { right, down }: Shift,
): { readonly equal: number; readonly of: number } {
  const { filters, window } = before;
  const { outHeight, outWidth } = window;
  let [equal, of] = [0, 0];
  for (let row = Math.max(0, down); row < outHeight + Math.min(0, down); row++) {
    for (let column = Math.max(0, right); column < outWidth + Math.min(0, right); column++) {
      for (let f = 0; f < filters; f++) {
        const [here, there] = [row * outWidth + column, (row - down) * outWidth + column - right];
        of++;
        if (after.z[here * filters + f] === before.z[there * filters + f]) equal++;
      }
    }
  }
  return { equal, of };
}
