/**
 * What the code of ∂C/∂W of a convolution is written with: its forms, the state of a tile, and its panels of filters.
 *
 * A panel is one vector of filters: all of them stand in whole vectors, but the last, which may be half as wide at
 * AVX-512 and may have lanes that are no filters.
 */
import { when } from "../assembler/flow.ts";
import type { LaneMask, Level } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Width } from "../assembler/registers.ts";
import { BlockFrame, blockSlots } from "./convolution-outer-blocks.ts";
import { places, type TileParts, wordAt } from "./kernel.ts";
import { slots } from "./slots.ts";

/**
 * Which terms the code adds: all; all, and where that gives no finite number those of the law; those of listed pixels;
 * those of listed pixels, where δ has a number for each window of a max pool.
 */
export const [ALL, CHECKED, LISTED, LISTED_BELOW_POOL] = [0, 1, 2, 3];
const KINDS = 4;

/** CONVOLUTION_SKIPS of bytes, of which the law leaves out those that are 0. */
export const ZERO_PIXELS = 2;

/** Taps whose sums are made at a time: as many offsets have registers. */
const MOST_TAPS = 10;
/** Filters of half a vector at AVX-512, and of a vector at AVX2. */
const FEW_FILTERS = 8;

export interface OuterForm {
  /** Taps of a pass, from 1 to MOST_TAPS. */
  readonly taps: number;
  /** Whether the last panel has more than eight filters. */
  readonly isWide: boolean;
  /** Whether the last panel has lanes that are no filters. */
  readonly isMasked: boolean;
  /** Whether there are panels before the last. */
  readonly hasMore: boolean;
  readonly terms: number;
}

/** The number of the form for an operation with these arguments; −1 where WebAssembly computes it. */
export function formNumber(words: Int32Array, level: Level): number {
  const word = (place: number) => wordAt(words, place);
  const most = Math.min(word(places.CONVOLUTION_TILE), word(places.CONVOLUTION_COUNT));
  const taps = Math.ceil(most / Math.ceil(most / MOST_TAPS));
  const lanes = level === "avx512" ? 2 * FEW_FILTERS : FEW_FILTERS;
  const filters = word(places.CONVOLUTION_TILE_FILTERS);
  const isWide = (filters - 1) % lanes >= FEW_FILTERS;
  const isMasked = word(places.CONVOLUTION_FILTERS) % FEW_FILTERS !== 0;
  const flags = [isWide, isMasked, filters > lanes].reduce((sum, flag) => 2 * sum + Number(flag), 0);
  const terms = termsOf(words);
  return terms < 0 ? -1 : ((taps - 1) * 8 + flags) * KINDS + terms;
}

/** Without images there are lists of pixels. With them δ has a number for each position, or WebAssembly computes: −1. */
function termsOf(words: Int32Array): number {
  const isBelowPool = wordAt(words, places.CONVOLUTION_CHOICES) !== 0;
  if (wordAt(words, places.CONVOLUTION_IMAGES) === 0) return isBelowPool ? LISTED_BELOW_POOL : LISTED;
  if (isBelowPool) return -1;
  return wordAt(words, places.CONVOLUTION_SKIPS) === 0 ? ALL : CHECKED;
}

/** The form of this number. */
export function formOfNumber(number: number): OuterForm {
  const flags = Math.floor(number / KINDS) % 8;
  return {
    taps: Math.floor(number / (8 * KINDS)) + 1,
    isWide: (flags & 4) !== 0,
    isMasked: (flags & 2) !== 0,
    hasMore: (flags & 1) !== 0,
    terms: number % KINDS,
  };
}

/** What the stack keeps. */
export const kept = {
  ...blockSlots,
  ...slots(
    [
      // Bytes from one position to the next: of δ, of images; of a row of positions: of δ, and to the next row of images.
      "deltaRow",
      "next",
      "rowDelta",
      "rowStep",
      // The example: where its image (or its list of pixels) starts, and its δ of this tile's filters.
      "image",
      "delta",
      // The panel: its δ, and filters that are left with it. The pass: its sums, its first tap, taps that are left with it.
      "panelDelta",
      "filtersLeft",
      "sums",
      "taps",
      "tapsLeft",
      "xRow",
    ],
    blockSlots,
  ),
};

/** What stands before the scratch memory, besides what the blocks need. */
const names = [
  // The tile: its first tap, how many taps and filters it has, its part of ∂C/∂W.
  "firstTap",
  "tapCount",
  "filterCount",
  "dW",
  // Bytes of an example's δ; taps of a pass whose sums are not all finite.
  "exampleDelta",
  "failed",
  // Of lists: bytes of an image's list, where its number stands in the order, where the first position of δ is copied
  // to, and the bytes between two rows of positions there.
  "listBytes",
  "order",
  "firstPosition",
  "positionGap",
] as const;

/** A vector of filters. */
export interface Panel {
  readonly width: Width;
  readonly bytes: number;
  /** Which lanes are filters; all, if absent. */
  readonly mask: LaneMask | undefined;
}

export class OuterFrame extends BlockFrame<(typeof names)[number]> {
  readonly form: OuterForm;

  constructor(parts: TileParts, form: OuterForm) {
    super(parts, names);
    this.form = form;
  }

  /** Whether the terms are those of listed pixels. */
  get isListed(): boolean {
    return this.form.terms === LISTED || this.form.terms === LISTED_BELOW_POOL;
  }

  /** Bytes that one position's filters of a panel take where they are copied to. */
  get positionBytes(): number {
    const { cpu } = this.parts;
    return this.form.hasMore || this.form.isWide ? cpu.bytes : 4 * FEW_FILTERS;
  }

  /** Goes on at the body where the slot holds at least so many. */
  whenAtLeast(slot: Memory, count: number, body: () => void): void {
    const { code, registers } = this.parts;
    const value = registers.gpr("value");
    code.mov(value, slot);
    code.cmp(value, count);
    registers.free(value);
    when(code, "ae", body);
  }

  /** Writes what is done to each panel of the tile's filters. */
  eachPanel(body: (panel: Panel) => void): void {
    const { code, cpu, registers } = this.parts;
    this.copy(kept.filtersLeft, "filterCount");
    if (this.form.hasMore) {
      const next = code.label("next panel");
      code.place(next);
      this.whenAtLeast(kept.filtersLeft, cpu.lanes + 1, () => {
        body({ width: cpu.width, bytes: cpu.bytes, mask: undefined });
        this.move(kept.filtersLeft, -cpu.lanes);
        code.jmp(next);
      });
    }
    const width = this.form.isWide ? cpu.width : 256;
    if (!this.form.isMasked) {
      body({ width, bytes: width / 8, mask: undefined });
      return;
    }
    const left = registers.gpr("filters left");
    code.mov(left, kept.filtersLeft);
    const mask = cpu.firstLanes("filters", left);
    registers.free(left);
    body({ width, bytes: width / 8, mask });
    registers.free(mask);
  }
}

/** offsets[t] = the word of the pass's tap t in the table: what it looks at, in bytes from a window's first number. */
export function loadOffsets({ parts: { code, registers } }: OuterFrame, count: number): Gpr[] {
  const offsets = Array.from({ length: count }, (_, t) => registers.gpr(`offset of tap ${t}`));
  const table = registers.gpr("table of taps");
  code.mov(table, kept.taps);
  for (const [t, offset] of offsets.entries()) code.mov(offset.dword, at(table, 4 * t));
  registers.free(table);
  return offsets;
}
