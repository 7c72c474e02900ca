/**
 * The passes of ∂C/∂W: an example's own sums of some taps by one vector of filters, in registers, along its positions.
 *
 *   s[t, f] = Σₚ x_(p+t) · δ[p, f], p row-major, from +0
 *
 * A pass of ten taps has ten sums, so additions need not wait for each other: a position takes ten products and ten
 * additions, one load of δ, and ten numbers of the image that are read inside the products.
 */
import { loop, when } from "../assembler/flow.ts";
import { at, type Label, type Memory } from "../assembler/memory.ts";
import { type Gpr, rax, rdx, type Vec } from "../assembler/registers.ts";
import { CHECKED, kept, loadOffsets, type OuterFrame, type Panel, ZERO_PIXELS } from "./convolution-outer-frame.ts";
import { listedSums } from "./convolution-outer-pixels.ts";
import { places } from "./kernel.ts";

/** Adds an example's sums of all taps of the tile by a panel to those of its block. */
export function addTaps(frame: OuterFrame, panel: Panel): void {
  const { code } = frame.parts;
  const { taps, terms } = frame.form;
  const [next, done] = [code.label("next taps"), code.label("no more taps")];
  const exact = terms === CHECKED ? code.label("exact taps") : undefined;
  frame.copy(kept.taps, "firstTap");
  frame.copy(kept.tapsLeft, "tapCount");
  code.place(next);
  for (let count = taps; count >= 1; count--) {
    frame.whenAtLeast(kept.tapsLeft, count, () => {
      pass(frame, panel, count, exact);
      code.jmp(count === taps ? next : done);
    });
  }
  code.jmp(done);
  if (exact !== undefined) exactTaps(frame, panel, exact, next);
  code.place(done);
}

/** So many taps; where a sum is not finite and the law leaves terms out, goes on at `exact`. */
function pass(frame: OuterFrame, panel: Panel, count: number, exact?: Label): void {
  const { code, registers } = frame.parts;
  const sums = registers.vecs("sums", count).map((sum) => sum.as(panel.width));
  if (frame.isListed) listedSums(frame, panel, sums);
  else denseSums(frame, panel, sums);
  if (exact !== undefined) {
    leaveUnlessFinite(frame, sums, () => {
      const failed = registers.gpr("taps of the pass");
      code.mov(failed, count);
      frame.keep("failed", failed);
      registers.free(failed);
      code.jmp(exact);
    });
  }
  const to = registers.gpr("sums of the block");
  code.mov(to, kept.sums);
  for (const [t, sum] of sums.entries()) addTo(frame, sum, at(to, t * panel.bytes));
  registers.free(to, ...sums);
  advance(frame, panel, count);
}

/** The block's sum of a tap = itself + the example's. */
function addTo({ parts: { code } }: OuterFrame, sum: Vec, place: Memory): void {
  code.vaddps(sum, sum, place);
  code.vmovups(place, sum);
}

function advance(frame: OuterFrame, panel: Panel, taps: number): void {
  frame.move(kept.sums, taps * panel.bytes);
  frame.move(kept.taps, 4 * taps);
  frame.move(kept.tapsLeft, -taps);
}

function denseSums(frame: OuterFrame, panel: Panel, sums: readonly Vec[]): void {
  const { code, cpu, registers } = frame.parts;
  const offsets = loadOffsets(frame, sums.length);
  const [d, product] = [registers.vec("δ"), registers.vec("product")].map((vec) => vec.as(panel.width)) as [Vec, Vec];
  const [x, delta] = [registers.gpr("x"), registers.gpr("δ")];
  const [end, rows] = [registers.gpr("end of a row"), registers.gpr("rows left")];
  for (const sum of sums) cpu.zero(sum);
  code.mov(delta, kept.panelDelta);
  code.mov(x, kept.image);
  code.mov(kept.xRow, x);
  code.mov(rows.dword, frame.word(places.CONVOLUTION_OUT_HEIGHT));
  loop(code, rows, () => {
    code.mov(end, kept.rowDelta);
    code.add(end, delta);
    const position = code.label("position");
    code.align(32);
    code.place(position);
    cpu.load(d, at(delta), panel.mask);
    for (const [t, sum] of sums.entries()) {
      // sₜ += x_(p+t)·δ_p
      multiply(frame, product, d, at(x, 0, offsets[t]));
      code.vaddps(sum, sum, product);
    }
    code.add(delta, kept.deltaRow);
    code.add(x, kept.next);
    code.cmp(delta, end);
    code.jcc("b", position);
    code.mov(x, kept.xRow);
    code.add(x, kept.rowStep);
    code.mov(kept.xRow, x);
  });
  registers.free(...offsets, d, product, x, delta, end, rows);
}

/** product = δ · the number at `x` */
function multiply({ parts: { code, cpu } }: OuterFrame, product: Vec, d: Vec, x: Memory): void {
  if (cpu.level === "avx512") {
    code.vmulps(product, d, x.toAll());
    return;
  }
  cpu.broadcast(product, x);
  code.vmulps(product, product, d);
}

