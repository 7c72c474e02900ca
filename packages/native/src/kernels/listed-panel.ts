/**
 * A panel of a listed product (listed-product.ts): all rows of the tile by eight vectors of columns, or those that there
 * are, piece by piece of B.
 */
import { loop, when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, Mask, type Vec } from "../assembler/registers.ts";
import { argument, places, type TileParts } from "./kernel.ts";
import { slots } from "./slots.ts";

/** Vectors of a panel, at most. */
export const VECTORS = 8;

/** Bytes of a piece of B. A copy of it is the start of the scratch memory; the rows' places in their lists follow. */
const PIECE = 32768;

/** Bytes of a depth of a piece. */
export const rowOfPiece = (vectorBytes: number): number => VECTORS * vectorBytes;

/** What the stack keeps. */
export const kept = slots([
  // The scratch memory. The tile: its first row's list and count, its rows; bytes of a row of C.
  "scratch",
  "list",
  "counts",
  "rows",
  "rowBytes",
  // The panel: columns that are left, where its part of B and of C's first row starts, and bytes before it in a row.
  "columns",
  "B",
  "C",
  "columnBytes",
  // The piece: its first depth and the one behind it. What offsets are multiplied with, if it is copied.
  "first",
  "end",
  "scale",
]);

/** What the code of a row needs. Its place in the list: bytes before the list's end, with a minus. */
type Row = Readonly<Record<"list" | "counts" | "place" | "c" | "half" | "piece" | "limit" | "scale", Gpr>>;

export class Panel {
  readonly #parts: TileParts;
  readonly #sums: readonly Vec[];
  readonly #x: Vec;
  readonly #product: Vec;
  readonly #copies: boolean;
  readonly #mask: LaneMask | undefined;
  /** Depths of a piece, and bytes from depth to depth. */
  readonly #depths: number;
  readonly #step: number;

  /** So many vectors of columns; a mask says which lanes of the last one are columns. `copies`: B, piece by piece. */
  constructor(parts: TileParts, copies: boolean, vectors: number, mask?: LaneMask) {
    const { registers, cpu } = parts;
    this.#parts = parts;
    this.#sums = registers.vecs("sums", vectors);
    this.#x = registers.vec("a in all lanes");
    this.#product = registers.vec("product");
    this.#copies = copies;
    this.#mask = mask;
    this.#step = rowOfPiece(cpu.bytes);
    this.#depths = PIECE / this.#step;
  }

