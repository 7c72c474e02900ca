/**
 * A convolution forwards, directly: no matrix of patches is made. Its tiles and arguments are those of the WebAssembly
 * kernel, packages/inkling/kernels/convolution.ts; a tile is some positions of an image.
 *
 *   z_p = Σₜ x_(p+t)·Wₜ, t ascending, from +0;  then + b
 *
 *   x (an image with padding, NHWC)   W (taps × filters, in panels)   b (1 × filters)   z (positions × filters)
 *
 * Lanes run across filters, and a product and its addition stay two instructions. A block of positions by one or two
 * vectors of filters is summed in registers. Each position has a register that says where its window begins; a table
 * says where each tap stands from there. So padding, strides and dilation cost nothing.
 *
 * The law has no term for padding, nor for a byte 0; here 0·w is added instead. With finite w that is the same: a sum
 * from +0 is never −0, so ±0 does not change it. Where a number of W is not finite, WebAssembly computes the operation.
 *
 * Measured (bench/convolutions.js), one Intel core at 512 and at 256 bits beside WebAssembly, GFLOP/s: 8 filters of
 * 5 × 5 on 28 × 28 × 1 at 51, 50 and 27; 16 of 5 × 5 on 12 × 12 × 8 at 91, 73 and 36; 32 of 3 × 3 on 28 × 28 × 1 at 67,
 * 47 and 16 (for 8 images, whose output stays in the cache, 88 and 59); 64 of 3 × 3 on 13 × 13 × 32 at 97, 71 and 36.
 * A vector of 256 bits for the last eight filters beside those of 512 gains nothing: 20 and 24 filters stay at 60 and 74.
 */
import { loop, when } from "../assembler/flow.ts";
import type { LaneMask } from "../assembler/lanes.ts";
import { at } from "../assembler/memory.ts";
import { type Gpr, rax, rdx, type Vec } from "../assembler/registers.ts";
import { ConvolutionFrame, panelCode, panelForm } from "./convolution-frame.ts";
import { layout, loadAddress, type NativeKernel, places, wordAt } from "./kernel.ts";
import { slots } from "./slots.ts";

export const convolve: NativeKernel = {
  operation: layout.CONVOLVE,
  formOf: convolveForm,
  write: (level, form) => panelCode(level, form, (parts) => new ConvolveTile(parts, form).write()),
};

/** The form of the code of a convolution forwards; −1 where WebAssembly computes it. */
export function convolveForm(words: Int32Array): number {
  const leavesOut = wordAt(words, places.CONVOLUTION_SKIPS) !== 0;
  if (leavesOut && wordAt(words, places.CONVOLUTION_NOT_FINITE) !== 0) return -1;
  return panelForm(wordAt(words, places.CONVOLUTION_FILTERS));
}

export const kept = slots([
  // The tile: its image, where its positions' windows begin, and how many they are.
  "image",
  "positions",
  "count",
  // The filters: how many are left, their W, bias and place in z; bytes of a panel of W, and the end of the taps.
  "width",
  "panel",
  "bias",
  "out",
  "wholePanel",
  "lastTap",
  // The block: its positions, and their place in z.
  "position",
  "z",
]);

export class ConvolveTile extends ConvolutionFrame {
  /** Vectors of filters that are summed together. */
  readonly vectors = this.panel === 8 ? 1 : 2;

  write(): void {
    const { code, exit } = this.parts;
    this.findTile();
    this.#findFilters();
    const next = code.label("next filters");
    code.place(next);
    this.#positions();
    this.#nextFilters();
    code.jcc("a", next);
    this.end();
    code.jmp(exit);
  }

  /** What is done when all positions of the tile have been computed. */
  protected end(): void {}

