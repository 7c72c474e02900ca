/**
 * The table of vector instructions: one line each, with the fields of its prefix and its opcode as in Intel's manual.
 * `vectors.ts` makes a method of every line. ps means lanes of float32, pd of float64.
 *
 * Two families are missing for good. Fused multiply-add rounds once where the law of the sums rounds twice, and
 * approximate reciprocals (vrcp…, vrsqrt…) differ between CPUs. Either would change bits; a test looks for both.
 */
import type { OpcodeMap, Prefix } from "./encoding.ts";

/** How one instruction is encoded. */
export interface Form {
  readonly prefix: Prefix;
  readonly map: OpcodeMap;
  readonly opcode: number;
  /** The bit W of EVEX. VEX leaves it at 0 in all forms of this table. */
  readonly w: 0 | 1;
  /** Which prefixes it has. */
  readonly encodings: "both" | "vex" | "evex";
  /** Bytes of one number that memory can give to all lanes; 0 where it cannot. */
  readonly broadcast: 0 | 4 | 8;
  /** Bytes that it reads or writes in memory: a number, or those of a vector. */
  readonly memory: number | "vector";
  /** The width of the last operand: the instruction's own (1), or 128 bits. */
  readonly last: 1 | 128;
  /** The same of the first operand. */
  readonly first: 1 | 128;
  /** What it writes: the field of registers only, or the other one, which may be memory. */
  readonly writes: "reg" | "rm";
  /** The instruction's widths, where it has not all three. */
  readonly widths?: readonly number[];
}

const common = {
  prefix: 0,
  map: 1,
  w: 0,
  encodings: "both",
  broadcast: 0,
  memory: "vector",
  last: 1,
  first: 1,
  writes: "reg",
} as const satisfies Omit<Form, "opcode">;

type Differences = Partial<Form>;

const ps = (opcode: number, more: Differences = {}): Form => ({ ...common, opcode, broadcast: 4, ...more });
const pd = (opcode: number, more: Differences = {}): Form => ({
  ...common,
  opcode,
  prefix: 1,
  w: 1,
  broadcast: 8,
  ...more,
});
const dwords = (opcode: number, more: Differences = {}): Form => ps(opcode, { prefix: 1, ...more });
/** A move of whole vectors: no broadcast. */
const move = (opcode: number, more: Differences = {}): Form => ps(opcode, { broadcast: 0, ...more });
const rm = { writes: "rm", broadcast: 0 } as const;

/** to = a ∘ b; b may be memory. */
export const three = {
  /** to = a + b, float32. */
  vaddps: ps(0x58),
  /** to = a − b, float32. */
  vsubps: ps(0x5c),
  /** to = a · b, float32. */
  vmulps: ps(0x59),
  /** to = a / b, float32. */
  vdivps: ps(0x5e),
  /** to = a > b ? a : b. Where one is NaN, and of +0 and −0, it gives b: order of operands matters. */
  vmaxps: ps(0x5f),
  /** to = a < b ? a : b. Where one is NaN, and of +0 and −0, it gives b. */
  vminps: ps(0x5d),
  vandps: ps(0x54),
  vorps: ps(0x56),
  vxorps: ps(0x57),
  /** to = a & b. Its VEX form has the name vpand, and so on. */
  vpandd: dwords(0xdb),
  vpord: dwords(0xeb),
  vpxord: dwords(0xef),
  /** to = a + b, whole numbers of 32 bits. */
  vpaddd: dwords(0xfe),
  vpsubd: dwords(0xfa),
  /** to = a < b ? a : b, whole numbers of 32 bits without a sign. */
  vpminud: dwords(0x3b, { map: 2 }),
  /** to = a · b, of 64 bits: the lower halves of each 64 bits are multiplied, without a sign. */
  vpmuludq: pd(0xf4),
  /** In each 128 bits: a0 b0 a1 b1. */
  vunpcklps: ps(0x14),
  /** In each 128 bits: a2 b2 a3 b3. */
  vunpckhps: ps(0x15),
  /** In each 128 bits: a0 a1 b0 b1 (as numbers of 64 bits: a0 b0). */
  vunpcklpd: pd(0x14),
  /** In each 128 bits: a2 a3 b2 b3 (as numbers of 64 bits: a1 b1). */
  vunpckhpd: pd(0x15),
  /** to = a · 2ⁿ, n = b rounded down, float32; rounded once. */
  vscalefps: dwords(0x2c, { map: 2, encodings: "evex" }),
  /** to[i] = b[a[i] mod 8]: the lanes of b in another order. */
  vpermd: dwords(0x36, { map: 2, encodings: "vex", broadcast: 0, widths: [256] }),
  /** to[i] = mask[i] ? b[i] : a[i]; the mask is the option `mask`. */
  vblendmps: dwords(0x65, { map: 2, encodings: "evex" }),
} as const satisfies Record<string, Form>;

