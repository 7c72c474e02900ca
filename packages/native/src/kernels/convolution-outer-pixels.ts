/**
 * ∂C/∂W of a convolution of pixels, along their lists: of MNIST's, one in five is not 0. It is for one channel without
 * padding and with a stride of 1: then a pixel and a tap meet at one position, or at none.
 *
 *   s[t, f] = Σₗ x_l · δ[l − t, f], l over the listed pixels, ascending: so p = l − t is row-major, too
 *
 * δ is first copied into rows as long as the image's, with zeros between them and around, so that l − t is a
 * subtraction and never leaves the copy. A pixel is finite, and its product with such a zero changes no sum. Below a max
 * pool, δ has a number for each window; the copy has it where the maximum is. Of MNIST's pixels and 32 filters of 3 × 3
 * that takes 6100 nanoseconds an image at 512 bits, and with a δ for each position 12700: that one comes from far memory.
 *
 *   image 4 × 4, window 2 × 2    0 0 0 0
 *   positions p: 3 × 3           0 p p p
 *   the last tap is 5 pixels     0 p p p
 *   behind the first             0 p p p
 *                                0 0 0 0 0
 */
import { loop } from "../assembler/flow.ts";
import { at, type Memory } from "../assembler/memory.ts";
import { type Gpr, Mask, type Vec } from "../assembler/registers.ts";
import { kept, LISTED_BELOW_POOL, loadOffsets, type OuterFrame, type Panel } from "./convolution-outer-frame.ts";
import { loadAddress, places } from "./kernel.ts";
import { forWords, readWord } from "./pixel-lists.ts";

/**
 * Fills the copy with zeros, and keeps where the first position goes and how far rows are apart. The levels stand behind
 * it. Of the taps the last one reaches furthest.
 */
export function startCopy(frame: OuterFrame): void {
  const { code, cpu, registers } = frame.parts;
  const bytes = frame.positionBytes;
  const [reach, count, to] = [registers.gpr("reach"), registers.gpr("pixels"), registers.gpr("to clear")];
  loadAddress(frame.parts, reach, places.CONVOLUTION_TAPS);
  code.mov(count.dword, frame.word(places.CONVOLUTION_COUNT));
  code.mov(reach.dword, at(reach, -4, count, 4));
  code.shr(reach, 2);
  code.mov(count.dword, frame.word(places.CONVOLUTION_WIDTH));
  code.imul(count.dword, frame.word(places.CONVOLUTION_HEIGHT));
  code.add(count, reach);
  // firstPosition = scratch + reach · bytes
  code.imul(reach, reach, bytes);
  code.mov(to, kept.scratch);
  code.add(reach, to);
  frame.keep("firstPosition", reach);
  const zero = registers.vec("zero").as(bytes === 64 ? 512 : 256);
  cpu.zero(zero);
  loop(code, count, () => {
    code.vmovups(at(to), zero);
    code.add(to, bytes);
  });
  frame.keep("levels", to);
  // Between two rows of positions.
  code.mov(reach.dword, frame.word(places.CONVOLUTION_WIDTH));
  code.sub(reach.dword, frame.word(places.CONVOLUTION_OUT_WIDTH));
  code.imul(reach, reach, bytes);
  frame.keep("positionGap", reach);
  loadAddress(frame.parts, reach, places.CONVOLUTION_ORDER);
  frame.keep("order", reach);
  registers.free(reach, count, to, zero);
}

/** The list of the next image in the order: where it starts, and its bytes. */
export function nextList(frame: OuterFrame): void {
  const { code, registers, args } = frame.parts;
  const [list, end, bands] = [registers.gpr("list"), registers.gpr("end"), registers.gpr("bytes of the bands")];
  frame.load(end, "order");
  code.mov(list.dword, at(end));
  code.add(end, 4);
  frame.keep("order", end);
  code.mov(bands.dword, frame.word(places.CONVOLUTION_BANDS));
  code.shl(bands, 2);
  code.lea(end, at(bands, 4));
  code.imul(list, end);
  loadAddress(frame.parts, end, places.CONVOLUTION_OFFSETS);
  code.add(list, end);
  code.mov(end.dword, at(list, 0, bands));
  code.mov(list.dword, at(list));
  code.sub(end, list);
  frame.keep("listBytes", end);
  code.add(list, args.memory);
  code.mov(kept.image, list);
  registers.free(list, end, bands);
}

/** Copies δ of the panel. */
export function copyDelta(frame: OuterFrame, panel: Panel): void {
  if (frame.form.terms === LISTED_BELOW_POOL) {
    spreadDelta(frame, panel);
    return;
  }
  const { code, cpu, registers } = frame.parts;
  const [from, to, gap] = [registers.gpr("from"), registers.gpr("to"), registers.gpr("gap")];
  const [rows, columns, row] = [registers.gpr("rows"), registers.gpr("columns"), registers.gpr("bytes of δ")];
  const d = registers.vec("δ").as(panel.width);
  code.mov(from, kept.panelDelta);
  code.mov(row, kept.deltaRow);
  frame.load(to, "firstPosition");
  frame.load(gap, "positionGap");
  code.mov(rows.dword, frame.word(places.CONVOLUTION_OUT_HEIGHT));
  loop(code, rows, () => {
    code.mov(columns.dword, frame.word(places.CONVOLUTION_OUT_WIDTH));
    loop(code, columns, () => {
      cpu.load(d, at(from), panel.mask);
      code.vmovups(at(to), d);
      code.add(from, row);
      code.add(to, frame.positionBytes);
    });
    code.add(to, gap);
  });
  registers.free(from, to, gap, rows, columns, row, d);
}

