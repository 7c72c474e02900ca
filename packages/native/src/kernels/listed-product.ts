/**
 * A product that leaves out the zeros of A, along the lists of list-rows.ts. There is no WebAssembly kernel of it; the
 * caller is packages/inkling/src/backends/wasm/listed-products.ts. A tile is TILE_ROWS rows by LISTED_COLUMNS columns.
 *
 *   C[r, :] = Σₚ A[r, p]·B[p, :] over the listed p, ascending, from +0;  then + bias, or / examples
 *
 * Lanes run across columns, and a product and its addition stay two instructions. Eight vectors of a row are summed in
 * registers. Each entry reads eight vectors of B, so B comes piece by piece, as much as the nearest cache holds: all rows
 * of the tile go along their lists as far as the piece goes, and their sums wait in C. Where B's rows fall into few
 * places of that cache, or do not start at its lines, the piece is copied together first.
 *
 * Measured beside the dense kernel, half of A 0 (Xeon, one core, µs; lists are less than a tenth of it):
 *
 *                                     512 bits            256 bits
 *   128 × 512 by 512 × 512            450  (670)          640  (960)
 *   512 × 128 by 128 × 512            445  (680)          610 (1100)
 *   128 × 128 by 128 × 784            164  (261)          224  (355)
 *   784 × 128 by 128 × 128            157  (276)          237  (395)
 *   128 × 784 by 784 × 512            730 (1070)         1010 (1620)
 *
 * A quarter not 0: 260 of the first. In one piece, read where it stands, the first takes 646, the last 1285. Pieces of
 * 16 kB take 5 % more, of 40 kB the same. To ask for the next row's list or sums gains nothing.
 */
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, rax, rdx } from "../assembler/registers.ts";
import {
  argument,
  layout,
  loadAddress,
  type NativeKernel,
  places,
  type TileParts,
  tileCode,
  wordAt,
} from "./kernel.ts";
import { kept, Panel, rowOfPiece, VECTORS } from "./listed-panel.ts";

/** The forms: B is read where it stands, or piece by piece from a copy. For fewer rows a copy takes too long. */
const [IN_PLACE, COPIED] = [0, 1];
const FEW_ROWS = 8;

export const listedProduct: NativeKernel = {
  operation: layout.LISTED_PRODUCT,
  formOf(words, level) {
    if (wordAt(words, places.PRODUCT_ROWS) < FEW_ROWS) return IN_PLACE;
    const [first, rowBytes] = [wordAt(words, places.PRODUCT_B), wordAt(words, places.PRODUCT_B_DEPTH)];
    // Rows so many bytes apart, or a multiple, fall into half of the places of the nearest cache, or fewer.
    const far = 2 * rowOfPiece(level === "avx512" ? 64 : 32);
    return (first & 63) === 0 && (rowBytes & 63) === 0 && rowBytes % far !== 0 ? IN_PLACE : COPIED;
  },
  write: (level, form) => tileCode(level, (parts) => new ListedTile(parts, form === COPIED).write()),
};

class ListedTile {
  readonly #parts: TileParts;
  readonly #copies: boolean;

  constructor(parts: TileParts, copies: boolean) {
    this.#parts = parts;
    this.#copies = copies;
  }

