/**
 * How the columns of a matrix are cut into panels whose sums, or whose row of δ, stay in registers. A panel is some
 * whole vectors. Of one panel the last vector may have lanes that are no columns; of several the last ends with the
 * last column, so that some columns are computed twice and none needs a mask.
 */

import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Label, type Memory } from "../assembler/memory.ts";
import type { Gpr } from "../assembler/registers.ts";
import { argument, places, type TileParts } from "./kernel.ts";

/** Columns of a step, in which forms are counted: a vector of 256 bits. */
const STEP = 8;
/** Most columns of a panel, and their steps. */
const MOST_COLUMNS = 128;
const MOST_STEPS = MOST_COLUMNS / STEP;

/** The form of so many columns: the steps of a panel, from 1 to 16; plus 16 where there are several panels. */
export function panelForm(columns: number): number {
  const panels = Math.ceil(columns / MOST_COLUMNS);
  return Math.ceil(columns / STEP / panels) + (panels > 1 ? MOST_STEPS : 0);
}

/**
 * The vectors of a panel, and whether there is only one. `most`: the numbers of vectors that registers have room for.
 * Of these, the first is taken whose panels have the fewest vectors together.
 */
export function panelOf(form: number, lanes: number, most: readonly number[]): { vectors: number; isOne: boolean } {
  const steps = ((form - 1) % MOST_STEPS) + 1;
  const all = Math.ceil((steps * STEP) / lanes);
  const sizes = most.map((size) => Math.ceil(all / Math.ceil(all / size)));
  const together = (size: number) => Math.ceil(all / size) * size;
  const vectors = sizes.reduce((best, size) => (together(size) < together(best) ? size : best));
  return { vectors, isOne: form <= MOST_STEPS && vectors === all };
}

/** The lanes of the last vector that are columns, where all columns are one panel of so many vectors. */
export function lastLanes(parts: TileParts, vectors: number): LaneMask {
  const { code, cpu, registers } = parts;
  const columns = registers.gpr("columns of the last vector");
  code.mov(columns.dword, argument(parts, places.PIXELS_COLUMNS));
  code.sub(columns.dword, (vectors - 1) * cpu.lanes);
  const mask = cpu.firstLanes("columns of the last vector", columns);
  registers.free(columns);
  return mask;
}

/**
 * Brings `column`, the bytes before a panel, to the next panel of so many bytes; goes on at `end` where there is none.
 * `moved` writes what else moves by as many bytes.
 */
export function nextColumns(
  { code, registers }: TileParts,
  column: Memory,
  panelBytes: number,
  rowBytes: Memory | Gpr,
  end: Label,
  moved: (bytes: Gpr) => void = () => {},
): void {
  const [from, last, to] = [registers.gpr("column"), registers.gpr("last panel"), registers.gpr("next panel")];
  code.mov(from, column);
  code.mov(last, rowBytes);
  code.sub(last, panelBytes);
  code.cmp(from, last);
  code.jcc("ae", end);
  code.lea(to, at(from, panelBytes));
  code.cmp(to, last);
  code.cmov("a", to, last);
  code.mov(column, to);
  code.sub(to, from);
  moved(to);
  registers.free(from, last, to);
}
