/**
 * Rows in another order: packages/inkling/kernels/rows.ts. A data set is too large for the caches, and its rows are
 * read in a shuffled order, which no CPU foresees. So while a row is copied, the next one is asked for, line by line: a
 * batch of 128 rows of 784 numbers took 124 µs, and takes 55 (Xeon; two rows ahead are no better).
 */
import { loop } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at } from "../assembler/memory.ts";
import type { Gpr } from "../assembler/registers.ts";
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

/** Numbers of a cache line. */
const LINE = 16;

/** Rows of fewer numbers are copied by WebAssembly. */
const FEW = 4 * LINE;

export const select: NativeKernel = {
  operation: layout.SELECT,
  formOf: (words) => (wordAt(words, places.ROWS_COLUMNS) < FEW ? -1 : 0),
  write: (level) => tileCode(level, writeTile),
};

function writeTile(parts: TileParts): void {
  const { code, cpu, registers, args, exit } = parts;
  const [row, end, order] = [registers.gpr("row"), registers.gpr("end"), registers.gpr("order")];
  const [data, to, rowBytes] = [registers.gpr("data"), registers.gpr("to"), registers.gpr("bytes of a row")];
  const [from, next, left] = [registers.gpr("from"), registers.gpr("next row"), registers.gpr("numbers left")];
  // first = tile · rows of a tile,  end = min(first + rows of a tile, rows)
  code.mov(row.dword, argument(parts, places.ROWS_TILE));
  code.mov(end, row);
  code.imul(row, args.tile);
  code.add(end, row);
  code.mov(left.dword, argument(parts, places.ROWS_COUNT));
  code.cmp(end, left);
  code.cmov("a", end, left);
  code.mov(rowBytes.dword, argument(parts, places.ROWS_COLUMNS));
  code.shl(rowBytes, 2);
  loadAddress(parts, data, places.ROWS_IN);
  loadAddress(parts, order, places.ROWS_ORDER);
  loadAddress(parts, to, places.ROWS_OUT);
  code.mov(from, row);
  code.imul(from, rowBytes);
  code.add(to, from);
  const masks = restOfRow(parts, left);
  const rows = code.label("row");
  code.place(rows);
  address(from, row);
  // The row after this one; after the last one, the last again.
  code.lea(next, at(row, 1));
  code.mov(left.dword, argument(parts, places.ROWS_COUNT));
  code.cmp(next, left);
  code.cmov("ae", next, row);
  address(next, next);
  code.mov(left.dword, argument(parts, places.ROWS_COLUMNS));
  const vectors = registers.vecs("numbers", masks.length);
  loop(code, left, () => copyLine(), LINE);
  copyLine(masks);
  // Behind the last number of the row.
  code.lea(to, at(to, -4 * LINE, left, 4));
  code.inc(row);
  code.cmp(row, end);
  code.jcc("b", rows);
  code.jmp(exit);

  /** to = where the row stands whose number is in the order at `number` */
  function address(to: Gpr, number: Gpr): void {
    code.mov(to.dword, at(order, 0, number, 4));
    code.imul(to, rowBytes);
    code.add(to, data);
  }

  function copyLine(masks?: readonly LaneMask[]): void {
    code.prefetcht0(at(next));
    for (const [v, vector] of vectors.entries()) cpu.load(vector, at(from, v * cpu.bytes), masks?.[v]);
    for (const [v, vector] of vectors.entries()) cpu.store(at(to, v * cpu.bytes), vector, masks?.[v]);
    for (const pointer of [from, next, to]) code.add(pointer, 4 * LINE);
  }
}

/** The numbers of a row's last line, which may be none: a mask for each of its vectors. */
function restOfRow(parts: TileParts, count: Gpr): LaneMask[] {
  const { code, cpu } = parts;
  code.mov(count.dword, argument(parts, places.ROWS_COLUMNS));
  code.and(count.dword, LINE - 1);
  return Array.from({ length: LINE / cpu.lanes }, (_, v) => {
    if (v > 0) code.sub(count.dword, cpu.lanes);
    return cpu.firstLanes(`rest ${v}`, count);
  });
}
