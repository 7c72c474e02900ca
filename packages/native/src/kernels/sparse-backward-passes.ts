/**
 * The passes of sparse-backward.ts: what all positions of an image add to some rows of their windows.
 *
 *   sums += Σ δ_p·w of the filters that are chosen at p, ascending
 *
 * The sums of a position stay in registers for all its filters. A filter takes a product and an addition for each
 * vector, one load of δ, and the vectors of W, which are read inside the products.
 */
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, Vec } from "../assembler/registers.ts";
import { argument, places, type TileParts } from "./kernel.ts";
import { slots } from "./slots.ts";
import { type RowVector, type SparseForm, vectorsOfRow } from "./sparse-backward-form.ts";
import { ITEM, item, keptOfList } from "./sparse-backward-list.ts";

/** What the stack keeps of a tile. */
export const kept = slots(
  [
    // Where its sums start, its list and the end of it, its dX.
    "sums",
    "list",
    "end",
    "dX",
    // The pass: its first row, and where that begins in the sums and in W.
    "first",
    "rows",
    "w",
  ],
  keptOfList,
);

/** A vector of a pass, and the row that it is of. */
interface Piece extends RowVector {
  readonly row: number;
}

/** to = bytes of the sums from a row of the window to the next one. */
export function loadRowStep(parts: TileParts, to: Gpr): void {
  const { code } = parts;
  code.mov(to.dword, argument(parts, places.CONVOLUTION_DILATION_Y));
  code.imul(to.dword, argument(parts, places.CONVOLUTION_ROW));
}

/**
 * Adds to so many rows, from the one on that the slots say: in one pass; or to one row in several, a part of it after
 * the other, the last one first.
 */
export function addRows(parts: TileParts, form: SparseForm, rows: number): void {
  const vectors = vectorsOfRow(form.numbers, parts.cpu.lanes);
  const pieces = Array.from({ length: rows }, (_, row) => vectors.map((vector) => ({ row, ...vector }))).flat();
  const count = Math.ceil(pieces.length / form.accumulators);
  for (let part = count - 1; part >= 0; part--) {
    const [from, to] = [part, part + 1].map((p) => Math.round((p * pieces.length) / count));
    new Pass(parts, form, pieces.slice(from, to)).write();
  }
}

class Pass {
  readonly #parts: TileParts;
  readonly #form: SparseForm;
  readonly #pieces: readonly Piece[];
  readonly #sums: readonly Vec[];
  /** The position's item in the list. */
  readonly #item: Gpr;
  /** Where the first row begins: in the sums, without the position's own bytes, and in W. */
  readonly #rows: Gpr;
  readonly #w: Gpr;
  readonly #filterBytes: Gpr;
  /** Bytes of the sums from row to row, if there are several. */
  readonly #rowStep: Gpr | undefined;
  /** Which lanes of a row's last vector are the row's, if not all are. */
  readonly #mask: LaneMask | undefined;

  constructor(parts: TileParts, form: SparseForm, pieces: readonly Piece[]) {
    const { registers, cpu } = parts;
    this.#parts = parts;
    this.#form = form;
    this.#pieces = pieces;
    this.#item = registers.gpr("item");
    this.#rows = registers.gpr("rows");
    this.#w = registers.gpr("w");
    this.#filterBytes = registers.gpr("bytes of a filter");
    this.#rowStep = pieces.some(({ row }) => row > 0) ? registers.gpr("bytes of a row") : undefined;
    this.#sums = pieces.map(({ width }, i) => registers.vec(`sums ${i}`).as(width));
    const masked = pieces.find(({ isMasked }) => isMasked);
    this.#mask = masked && cpu.firstLanes("numbers of the row", form.numbers - masked.before / 4);
  }

  /** All positions of the list. */
  write(): void {
    const { code, registers } = this.#parts;
    if (this.#rowStep !== undefined) loadRowStep(this.#parts, this.#rowStep);
    code.mov(this.#filterBytes.dword, argument(this.#parts, places.CONVOLUTION_ROWS));
    code.imul(this.#filterBytes, this.#filterBytes, 4 * this.#form.padded);
    code.mov(this.#item, kept.list);
    code.mov(this.#rows, kept.rows);
    code.mov(this.#w, kept.w);
    const [next, done] = [code.label("next position"), code.label("no more positions")];
    code.cmp(this.#item, kept.end);
    code.jcc("ae", done);
    code.align(32);
    code.place(next);
    this.#each((sum, place) => code.vmovups(sum, place));
    this.#addFilters();
    this.#each((sum, place, { isMasked }) => this.#store(place, sum, isMasked));
    code.add(this.#item, ITEM);
    code.cmp(this.#item, kept.end);
    code.jcc("b", next);
    code.place(done);
    registers.free(this.#item, this.#rows, this.#w, this.#filterBytes, ...this.#sums);
    if (this.#rowStep !== undefined) registers.free(this.#rowStep);
    if (this.#mask !== undefined) registers.free(this.#mask);
  }

  /** Goes through the vectors, with the place of each one's sums at the position. */
  #each(move: (sum: Vec, place: Memory, piece: Piece) => void): void {
    const { code, registers } = this.#parts;
    const place = registers.gpr("place");
    code.mov(place.dword, at(this.#item, item.PLACE));
    code.add(place, this.#rows);
    let line = 0;
    for (const [i, piece] of this.#pieces.entries()) {
      if (this.#rowStep !== undefined && piece.row > line) code.add(place, this.#rowStep);
      line = piece.row;
      move(this.#sums[i] as Vec, at(place, piece.before), piece);
    }
    registers.free(place);
  }

  /** sums += δ·w for the filters of the item, ascending. */
  #addFilters(): void {
    const { code, cpu, registers } = this.#parts;
    const names = ["filters left", "δ", "w of the first filter", "filter", "without it"];
    const [left, delta, first, filter, others] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr, Gpr, Gpr];
    const [d, product] = [registers.vec("δ in all lanes"), registers.vec("product")];
    code.mov(left, at(this.#item, item.FILTERS));
    code.mov(delta, at(this.#item, item.DELTA));
    code.mov(first.dword, at(this.#item, item.W));
    code.add(first, this.#w);
    const next = code.label("next filter");
    code.align(32);
    code.place(next);
    code.tzcnt(filter, left);
    code.lea(others, at(left, -1));
    cpu.broadcast(d, at(delta, 0, filter, 4));
    code.imul(filter, this.#filterBytes);
    code.add(filter, first);
    for (const [i, { row, before, width }] of this.#pieces.entries()) {
      const [sum, term] = [this.#sums[i] as Vec, product.as(width)];
      code.vmulps(term, d.as(width), at(filter, 4 * this.#form.padded * row + before));
      code.vaddps(sum, sum, term);
    }
    // x & (x − 1) is x without its lowest 1.
    code.and(left, others);
    code.jcc("ne", next);
    registers.free(left, delta, first, filter, others, d, product);
  }

  /** memory = sum; of a vector with lanes beyond the row, only those of the row. */
  #store(place: Memory, sum: Vec, isMasked: boolean): void {
    const { code, cpu, registers } = this.#parts;
    if (isMasked && this.#mask !== undefined) {
      const [before, mask] = [registers.vec("before").as(sum.width), this.#mask];
      code.vmovups(before, place);
      cpu.select(sum, mask instanceof Vec ? mask.as(sum.width) : mask, sum, before);
      registers.free(before);
    }
    code.vmovups(place, sum);
  }
}
