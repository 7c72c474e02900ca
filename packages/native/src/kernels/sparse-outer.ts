/**
 * ∂C/∂W of a convolution below a max pool, over the positions whose δ is not 0:
 * packages/inkling/kernels/sparse-outer.ts.
 *
 *   dW[t, f] = Σᵢ Σₚ x_(p+t) · δ[p, f] / m, the positions p of an example ascending, δ[p, f] ≠ 0
 *
 * Lanes run across the numbers of a window's row, which stand side by side in the image. A tile is some filters by all
 * taps. For a panel of filters sparse-outer-positions.ts finds the positions of an example, a bit each; then the sums
 * of each filter run along its bits (sparse-outer-passes.ts), and are added to those of its block. Blocks go up the
 * tree as in convolution-outer.ts.
 *
 *   a filter's sums, in scratch memory   [row of the window][its numbers, and then up to a multiple of FILTER_ROW]
 *
 * Measured on one Intel core, batches of 128, nanoseconds an image. Nine windows of ten have a δ that is not 0:
 *
 *                                             dense, 512 bits   WebAssembly    AVX2   512 bits
 *   13 × 13 × 32, 64 filters of 3 × 3              54500           39700      19200     13900
 *   12 × 12 × 20, 40 filters of 5 × 5              31200           25500      14200     11700
 *   12 × 12 × 8, 16 filters of 5 × 5                4900            4800       2100      1900
 *
 * Of the first row a further position takes 6.7 nanoseconds at 512 bits: the 18 products and 18 additions of its
 * vectors take as long. What does not depend on them, finding bits and adding to the block, takes 1600 nanoseconds an
 * image.
 */
import { loop } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at } from "../assembler/memory.ts";
import { type Gpr, Mask, type Vec } from "../assembler/registers.ts";
import { eachBlock, startBlocks } from "./convolution-outer-blocks.ts";
import { layout, loadAddress, type NativeKernel, places, tileCode, wordAt } from "./kernel.ts";
import { kept, SparseFrame } from "./sparse-outer-frame.ts";
import { addTaps, passesOf, type Taps } from "./sparse-outer-passes.ts";
import { findChosen, makeTables } from "./sparse-outer-positions.ts";

/** With fewer numbers in a row most lanes would be empty. */
const FEWEST_NUMBERS = 16;
/** A window with more rows, or with more numbers in all, would be a lot of code: 3 × 3 of 512 channels are the most. */
const MOST_ROWS = 15;
const MOST_NUMBERS = 4608;

export const sparseOuter: NativeKernel = {
  operation: layout.SPARSE_OUTER,
  formOf(words) {
    const rows = wordAt(words, places.CONVOLUTION_ROWS);
    const numbers = wordAt(words, places.CONVOLUTION_COLUMNS) * wordAt(words, places.CONVOLUTION_CHANNELS);
    if (numbers < FEWEST_NUMBERS || rows > MOST_ROWS || rows * numbers > MOST_NUMBERS) return -1;
    return numbers * (MOST_ROWS + 1) + rows;
  },
  write(level, form) {
    const [rows, numbers] = [form % (MOST_ROWS + 1), Math.floor(form / (MOST_ROWS + 1))];
    return tileCode(level, (parts) => writeTile(new SparseFrame(parts, rows, numbers)));
  },
};

function writeTile(frame: SparseFrame): void {
  const { cpu } = frame.parts;
  start(frame);
  const rest = frame.numbers % cpu.lanes;
  const passes = passesOf(frame, rest === 0 ? undefined : cpu.firstLanes("last numbers of a row", rest));
  eachBlock(frame, () => addExample(frame, passes));
  finish(frame);
}

/** What the whole tile needs to know. */
function start(frame: SparseFrame): void {
  const { code, registers, args } = frame.parts;
  startBlocks(frame);
  const [filter, value] = [registers.gpr("first filter"), registers.gpr("value")];
  code.mov(value.dword, frame.word(places.CONVOLUTION_TILE_FILTERS));
  code.mov(filter, args.tile);
  code.imul(filter, value);
  registers.free(args.tile);
  // filters = min(most, all − first filter)
  const count = registers.gpr("filters");
  code.mov(count.dword, frame.word(places.CONVOLUTION_FILTERS));
  code.sub(count, filter);
  code.cmp(count, value);
  code.cmov("a", count, value);
  frame.keep("filterCount", count);
  code.imul(count, count, frame.filterBytes);
  frame.keep("levelBytes", count);
  registers.free(count);
  loadAddress(frame.parts, value, places.CONVOLUTION_OUT);
  code.lea(value, at(value, 0, filter, 4));
  frame.keep("dW", value);
  loadAddress(frame.parts, value, places.CONVOLUTION_DELTA);
  code.lea(value, at(value, 0, filter, 4));
  code.mov(kept.delta, value);
  loadAddress(frame.parts, value, places.CONVOLUTION_IMAGES);
  code.mov(kept.image, value);
  code.mov(value.dword, frame.word(places.CONVOLUTION_FILTERS));
  code.imul(value.dword, frame.word(places.CONVOLUTION_POOLED_HEIGHT));
  code.imul(value.dword, frame.word(places.CONVOLUTION_POOLED_WIDTH));
  code.shl(value, 2);
  frame.keep("exampleDelta", value);
  code.mov(value.dword, frame.word(places.CONVOLUTION_DILATION_Y));
  code.imul(value.dword, frame.word(places.CONVOLUTION_ROW));
  frame.keep("rowStep", value);
  registers.free(filter, value);
  makeTables(frame);
}

