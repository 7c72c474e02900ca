/** What the code of ∂C/∂W below a max pool is written with: the window, and the state of a tile. */
import { BlockFrame, blockSlots } from "./convolution-outer-blocks.ts";
import { layout, type TileParts } from "./kernel.ts";
import { slots } from "./slots.ts";
import { tableNames } from "./sparse-outer-positions.ts";

/** What the stack keeps. */
export const kept = {
  ...blockSlots,
  ...slots(
    [
      // The example: its image, and its δ of the tile's first filter.
      "image",
      "delta",
      // The panel of filters: its δ, filters that are left with it, filters of it that are left.
      "panelDelta",
      "filtersLeft",
      "panelLeft",
      // The filter: its δ, its bits, its sums.
      "filterDelta",
      "filterBits",
      "sums",
    ],
    blockSlots,
  ),
};

/** What stands before the scratch memory, besides what the blocks need. */
const names = [
  // The tile: how many filters it has, its part of ∂C/∂W.
  "filterCount",
  "dW",
  // Bytes of an example's δ, and between two rows that a window looks at.
  "exampleDelta",
  "rowStep",
  ...tableNames,
] as const;

export class SparseFrame extends BlockFrame<(typeof names)[number]> {
  /** The window's rows, and the numbers of one. */
  readonly rows: number;
  readonly numbers: number;

  constructor(parts: TileParts, rows: number, numbers: number) {
    super(parts, names);
    this.rows = rows;
    this.numbers = numbers;
  }

  /** Bytes of a row of a filter's sums. */
  get rowBytes(): number {
    return 4 * layout.FILTER_ROW * Math.ceil(this.numbers / layout.FILTER_ROW);
  }

  get filterBytes(): number {
    return this.rows * this.rowBytes;
  }
}
