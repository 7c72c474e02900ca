/**
 * The passes of ∂C/∂W below a max pool: an example's own sums of some taps by one filter, in registers, along the
 * positions whose δ is not 0.
 *
 *   s[t] = Σₚ x_(p+t) · δ_p, p ascending, from +0
 *
 * A vector is taps that stand side by side in the image, so a position takes a product and an addition for each vector,
 * and one load of δ for all of them. Finding the positions goes on beside that: it needs no vectors.
 */
import type { LaneMask, Level } from "../assembler/lanes.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, Mask, type Vec } from "../assembler/registers.ts";
import { kept, type SparseFrame } from "./sparse-outer-frame.ts";
import { POSITION } from "./sparse-outer-positions.ts";

/** A vector of taps: its row of the window, its bytes from the row's first number, its lanes if some are no taps. */
export interface Taps {
  readonly row: number;
  readonly before: number;
  readonly mask: LaneMask | undefined;
}

/** The window's vectors, row by row, in parts of about the same size whose sums have registers. */
export function passesOf({ rows, numbers, parts: { cpu } }: SparseFrame, mask: LaneMask | undefined): Taps[][] {
  const across = Math.ceil(numbers / cpu.lanes);
  const all = Array.from({ length: rows * across }, (_, i) => {
    const v = i % across;
    return { row: Math.floor(i / across), before: v * cpu.bytes, mask: v === across - 1 ? mask : undefined };
  });
  const count = Math.ceil(all.length / mostSums(cpu.level, mask));
  return Array.from({ length: count }, (_, i) => {
    return all.slice(Math.floor((i * all.length) / count), Math.floor(((i + 1) * all.length) / count));
  });
}

/** All registers but those of δ and of a product; at AVX2 the mask is a vector, too. */
function mostSums(level: Level, mask: LaneMask | undefined): number {
  if (level === "avx512") return 30;
  return mask === undefined ? 14 : 13;
}

/** Where a pass looks: δ of the filter, the image from the pass's first row of the window on, and bytes to a next row. */
interface Place {
  readonly delta: Gpr;
  readonly image: Gpr;
  readonly step: Gpr;
}

function startPass(frame: SparseFrame, firstRow: number): Place {
  const { code, registers } = frame.parts;
  const place = { delta: registers.gpr("δ"), image: registers.gpr("image"), step: registers.gpr("to the next row") };
  frame.load(place.step, "rowStep");
  code.mov(place.delta, kept.filterDelta);
  code.mov(place.image, kept.image);
  for (let row = 0; row < firstRow; row++) code.add(place.image, place.step);
  return place;
}

/** The sums of some taps by a filter: an example's own along its bits, from +0, then added to those of the block. */
export function addTaps(frame: SparseFrame, pass: readonly Taps[]): void {
  const { code, cpu, registers } = frame.parts;
  const sums = registers.vecs("sums", pass.length);
  for (const sum of sums) cpu.zero(sum);
  const place = startPass(frame, pass[0]?.row ?? 0);
  const [table, words, left] = [registers.gpr("table"), registers.gpr("words"), registers.gpr("words left")];
  const [bits, lowest] = [registers.gpr("bits"), registers.gpr("lowest")];
  frame.load(table, "positions");
  frame.load(left, "wordPairs");
  code.mov(words, kept.filterBits);
  const [nextWord, nextBit, noBits] = [code.label("next word"), code.label("next bit"), code.label("no more bits")];
  code.place(nextWord);
  // The bits of 64 positions are two words of the filter.
  code.mov(bits.dword, at(words));
  code.mov(lowest.dword, at(words, cpu.bytes));
  code.shl(lowest, 32);
  code.add(bits, lowest);
  code.jcc("e", noBits);
  code.align(32);
  code.place(nextBit);
  code.tzcnt(lowest, bits);
  addPosition(frame, pass, sums, place, at(table, 0, lowest, POSITION));
  // bits & (bits − 1): without the lowest one
  code.lea(lowest, at(bits, -1));
  code.and(bits, lowest);
  code.jcc("ne", nextBit);
  code.place(noBits);
  code.add(words, 2 * cpu.bytes);
  code.add(table, 64 * POSITION);
  code.dec(left);
  code.jcc("ne", nextWord);
  code.mov(words, kept.sums);
  for (const [v, { row, before }] of pass.entries()) {
    const [sum, ofBlock] = [sums[v] as Vec, at(words, row * frame.rowBytes + before)];
    code.vaddps(sum, sum, ofBlock);
    code.vmovups(ofBlock, sum);
  }
  registers.free(...sums, ...Object.values(place), table, words, left, bits, lowest);
}

/** sₜ += x_(p+t) · δ_p, for some taps; `position` stands in the table. */
function addPosition(
  { parts: { code, cpu, registers } }: SparseFrame,
  pass: readonly Taps[],
  sums: readonly Vec[],
  { delta, image, step }: Place,
  position: Memory,
): void {
  const [x, before] = [registers.gpr("x"), registers.gpr("bytes before δ")];
  const [d, product] = [registers.vec("δ"), registers.vec("product")];
  code.mov(before.dword, position.plus(4));
  code.mov(x.dword, position);
  cpu.broadcast(d, at(delta, 0, before));
  code.add(x, image);
  let row = pass[0]?.row;
  for (const [v, taps] of pass.entries()) {
    if (taps.row !== row) code.add(x, step);
    row = taps.row;
    const numbers = at(x, taps.before);
    if (taps.mask === undefined) code.vmulps(product, d, numbers);
    else if (taps.mask instanceof Mask) code.vmulps(product, d, numbers, { mask: taps.mask, zero: true });
    else {
      cpu.load(product, numbers, taps.mask);
      code.vmulps(product, product, d);
    }
    code.vaddps(sums[v] as Vec, sums[v] as Vec, product);
  }
  registers.free(x, before, d, product);
}