/** to = a ∘ b, with a constant of 8 bits. */
export const threeAndByte = {
  /** a, with 128 bits of b put at the place. */
  vinsertf128: dwords(0x18, { map: 3, encodings: "vex", broadcast: 0, widths: [256], last: 128 }),
  vinsertf32x4: dwords(0x18, {
    map: 3,
    encodings: "evex",
    broadcast: 0,
    widths: [256, 512],
    last: 128,
    memory: 16,
  }),
  /** to = what the byte says of the three bits to, a and b, bit by bit; 0x96 is to ^ a ^ b. */
  vpternlogd: dwords(0x25, { map: 3, encodings: "evex" }),
} as const satisfies Record<string, Form>;

/** to = ∘ from; `from` may be memory. */
export const two = {
  /** to = from, at any address. */
  vmovups: move(0x10),
  /** to = from. An address must be a multiple of the width, or it faults. */
  vmovaps: move(0x28),
  /** to = √from. */
  vsqrtps: ps(0x51),
  /** float32 from whole numbers. */
  vcvtdq2ps: ps(0x5b),
  /** Whole numbers from float32, cut off; 0x80000000 where there is none. */
  vcvttps2dq: ps(0x5b, { prefix: 2 }),
  /** In each 64 bits: the upper half, twice. */
  vmovshdup: move(0x16, { prefix: 2 }),
  /** One float32 in all lanes. Fast at 256 bits; at 512 it takes an arithmetic slot on Zen 4. */
  vbroadcastss: dwords(0x18, { map: 2, broadcast: 0, last: 128, memory: 4 }),
  /** 32 bits in all lanes. At 512 bits the fast way from memory. */
  vpbroadcastd: dwords(0x58, { map: 2, broadcast: 0, last: 128, memory: 4 }),
  /** Whole numbers of 32 bits from eight bytes without a sign. */
  vpmovzxbd: dwords(0x31, { map: 2, encodings: "vex", broadcast: 0, widths: [256], last: 128 }),
} as const satisfies Record<string, Form>;

/** to = ∘ from, a register only; `to` may be memory too. The other way round in the encoding. */
export const stores = {
  vmovups: move(0x11, rm),
  vmovaps: move(0x29, rm),
  /**
   * The lanes of the mask side by side, from lane 0 on; the others become 0, or stay. In memory nothing behind them is
   * written, but that is slow on Zen 4.
   */
  vpcompressd: dwords(0x8b, { ...rm, map: 2, encodings: "evex", memory: 4 }),
} as const satisfies Record<string, Form>;

/** to = a part of `from`, chosen by a constant; `to` may be memory. */
export const extracts = {
  vextractf128: dwords(0x19, { ...rm, map: 3, encodings: "vex", widths: [256], first: 128 }),
  vextractf32x4: dwords(0x19, {
    ...rm,
    map: 3,
    encodings: "evex",
    widths: [256, 512],
    first: 128,
    memory: 16,
  }),
} as const satisfies Record<string, Form>;

/** to = from shifted by a constant; `extension` stands in the field of a register. */
export const shiftForms = {
  vpslld: { ...dwords(0x72), extension: 6 },
  vpsrad: { ...dwords(0x72), extension: 4 },
} as const satisfies Record<string, Form & { extension: number }>;

/** Compares whose result is a mask at EVEX and a vector of all ones or all zeros a lane at VEX. */
export const compares = {
  /** a > b, whole numbers with a sign. */
  vpcmpgtd: dwords(0x66),
  /** a = b, whole numbers. */
  vpcmpeqd: dwords(0x76),
} as const satisfies Record<string, Form>;

/** Forms with operands of their own. */
export const others = {
  vcmpps: ps(0xc2),
  vblendvps: dwords(0x4a, { map: 3, encodings: "vex", broadcast: 0, widths: [128, 256] }),
  vmaskmovpsLoad: dwords(0x2c, { map: 2, encodings: "vex", broadcast: 0, widths: [128, 256] }),
  vmaskmovpsStore: dwords(0x2e, { ...rm, map: 2, encodings: "vex", widths: [128, 256] }),
  vgatherdps: dwords(0x92, { map: 2, broadcast: 0, memory: 4 }),
} as const satisfies Record<string, Form>;
