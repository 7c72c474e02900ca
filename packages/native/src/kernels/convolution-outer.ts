/**
 * ∂C/∂W of a convolution, summed over the batch: packages/inkling/kernels/convolution-outer.ts.
 *
 *   dWₜ = Σᵢ Σₚ x_(p+t) · δ_p / m
 *
 * Lanes run across filters. A tile has some taps by some filters; a block's sums are made in scratch memory, example
 * after example, and then go up the tree (convolution-outer-blocks.ts). Each example's own sums are made in registers:
 * of dense images convolution-outer-passes.ts, of pixels convolution-outer-pixels.ts.
 *
 * Measured on one Intel core (AVX-512), batches of 128, nanoseconds an image:
 *
 *                                        WebAssembly   512 bits
 *   MNIST's pixels, 8 filters of 5 × 5       7200         2000
 *   MNIST's pixels, 32 filters of 3 × 3     20800         5900
 *   12 × 12 × 8, 16 filters of 5 × 5        12800         4900    (84 GFLOP/s; dense products reach 84 beside it)
 */
import { loop } from "../assembler/flow.ts";
import { at } from "../assembler/memory.ts";
import { type Gpr, rax, rdx } from "../assembler/registers.ts";
import { eachBlock, startBlocks } from "./convolution-outer-blocks.ts";
import { formNumber, formOfNumber, kept, LISTED_BELOW_POOL, OuterFrame } from "./convolution-outer-frame.ts";
import { addTaps } from "./convolution-outer-passes.ts";
import { copyDelta, nextList, startCopy } from "./convolution-outer-pixels.ts";
import { layout, loadAddress, type NativeKernel, places, tileCode } from "./kernel.ts";

export const convolveOuter: NativeKernel = {
  operation: layout.CONVOLVE_OUTER,
  formOf: formNumber,
  write: (level, form) => tileCode(level, (parts) => writeTile(new OuterFrame(parts, formOfNumber(form)))),
};

function writeTile(frame: OuterFrame): void {
  start(frame);
  eachBlock(frame, () => addExample(frame));
  finish(frame);
}

/** What the whole tile needs to know. */
function start(frame: OuterFrame): void {
  const { code, registers } = frame.parts;
  startBlocks(frame);
  findTile(frame);
  const value = registers.gpr("value");
  // Of δ
  code.mov(value.dword, frame.word(places.CONVOLUTION_FILTERS));
  code.shl(value, 2);
  code.mov(kept.deltaRow, value);
  const isBelowPool = frame.form.terms === LISTED_BELOW_POOL;
  code.imul(value.dword, frame.word(isBelowPool ? places.CONVOLUTION_POOLED_WIDTH : places.CONVOLUTION_OUT_WIDTH));
  code.mov(kept.rowDelta, value);
  code.imul(value.dword, frame.word(isBelowPool ? places.CONVOLUTION_POOLED_HEIGHT : places.CONVOLUTION_OUT_HEIGHT));
  frame.keep("exampleDelta", value);
  // Of images
  code.mov(value.dword, frame.word(places.CONVOLUTION_STRIDE_X));
  code.imul(value.dword, frame.word(places.CONVOLUTION_CHANNELS));
  code.shl(value, 2);
  code.mov(kept.next, value);
  code.mov(value.dword, frame.word(places.CONVOLUTION_STRIDE_Y));
  code.imul(value.dword, frame.word(places.CONVOLUTION_ROW));
  code.mov(kept.rowStep, value);
  // Levels stand in the scratch memory, behind a copy of δ if there is one.
  if (frame.isListed) startCopy(frame);
  else {
    code.mov(value, kept.scratch);
    frame.keep("levels", value);
    loadAddress(frame.parts, value, places.CONVOLUTION_IMAGES);
    code.mov(kept.image, value);
  }
  registers.free(value);
}

