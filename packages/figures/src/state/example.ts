/** One example that is looked at: of the training set, of the test set, or one's own. All panes show the same one. */
import type { Dataset } from "inkling";

export interface Example {
  readonly set: "test" | "train" | "drawn";
  /** Its place in the set, from 0; of what was drawn 0. */
  readonly index: number;
  /** 784 bytes, row by row: 0 is paper, 255 is ink. A row of a table: its numbers. */
  readonly pixels: Uint8Array | Float32Array;
  /** Which digit it is; undefined where nobody has said it. */
  readonly label: number | undefined;
}

/** The example at this place of a set. Throws an ArgumentError if there is none. */
export function exampleOf(data: Dataset, set: Example["set"], index: number): Example {
  const pixels = Uint8Array.from(data.example(index));
  return { set, index, pixels, label: data.labels?.[index] };
}