  /** Fills the slots of the tile. Gives its registers back, but the memory's. */
  protected findTile(): void {
    const { code, registers, args } = this.parts;
    registers.free(args.scratch);
    const [image, part] = [registers.claim(rax, "image"), registers.claim(rdx, "part")];
    const [positions, most, parts] = [registers.gpr("positions"), registers.gpr("most"), registers.gpr("parts")];
    code.mov(positions.dword, this.word(places.CONVOLUTION_OUT_HEIGHT));
    code.imul(positions.dword, this.word(places.CONVOLUTION_OUT_WIDTH));
    code.mov(most.dword, this.word(places.CONVOLUTION_TILE));
    // parts = ⌈positions / most⌉; image = tile / parts, part = tile % parts
    code.lea(image, at(positions, -1, most));
    this.divide(image, most);
    code.mov(parts, rax);
    this.divide(args.tile, parts);
    // first = part · most, count = min(most, positions − first)
    const [first, left] = [part, parts];
    code.imul(first, most);
    code.mov(left, positions);
    code.sub(left, first);
    code.cmp(left, most);
    code.cmov("a", left, most);
    code.mov(kept.count, left);
    // out = OUT + 4 · filters · (image · positions + first)
    const [out, start] = [positions, left];
    code.imul(out, image);
    code.add(out, first);
    code.mov(start.dword, this.word(places.CONVOLUTION_FILTERS));
    code.imul(out, start);
    code.shl(out, 2);
    loadAddress(this.parts, start, places.CONVOLUTION_OUT);
    code.add(out, start);
    code.mov(kept.out, out);
    loadAddress(this.parts, start, places.CONVOLUTION_POSITIONS);
    code.lea(start, at(start, 0, first, 4));
    code.mov(kept.positions, start);
    code.mov(start.dword, this.word(places.CONVOLUTION_IMAGE));
    code.imul(image, start);
    loadAddress(this.parts, start, places.CONVOLUTION_IMAGES);
    code.add(image, start);
    code.mov(kept.image, image);
    registers.free(args.tile, image, part, positions, most, parts);
  }