/** An example's own sums, added to those of its block; then the next example is at hand. */
function addExample(frame: SparseFrame, passes: readonly (readonly Taps[])[]): void {
  const { code, cpu, registers } = frame.parts;
  const value = registers.gpr("value");
  code.mov(value, kept.delta);
  code.mov(kept.panelDelta, value);
  registers.free(value);
  frame.copy(kept.sums, "blockSums");
  frame.copy(kept.filtersLeft, "filterCount");
  const next = code.label("next panel");
  code.place(next);
  addPanel(frame, passes);
  frame.move(kept.panelDelta, cpu.bytes);
  const left = registers.gpr("filters left");
  code.mov(left, kept.filtersLeft);
  code.sub(left, cpu.lanes);
  code.mov(kept.filtersLeft, left);
  code.cmp(left, 0);
  code.jcc("g", next);
  frame.load(left, "exampleDelta");
  code.add(left, kept.delta);
  code.mov(kept.delta, left);
  code.mov(left.dword, frame.word(places.CONVOLUTION_IMAGE));
  code.add(left, kept.image);
  code.mov(kept.image, left);
  registers.free(left);
}

/** As many filters as there are lanes, or those that are left. */
function addPanel(frame: SparseFrame, passes: readonly (readonly Taps[])[]): void {
  const { code, cpu, registers } = frame.parts;
  const [left, value] = [registers.gpr("filters left"), registers.gpr("value")];
  code.mov(value, kept.panelDelta);
  code.mov(kept.filterDelta, value);
  code.mov(left, kept.filtersLeft);
  findChosen(frame, value, left);
  code.mov(value.dword, cpu.lanes);
  code.cmp(left, value);
  code.cmov("a", left, value);
  code.mov(kept.panelLeft, left);
  registers.free(left, value);
  frame.copy(kept.filterBits, "bits");
  const next = code.label("next filter");
  code.place(next);
  for (const pass of passes) addTaps(frame, pass);
  frame.move(kept.sums, frame.filterBytes);
  frame.move(kept.filterBits, 4);
  frame.move(kept.filterDelta, 4);
  const filters = registers.gpr("filters of the panel");
  code.mov(filters, kept.panelLeft);
  code.dec(filters);
  code.mov(kept.panelLeft, filters);
  registers.free(filters);
  code.jcc("ne", next);
}

/** dW = the sums of the last block, which are the whole batch's now, divided by the terms: lanes run across filters. */
function finish(frame: SparseFrame): void {
  const { code, cpu, registers } = frame.parts;
  const offsets = registers.vec("offsets of filters");
  const lanes = Int32Array.from({ length: cpu.lanes }, (_, f) => f * frame.filterBytes);
  code.vmovups(offsets, at(code.constant("offsets of filters", new Uint8Array(lanes.buffer))));
  const by = registers.vec("terms");
  cpu.broadcast(by, frame.word(places.CONVOLUTION_TERMS));
  code.vcvtdq2ps(by, by);
  const [sums, dW, left] = [registers.gpr("sums"), registers.gpr("dW"), registers.gpr("filters left")];
  frame.load(sums, "blockSums");
  frame.load(dW, "dW");
  frame.load(left, "filterCount");
  const next = code.label("next filters");
  code.place(next);
  const mask = cpu.firstLanes("filters", left);
  meansOf(frame, { sums, dW, offsets, by, mask });
  registers.free(mask);
  code.add(sums, cpu.lanes * frame.filterBytes);
  code.add(dW, cpu.bytes);
  code.sub(left, cpu.lanes);
  code.cmp(left, 0);
  code.jcc("g", next);
  registers.free(offsets, by, sums, dW, left);
}

/** Of some filters: where their sums and their part of dW begin, and which lanes they are. */
interface Means {
  readonly sums: Gpr;
  readonly dW: Gpr;
  readonly offsets: Vec;
  readonly by: Vec;
  readonly mask: LaneMask;
}

function meansOf(frame: SparseFrame, { sums, dW, offsets, by, mask }: Means): void {
  const { code, cpu, registers } = frame.parts;
  const [from, to, next] = [registers.gpr("from"), registers.gpr("to"), registers.gpr("bytes of a tap")];
  const [rows, numbers] = [registers.gpr("rows left"), registers.gpr("numbers left")];
  const [mean, left] = [registers.vec("mean"), cpu.mask("filters to gather")];
  code.mov(next.dword, frame.word(places.CONVOLUTION_FILTERS));
  code.shl(next, 2);
  code.mov(from, sums);
  code.mov(to, dW);
  code.mov(rows.dword, frame.rows);
  loop(code, rows, () => {
    code.mov(numbers.dword, frame.numbers);
    loop(code, numbers, () => {
      cpu.zero(mean);
      // A gather clears its mask.
      if (left instanceof Mask) code.kmovw(left, mask as Mask);
      else code.vmovaps(left, mask as Vec);
      code.vgatherdps(mean, at(from, 0, offsets), left);
      code.vdivps(mean, mean, by);
      cpu.store(at(to), mean, mask);
      code.add(from, 4);
      code.add(to, next);
    });
    code.add(from, frame.rowBytes - 4 * frame.numbers);
  });
  registers.free(from, to, next, rows, numbers, mean, left);
}