/** Where the sum of these is not a finite number: `leave`, which jumps away. Else all of them are finite. */
function leaveUnlessFinite({ parts: { code, cpu, registers } }: OuterFrame, sums: readonly Vec[], leave: () => void) {
  const [first, ...others] = sums as [Vec, ...Vec[]];
  const total = registers.vec("total").as(first.width);
  const [wrong, count] = [cpu.mask("no numbers"), registers.gpr("lanes without a number")];
  code.vmovaps(total, first);
  for (const sum of others) code.vaddps(total, total, sum);
  // Of infinity and NaN the difference is NaN.
  code.vsubps(total, total, total);
  cpu.compare(wrong, total, total, "UNORD_Q");
  cpu.countLanes(count, wrong, wrong);
  code.test(count.dword, count.dword);
  registers.free(total, wrong, count);
  when(code, "ne", leave);
}

/** The taps of a pass by the law's words, one after the other: without padding, and without bytes that are 0. */
function exactTaps(frame: OuterFrame, panel: Panel, start: Label, next: Label): void {
  const { code, cpu, registers } = frame.parts;
  code.place(start);
  const place = firstNumber(frame);
  const [column, columns, rows] = [registers.gpr("column"), registers.gpr("columns"), registers.gpr("rows")];
  const [delta, value] = [registers.gpr("δ"), registers.gpr("value")];
  const [sum, product, d] = registers.vecs("exact", 3).map((vec) => vec.as(panel.width)) as [Vec, Vec, Vec];
  cpu.zero(sum);
  code.mov(delta, kept.panelDelta);
  code.mov(rows.dword, frame.word(places.CONVOLUTION_OUT_HEIGHT));
  loop(code, rows, () => {
    code.mov(column, place.column);
    code.mov(columns.dword, frame.word(places.CONVOLUTION_OUT_WIDTH));
    loop(code, columns, () => {
      const skip = code.label("left out");
      skipOthers(frame, { ...place, column, value }, skip);
      cpu.load(d, at(delta), panel.mask);
      multiply(frame, product, d, at(place.row, 0, column));
      code.vaddps(sum, sum, product);
      code.place(skip);
      code.add(delta, kept.deltaRow);
      code.add(column, kept.next);
    });
    code.add(place.y.dword, frame.word(places.CONVOLUTION_STRIDE_Y));
    code.add(place.row, kept.rowStep);
  });
  code.mov(value, kept.sums);
  addTo(frame, sum, at(value));
  registers.free(...Object.values(place), column, columns, rows, delta, value, sum, product, d);
  advance(frame, panel, 1);
  const failed = registers.gpr("taps left of the pass");
  frame.load(failed, "failed");
  code.dec(failed);
  frame.keep("failed", failed);
  code.test(failed, failed);
  registers.free(failed);
  code.jcc("ne", start);
  code.jmp(next);
}

/** What the first position looks at through this tap: the row of the padded image, where it starts, bytes before it. */
function firstNumber(frame: OuterFrame): Readonly<Record<"y" | "row" | "column", Gpr>> {
  const { code, registers } = frame.parts;
  const [y, column] = [registers.claim(rax, "y"), registers.claim(rdx, "column")];
  const [row, rowBytes] = [registers.gpr("row"), registers.gpr("bytes of a row")];
  code.mov(rowBytes.dword, frame.word(places.CONVOLUTION_ROW));
  code.mov(row, kept.taps);
  code.mov(y.dword, at(row));
  code.mov(column.dword, 0);
  code.div(rowBytes.dword);
  code.mov(row, y);
  code.imul(row, rowBytes);
  code.add(row, kept.image);
  registers.free(rowBytes);
  return { y, row, column };
}

/** Goes on at `skip` where the law leaves the term out. */
function skipOthers(
  frame: OuterFrame,
  { y, row, column, value }: Readonly<Record<"y" | "row" | "column" | "value", Gpr>>,
  skip: Label,
): void {
  const { code, registers } = frame.parts;
  code.mov(value.dword, y.dword);
  code.sub(value.dword, frame.word(places.CONVOLUTION_TOP));
  code.cmp(value.dword, frame.word(places.CONVOLUTION_HEIGHT));
  code.jcc("ae", skip);
  // The image's own numbers stand in the columns from `before` on.
  const before = registers.gpr("bytes before");
  for (const [to, pixels] of [
    [before, places.CONVOLUTION_LEFT],
    [value, places.CONVOLUTION_WIDTH],
  ] as const) {
    code.mov(to.dword, frame.word(pixels));
    code.imul(to.dword, frame.word(places.CONVOLUTION_CHANNELS));
    code.shl(to.dword, 2);
  }
  code.neg(before.dword);
  code.add(before.dword, column.dword);
  code.cmp(before.dword, value.dword);
  registers.free(before);
  code.jcc("ae", skip);
  code.mov(value.dword, frame.word(places.CONVOLUTION_SKIPS));
  code.cmp(value.dword, ZERO_PIXELS);
  when(code, "e", () => {
    code.mov(value.dword, at(row, 0, column));
    code.test(value.dword, value.dword);
    code.jcc("e", skip);
  });
}
