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
import { kept, LEVEL, type ProductFrame } from "./product-frame.ts";

/** Rows of the largest block: as many as registers hold the sums of. */
const MOST_ROWS = { avx2: 4, avx512: 8 } as const;

/** All rows of the tile by the panel's columns, block by block; `b`: where those start, `bDepth`: bytes of a depth. */
export function sumRows(frame: ProductFrame, b: Gpr, bDepth: Gpr, masks: readonly LaneMask[]): void {
  const { code, cpu, registers } = frame.parts;
  const mostRows = MOST_ROWS[cpu.level];
  const [a, c, rows] = [registers.gpr("a"), registers.gpr("c"), registers.gpr("rows left")];
  code.mov(a, kept.A);
  code.mov(c, kept.panelC);
  code.mov(rows, kept.rows);
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

/** Where the rows and the panel's columns start, and how far apart depths of b stand. */
type Operands = Readonly<Record<"a" | "b" | "bDepth" | "c", Gpr>>;

/** Some rows by the panel's columns; then a and c stand at the next rows. */
function block(frame: ProductFrame, rows: number, { a, b, bDepth, c }: Operands, masks: readonly LaneMask[]): void {
  const { code, registers } = frame.parts;
  const sums = Array.from({ length: rows }, (_, r) => registers.vecs(`sums of row ${r}`, masks.length));
  const [B, x] = [registers.vecs("b", masks.length), registers.vec("x")];
  const aRow = registers.gpr("bytes of a row");
  code.mov(aRow.dword, frame.word(places.PRODUCT_A_ROW));
  sumDepths(frame, sums, { a, aRow, b, bDepth, B, x }, masks);
  const stored = code.label("stored");
  if (frame.isInBlocks) carry(frame, sums, x, stored);
  finish(frame, sums, B, x, masks);
  store(frame, sums, c, masks);
  code.place(stored);
  code.lea(a, at(a, 0, aRow, rows as 1 | 2 | 4 | 8));
  registers.free(...sums.flat(), ...B, x, aRow);
}

/** sums = Σₚ a[i, p] · b[p, j] over the depths of this block, from +0. */
function sumDepths(
  frame: ProductFrame,
  sums: readonly Vec[][],
  from: Readonly<Record<"a" | "aRow" | "b" | "bDepth", Gpr>> & { readonly B: readonly Vec[]; readonly x: Vec },
  masks: readonly LaneMask[],
): void {
  const { code, cpu, registers } = frame.parts;
  const { bDepth, B, x } = from;
  const product = registers.vec("product");
  const [q, depth, aDepth] = [registers.gpr("b at p"), registers.gpr("depths left"), registers.gpr("bytes of a depth")];
  const rows = rowsOfA(frame, sums.length, from.a, from.aRow);
  code.mov(aDepth.dword, frame.word(places.PRODUCT_A_DEPTH));
  code.mov(q, from.b);
  frame.loadSteps(depth);
  for (const sum of sums.flat()) cpu.zero(sum);
  loop(code, depth, () => {
    for (const [v, vector] of B.entries()) cpu.load(vector, at(q, v * cpu.bytes), frame.packs ? undefined : masks[v]);
    for (const [r, sumsOfRow] of sums.entries()) {
      cpu.broadcast(x, rows.at[r] as Memory);
      // sᵢⱼ += aᵢ·bⱼ
      for (const [v, sum] of sumsOfRow.entries()) {
        code.vmulps(product, x, B[v] as Vec);
        code.vaddps(sum, sum, product);
      }
    }
    for (const pointer of rows.pointers) code.add(pointer, aDepth);
    code.add(q, bDepth);
  });
  registers.free(product, q, depth, aDepth, ...rows.registers);
}

/**
 * Where the rows of a stand: four of them are reached from one register, so eight take two that move with the depths.
 */
function rowsOfA(
  { parts: { code, registers } }: ProductFrame,
  count: number,
  a: Gpr,
  aRow: Gpr,
): { at: Memory[]; pointers: Gpr[]; registers: Gpr[] } {
  const pointers = Array.from({ length: Math.ceil(count / 4) }, (_, i) => registers.gpr(`a at p, row ${4 * i}`));
  const aRow3 = count > 2 ? registers.gpr("three rows") : undefined;
  if (aRow3 !== undefined) code.lea(aRow3, at(aRow, 0, aRow, 2));
  for (const [i, pointer] of pointers.entries()) {
    if (i === 0) code.mov(pointer, a);
    else code.lea(pointer, at(a, 0, aRow, 4));
  }
  const rows = Array.from({ length: count }, (_, r) => {
    const from = pointers[Math.floor(r / 4)] as Gpr;
    if (r % 4 === 0) return at(from);
    return r % 4 === 3 ? at(from, 0, aRow3) : at(from, 0, aRow, (r % 4) as 1 | 2);
  });
  return { at: rows, pointers, registers: aRow3 === undefined ? pointers : [...pointers, aRow3] };
}

/** c = the sums, row after row; then c stands at the next row. */
function store(frame: ProductFrame, sums: readonly Vec[][], c: Gpr, masks: readonly LaneMask[]): void {
  const { code, cpu, registers } = frame.parts;
  const cRow = registers.gpr("bytes of a row of c");
  code.mov(cRow.dword, frame.word(places.PRODUCT_COLUMNS));
  code.shl(cRow, 2);
  for (const sumsOfRow of sums) {
    for (const [v, sum] of sumsOfRow.entries()) cpu.store(at(c, v * cpu.bytes), sum, masks[v]);
    code.add(c, cRow);
  }
  registers.free(cRow);
}

/**
 * Adds the levels that this block takes up. Unless it is the last block, its sums then become a level, and the code
 * goes on at `stored`.
 */
function carry(frame: ProductFrame, sums: readonly Vec[][], x: Vec, stored: Label): void {
  const { code, cpu, registers } = frame.parts;
  const [level, taken, becomes] = [registers.gpr("level"), registers.gpr("taken"), registers.gpr("becomes")];
  const sumAt = (from: Gpr, e: number) => at(from, e * cpu.bytes);
  const [next, skip, done] = [code.label("next level"), code.label("level not taken"), code.label("carried")];
  code.mov(taken, kept.taken);
  code.mov(level, kept.levels);
  code.place(next);
  code.test(taken, taken);
  code.jcc("e", done);
  code.shr(taken, 1);
  code.jcc("ae", skip);
  for (const [e, sum] of sums.flat().entries()) {
    cpu.load(x, sumAt(level, e));
    code.vaddps(sum, x, sum);
  }
  code.place(skip);
  code.add(level, LEVEL);
  code.jmp(next);
  code.place(done);
  // The next rows' sums stand behind these in each level.
  code.mov(level, kept.levels);
  code.lea(taken, sumAt(level, sums.flat().length));
  code.mov(kept.levels, taken);
  code.mov(becomes, kept.becomes);
  code.cmp(becomes, 0);
  when(code, "ge", () => {
    code.add(level, becomes);
    for (const [e, sum] of sums.flat().entries()) cpu.store(sumAt(level, e), sum);
    code.jmp(stored);
  });
  registers.free(level, taken, becomes);
}

/** Adds the bias, or divides by the examples, if the arguments say so. */
function finish(
  frame: ProductFrame,
  sums: readonly Vec[][],
  B: readonly Vec[],
  x: Vec,
  masks: readonly LaneMask[],
): void {
  const { code, cpu, registers, args } = frame.parts;
  const word = registers.gpr("bias, then examples");
  code.mov(word.dword, frame.word(places.PRODUCT_BIAS));
  code.test(word, word);
  when(code, "ne", () => {
    code.add(word, args.memory);
    code.add(word, kept.panelColumnBytes);
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
  registers.free(word);
}
