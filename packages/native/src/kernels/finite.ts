/**
 * Whether all numbers are finite: packages/inkling/kernels/sparse.ts. Sums of differences x − x are 0, or of infinity
 * and NaN they are NaN.
 */
import { when } from "../assembler/flow.ts";
import { at } from "../assembler/memory.ts";
import { Mask, type Vec } from "../assembler/registers.ts";
import { layout, type NativeKernel, places, type TileParts, tileCode } from "./kernel.ts";
import { eachVector, FEW, formOfMany } from "./numbers.ts";

export const checkFinite: NativeKernel = {
  operation: layout.CHECK_FINITE,
  formOf: (words) => formOfMany(words, places.SUM_COUNT, 0, FEW),
  write: (level) => tileCode(level, writeTile),
};

function writeTile(parts: TileParts): void {
  const { code, cpu, registers, args } = parts;
  const [x, first, second] = registers.vecs("x and two sums", 3) as [Vec, Vec, Vec];
  cpu.zero(first);
  cpu.zero(second);
  // The loop writes two vectors at a time: each adds to a sum of its own.
  const sums = [first, second];
  eachVector(parts, { count: places.SUM_COUNT, matrices: [places.SUM_X] }, ({ place, mask }) => {
    const sum = sums.reverse()[0] as Vec;
    // Lanes beyond the last number are 0.
    cpu.load(x, place(places.SUM_X), mask);
    code.vsubps(x, x, x);
    code.vaddps(sum, sum, x);
  });
  code.vaddps(first, first, second);
  cpu.zero(second);
  const [lanes, bits] = [cpu.mask("not finite"), registers.gpr("bits")];
  cpu.compare(lanes, first, second, "NEQ_UQ");
  if (lanes instanceof Mask) code.kmovw(bits.dword, lanes);
  else code.vmovmskps(bits.dword, lanes);
  code.test(bits.dword, bits.dword);
  when(code, "ne", () => {
    code.mov(bits.dword, 1);
    code.mov(at(args.memory, places.CONVOLUTION_NOT_FINITE), bits.dword);
  });
  registers.free(x, first, second, lanes, bits);
}