  /** Piece after piece. */
  write(): void {
    const { code, registers } = this.#parts;
    const [first, depth] = [registers.gpr("first depth"), registers.gpr("depth")];
    const next = code.label("next piece");
    code.mov(first.dword, 0);
    code.place(next);
    code.mov(kept.first, first);
    code.add(first, this.#depths);
    code.mov(depth.dword, this.#word(places.PRODUCT_DEPTH));
    code.cmp(first, depth);
    code.cmov("a", first, depth);
    code.mov(kept.end, first);
    registers.free(first, depth);
    if (this.#copies) this.#copy();
    this.#rows();
    code.mov(first, kept.end);
    code.cmp(first.dword, this.#word(places.PRODUCT_DEPTH));
    code.jcc("b", next);
    registers.free(this.#x, this.#product, ...this.#sums);
  }

  #word(place: number): Memory {
    return argument(this.#parts, place);
  }

  #maskOf(v: number): LaneMask | undefined {
    return v === this.#sums.length - 1 ? this.#mask : undefined;
  }

  #vector(from: Gpr, v: number): Memory {
    return at(from, v * this.#parts.cpu.bytes);
  }

  /** The piece's rows of B, to the scratch memory; zeros behind the columns. */
  #copy(): void {
    const { code, cpu, registers } = this.#parts;
    const names = ["from", "bytes of a row of B", "to", "depths left"];
    const [from, rowBytes, to, left] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr, Gpr];
    code.mov(rowBytes.dword, this.#word(places.PRODUCT_B_DEPTH));
    code.mov(from, kept.first);
    code.mov(left, kept.end);
    code.sub(left, from);
    code.imul(from, rowBytes);
    code.add(from, kept.B);
    code.mov(to, kept.scratch);
    loop(code, left, () => {
      for (const [v, vector] of this.#sums.entries()) cpu.load(vector, this.#vector(from, v), this.#maskOf(v));
      for (const [v, vector] of this.#sums.entries()) cpu.store(this.#vector(to, v), vector);
      code.add(from, rowBytes);
      code.add(to, this.#step);
    });
    registers.free(from, rowBytes, to, left);
  }

  /** All rows of the tile, each along its list as far as the piece goes. */
  #rows(): void {
    const { code, cpu, registers } = this.#parts;
    const row: Row = {
      list: registers.gpr("list"),
      counts: registers.gpr("counts"),
      place: registers.gpr("place in the list"),
      c: registers.gpr("c"),
      half: registers.gpr("half of a list"),
      piece: registers.gpr("where depth 0 stands, or would stand in the piece"),
      limit: registers.gpr("first offset behind the piece"),
      scale: registers.gpr("scale"),
    };
    const left = registers.gpr("rows left");
    code.mov(row.list, kept.list);
    code.mov(row.counts, kept.counts);
    code.mov(row.c, kept.C);
    code.mov(row.half.dword, this.#word(places.PRODUCT_LIST_HALF));
    code.mov(row.place, kept.scratch);
    if (this.#copies) {
      code.mov(row.scale, kept.scale);
      code.mov(row.piece, kept.first);
      code.imul(row.piece, row.piece, -this.#step);
      code.add(row.piece, row.place);
      code.add(row.place, PIECE);
    } else code.mov(row.piece, kept.B);
    code.mov(row.limit.dword, this.#word(places.PRODUCT_B_DEPTH));
    code.imul(row.limit, kept.end);
    code.mov(left, kept.rows);
    loop(code, left, () => {
      this.#sum(row);
      this.#finish();
      for (const [v, sum] of this.#sums.entries()) cpu.store(this.#vector(row.c, v), sum, this.#maskOf(v));
      code.lea(row.list, at(row.list, 0, row.half, 2));
      code.add(row.counts, 4);
      code.add(row.place, 8);
      code.add(row.c, kept.rowBytes);
    });
    registers.free(left, ...Object.values(row));
  }

  /** sums += Σₚ A[r, p]·B[p, :] along the list, as far as the piece goes */
  #sum(row: Row): void {
    const { code, cpu, registers } = this.#parts;
    const names = ["end of the offsets", "end of the numbers", "bytes before the end", "row of B"];
    const [offsets, numbers, before, b] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr, Gpr];
    code.mov(before.dword, at(row.counts));
    code.lea(offsets, at(row.list, 0, before, 4));
    code.lea(numbers, at(offsets, 0, row.half));
    // A negative distance that grows to 0 counts and points at once.
    code.shl(before, 2);
    code.neg(before);
    const [begun, begin] = [code.label("begun before"), code.label("begin")];
    code.mov(b, kept.first);
    code.test(b, b);
    code.jcc("ne", begun);
    for (const sum of this.#sums) cpu.zero(sum);
    code.jmp(begin);
    code.place(begun);
    code.mov(before, at(row.place));
    for (const [v, sum] of this.#sums.entries()) cpu.load(sum, this.#vector(row.c, v), this.#maskOf(v));
    code.place(begin);
    const [next, done] = [code.label("next entry"), code.label("no more entries")];
    code.test(before, before);
    code.jcc("e", done);
    code.align(32);
    code.place(next);
    code.mov(b.dword, at(offsets, 0, before));
    code.cmp(b, row.limit);
    code.jcc("ae", done);
    cpu.broadcast(this.#x, at(numbers, 0, before));
    if (this.#copies) {
      code.imul(b, row.scale);
      code.shr(b, 32);
    }
    code.add(b, row.piece);
    for (const [v, sum] of this.#sums.entries()) {
      this.#multiply(this.#vector(b, v), this.#copies ? undefined : this.#maskOf(v));
      code.vaddps(sum, sum, this.#product);
    }
    code.add(before, 4);
    code.jcc("ne", next);
    code.place(done);
    code.mov(at(row.place), before);
    registers.free(offsets, numbers, before, b);
  }

  /** product = x·b */
  #multiply(b: Memory, mask: LaneMask | undefined): void {
    const { code, cpu } = this.#parts;
    if (mask === undefined) code.vmulps(this.#product, this.#x, b);
    else if (mask instanceof Mask) code.vmulps(this.#product, this.#x, b, { mask, zero: true });
    else {
      cpu.load(this.#product, b, mask);
      code.vmulps(this.#product, this.#x, this.#product);
    }
  }

  /** Behind the last piece: adds the bias, or divides by the examples, if the arguments say so. */
  #finish(): void {
    const { code, cpu, registers, args } = this.#parts;
    const word = registers.gpr("depth, bias, then examples");
    const open = code.label("another piece follows");
    code.mov(word, kept.end);
    code.cmp(word.dword, this.#word(places.PRODUCT_DEPTH));
    code.jcc("b", open);
    code.mov(word.dword, this.#word(places.PRODUCT_BIAS));
    code.test(word, word);
    when(code, "ne", () => {
      code.add(word, args.memory);
      code.add(word, kept.columnBytes);
      for (const [v, sum] of this.#sums.entries()) {
        cpu.load(this.#product, this.#vector(word, v), this.#maskOf(v));
        code.vaddps(sum, sum, this.#product);
      }
    });
    code.mov(word.dword, this.#word(places.PRODUCT_EXAMPLES));
    code.test(word, word);
    when(code, "ne", () => {
      cpu.broadcast(this.#x, this.#word(places.PRODUCT_EXAMPLES));
      code.vcvtdq2ps(this.#x, this.#x);
      for (const sum of this.#sums) code.vdivps(sum, sum, this.#x);
    });
    code.place(open);
    registers.free(word);
  }
}
