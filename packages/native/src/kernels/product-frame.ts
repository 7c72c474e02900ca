/**
 * What the pages of the dense product share: its arguments, and the slots on the stack that hold what registers have no
 * room for.
 */
import type { Memory } from "../assembler/memory.ts";
import type { Gpr } from "../assembler/registers.ts";
import { argument, layout, places, type TileParts } from "./kernel.ts";
import { slots } from "./slots.ts";

/**
 * The forms of the code: B's columns stand side by side (and are copied together), or its depths do; the sums have one
 * block, or several.
 */
export const [ALONG, ALONG_COPIED, TURNED, ALONG_IN_BLOCKS] = [0, 1, 2, 3];

/** Vectors of a panel. */
export const VECTORS = 2;

/** Bytes of a level of block sums, as in WebAssembly: a tile of numbers. */
export const LEVEL = layout.TILE_ROWS * layout.TILE_COLUMNS * 4;

/** What the stack keeps. */
export const kept = slots([
  // The tile: where its rows of A, its columns of B and its part of C start, its columns' place in a row, its size.
  "A",
  "B",
  "C",
  "columnBytes",
  "rows",
  "columns",
  // The panel: the same of its own columns.
  "panelB",
  "panelC",
  "panelColumnBytes",
  // The block: its number, its depths and those after it, the levels that it takes up and the one that it becomes (or
  // −1), and where level 0 of the next rows stands.
  "block",
  "steps",
  "left",
  "taken",
  "becomes",
  "levels",
]);

export class ProductFrame {
  readonly parts: TileParts;
  readonly isTurned: boolean;
  readonly isInBlocks: boolean;
  /** Whether B is copied together first. */
  readonly packs: boolean;

  constructor(parts: TileParts, form: number) {
    this.parts = parts;
    this.isTurned = form === TURNED;
    this.isInBlocks = form === ALONG_IN_BLOCKS;
    this.packs = this.isTurned || form === ALONG_COPIED || parts.cpu.level === "avx2";
  }

  /** An argument. */
  word(offset: number): Memory {
    return argument(this.parts, offset);
  }

  /** to = the depths of this block. */
  loadSteps(to: Gpr): void {
    const { code } = this.parts;
    if (this.isInBlocks) code.mov(to, kept.steps);
    else code.mov(to.dword, this.word(places.PRODUCT_DEPTH));
  }
}
