/**
 * The dense products, all of them one kernel over A (rows × depth, any strides) and B (depth × columns). Its tiles and
 * arguments are those of the WebAssembly kernel, packages/inkling/kernels/products.ts.
 *
 *   c[i, j] = Σₚ a[i, p] · b[p, j], p ascending, from +0;  then + bias[j], or / examples
 *
 * Lanes run across columns, and a product and its addition stay two instructions. A block of rows by two vectors of
 * columns is summed in registers: 8 rows at 512 bits, 4 rows at 256 bits. Rows that are left take blocks of 4, 2 and 1.
 *
 * At 512 bits B is read where it stands, if its columns stand side by side and its depths are not 2 kB apart. Otherwise
 * a panel of B, two vectors wide, is copied together first, depth after depth; if its depths stand side by side, they
 * are transposed on the way. Columns beyond the last are never read or stored: masks leave them out.
 *
 * A sum of more than one block of depths (xᵀ·δ over a large batch) is added as a tree
 * (packages/inkling/kernels/tree.ts): a block's sums take up levels, which stand behind the panel in the scratch
 * memory, and become the level above them.
 */
import { when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Label, type Memory } from "../assembler/memory.ts";
import { type Gpr, r8, rax, rdx } from "../assembler/registers.ts";
import { layout, loadAddress, type NativeKernel, places, tileCode, wordAt } from "./kernel.ts";
import { ALONG, ALONG_COPIED, ALONG_IN_BLOCKS, kept, LEVEL, ProductFrame, TURNED, VECTORS } from "./product-frame.ts";
import { pack } from "./product-panel.ts";
import { sumRows } from "./product-rows.ts";

/** The farthest columns of a panel are reached by a signed offset of 32 bits. */
const MOST_COLUMN_BYTES = 2 ** 25;

export const product: NativeKernel = {
  operation: layout.PRODUCT,
  formOf(words, level) {
    const isOneBlock = wordAt(words, places.PRODUCT_DEPTH) <= wordAt(words, places.PRODUCT_BLOCK);
    const columnBytes = wordAt(words, places.PRODUCT_B_COLUMN);
    if (columnBytes === 4 && isOneBlock) {
      // Depths 2 kB apart fall into four places of the nearest cache: 1024 × 1024 × 1024 45 GFLOP/s, copied first 84. (At
      // 256 bits all forms copy.)
      const isFar = (wordAt(words, places.PRODUCT_B_DEPTH) & 2047) === 0;
      return isFar && level === "avx512" ? ALONG_COPIED : ALONG;
    }
    if (columnBytes === 4) return ALONG_IN_BLOCKS;
    return isOneBlock && columnBytes <= MOST_COLUMN_BYTES ? TURNED : -1;
  },
  write: (level, form) => tileCode(level, (parts) => new ProductTile(parts, form).write()),
};

/** The arguments of an operand: where it starts, bytes along C's rows (A) or columns (B), bytes of a depth. */
const STRIDES = {
  A: { first: places.PRODUCT_A, along: places.PRODUCT_A_ROW, depth: places.PRODUCT_A_DEPTH },
  B: { first: places.PRODUCT_B, along: places.PRODUCT_B_COLUMN, depth: places.PRODUCT_B_DEPTH },
};

/**
 * Where a tile starts in C, and the group of blocks that it sums (later that group's first depth), if there are some.
 */
interface Tile {
  readonly row: Gpr;
  readonly column: Gpr;
  readonly group: Gpr | undefined;
}

class ProductTile extends ProductFrame {
  write(): void {
    const { code, registers, args } = this.parts;
    // The divisions below need rax and rdx.
    const scratch = registers.claim(r8, "scratch");
    code.mov(scratch, args.scratch);
    registers.free(args.scratch);
    this.#findTile();
    const block = code.label("block");
    code.place(block);
    if (this.isInBlocks) this.#beginBlock();
    this.#panels(scratch);
    if (this.isInBlocks) this.#nextBlock(block);
  }

