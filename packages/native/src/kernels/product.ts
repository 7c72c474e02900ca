/**
 * The dense products, all of them one kernel over A (rows × depth, any strides) and B (depth × columns). Its tiles and
 * arguments are those of the WebAssembly kernel, packages/inkling/kernels/products.ts.
 *
 *   c[i, j] = Σₚ a[i, p] · b[p, j], p ascending, from +0;  then + bias[j], or / examples
 *
 * Lanes run across columns, and a product and its addition stay two instructions. A block of rows by two vectors of
 * columns is summed in registers: 8 rows at 512 bits, 4 rows at 256 bits. Rows that are left take blocks of 4, 2 and 1.
 *
 * At 512 bits B is read where it stands, if its columns stand side by side and its depths are not 4 kB apart. Otherwise
 * a panel of B, two vectors wide, is copied together first, depth after depth; if its depths stand side by side, they
 * are transposed on the way. Columns beyond the last are never read or stored: masks leave them out.
 *
 * A sum of more than one block of depths (xᵀ·δ over a large batch) is added as a tree
 * (packages/inkling/kernels/tree.ts): a block's sums take up levels, which stand behind the panel in the scratch
 * memory, and become the level above them.
 */
import { when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Label } from "../assembler/memory.ts";
import { type Gpr, r8, rax, rdx, rsp } from "../assembler/registers.ts";
import { layout, loadAddress, type NativeKernel, places, tileCode, wordAt } from "./kernel.ts";
import {
  ALONG,
  ALONG_COPIED,
  ALONG_IN_BLOCKS,
  FRAME,
  LEVEL,
  ProductFrame,
  type Slot,
  TURNED,
  VECTORS,
} from "./product-frame.ts";
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
      // Depths 4 kB apart fall into one place of the nearest cache: 1024 × 1024 × 1024 45 GFLOP/s, copied first 84. (At
      // 256 bits all forms copy.)
      const isFar = (wordAt(words, places.PRODUCT_B_DEPTH) & 4095) === 0;
      return isFar && level === "avx512" ? ALONG_COPIED : ALONG;
    }
    if (columnBytes === 4) return ALONG_IN_BLOCKS;
    return isOneBlock && columnBytes <= MOST_COLUMN_BYTES ? TURNED : -1;
  },
  write: (level, form) => tileCode(level, (parts) => new ProductTile(parts, form).write()),
};

class ProductTile extends ProductFrame {
  write(): void {
    const { code, registers, args } = this.parts;
    // The divisions below need rax and rdx.
    const scratch = registers.claim(r8, "scratch");
    code.mov(scratch, args.scratch);
    registers.free(args.scratch);
    code.sub(rsp, FRAME);
    this.place();
    registers.free(args.tile);
    const block = code.label("block");
    code.place(block);
    if (this.isInBlocks) this.beginBlock();
    this.panels(scratch);
    if (this.isInBlocks) this.nextBlock(block);
    code.add(rsp, FRAME);
  }

  /** Fills the slots of the tile. */
  private place(): void {
    const { code, registers, args } = this.parts;
    const row = registers.claim(rax, "row");
    const column = registers.claim(rdx, "column");
    const [across, part] = [registers.gpr("tiles across"), registers.gpr("part of an address")];
    const group = this.isInBlocks ? registers.gpr("group") : undefined;
    const tilesOf = (to: Gpr, numbers: number, size: number) => {
      code.mov(to.dword, this.word(numbers));
      code.add(to.dword, size - 1);
      code.shr(to.dword, Math.log2(size));
    };
    const divideTile = (by: Gpr) => {
      code.mov(rax, args.tile);
      code.mov(rdx.dword, 0);
      code.div(by.dword);
    };
    tilesOf(across, places.PRODUCT_COLUMNS, layout.TILE_COLUMNS);
    if (group !== undefined) {
      // group = tile / tiles of a group; the tile is what is left
      tilesOf(part, places.PRODUCT_ROWS, layout.TILE_ROWS);
      code.imul(part, across);
      divideTile(part);
      code.mov(group, rax);
      code.mov(args.tile, rdx);
    }
    // row = tile / across · 64, column = tile % across · 32
    divideTile(across);
    code.shl(row, Math.log2(layout.TILE_ROWS));
    code.shl(column, Math.log2(layout.TILE_COLUMNS));
    const [size, most] = [across, registers.gpr("most")];
    /** min(limit, all − from) */
    const count = (slot: Slot, all: number, from: Gpr, limit: () => void) => {
      code.mov(size.dword, this.word(all));
      code.sub(size, from);
      limit();
      code.cmp(size, most);
      code.cmov("a", size, most);
      code.mov(this.slot(slot), size);
    };
    count("rows", places.PRODUCT_ROWS, row, () => code.mov(most, layout.TILE_ROWS));
    count("columns", places.PRODUCT_COLUMNS, column, () => code.mov(most, layout.TILE_COLUMNS));
    code.lea(size, at(column, 0));
    code.shl(size, 2);
    code.mov(this.slot("columnBytes"), size);
    // C + ((group · all rows + row) · columns + column) · 4
    const address = most;
    loadAddress(this.parts, address, places.PRODUCT_C);
    code.mov(part.dword, this.word(places.PRODUCT_ROWS));
    if (group !== undefined) {
      code.imul(part, group);
      code.add(part, row);
    } else code.mov(part, row);
    code.mov(size.dword, this.word(places.PRODUCT_COLUMNS));
    code.imul(part, size);
    code.add(part, column);
    code.lea(address, at(address, 0, part, 4));
    code.mov(this.slot("C"), address);
    if (group !== undefined) {
      // The first depth of the group, and how many it has.
      code.mov(part.dword, this.word(places.PRODUCT_GROUP));
      code.imul(group, part);
      count("left", places.PRODUCT_DEPTH, group, () => code.mov(most.dword, this.word(places.PRODUCT_GROUP)));
      code.mov(size, 0);
      code.mov(this.slot("block"), size);
    }
    // A + row · bytes of a row, B + column · bytes of a column; from that depth on
    for (const [slot, first, along, step, depthBytes] of [
      ["A", places.PRODUCT_A, row, places.PRODUCT_A_ROW, places.PRODUCT_A_DEPTH],
      ["B", places.PRODUCT_B, column, places.PRODUCT_B_COLUMN, places.PRODUCT_B_DEPTH],
    ] as const) {
      loadAddress(this.parts, address, first);
      code.mov(part.dword, this.word(step));
      code.imul(part, along);
      code.add(address, part);
      if (group !== undefined) {
        code.mov(part.dword, this.word(depthBytes));
        code.imul(part, group);
        code.add(address, part);
      }
      code.mov(this.slot(slot), address);
    }
    registers.free(row, column, across, part, most);
    if (group !== undefined) registers.free(group);
  }

