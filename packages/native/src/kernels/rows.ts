/**
 * Rows in lanes: one lane is one row, so that a row's sums and comparisons keep their order. A group is as many rows as
 * a vector has lanes. Its numbers are first turned into the scratch memory, column after column, and back afterwards:
 *
 *   z (rows × n)  →  scratch (n × lanes): one vector a column  →  p (rows × n)
 *
 * Four columns of a whole group are turned at a time, in registers; the last four may overlap those before them. Groups
 * of fewer rows, and rows of fewer than four numbers, are copied number by number.
 */
import { loop } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import { extract, type Four, insert, transpose } from "./fours.ts";
import { argument, loadAddress, places, type TileParts, wordAt } from "./kernel.ts";

/** A thread has at least 64 KiB of scratch memory: so many columns of sixteen rows. */
const MOST_COLUMNS = 1024;

/** The form of an operation on rows: 0, or none where its columns have no room. */
export function formOfRows(words: Int32Array): number {
  return wordAt(words, places.ROWS_COLUMNS) <= MOST_COLUMNS ? 0 : -1;
}

/** The rows of a tile, group by group. */
export class RowGroups {
  readonly parts: TileParts;
  /** The number of the group's first row. */
  readonly row: Gpr;
  /** Rows of the tile that are left, this group's included. */
  readonly left: Gpr;
  /** Bytes of a row: four times its columns. */
  readonly rowBytes: Gpr;

  /** A tile is so many rows. */
  constructor(parts: TileParts, tileRows: number) {
    const { code, registers, args } = parts;
    this.parts = parts;
    this.row = registers.gpr("row");
    this.left = registers.gpr("rows left");
    this.rowBytes = registers.gpr("bytes of a row");
    const most = registers.gpr("most");
    // left = min(rows of a tile, rows − tile · rows of a tile)
    code.mov(this.row, args.tile);
    code.shl(this.row, Math.log2(tileRows));
    code.mov(this.left.dword, argument(parts, places.ROWS_COUNT));
    code.sub(this.left, this.row);
    code.mov(most, tileRows);
    code.cmp(this.left, most);
    code.cmov("a", this.left, most);
    code.mov(this.rowBytes.dword, argument(parts, places.ROWS_COLUMNS));
    code.shl(this.rowBytes, 2);
    registers.free(most);
  }

  /** Writes the loop over the groups of the tile; `lanes` says which lanes are rows. */
  each(body: (lanes: LaneMask) => void): void {
    const { code, cpu, registers } = this.parts;
    const next = code.label("next group");
    code.place(next);
    const lanes = cpu.firstLanes("rows", this.left);
    body(lanes);
    registers.free(lanes);
    code.add(this.row, cpu.lanes);
    code.sub(this.left, cpu.lanes);
    code.cmp(this.left, 0);
    code.jcc("g", next);
  }

  /** Writes what is done to each column; `column` is its vector in the scratch memory. */
  eachColumn(body: (column: Memory) => void): void {
    const { code, cpu, registers, args } = this.parts;
    const [column, left] = [registers.gpr("column"), registers.gpr("columns left")];
    code.mov(column, args.scratch);
    code.mov(left, this.rowBytes);
    loop(
      code,
      left,
      () => {
        body(at(column));
        code.add(column, cpu.bytes);
      },
      4,
    );
    registers.free(column, left);
  }

  /**
   * Where the words of the group's rows stand side by side (labels, losses): `use` writes what reads or writes them.
   */
  words(address: number, use: (words: Memory) => void): void {
    const { registers } = this.parts;
    const base = registers.gpr("words");
    loadAddress(this.parts, base, address);
    use(at(base, 0, this.row, 4));
    registers.free(base);
  }

  /** Turns the group of the matrix in this argument into the scratch memory. */
  read(matrix: number): void {
    this.#turn(matrix, "read");
  }

  /** Turns the group in the scratch memory back into the matrix in this argument. */
  write(matrix: number): void {
    this.#turn(matrix, "write");
  }

