/**
 * Lists of the numbers of each row that are not 0, for a product that leaves out the others (listed-product.ts). There is
 * no WebAssembly kernel of it; the caller is packages/inkling/src/backends/wasm/listed-products.ts. A tile is
 * LISTED_ROWS rows.
 *
 *   A (rows × depth)  →  of row r, for each p with A[r, p] ≠ 0, ascending: p · bytes of a row of B, and A[r, p]
 *
 * The offsets are words from PRODUCT_LISTS + 2 · PRODUCT_LIST_HALF · r on, the numbers stand PRODUCT_LIST_HALF bytes
 * behind them, and PRODUCT_COUNTS says how many they are. NaN is not 0. A vector of numbers is pressed together, and so
 * are its offsets; both are stored whole. What comes next overwrites the rest, and a list has room behind its end.
 *
 * There are two forms: the numbers of a row stand side by side (x·W, δ·Wᵀ), or the rows do (xᵀ·δ). Then four rows by a
 * vector of depths are turned in registers, and what is left of either is listed one by one.
 *
 * 128 rows of 512 numbers, half of them 0, take 9 µs at 512 bits and 11 at 256 bits; 512 rows of 128 that stand side by
 * side 18 and 21 (Xeon). The products of these lists take 450 and 640.
 */
import { loop, when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import { type Four, insert, transpose } from "./fours.ts";
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
import { Presser } from "./list-presser.ts";
import { slots } from "./slots.ts";

/** The forms: numbers of a row stand side by side, or the rows do. */
const [ALONG, ACROSS] = [0, 1];

export const listRows: NativeKernel = {
  operation: layout.LIST_ROWS,
  formOf(words) {
    if (wordAt(words, places.PRODUCT_A_DEPTH) === 4) return ALONG;
    return wordAt(words, places.PRODUCT_A_ROW) === 4 ? ACROSS : -1;
  },
  write: (level, form) =>
    tileCode(level, (parts) => {
      const lister = new Lister(parts);
      if (form === ALONG) lister.listAlong();
      else lister.listAcross();
    }),
};

/** The tile's first row, where it is at the next depths, its list and its count; how many rows there are. */
const kept = slots(["first", "row", "list", "counts", "rows"]);

class Lister {
  readonly #parts: TileParts;
  readonly #presser: Presser;
  /** A row of A, its list, and its count. */
  readonly #row: Gpr;
  readonly #list: Gpr;
  readonly #counts: Gpr;
  /** Rows, or groups of them, that are left. */
  readonly #left: Gpr;
  /** PRODUCT_LIST_HALF */
  readonly #half: Gpr;

  constructor(parts: TileParts) {
    const { code, registers, args } = parts;
    this.#parts = parts;
    this.#row = registers.gpr("row of A");
    this.#list = registers.gpr("list");
    this.#counts = registers.gpr("counts");
    this.#left = registers.gpr("rows left");
    this.#half = registers.gpr("half of a list");
    const [first, bytes] = [registers.gpr("first row"), registers.gpr("bytes")];
    // left = min(LISTED_ROWS, rows − first),  first = tile · LISTED_ROWS
    code.mov(first, args.tile);
    code.shl(first, Math.log2(layout.LISTED_ROWS));
    code.mov(this.#left.dword, this.#word(places.PRODUCT_ROWS));
    code.sub(this.#left, first);
    code.mov(bytes, layout.LISTED_ROWS);
    code.cmp(this.#left, bytes);
    code.cmov("a", this.#left, bytes);
    loadAddress(parts, this.#row, places.PRODUCT_A);
    code.mov(bytes.dword, this.#word(places.PRODUCT_A_ROW));
    code.imul(bytes, first);
    code.add(this.#row, bytes);
    loadAddress(parts, this.#list, places.PRODUCT_LISTS);
    code.mov(this.#half.dword, this.#word(places.PRODUCT_LIST_HALF));
    code.mov(bytes, this.#half);
    code.imul(bytes, first);
    code.lea(this.#list, at(this.#list, 0, bytes, 2));
    loadAddress(parts, this.#counts, places.PRODUCT_COUNTS);
    code.lea(this.#counts, at(this.#counts, 0, first, 4));
    registers.free(first, bytes, args.tile);
    this.#presser = new Presser(parts, this.#half);
  }

  #word(place: number): Memory {
    return argument(this.#parts, place);
  }

  /** Row after row, each in vectors; the last one may not be whole. */
  listAlong(): void {
    const { code, cpu, registers } = this.#parts;
    const x = registers.vec("numbers");
    const names = ["from", "depths left", "end of the list", "entries"];
    const [from, depths, end, entries] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr, Gpr];
    code.mov(depths.dword, this.#word(places.PRODUCT_DEPTH));
    code.and(depths, cpu.lanes - 1);
    const rest = cpu.firstLanes("the rest", depths);
    const list = (mask?: LaneMask) => {
      cpu.load(x, at(from), mask);
      this.#presser.press(x, end, entries);
      code.lea(end, at(end, 0, entries, 4));
    };
    const vector = () => {
      list();
      this.#presser.nextDepths();
      code.add(from, cpu.bytes);
    };
    loop(code, this.#left, () => {
      code.mov(from, this.#row);
      code.mov(end, this.#list);
      code.mov(depths.dword, this.#word(places.PRODUCT_DEPTH));
      this.#presser.firstDepths();
      loop(code, depths, vector, cpu.lanes);
      // Lanes beyond the row are 0.
      code.test(depths, depths);
      when(code, "ne", () => list(rest));
      code.sub(end, this.#list);
      code.shr(end, 2);
      code.mov(at(this.#counts), end.dword);
      code.mov(from.dword, this.#word(places.PRODUCT_A_ROW));
      code.add(this.#row, from);
      this.#nextList();
    });
  }

  #nextList(): void {
    const { code } = this.#parts;
    code.lea(this.#list, at(this.#list, 0, this.#half, 2));
    code.add(this.#counts, 4);
  }

  /** All rows side by side, depths after depths. While they are listed their counts stand in memory. */
  listAcross(): void {
    const { code } = this.#parts;
    code.mov(kept.first, this.#row);
    code.mov(kept.row, this.#row);
    code.mov(kept.list, this.#list);
    code.mov(kept.counts, this.#counts);
    code.mov(kept.rows, this.#left);
    this.#clearCounts();
    this.#turnFours();
    this.#listRest();
  }

  #clearCounts(): void {
    const { code, registers } = this.#parts;
    const none = registers.gpr("0");
    code.mov(none.dword, 0);
    loop(code, this.#left, () => {
      code.mov(at(this.#counts), none.dword);
      code.add(this.#counts, 4);
    });
    registers.free(none);
  }

  /** Groups of four rows, in whole vectors of depths. */
  #turnFours(): void {
    const { code, cpu, registers } = this.#parts;
    const names = ["from", "depths left", "bytes of a depth", "bytes of three depths"];
    const [from, depths, depthBytes, depthBytes3] = names.map((name) => registers.gpr(name)) as [Gpr, Gpr, Gpr, Gpr];
    code.mov(depthBytes.dword, this.#word(places.PRODUCT_A_DEPTH));
    code.lea(depthBytes3, at(depthBytes, 0, depthBytes, 2));
    const [t, u] = [registers.vecs("four", 4) as Four, registers.vecs("halves", 4) as Four];
    const four = () => {
      // Lane group l of vector i: depth 4·l + i.
      code.mov(from, this.#row);
      for (let group = 0; group < cpu.lanes / 4; group++) {
        if (group > 0) code.lea(from, at(from, 0, depthBytes, 4));
        for (const [i, vector] of t.entries()) {
          const index = i === 0 ? undefined : i === 3 ? depthBytes3 : depthBytes;
          insert(this.#parts, vector, group, at(from, 0, index, i === 2 ? 2 : 1));
        }
      }
      transpose(this.#parts, t, u);
      for (const x of t) this.#append(x);
      code.add(this.#row, 16);
    };
    code.mov(depths.dword, this.#word(places.PRODUCT_DEPTH));
    this.#presser.firstDepths();
    loop(
      code,
      depths,
      () => {
        code.mov(this.#list, kept.list);
        code.mov(this.#counts, kept.counts);
        code.mov(this.#left, kept.rows);
        loop(code, this.#left, four, 4);
        this.#presser.nextDepths();
        // The next depths of the first row: so many rows back, left are those that no group has.
        code.mov(from, kept.row);
        for (let group = 0; group < cpu.lanes / 4; group++) code.lea(from, at(from, 0, depthBytes, 4));
        code.mov(kept.row, from);
        code.mov(this.#row, from);
      },
      cpu.lanes,
    );
    registers.free(from, depths, depthBytes, depthBytes3, ...t, ...u);
  }

  /** Appends the numbers of a vector that are not 0 to a row's list, and goes on to the next row's. */
  #append(x: Vec): void {
    const { code, registers } = this.#parts;
    const [end, entries] = [registers.gpr("end of the list"), registers.gpr("entries")];
    code.mov(end.dword, at(this.#counts));
    code.lea(end, at(this.#list, 0, end, 4));
    this.#presser.press(x, end, entries);
    code.add(at(this.#counts), entries.dword);
    this.#nextList();
    registers.free(end, entries);
  }

  /** What is left, one by one: the last depths of rows in groups of four, and all depths of the others. */
  #listRest(): void {
    const { code, registers } = this.#parts;
    const row = registers.gpr("number of the row");
    code.mov(row.dword, 0);
    code.mov(this.#row, kept.first);
    code.mov(this.#list, kept.list);
    code.mov(this.#counts, kept.counts);
    code.mov(this.#left, kept.rows);
    loop(code, this.#left, () => {
      this.#listOneByOne(row);
      code.inc(row);
      this.#nextList();
    });
    registers.free(row);
  }

  #listOneByOne(row: Gpr): void {
    const { code, cpu, registers } = this.#parts;
    const names = ["from", "bytes of a depth", "offset", "depths left", "end of the list", "number"];
    const [from, depthBytes, offset, depths, end, number] = names.map((name) => registers.gpr(name)) as [
      ...[Gpr, Gpr, Gpr, Gpr, Gpr, Gpr],
    ];
    // The first depth: behind the whole vectors, where the row is in a group of four.
    code.mov(depths.dword, this.#word(places.PRODUCT_DEPTH));
    code.mov(offset, depths);
    code.and(offset, -cpu.lanes);
    code.mov(end, kept.rows);
    code.and(end, -4);
    code.mov(from.dword, 0);
    code.cmp(row, end);
    code.cmov("ae", offset, from);
    code.sub(depths, offset);
    code.mov(depthBytes.dword, this.#word(places.PRODUCT_A_DEPTH));
    code.mov(from, depthBytes);
    code.imul(from, offset);
    code.mov(number.dword, this.#word(places.PRODUCT_B_DEPTH));
    code.imul(offset, number);
    code.lea(from, at(from, 0, row, 4));
    code.add(from, this.#row);
    code.mov(end.dword, at(this.#counts));
    code.lea(end, at(this.#list, 0, end, 4));
    loop(code, depths, () => {
      code.mov(number.dword, at(from));
      code.mov(at(end), offset.dword);
      code.mov(at(end, 0, this.#half), number.dword);
      code.add(from, depthBytes);
      // Twice its bits: 0 of +0 and −0 alone.
      code.add(number.dword, number.dword);
      code.lea(number, at(end, 4));
      code.cmov("ne", end, number);
      code.add(offset.dword, this.#word(places.PRODUCT_B_DEPTH));
    });
    code.sub(end, this.#list);
    code.shr(end, 2);
    code.mov(at(this.#counts), end.dword);
    registers.free(from, depthBytes, offset, depths, end, number);
  }
}