  /** Fills the slots of the next block. */
  private beginBlock(): void {
    const { code, registers } = this.parts;
    const [steps, left] = [registers.gpr("steps"), registers.gpr("left")];
    const [block, taken] = [registers.gpr("block"), registers.gpr("taken")];
    // steps = min(128, left)
    code.mov(left, this.slot("left"));
    code.mov(steps.dword, this.word(places.PRODUCT_BLOCK));
    code.cmp(steps, left);
    code.cmov("a", steps, left);
    code.mov(this.slot("steps"), steps);
    code.sub(left, steps);
    code.mov(this.slot("left"), left);
    // The last block takes up all levels, b; another one the lowest ones of b, b & ~(b + 1), and becomes level ctz(~b).
    code.mov(block, this.slot("block"));
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
    code.mov(this.slot("taken"), taken);
    code.mov(this.slot("becomes"), steps);
    code.inc(block);
    code.mov(this.slot("block"), block);
    registers.free(steps, left, block, taken);
  }

  /** Goes on with the next block, if there is one. */
  private nextBlock(block: Label): void {
    const { code, registers } = this.parts;
    const [bytes, steps] = [registers.gpr("bytes"), registers.gpr("steps")];
    code.mov(steps, this.slot("steps"));
    for (const [slot, depthBytes] of [
      ["A", places.PRODUCT_A_DEPTH],
      ["B", places.PRODUCT_B_DEPTH],
    ] as const) {
      code.mov(bytes.dword, this.word(depthBytes));
      code.imul(bytes, steps);
      code.add(this.slot(slot), bytes);
    }
    code.mov(bytes, this.slot("left"));
    code.test(bytes, bytes);
    registers.free(bytes, steps);
    code.jcc("ne", block);
  }

  /** The tile's columns, panel by panel; at 512 bits there is one. */
  private panels(scratch: Gpr): void {
    const { code, cpu, registers } = this.parts;
    const width = registers.gpr("columns left");
    const value = registers.gpr("value");
    for (const [slot, from] of [
      ["panelB", "B"],
      ["panelC", "C"],
      ["panelColumnBytes", "columnBytes"],
    ] as const) {
      code.mov(value, this.slot(from));
      code.mov(this.slot(slot), value);
    }
    if (this.isInBlocks) {
      code.mov(value.dword, this.word(places.PRODUCT_BLOCK));
      code.imul(value, value, 4 * layout.TILE_COLUMNS + 16);
      code.add(value, scratch);
      code.mov(this.slot("levels"), value);
    }
    registers.free(value);
    code.mov(width, this.slot("columns"));
    const [panel, end] = [code.label("panel"), code.label("last panel done")];
    code.place(panel);
    const masks = this.masks(width);
    const b = registers.gpr("b");
    const bDepth = registers.gpr("bytes from depth to depth of b");
    code.mov(b, this.slot("panelB"));
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
    this.nextPanel(width, panel, end);
    code.place(end);
    registers.free(width);
  }

  /** The lanes of each vector that are columns of this panel. */
  private masks(width: Gpr): LaneMask[] {
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
  private nextPanel(width: Gpr, panel: Label, end: Label): void {
    const { code, cpu, registers } = this.parts;
    const columns = VECTORS * cpu.lanes;
    if (columns >= layout.TILE_COLUMNS) return;
    code.sub(width, columns);
    code.cmp(width, 0);
    code.jcc("le", end);
    const step = registers.gpr("step");
    code.mov(step, 4 * columns);
    code.add(this.slot("panelC"), step);
    code.add(this.slot("panelColumnBytes"), step);
    code.mov(step.dword, this.word(places.PRODUCT_B_COLUMN));
    code.imul(step, step, columns);
    code.add(this.slot("panelB"), step);
    registers.free(step);
    code.jmp(panel);
  }
}