  /** Fills the slots of the filters, for the first ones. */
  #findFilters(): void {
    const { code, registers } = this.parts;
    const [value, taps] = [registers.gpr("value"), registers.gpr("taps")];
    code.mov(value.dword, this.word(places.CONVOLUTION_FILTERS));
    code.mov(kept.width, value);
    loadAddress(this.parts, value, places.CONVOLUTION_PANELS);
    code.mov(kept.panel, value);
    loadAddress(this.parts, value, places.CONVOLUTION_BIAS);
    code.mov(kept.bias, value);
    code.mov(taps.dword, this.word(places.CONVOLUTION_COUNT));
    loadAddress(this.parts, value, places.CONVOLUTION_TAPS);
    code.lea(value, at(value, 0, taps, 4));
    code.mov(kept.lastTap, value);
    code.imul(taps, taps, this.panelBytes);
    code.mov(kept.wholePanel, taps);
    registers.free(value, taps);
  }

  /** Brings the slots to the next filters; "a" then asks whether there are some. */
  #nextFilters(): void {
    const { code, cpu, registers } = this.parts;
    const [step, width] = [registers.gpr("step"), registers.gpr("filters left")];
    const filters = this.vectors * cpu.lanes;
    code.mov(step, 4 * filters);
    code.add(kept.bias, step);
    code.add(kept.out, step);
    code.mov(step, kept.wholePanel);
    if (filters > this.panel) code.shl(step, 1);
    code.add(kept.panel, step);
    code.mov(width, kept.width);
    code.mov(step, width);
    code.sub(width, filters);
    code.mov(kept.width, width);
    code.cmp(step, filters);
    registers.free(step, width);
  }

  /** All positions of the tile, by the next filters. */
  #positions(): void {
    const { code, cpu, registers } = this.parts;
    const width = registers.gpr("filters left");
    code.mov(width, kept.width);
    const masks = this.masks(width, this.vectors);
    code.cmp(width, cpu.lanes);
    registers.free(width);
    const [narrow, done] = [code.label("one vector"), code.label("filters done")];
    if (this.vectors > 1) {
      code.jcc("be", narrow);
      this.#blocks(masks);
      code.jmp(done);
      code.place(narrow);
    }
    this.#blocks(masks.slice(0, 1));
    code.place(done);
    registers.free(...masks);
  }

  /** The positions block by block. */
  #blocks(masks: readonly LaneMask[]): void {
    const { code, cpu, registers } = this.parts;
    // As many as registers hold the sums of.
    const most = cpu.level === "avx2" && masks.length > 1 ? 4 : 8;
    const left = registers.gpr("positions left");
    code.mov(left, kept.positions);
    code.mov(kept.position, left);
    code.mov(left, kept.out);
    code.mov(kept.z, left);
    code.mov(left, kept.count);
    loop(code, left, () => this.#block(most, masks), most);
    for (let size = most / 2; size >= 1; size /= 2) {
      code.cmp(left, size);
      when(code, "ae", () => {
        this.#block(size, masks);
        code.sub(left, size);
      });
    }
    registers.free(left);
  }

  /** Some positions by the next filters; then the slots stand at the next positions. */
  #block(size: number, masks: readonly LaneMask[]): void {
    const { registers } = this.parts;
    const sums = Array.from({ length: size }, (_, j) => registers.vecs(`sums of position ${j}`, masks.length));
    this.#sumTaps(sums, this.#windows(size));
    this.#finish(sums, masks);
    this.#store(sums, masks);
    registers.free(...sums.flat());
  }

  /** Registers that say where the positions' windows begin. */
  #windows(size: number): Gpr[] {
    const { code, registers } = this.parts;
    const [position, image] = [registers.gpr("position"), registers.gpr("image")];
    code.mov(position, kept.position);
    code.mov(image, kept.image);
    const windows = Array.from({ length: size }, (_, j) => {
      const window = registers.gpr(`window ${j}`);
      code.mov(window.dword, at(position, 4 * j));
      code.add(window, image);
      return window;
    });
    code.add(position, 4 * size);
    code.mov(kept.position, position);
    registers.free(position, image);
    return windows;
  }

  /** sums = Σₜ x_(p+t)·Wₜ, from +0. Gives the windows' registers back. */
  #sumTaps(sums: readonly Vec[][], windows: readonly Gpr[]): void {
    const { code, cpu, registers } = this.parts;
    const [vectors, next] = [sums[0]?.length as number, code.label("next tap")];
    const [tap, offset, w] = [registers.gpr("tap"), registers.gpr("offset of a tap"), registers.gpr("w")];
    const W = registers.vecs("w", vectors);
    loadAddress(this.parts, tap, places.CONVOLUTION_TAPS);
    code.mov(w, kept.panel);
    // The second vector is the second half of a panel, or stands in the next one.
    const second = vectors * cpu.lanes > this.panel ? registers.gpr("bytes of a whole panel") : undefined;
    if (second !== undefined) code.mov(second, kept.wholePanel);
    for (const sum of sums.flat()) cpu.zero(sum);
    code.align(32);
    code.place(next);
    code.mov(offset.dword, at(tap));
    for (const [v, vector] of W.entries()) {
      cpu.load(vector, v > 0 && second !== undefined ? at(w, 0, second) : at(w, v * cpu.bytes));
    }
    this.addTerms(
      sums,
      windows.map((window) => at(window, 0, offset)),
      W,
    );
    code.add(tap, 4);
    code.add(w, this.panelBytes);
    code.cmp(tap, kept.lastTap);
    code.jcc("ne", next);
    registers.free(tap, offset, w, ...W, ...windows);
    if (second !== undefined) registers.free(second);
  }

  /** sums += b */
  #finish(sums: readonly Vec[][], masks: readonly LaneMask[]): void {
    const { code, cpu, registers } = this.parts;
    const [bias, b] = [registers.gpr("bias"), registers.vec("b")];
    code.mov(bias, kept.bias);
    for (const [v, mask] of masks.entries()) {
      cpu.load(b, at(bias, v * cpu.bytes), mask);
      for (const sumsOfRow of sums) code.vaddps(sumsOfRow[v] as Vec, sumsOfRow[v] as Vec, b);
    }
    registers.free(bias, b);
  }

  /** z = the sums, position after position. */
  #store(sums: readonly Vec[][], masks: readonly LaneMask[]): void {
    const { code, cpu, registers } = this.parts;
    const [z, zRow] = [registers.gpr("z"), registers.gpr("bytes of a position")];
    code.mov(z, kept.z);
    code.mov(zRow.dword, this.word(places.CONVOLUTION_FILTERS));
    code.shl(zRow, 2);
    this.stored(kept.width, masks, (masks) => {
      for (const sumsOfRow of sums) {
        for (const [v, sum] of sumsOfRow.entries()) cpu.store(at(z, v * cpu.bytes), sum, masks[v]);
        code.add(z, zRow);
      }
    });
    code.mov(kept.z, z);
    registers.free(z, zRow);
  }
}