/** The taps and filters of the tile: tile / tiles across, and the rest. */
function findTile(frame: OuterFrame): void {
  const { code, registers, args } = frame.parts;
  const [first, filter] = [registers.claim(rax, "first tap"), registers.claim(rdx, "first filter")];
  const [most, across, value] = [registers.gpr("most filters"), registers.gpr("tiles across"), registers.gpr("value")];
  code.mov(most.dword, frame.word(places.CONVOLUTION_TILE_FILTERS));
  code.mov(first.dword, frame.word(places.CONVOLUTION_FILTERS));
  code.lea(first, at(first, -1, most));
  code.mov(filter.dword, 0);
  code.div(most.dword);
  code.mov(across, first);
  code.mov(first, args.tile);
  code.mov(filter.dword, 0);
  code.div(across.dword);
  registers.free(args.tile, across);
  // filters = min(most, filters − first filter)
  code.imul(filter, most);
  code.mov(value.dword, frame.word(places.CONVOLUTION_FILTERS));
  code.sub(value, filter);
  code.cmp(value, most);
  code.cmov("a", value, most);
  frame.keep("filterCount", value);
  // A level: all taps by all filters, those rounded up to eight. most = its bytes for a tap.
  code.lea(most, at(value, 7));
  code.and(most, -8);
  code.shl(most, 2);
  const taps = registers.gpr("taps");
  code.mov(taps.dword, frame.word(places.CONVOLUTION_TILE));
  code.imul(first, taps);
  code.mov(value.dword, frame.word(places.CONVOLUTION_COUNT));
  code.sub(value, first);
  code.cmp(value, taps);
  code.cmov("a", value, taps);
  frame.keep("tapCount", value);
  code.imul(most, value);
  frame.keep("levelBytes", most);
  loadAddress(frame.parts, value, places.CONVOLUTION_TAPS);
  code.lea(value, at(value, 0, first, 4));
  frame.keep("firstTap", value);
  // dW and δ of the tile
  code.mov(taps.dword, frame.word(places.CONVOLUTION_FILTERS));
  code.imul(first, taps);
  code.add(first, filter);
  loadAddress(frame.parts, value, places.CONVOLUTION_OUT);
  code.lea(value, at(value, 0, first, 4));
  frame.keep("dW", value);
  loadAddress(frame.parts, value, places.CONVOLUTION_DELTA);
  code.lea(value, at(value, 0, filter, 4));
  code.mov(kept.delta, value);
  registers.free(first, filter, most, value, taps);
}

/** An example's own sums, added to those of its block; then the next example is at hand. */
function addExample(frame: OuterFrame): void {
  const { code, registers } = frame.parts;
  const { isListed } = frame;
  if (isListed) nextList(frame);
  const value = registers.gpr("value");
  code.mov(value, kept.delta);
  code.mov(kept.panelDelta, value);
  registers.free(value);
  frame.copy(kept.sums, "blockSums");
  frame.eachPanel((panel) => {
    if (isListed) copyDelta(frame, panel);
    addTaps(frame, panel);
    frame.move(kept.panelDelta, panel.bytes);
  });
  const next = registers.gpr("next example");
  frame.load(next, "exampleDelta");
  code.add(next, kept.delta);
  code.mov(kept.delta, next);
  if (!isListed) {
    code.mov(next.dword, frame.word(places.CONVOLUTION_IMAGE));
    code.add(next, kept.image);
    code.mov(kept.image, next);
  }
  registers.free(next);
}

/** dW = the sums of the last block, which are the whole batch's now, divided by the terms. */
function finish(frame: OuterFrame): void {
  const { code, cpu, registers } = frame.parts;
  const by = registers.vec("terms");
  cpu.broadcast(by, frame.word(places.CONVOLUTION_TERMS));
  code.vcvtdq2ps(by, by);
  const [sums, dW, start, taps] = ["sums", "dW", "dW of the panel", "taps left"].map((name) => registers.gpr(name)) as [
    ...[Gpr, Gpr, Gpr, Gpr],
  ];
  frame.load(sums, "blockSums");
  frame.load(start, "dW");
  frame.eachPanel(({ width, bytes, mask }) => {
    const mean = registers.vec("mean").as(width);
    code.mov(dW, start);
    frame.load(taps, "tapCount");
    loop(code, taps, () => {
      code.vmovups(mean, at(sums));
      code.vdivps(mean, mean, by.as(width));
      cpu.store(at(dW), mean, mask);
      code.add(sums, bytes);
      code.add(dW, kept.deltaRow);
    });
    code.add(start, bytes);
    registers.free(mean);
  });
  registers.free(by, sums, dW, start, taps);
}