/**
 * The same of the panel's δ below a max pool: each position of a window gets the lanes whose maximum it is, and zeros in
 * the others. Behind the last window the copy stays as it was cleared.
 */
function spreadDelta(frame: OuterFrame, panel: Panel): void {
  const { code, registers } = frame.parts;
  const [from, choices, to] = [registers.gpr("from"), registers.gpr("choices"), registers.gpr("to")];
  const [rows, columns] = [registers.gpr("rows"), registers.gpr("columns")];
  const [row, step] = [registers.gpr("row of windows"), registers.gpr("bytes of δ")];
  code.mov(from, kept.panelDelta);
  loadAddress(frame.parts, choices, places.CONVOLUTION_CHOICES);
  loadAddress(frame.parts, to, places.CONVOLUTION_DELTA);
  code.sub(choices, to);
  code.add(choices, from);
  frame.load(row, "firstPosition");
  code.mov(rows.dword, frame.word(places.CONVOLUTION_POOLED_HEIGHT));
  loop(code, rows, () => {
    code.mov(to, row);
    code.mov(columns.dword, frame.word(places.CONVOLUTION_POOLED_WIDTH));
    loop(code, columns, () => {
      spreadWindow(frame, panel, { from, choices, to });
      code.mov(step, kept.deltaRow);
      code.add(from, step);
      code.add(choices, step);
      // The next window
      code.mov(step.dword, frame.word(places.CONVOLUTION_POOL_COLUMNS));
      code.imul(step, step, frame.positionBytes);
      code.add(to, step);
    });
    code.mov(step.dword, frame.word(places.CONVOLUTION_WIDTH));
    code.imul(step.dword, frame.word(places.CONVOLUTION_POOL_ROWS));
    code.imul(step, step, frame.positionBytes);
    code.add(row, step);
  });
  registers.free(from, choices, to, rows, columns, row, step);
}

/** One window of the pool: its first position goes to `to`. */
function spreadWindow(
  frame: OuterFrame,
  panel: Panel,
  { from, choices, to }: Readonly<Record<"from" | "choices" | "to", Gpr>>,
): void {
  const { code, cpu, registers } = frame.parts;
  const [line, position, bytes] = [registers.gpr("line"), registers.gpr("position"), registers.gpr("bytes of a line")];
  const [lines, columns] = [registers.gpr("lines left"), registers.gpr("columns left")];
  const vectors = registers.vecs("of a window", 5).map((vec) => vec.as(panel.width));
  const [d, chosen, pixel, one, own] = vectors as [Vec, Vec, Vec, Vec, Vec];
  const isOwn = cpu.mask("its own");
  cpu.load(d, at(from), panel.mask);
  cpu.load(chosen, at(choices), panel.mask);
  cpu.zero(pixel);
  cpu.broadcast(one, at(cpu.constantBits(1).base));
  code.mov(line, to);
  code.mov(bytes.dword, frame.word(places.CONVOLUTION_WIDTH));
  code.imul(bytes, bytes, frame.positionBytes);
  code.mov(lines.dword, frame.word(places.CONVOLUTION_POOL_ROWS));
  loop(code, lines, () => {
    code.mov(position, line);
    code.mov(columns.dword, frame.word(places.CONVOLUTION_POOL_COLUMNS));
    loop(code, columns, () => {
      code.vpcmpeqd(isOwn instanceof Mask ? isOwn : isOwn.as(panel.width), chosen, pixel);
      cpu.keep(own, isOwn, d);
      code.vmovups(at(position), own);
      code.vpaddd(pixel, pixel, one);
      code.add(position, frame.positionBytes);
    });
    code.add(line, bytes);
  });
  registers.free(line, position, bytes, lines, columns, ...vectors, isOwn);
}

/** The sums of so many taps, along the list of the image. */
export function listedSums(frame: OuterFrame, panel: Panel, sums: readonly Vec[]): void {
  const { code, cpu, registers } = frame.parts;
  const shift = Math.log2(frame.positionBytes);
  const offsets = loadOffsets(frame, sums.length);
  const first = registers.gpr("first position");
  // Position l − t stands at (l · bytes) + (first position − t · bytes); a word of the table is 4t.
  frame.load(first, "firstPosition");
  for (const offset of offsets) {
    code.shl(offset, shift - 2);
    code.neg(offset);
    code.add(offset, first);
  }
  registers.free(first);
  const [x, product] = [registers.vec("x"), registers.vec("product").as(panel.width)];
  const [list, bytes] = [registers.gpr("list"), registers.gpr("bytes of the list")];
  const [pixel, byte] = [registers.gpr("pixel"), registers.gpr("byte")];
  for (const sum of sums) cpu.zero(sum);
  code.mov(list, kept.image);
  frame.load(bytes, "listBytes");
  forWords(frame.parts, [list], bytes, ([word]) => {
    readWord(frame.parts, word as Memory, { pixel, byte }, x);
    code.shl(pixel, shift);
    for (const [t, sum] of sums.entries()) {
      // sₜ += x_l·δ_(l − t)
      code.vmulps(product, x.as(panel.width), at(offsets[t] as Gpr, 0, pixel));
      code.vaddps(sum, sum, product);
    }
  });
  registers.free(...offsets, x, product, list, bytes, pixel, byte);
}
