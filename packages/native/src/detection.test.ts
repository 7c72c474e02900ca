import { type CpuAnswers, judge } from "inkling-native";
import { expect, test } from "vitest";

/** POPCNT, OSXSAVE, AVX · BMI1, AVX2, AVX-512 F DQ BW VL · ymm, masks, zmm saved · as usual, with flags of the past. */
const zen4: CpuAnswers = { page1: 0x18800000, page7: 0xc0030028, saved: 0xe7, rounding: 0x1fbf };

const without = (answer: keyof CpuAnswers, bits: number) => judge({ ...zen4, [answer]: (zen4[answer] & ~bits) >>> 0 });

test("a CPU and a system with everything run both", () => {
  expect(judge(zen4)).toEqual({ avx2: true, avx512: true });
});

test.each([
  ["F", 1 << 16],
  ["DQ", 1 << 17],
  ["BW", 1 << 30],
  ["VL", 1 << 31],
])("without AVX-512 %s there are 256 bits", (_, bits) => {
  const reason = "This CPU has no AVX-512 (F, DQ, BW and VL).";
  expect(without("page7", bits)).toEqual({ avx2: true, avx512: false, reason });
});

test.each([
  ["masks", 0x20],
  ["lower halves", 0x40],
  ["upper registers", 0x80],
])("when the system does not save the %s of AVX-512 there are 256 bits", (_, bits) => {
  const reason = "The operating system does not save registers of 512 bits.";
  expect(without("saved", bits)).toEqual({ avx2: true, avx512: false, reason });
});

test.each([
  ["page7", 1 << 5],
  ["page7", 1 << 3],
  ["page1", 1 << 28],
  ["page1", 1 << 23],
] as const)("an older CPU, without a bit of %s (%i), runs neither", (answer, bits) => {
  expect(without(answer, bits)).toEqual({ avx2: false, avx512: false, reason: "This CPU has no AVX2." });
});

test.each([
  ["page1", 1 << 27],
  ["saved", 0x2],
  ["saved", 0x4],
  ["saved", 0xff],
] as const)("an older system, without a bit of %s (%i), runs neither", (answer, bits) => {
  const reason = "The operating system does not save registers of 256 bits.";
  expect(without(answer, bits)).toEqual({ avx2: false, avx512: false, reason });
});

test.each([
  ["flushing subnormal results", 0x9f80],
  ["reading subnormal numbers as 0", 0x1fc0],
  ["rounding down", 0x3f80],
  ["an exception that is not masked", 0x1f00],
])("%s runs neither: sums would get other bits", (_, rounding) => {
  const { avx2, avx512, reason } = judge({ ...zen4, rounding });
  expect({ avx2, avx512 }).toEqual({ avx2: false, avx512: false });
  expect(reason).toBe(
    `This thread rounds in an unusual way (MXCSR is 0x${rounding.toString(16)}, usual is 0x1f80); ` +
      "an addon has changed it.",
  );
});
