/**
 * What this CPU can do, and whether the operating system lets it. The CPU is asked by a few instructions of its own:
 * CPUID for the CPU, XGETBV for the operating system (does it save wide registers when it switches threads?), STMXCSR
 * for how this thread rounds. Asking is one function, judging another: the second is pure.
 */

import { when } from "./assembler/flow.ts";
import { type FunctionParts, systemV } from "./assembler/function.ts";
import { at } from "./assembler/memory.ts";
import { rax, rbx, rcx, rdx } from "./assembler/registers.ts";
import { isUnavailable, openSystem, type System, type Unavailable } from "./koffi.ts";
import { placeCode } from "./pages.ts";

/** What the CPU says, each 32 bits without a sign. Pages of CPUID that it does not have are 0. */
export interface CpuAnswers {
  /** Page 1, ecx: POPCNT, OSXSAVE, AVX. */
  readonly page1: number;
  /** Page 7, ebx: BMI1, AVX2, AVX-512. */
  readonly page7: number;
  /** XCR0: which registers the operating system saves. 0 where it cannot be asked. */
  readonly saved: number;
  /** MXCSR: how this thread rounds. */
  readonly rounding: number;
}

/** Which kernels can run here; `reason` says in one sentence what is missing for the wider ones. */
export interface Detected {
  readonly avx2: boolean;
  readonly avx512: boolean;
  readonly reason?: string;
}

const bit = (number: number): number => 2 ** number;
const has = (answer: number, bits: number): boolean => (answer & bits) >>> 0 === bits >>> 0;

/** Page 1, ecx. */
const [POPCNT, OSXSAVE, AVX] = [bit(23), bit(27), bit(28)];
/** Page 7, ebx. */
const [BMI1, AVX2] = [bit(3), bit(5)];
/** F, DQ, BW, VL: the parts that our kernels use. */
const AVX512 = bit(16) + bit(17) + bit(30) + bit(31);
/** XCR0: xmm and ymm; with the masks and both parts of zmm. */
const [SAVES_YMM, SAVES_ZMM] = [0x06, 0xe6];
/**
 * MXCSR without its flags of past events: all exceptions masked, rounding to nearest, subnormal numbers kept. With
 * anything else (an addon compiled with -ffast-math can set it) sums get other bits, in WebAssembly too.
 */
const [SETTINGS, USUAL] = [0xffc0, 0x1f80];

/** Which kernels can run on a CPU with these answers. */
export function judge({ page1, page7, saved, rounding }: CpuAnswers): Detected {
  const none = (reason: string): Detected => ({ avx2: false, avx512: false, reason });
  if ((rounding & SETTINGS) !== USUAL) {
    const shown = (value: number) => `0x${value.toString(16)}`;
    return none(
      `This thread rounds in an unusual way (MXCSR is ${shown(rounding)}, usual is ${shown(USUAL)}); ` +
        "an addon has changed it.",
    );
  }
  if (!has(page1, AVX | POPCNT) || !has(page7, AVX2 | BMI1)) return none("This CPU has no AVX2.");
  if (!has(page1, OSXSAVE) || !has(saved, SAVES_YMM)) {
    return none("The operating system does not save registers of 256 bits.");
  }
  const only256 = (reason: string): Detected => ({ avx2: true, avx512: false, reason });
  if (!has(page7, AVX512)) return only256("This CPU has no AVX-512 (F, DQ, BW and VL).");
  if (!has(saved, SAVES_ZMM)) return only256("The operating system does not save registers of 512 bits.");
  return { avx2: true, avx512: true };
}

/** The code that asks: it writes page 1, page 7, XCR0 and MXCSR as four words to `answers`. It uses no vectors. */
export function questions(): Uint8Array {
  return systemV({ answers: "void *" }, undefined, ask);
}

function ask({ code, registers, args }: FunctionParts<"answers">): void {
  for (const register of [rax, rbx, rcx, rdx]) registers.claim(register, "what CPUID overwrites");
  const [eax, ebx, ecx] = [rax.dword, rbx.dword, rcx.dword];
  const answer = (number: number) => at(args.answers, 4 * number);
  const page = (number: number) => {
    code.mov(eax, number);
    code.mov(ecx, 0);
    code.cpuid();
  };
  code.mov(eax, 0);
  for (const number of [0, 1, 2]) code.mov(answer(number), eax);
  page(1);
  code.mov(answer(0), ecx);
  // XGETBV is an illegal instruction where the operating system has not turned it on.
  code.and(ecx, OSXSAVE);
  when(code, "ne", () => {
    code.mov(ecx, 0);
    code.xgetbv();
    code.mov(answer(2), eax);
  });
  page(0);
  code.cmp(eax, 7);
  when(code, "ae", () => {
    page(7);
    code.mov(answer(1), ebx);
  });
  code.stmxcsr(answer(3));
}

/** The address of `questions`, once it is placed. */
let placed: bigint | undefined;

/** Asks the CPU that this thread runs on. */
export function askCpu(system: System): CpuAnswers | Unavailable {
  if (placed === undefined) {
    const addresses = placeCode(system, [questions()]);
    if (isUnavailable(addresses)) return addresses;
    placed = addresses[0] as bigint;
  }
  const words = new Uint32Array(4);
  system.callable(placed, ["void *"])(words);
  const [page1, page7, saved, rounding] = words as unknown as [number, number, number, number];
  return { page1, page7, saved, rounding };
}

/** Which kernels can run here, in this thread. Where koffi is missing or code is refused: none, and why. */
export async function detect(): Promise<Detected> {
  const system = await openSystem();
  const answers = isUnavailable(system) ? system : askCpu(system);
  return isUnavailable(answers) ? { avx2: false, avx512: false, reason: answers.reason } : judge(answers);
}
