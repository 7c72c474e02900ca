/**
 * The sums of the dense product: blocks of rows by a panel of columns, in registers.
 *
 *   c[i, j] = Σₚ a[i, p] · b[p, j], p ascending, from +0;  then + bias[j], or / examples
 *
 * A depth of a block of 8 rows by two vectors takes 2 loads of B, 8 of A, 16 products and 16 additions; two arithmetic
 * units are busy for 16 cycles, everything else fits beside them.
 */
import { loop, when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at, type Label, type Memory } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import { places } from "./kernel.ts";
import { LEVEL, type ProductFrame } from "./product-frame.ts";

/** Rows of the largest block: as many as registers hold the sums of. */
const MOST_ROWS = { avx2: 4, avx512: 8 } as const;

/** All rows of the tile by the panel's columns, block by block; `b`: where those start, `bDepth`: bytes of a depth. */
export function sumRows(frame: ProductFrame, b: Gpr, bDepth: Gpr, masks: readonly LaneMask[]): void {
  const { code, cpu, registers } = frame.parts;
  const mostRows = MOST_ROWS[cpu.level];
  const [a, c, rows] = [registers.gpr("a"), registers.gpr("c"), registers.gpr("rows left")];
  code.mov(a, frame.slot("A"));
  code.mov(c, frame.slot("panelC"));
  code.mov(rows, frame.slot("rows"));
  loop(code, rows, () => block(frame, mostRows, { a, b, bDepth, c }, masks), mostRows);
  for (let size = mostRows / 2; size >= 1; size /= 2) {
    code.cmp(rows, size);
    when(code, "ae", () => {
      block(frame, size, { a, b, bDepth, c }, masks);
      code.sub(rows, size);
    });
  }
  registers.free(a, c, rows);
}

/** Some rows by the panel's columns; then a and c stand at the next rows. */
function block(
  frame: ProductFrame,
  rows: number,
  { a, b, bDepth, c }: { readonly a: Gpr; readonly b: Gpr; readonly bDepth: Gpr; readonly c: Gpr },
  masks: readonly LaneMask[],
): void {
  const { code, cpu, registers } = frame.parts;
  const sums = Array.from({ length: rows }, (_, r) => registers.vecs(`sums of row ${r}`, masks.length));
  const B = registers.vecs("b", masks.length);
  const [x, product] = [registers.vec("x"), registers.vec("product")];
  const [p, q, depth] = [registers.gpr("a at p"), registers.gpr("b at p"), registers.gpr("depths left")];
  const [aRow, aDepth] = [registers.gpr("bytes of a row"), registers.gpr("bytes of a depth")];
  const aRow3 = rows > 2 ? registers.gpr("three rows") : undefined;
  const p4 = rows > 4 ? registers.gpr("a at p, row 4") : undefined;
  code.mov(aRow.dword, frame.word(places.PRODUCT_A_ROW));
  code.mov(aDepth.dword, frame.word(places.PRODUCT_A_DEPTH));
  if (aRow3 !== undefined) code.lea(aRow3, at(aRow, 0, aRow, 2));
  if (p4 !== undefined) code.lea(p4, at(a, 0, aRow, 4));
  code.mov(p, a);
  code.mov(q, b);
  frame.loadSteps(depth);
  for (const sum of sums.flat()) cpu.zero(sum);
  const row = (r: number): Memory => {
    const from = r < 4 ? p : (p4 ?? p);
    if (r % 4 === 0) return at(from);
    return r % 4 === 3 ? at(from, 0, aRow3) : at(from, 0, aRow, (r % 4) as 1 | 2);
  };
  loop(code, depth, () => {
    for (const [v, vector] of B.entries()) cpu.load(vector, at(q, v * cpu.bytes), frame.packs ? undefined : masks[v]);
    for (const [r, sumsOfRow] of sums.entries()) {
      cpu.broadcast(x, row(r));
      // sᵢⱼ += aᵢ·bⱼ
      for (const [v, sum] of sumsOfRow.entries()) {
        code.vmulps(product, x, B[v] as Vec);
        code.vaddps(sum, sum, product);
      }
    }
    code.add(p, aDepth);
    if (p4 !== undefined) code.add(p4, aDepth);
    code.add(q, bDepth);
  });
  const stored = code.label("stored");
  if (frame.isInBlocks) carry(frame, sums, x, { level: q, taken: depth, becomes: p }, stored);
  finish(frame, sums, B, x, masks, p);
  // c, row after row
  const cRow = p;
  code.mov(cRow.dword, frame.word(places.PRODUCT_COLUMNS));
  code.shl(cRow, 2);
  for (const sumsOfRow of sums) {
    for (const [v, sum] of sumsOfRow.entries()) cpu.store(at(c, v * cpu.bytes), sum, masks[v]);
    code.add(c, cRow);
  }
  code.place(stored);
  code.lea(a, at(a, 0, aRow, rows as 1 | 2 | 4 | 8));
  registers.free(...sums.flat(), ...B, x, product, p, q, depth, aRow, aDepth);
  if (aRow3 !== undefined) registers.free(aRow3);
  if (p4 !== undefined) registers.free(p4);
}

