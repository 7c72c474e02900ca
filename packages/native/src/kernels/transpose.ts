/**
 * C (columns × rows) = Aᵀ, for a product that needs the rows of Wᵀ (listed-product.ts). Its tiles and arguments are those
 * of the WebAssembly kernel, packages/inkling/kernels/transpose.ts.
 *
 * A tile is sixteen rows of A, which are a cache line of each row of C. Four columns of all of them are turned in
 * registers. Where a tile has fewer rows, and for the last columns, numbers are copied one by one.
 *
 * 512 × 512 numbers take 70 µs at 512 bits and 76 at 256 (Xeon; WebAssembly 87). The nearest cache holds few lines of
 * rows 2 kB apart, so those of C are asked for before they are written: without that it takes 76 and 91.
 */
import { loop } from "../assembler/flow.ts";
import { at } from "../assembler/memory.ts";
import type { Gpr } from "../assembler/registers.ts";
import { type Four, insert, transpose as turn } from "./fours.ts";
import { argument, layout, loadAddress, type NativeKernel, places, type TileParts, tileCode } from "./kernel.ts";

export const transpose: NativeKernel = {
  operation: layout.TRANSPOSE,
  formOf: () => 0,
  write: (level) => tileCode(level, writeTile),
};

/** Where the tile's next column stands in A and in C; bytes of a row of both. */
interface Place {
  readonly from: Gpr;
  readonly to: Gpr;
  readonly rowBytes: Gpr;
  readonly toBytes: Gpr;
}

function writeTile(parts: TileParts): void {
  const { code, registers, args } = parts;
  const place: Place = {
    from: registers.gpr("column of A"),
    to: registers.gpr("row of C"),
    rowBytes: registers.gpr("bytes of a row of A"),
    toBytes: registers.gpr("bytes of a row of C"),
  };
  const [rows, columns] = [registers.gpr("rows of the tile"), registers.gpr("columns left")];
  // from = A + row · bytes of a row,  to = C + 4 · row,  row = tile · LISTED_ROWS
  code.shl(args.tile, Math.log2(layout.LISTED_ROWS));
  code.mov(rows.dword, argument(parts, places.PRODUCT_ROWS));
  code.mov(columns.dword, argument(parts, places.PRODUCT_COLUMNS));
  code.lea(place.rowBytes, at(columns, 0, columns));
  code.add(place.rowBytes, place.rowBytes);
  code.lea(place.toBytes, at(rows, 0, rows));
  code.add(place.toBytes, place.toBytes);
  loadAddress(parts, place.from, places.PRODUCT_A);
  loadAddress(parts, place.to, places.PRODUCT_C);
  code.lea(place.to, at(place.to, 0, args.tile, 4));
  code.sub(rows, args.tile);
  code.imul(args.tile, place.rowBytes);
  code.add(place.from, args.tile);
  const few = code.label("fewer rows");
  code.cmp(rows, layout.LISTED_ROWS);
  code.jcc("b", few);
  code.mov(rows, layout.LISTED_ROWS);
  turnFours(parts, place, columns);
  code.place(few);
  copyNumbers(parts, place, rows, columns);
}

/** Four columns at a time; fewer than four are left. */
function turnFours(parts: TileParts, { from, to, rowBytes, toBytes }: Place, columns: Gpr): void {
  const { code, cpu, registers } = parts;
  const names = ["row", "three rows of A", "three rows of C"];
  const [row, rowBytes3, toBytes3] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr];
  const [t, u] = [registers.vecs("four", 4) as Four, registers.vecs("halves", 4) as Four];
  code.lea(rowBytes3, at(rowBytes, 0, rowBytes, 2));
  code.lea(toBytes3, at(toBytes, 0, toBytes, 2));
  /** j · bytes of a row of C, or of A */
  const after = (base: Gpr, j: number, bytes: Gpr, bytes3: Gpr) => {
    return at(base, 0, j === 0 ? undefined : j === 3 ? bytes3 : bytes, j === 2 ? 2 : 1);
  };
  const four = () => {
    // The lines of C that are written two times later.
    code.lea(row, at(to, 0, toBytes, 8));
    for (let j = 0; j < 4; j++) code.prefetcht0(after(row, j, toBytes, toBytes3));
    code.mov(row, from);
    for (let first = 0; first < layout.LISTED_ROWS; first += cpu.lanes) {
      // Lane group l of vector i: row 4·l + i.
      for (let group = 0; group < cpu.lanes / 4; group++) {
        for (const [i, vector] of t.entries()) insert(parts, vector, group, after(row, i, rowBytes, rowBytes3));
        code.lea(row, at(row, 0, rowBytes, 4));
      }
      turn(parts, t, u);
      for (const [j, vector] of t.entries()) cpu.store(after(to, j, toBytes, toBytes3).plus(4 * first), vector);
    }
    code.add(from, 16);
    code.lea(to, at(to, 0, toBytes, 4));
  };
  loop(code, columns, four, 4);
  registers.free(row, rowBytes3, toBytes3, ...t, ...u);
}

/** So many columns of so many rows. */
function copyNumbers(parts: TileParts, { from, to, rowBytes, toBytes }: Place, rows: Gpr, columns: Gpr): void {
  const { code, registers } = parts;
  const names = ["number of A", "number of C", "rows left", "number"];
  const [a, c, left, number] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr, Gpr];
  loop(code, columns, () => {
    code.mov(a, from);
    code.mov(c, to);
    code.mov(left, rows);
    loop(code, left, () => {
      code.mov(number.dword, at(a));
      code.mov(at(c), number.dword);
      code.add(a, rowBytes);
      code.add(c, 4);
    });
    code.add(from, 4);
    code.add(to, toBytes);
  });
  registers.free(a, c, left, number);
}