  /** Fills the slots of the tile. */
  #findTile(): void {
    const { registers } = this.parts;
    const tile = this.#divideTile();
    const { row, column, group } = tile;
    this.#count("rows", places.PRODUCT_ROWS, row, layout.TILE_ROWS);
    this.#count("columns", places.PRODUCT_COLUMNS, column, layout.TILE_COLUMNS);
    this.#startC(tile);
    if (group !== undefined) this.#findDepths(group);
    this.#startOperand(tile, "A");
    this.#startOperand(tile, "B");
    registers.free(row, column);
    if (group !== undefined) registers.free(group);
  }

  /** Which tile it is: its row and column in C, and in which group of blocks. */
  #divideTile(): Tile {
    const { code, registers, args } = this.parts;
    // The division has its results there.
    const [row, column] = [registers.claim(rax, "row"), registers.claim(rdx, "column")];
    const across = registers.gpr("tiles across");
    const group = this.isInBlocks ? registers.gpr("group") : undefined;
    const tilesOf = (to: Gpr, numbers: number, size: number) => {
      code.mov(to.dword, this.word(numbers));
      code.add(to.dword, size - 1);
      code.shr(to.dword, Math.log2(size));
    };
    const divide = (by: Gpr) => {
      code.mov(rax, args.tile);
      code.mov(rdx.dword, 0);
      code.div(by.dword);
    };
    tilesOf(across, places.PRODUCT_COLUMNS, layout.TILE_COLUMNS);
    if (group !== undefined) {
      // group = tile / tiles of a group; the tile is what is left
      const tiles = registers.gpr("tiles of a group");
      tilesOf(tiles, places.PRODUCT_ROWS, layout.TILE_ROWS);
      code.imul(tiles, across);
      divide(tiles);
      code.mov(group, rax);
      code.mov(args.tile, rdx);
      registers.free(tiles);
    }
    // Threads take runs of tiles. Where C is wide they go down column by column, so that a run reads part of B alone;
    // where it is high they go row by row, and read part of A. An epoch of 784-512-512-10 takes 4 % less time.
    const [isHigh, divided] = [code.label("C is high"), code.label("divided")];
    const rows = registers.gpr("rows");
    code.mov(rows.dword, this.word(places.PRODUCT_ROWS));
    code.cmp(rows.dword, this.word(places.PRODUCT_COLUMNS));
    code.jcc("a", isHigh);
    // column = tile / tiles down, row = tile % tiles down
    tilesOf(across, places.PRODUCT_ROWS, layout.TILE_ROWS);
    divide(across);
    code.mov(rows, rax);
    code.mov(row, rdx);
    code.mov(column, rows);
    code.jmp(divided);
    // row = tile / tiles across, column = tile % tiles across
    code.place(isHigh);
    divide(across);
    code.place(divided);
    registers.free(rows);
    code.shl(row, Math.log2(layout.TILE_ROWS));
    code.shl(column, Math.log2(layout.TILE_COLUMNS));
    registers.free(across, args.tile);
    return { row, column, group };
  }

  /** slot = min(most, all − from); `all` and, if it is one, `most` are arguments. */
  #count(slot: keyof typeof kept, all: number, from: Gpr, most: number | Memory): void {
    const { code, registers } = this.parts;
    const [size, limit] = [registers.gpr("size"), registers.gpr("most")];
    code.mov(size.dword, this.word(all));
    code.sub(size, from);
    code.mov(limit.dword, most);
    code.cmp(size, limit);
    code.cmov("a", size, limit);
    code.mov(kept[slot], size);
    registers.free(size, limit);
  }

  /** Where the tile's part of C starts, and its columns' place in a row. */
  #startC({ row, column, group }: Tile): void {
    const { code, registers } = this.parts;
    const [start, part, columns] = [registers.gpr("C"), registers.gpr("part"), registers.gpr("columns")];
    code.mov(part, column);
    code.shl(part, 2);
    code.mov(kept.columnBytes, part);
    // C + ((group · all rows + row) · columns + column) · 4
    loadAddress(this.parts, start, places.PRODUCT_C);
    code.mov(part, row);
    if (group !== undefined) {
      code.mov(part.dword, this.word(places.PRODUCT_ROWS));
      code.imul(part, group);
      code.add(part, row);
    }
    code.mov(columns.dword, this.word(places.PRODUCT_COLUMNS));
    code.imul(part, columns);
    code.add(part, column);
    code.lea(start, at(start, 0, part, 4));
    code.mov(kept.C, start);
    registers.free(start, part, columns);
  }

  /** group = its first depth; how many depths it has. */
  #findDepths(group: Gpr): void {
    const { code, registers } = this.parts;
    const value = registers.gpr("value");
    code.mov(value.dword, this.word(places.PRODUCT_GROUP));
    code.imul(group, value);
    code.mov(value.dword, 0);
    code.mov(kept.block, value);
    registers.free(value);
    this.#count("left", places.PRODUCT_DEPTH, group, this.word(places.PRODUCT_GROUP));
  }

  /** A + row · bytes of a row, or B + column · bytes of a column; from the group's first depth on. */
  #startOperand({ row, column, group }: Tile, operand: "A" | "B"): void {
    const { code, registers } = this.parts;
    const { first, along, depth } = STRIDES[operand];
    const [start, part] = [registers.gpr("start"), registers.gpr("part")];
    loadAddress(this.parts, start, first);
    code.mov(part.dword, this.word(along));
    code.imul(part, operand === "A" ? row : column);
    code.add(start, part);
    if (group !== undefined) {
      code.mov(part.dword, this.word(depth));
      code.imul(part, group);
      code.add(start, part);
    }
    code.mov(kept[operand], start);
    registers.free(start, part);
  }

  /** Fills the slots of the next block. */
  #beginBlock(): void {
    const { code, registers } = this.parts;
    const [steps, left] = [registers.gpr("steps"), registers.gpr("left")];
    const [block, taken] = [registers.gpr("block"), registers.gpr("taken")];
    // steps = min(128, left)
    code.mov(left, kept.left);
    code.mov(steps.dword, this.word(places.PRODUCT_BLOCK));
    code.cmp(steps, left);
    code.cmov("a", steps, left);
    code.mov(kept.steps, steps);
    code.sub(left, steps);
    code.mov(kept.left, left);
    // The last block takes up all levels, b; another one the lowest ones of b, b & ~(b + 1), and becomes level ctz(~b).
    code.mov(block, kept.block);
    code.mov(taken, block);
    code.mov(steps, -1);
    code.test(left, left);
    when(code, "ne", () => {
      code.lea(taken, at(block, 1));
      code.xor(taken, -1);
      code.and(taken, block);
      code.mov(steps, block);
      code.xor(steps, -1);
      code.tzcnt(steps, steps);
      code.shl(steps, Math.log2(LEVEL));
    });
    code.mov(kept.taken, taken);
    code.mov(kept.becomes, steps);
    code.inc(block);
    code.mov(kept.block, block);
    registers.free(steps, left, block, taken);
  }

  /** Goes on with the next block, if there is one. */
  #nextBlock(block: Label): void {
    const { code, registers } = this.parts;
    const [bytes, steps] = [registers.gpr("bytes"), registers.gpr("steps")];
    code.mov(steps, kept.steps);
    for (const operand of ["A", "B"] as const) {
      code.mov(bytes.dword, this.word(STRIDES[operand].depth));
      code.imul(bytes, steps);
      code.add(kept[operand], bytes);
    }
    code.mov(bytes, kept.left);
    code.test(bytes, bytes);
    registers.free(bytes, steps);
    code.jcc("ne", block);
  }

  /** The tile's columns, panel by panel; at 512 bits there is one. */
  #panels(scratch: Gpr): void {
    const { code, cpu, registers } = this.parts;
    const width = registers.gpr("columns left");
    const value = registers.gpr("value");
    for (const [slot, from] of [
      ["panelB", "B"],
      ["panelC", "C"],
      ["panelColumnBytes", "columnBytes"],
    ] as const) {
      code.mov(value, kept[from]);
      code.mov(kept[slot], value);
    }
    if (this.isInBlocks) {
      code.mov(value.dword, this.word(places.PRODUCT_BLOCK));
      code.imul(value, value, 4 * layout.TILE_COLUMNS + 16);
      code.add(value, scratch);
      code.mov(kept.levels, value);
    }
    registers.free(value);
    code.mov(width, kept.columns);
    const [panel, end] = [code.label("panel"), code.label("last panel done")];
    code.place(panel);
    const masks = this.#masks(width);
    const b = registers.gpr("b");
    const bDepth = registers.gpr("bytes from depth to depth of b");
    code.mov(b, kept.panelB);
    if (this.packs) {
      pack(this, b, scratch, width, masks);
      code.mov(b, scratch);
      code.mov(bDepth, VECTORS * cpu.bytes);
    } else code.mov(bDepth.dword, this.word(places.PRODUCT_B_DEPTH));
    const [narrow, done] = [code.label("one vector"), code.label("panel done")];
    code.cmp(width, cpu.lanes);
    code.jcc("be", narrow);
    sumRows(this, b, bDepth, masks);
    code.jmp(done);
    code.place(narrow);
    sumRows(this, b, bDepth, masks.slice(0, 1));
    code.place(done);
    registers.free(b, bDepth, ...masks);
    this.#nextPanel(width, panel, end);
    code.place(end);
    registers.free(width);
  }

  /** The lanes of each vector that are columns of this panel. */
  #masks(width: Gpr): LaneMask[] {
    const { code, cpu, registers } = this.parts;
    const rest = registers.gpr("columns from a vector on");
    code.mov(rest, width);
    const masks = Array.from({ length: VECTORS }, (_, v) => {
      if (v > 0) code.sub(rest, cpu.lanes);
      return cpu.firstLanes(`columns of vector ${v}`, rest);
    });
    registers.free(rest);
    return masks;
  }

  /** Goes on with the next panel of the tile, if there is one. */
  #nextPanel(width: Gpr, panel: Label, end: Label): void {
    const { code, cpu, registers } = this.parts;
    const columns = VECTORS * cpu.lanes;
    if (columns >= layout.TILE_COLUMNS) return;
    code.sub(width, columns);
    code.cmp(width, 0);
    code.jcc("le", end);
    const step = registers.gpr("step");
    code.mov(step, 4 * columns);
    code.add(kept.panelC, step);
    code.add(kept.panelColumnBytes, step);
    code.mov(step.dword, this.word(places.PRODUCT_B_COLUMN));
    code.imul(step, step, columns);
    code.add(kept.panelB, step);
    registers.free(step);
    code.jmp(panel);
  }
}