  write(): void {
    const { code, cpu, registers, exit } = this.#parts;
    this.#findTile();
    const [panel, few] = [code.label("panel"), code.label("few columns")];
    const columns = registers.gpr("columns");
    code.place(panel);
    code.mov(columns, kept.columns);
    code.cmp(columns, VECTORS * cpu.lanes);
    code.jcc("b", few);
    new Panel(this.#parts, this.#copies, VECTORS).write();
    const step = registers.gpr("step");
    code.mov(step, 4 * VECTORS * cpu.lanes);
    for (const place of [kept.C, kept.B, kept.columnBytes]) code.add(place, step);
    code.mov(step, VECTORS * cpu.lanes);
    registers.free(step);
    code.sub(kept.columns, step);
    code.jcc("ne", panel);
    code.jmp(exit);
    code.place(few);
    for (let vectors = 1; vectors <= VECTORS; vectors++) {
      const next = code.label(`more than ${vectors} vectors`);
      code.cmp(columns, vectors * cpu.lanes);
      code.jcc("a", next);
      code.sub(columns, (vectors - 1) * cpu.lanes);
      const mask = cpu.firstLanes("columns of the last vector", columns);
      new Panel(this.#parts, this.#copies, vectors, mask).write();
      registers.free(mask);
      code.jmp(exit);
      code.place(next);
    }
  }

  #word(place: number): Memory {
    return argument(this.#parts, place);
  }

  /** Fills the slots. */
  #findTile(): void {
    const { code, registers, args } = this.#parts;
    code.mov(kept.scratch, args.scratch);
    // The divisions have their results there.
    registers.free(args.scratch);
    const [row, column] = [registers.claim(rax, "row"), registers.claim(rdx, "column")];
    const [panels, value, from] = [registers.gpr("panels"), registers.gpr("value"), registers.gpr("from")];
    code.mov(panels.dword, this.#word(places.PRODUCT_COLUMNS));
    code.add(panels, layout.LISTED_COLUMNS - 1);
    code.shr(panels, Math.log2(layout.LISTED_COLUMNS));
    code.mov(rax, args.tile);
    code.mov(rdx.dword, 0);
    code.div(panels.dword);
    code.shl(row, Math.log2(layout.TILE_ROWS));
    code.shl(column, Math.log2(layout.LISTED_COLUMNS));
    registers.free(args.tile, panels);
    this.#count(kept.rows, places.PRODUCT_ROWS, row, layout.TILE_ROWS);
    this.#count(kept.columns, places.PRODUCT_COLUMNS, column, layout.LISTED_COLUMNS);
    // C + (row · columns + column) · 4
    loadAddress(this.#parts, from, places.PRODUCT_C);
    code.mov(value.dword, this.#word(places.PRODUCT_COLUMNS));
    code.imul(value, row);
    code.add(value, column);
    code.lea(from, at(from, 0, value, 4));
    code.mov(kept.C, from);
    code.mov(value.dword, this.#word(places.PRODUCT_COLUMNS));
    code.shl(value, 2);
    code.mov(kept.rowBytes, value);
    loadAddress(this.#parts, from, places.PRODUCT_COUNTS);
    code.lea(from, at(from, 0, row, 4));
    code.mov(kept.counts, from);
    loadAddress(this.#parts, from, places.PRODUCT_LISTS);
    code.mov(value.dword, this.#word(places.PRODUCT_LIST_HALF));
    code.imul(value, row);
    code.lea(from, at(from, 0, value, 2));
    code.mov(kept.list, from);
    code.shl(column, 2);
    loadAddress(this.#parts, from, places.PRODUCT_B);
    code.add(from, column);
    code.mov(kept.B, from);
    code.mov(kept.columnBytes, column);
    if (this.#copies) this.#findScale(value);
    registers.free(row, column, value, from);
  }

  /**
   * scale = 2³² · bytes of a row of a piece / bytes of a row of B, rounded up. An offset p·(bytes of a row of B) times
   * that, without the lower 32 bits, is p·(bytes of a row of a piece): what was added is below offset / 2³² < 1.
   */
  #findScale(by: Gpr): void {
    const { code, cpu } = this.#parts;
    code.mov(by.dword, this.#word(places.PRODUCT_B_DEPTH));
    code.mov(rax, BigInt(rowOfPiece(cpu.bytes)) << 32n);
    code.add(rax, by);
    code.dec(rax);
    code.mov(rdx.dword, 0);
    code.div(by);
    code.mov(kept.scale, rax);
  }

  /** slot = min(most, all − from) */
  #count(slot: Memory, all: number, from: Gpr, most: number): void {
    const { code, registers } = this.#parts;
    const [size, limit] = [registers.gpr("size"), registers.gpr("most")];
    code.mov(size.dword, this.#word(all));
    code.sub(size, from);
    code.mov(limit, most);
    code.cmp(size, limit);
    code.cmov("a", size, limit);
    code.mov(slot, size);
    registers.free(size, limit);
  }
}