  #turn(matrix: number, way: "read" | "write"): void {
    const { code, cpu, registers } = this.parts;
    const first = registers.gpr("first row");
    loadAddress(this.parts, first, matrix);
    const offset = registers.gpr("offset");
    code.mov(offset, this.row);
    code.imul(offset, this.rowBytes);
    code.add(first, offset);
    registers.free(offset);
    const [slow, done] = [code.label("number by number"), code.label("turned")];
    code.cmp(this.left, cpu.lanes);
    code.jcc("b", slow);
    code.cmp(this.rowBytes, 16);
    code.jcc("b", slow);
    this.#turnFours(first, way);
    code.jmp(done);
    code.place(slow);
    this.#copyNumbers(first, way);
    code.place(done);
    registers.free(first);
  }

  /** Four columns of a whole group at a time. */
  #turnFours(first: Gpr, way: "read" | "write"): void {
    const { code, cpu, registers, args } = this.parts;
    const [offset, last, row, place, rowBytes3] = [
      registers.gpr("offset of four columns"),
      registers.gpr("offset of the last four"),
      registers.gpr("row"),
      registers.gpr("four columns in the scratch memory"),
      registers.gpr("three rows"),
    ];
    const [t, u] = [registers.vecs("four", 4) as Four, registers.vecs("halves", 4) as Four];
    code.lea(rowBytes3, at(this.rowBytes, 0, this.rowBytes, 2));
    code.lea(last, at(this.rowBytes, -16));
    code.mov(offset.dword, 0);
    /** For each lane group l, the rows 4·l + i and their vectors. */
    const eachRow = (use: (vector: Vec, group: number, numbers: Memory) => void) => {
      code.lea(row, at(first, 0, offset));
      for (let group = 0; group < cpu.lanes / 4; group++) {
        for (const [i, vector] of t.entries()) {
          const index = i === 0 ? undefined : i === 3 ? rowBytes3 : this.rowBytes;
          use(vector, group, at(row, 0, index, i === 2 ? 2 : 1));
        }
        if (group < cpu.lanes / 4 - 1) code.lea(row, at(row, 0, this.rowBytes, 4));
      }
    };
    const [top, end] = [code.label("four columns"), code.label("all columns")];
    code.place(top);
    // A column takes as many bytes in the scratch memory as a number of it times the lanes.
    code.mov(place, offset);
    code.shl(place, Math.log2(cpu.lanes));
    code.add(place, args.scratch);
    if (way === "read") {
      eachRow((vector, group, numbers) => insert(this.parts, vector, group, numbers));
      transpose(this.parts, t, u);
      for (const [j, vector] of t.entries()) cpu.store(at(place, j * cpu.bytes), vector);
    } else {
      for (const [j, vector] of t.entries()) cpu.load(vector, at(place, j * cpu.bytes));
      transpose(this.parts, t, u);
      eachRow((vector, group, numbers) => extract(this.parts, numbers, vector, group));
    }
    code.cmp(offset, last);
    code.jcc("ae", end);
    code.add(offset, 16);
    code.cmp(offset, last);
    code.cmov("a", offset, last);
    code.jmp(top);
    code.place(end);
    registers.free(offset, last, row, place, rowBytes3, ...t, ...u);
  }

  /** Number by number, for the rows that there are. What stands in the other lanes does not matter. */
  #copyNumbers(first: Gpr, way: "read" | "write"): void {
    const { code, cpu, registers, args } = this.parts;
    const [rows, most] = [registers.gpr("rows"), registers.gpr("most rows")];
    const [lane, place, left] = [registers.gpr("lane"), registers.gpr("place"), registers.gpr("numbers left")];
    const number = most;
    code.mov(rows, this.left);
    code.mov(most, cpu.lanes);
    code.cmp(rows, most);
    code.cmov("a", rows, most);
    code.mov(lane, args.scratch);
    loop(code, rows, () => {
      code.mov(place, lane);
      code.mov(left, this.rowBytes);
      loop(
        code,
        left,
        () => {
          const [from, to] = way === "read" ? [first, place] : [place, first];
          code.mov(number.dword, at(from));
          code.mov(at(to), number.dword);
          code.add(first, 4);
          code.add(place, cpu.bytes);
        },
        4,
      );
      code.add(lane, 4);
    });
    registers.free(rows, most, lane, place, left);
  }
}