/**
 * Adds the levels that this block takes up. Unless it is the last block, its sums then become a level, and the code
 * goes on at `stored`.
 */
function carry(
  frame: ProductFrame,
  sums: readonly Vec[][],
  x: Vec,
  { level, taken, becomes }: Readonly<Record<"level" | "taken" | "becomes", Gpr>>,
  stored: Label,
): void {
  const { code, cpu } = frame.parts;
  const place = (from: Gpr, e: number) => at(from, e * cpu.bytes);
  const [next, skip, done] = [code.label("next level"), code.label("level not taken"), code.label("carried")];
  code.mov(taken, frame.slot("taken"));
  code.mov(level, frame.slot("levels"));
  code.place(next);
  code.test(taken, taken);
  code.jcc("e", done);
  code.shr(taken, 1);
  code.jcc("ae", skip);
  for (const [e, sum] of sums.flat().entries()) {
    cpu.load(x, place(level, e));
    code.vaddps(sum, x, sum);
  }
  code.place(skip);
  code.add(level, LEVEL);
  code.jmp(next);
  code.place(done);
  // The next rows' sums stand behind these in each level.
  code.mov(level, frame.slot("levels"));
  code.lea(taken, place(level, sums.flat().length));
  code.mov(frame.slot("levels"), taken);
  code.mov(becomes, frame.slot("becomes"));
  code.cmp(becomes, 0);
  when(code, "ge", () => {
    code.add(level, becomes);
    for (const [e, sum] of sums.flat().entries()) cpu.store(place(level, e), sum);
    code.jmp(stored);
  });
}

/** Adds the bias, or divides by the examples, if the arguments say so. */
function finish(
  frame: ProductFrame,
  sums: readonly Vec[][],
  B: readonly Vec[],
  x: Vec,
  masks: readonly LaneMask[],
  word: Gpr,
): void {
  const { code, cpu, args } = frame.parts;
  code.mov(word.dword, frame.word(places.PRODUCT_BIAS));
  code.test(word, word);
  when(code, "ne", () => {
    code.add(word, args.memory);
    code.add(word, frame.slot("panelColumnBytes"));
    for (const [v, bias] of B.entries()) {
      cpu.load(bias, at(word, v * cpu.bytes), masks[v]);
      for (const sumsOfRow of sums) code.vaddps(sumsOfRow[v] as Vec, sumsOfRow[v] as Vec, bias);
    }
  });
  code.mov(word.dword, frame.word(places.PRODUCT_EXAMPLES));
  code.test(word, word);
  when(code, "ne", () => {
    cpu.broadcast(x, frame.word(places.PRODUCT_EXAMPLES));
    code.vcvtdq2ps(x, x);
    for (const sum of sums.flat()) code.vdivps(sum, sum, x);
  });
}
