/**
 * The table of vector instructions: one line each, with the fields of its prefix and its opcode as in Intel's manual.
 * `vectors.ts` makes a method of every line. ps means lanes of float32, pd of float64, ss and sd one number of each.
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
  /** Bytes that it reads or writes in memory, or the part of a vector (1, 1/2, 1/4). */
  readonly memory: { readonly bytes: number } | { readonly part: number };
  /** The width of the last operand as a part of the instruction's width, or a fixed one. */
  readonly last: 1 | 0.5 | 0.25 | 128 | 256;
  /** The width of the first operand. */
  readonly first: 1 | 0.5 | 128 | 256;
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
  memory: { part: 1 },
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
const one = { memory: { bytes: 4 }, last: 128, first: 128, widths: [128] } as const;
const ss = (opcode: number): Form => ({ ...common, opcode, prefix: 2, ...one });
const sd = (opcode: number): Form => ({ ...common, opcode, prefix: 3, w: 1, ...one, memory: { bytes: 8 } });
const dwords = (opcode: number, more: Differences = {}): Form => ps(opcode, { prefix: 1, ...more });
/** A move of whole vectors: no broadcast. */
const move = (opcode: number, more: Differences = {}): Form => ps(opcode, { broadcast: 0, ...more });
const rm = { writes: "rm", broadcast: 0 } as const;

/** to = a ∘ b; b may be memory. */
export const three = {
  /** to = a + b, float32. */
  vaddps: ps(0x58),
  /** to = a + b, float64. */
  vaddpd: pd(0x58),
  vaddss: ss(0x58),
  vaddsd: sd(0x58),
  /** to = a − b, float32. */
  vsubps: ps(0x5c),
  vsubpd: pd(0x5c),
  vsubss: ss(0x5c),
  vsubsd: sd(0x5c),
  /** to = a · b, float32. */
  vmulps: ps(0x59),
  vmulpd: pd(0x59),
  vmulss: ss(0x59),
  vmulsd: sd(0x59),
  /** to = a / b, float32. */
  vdivps: ps(0x5e),
  vdivpd: pd(0x5e),
  vdivss: ss(0x5e),
  vdivsd: sd(0x5e),
  /** to = a > b ? a : b. Where one is NaN, and of +0 and −0, it gives b: order of operands matters. */
  vmaxps: ps(0x5f),
  vmaxpd: pd(0x5f),
  /** to = a < b ? a : b. Where one is NaN, and of +0 and −0, it gives b. */
  vminps: ps(0x5d),
  vminpd: pd(0x5d),
  vandps: ps(0x54),
  /** to = ~a & b: it is the first operand whose bits are turned over. */
  vandnps: ps(0x55),
  vorps: ps(0x56),
  vxorps: ps(0x57),
  vandpd: pd(0x54),
  vandnpd: pd(0x55),
  vorpd: pd(0x56),
  vxorpd: pd(0x57),
  /** to = a & b. Its VEX form has the name vpand, and so on. */
  vpandd: dwords(0xdb),
  /** to = ~a & b. */
  vpandnd: dwords(0xdf),
  vpord: dwords(0xeb),
  vpxord: dwords(0xef),
  /** to = a + b, whole numbers of 32 bits. */
  vpaddd: dwords(0xfe),
  vpsubd: dwords(0xfa),
  /** In each 128 bits: a0 b0 a1 b1. */
  vunpcklps: ps(0x14),
  /** In each 128 bits: a2 b2 a3 b3. */
  vunpckhps: ps(0x15),
  /** In each 128 bits: a0 a1 b0 b1 (as numbers of 64 bits: a0 b0). */
  vunpcklpd: pd(0x14),
  /** In each 128 bits: a2 a3 b2 b3 (as numbers of 64 bits: a1 b1). */
  vunpckhpd: pd(0x15),
  /** to[i] = b[a[i]]: a holds the numbers of the lanes. */
  vpermps: dwords(0x16, { map: 2, widths: [256, 512] }),
  /** to[i] = b[a[i]], whole numbers. */
  vpermd: dwords(0x36, { map: 2, widths: [256, 512] }),
  /** to = a · 2ⁿ, n = b rounded down, float32; rounded once. */
  vscalefps: dwords(0x2c, { map: 2, encodings: "evex" }),
  /** to[i] = mask[i] ? b[i] : a[i]; the mask is the option `mask`. */
  vblendmps: dwords(0x65, { map: 2, encodings: "evex" }),
} as const satisfies Record<string, Form>;

/** to = a ∘ b, with a constant of 8 bits. */
export const threeAndByte = {
  /** In each 128 bits: two lanes of a, then two of b, chosen by two bits each. */
  vshufps: ps(0xc6),
  /** Two of the four halves of a and b. */
  vperm2f128: dwords(0x06, { map: 3, encodings: "vex", broadcast: 0, widths: [256] }),
  /** a, with 128 bits of b put at the place. */
  vinsertf128: dwords(0x18, { map: 3, encodings: "vex", broadcast: 0, widths: [256], last: 128 }),
  vinsertf32x4: dwords(0x18, {
    map: 3,
    encodings: "evex",
    broadcast: 0,
    widths: [256, 512],
    last: 128,
    memory: { bytes: 16 },
  }),
  vinsertf32x8: dwords(0x1a, {
    map: 3,
    encodings: "evex",
    broadcast: 0,
    widths: [512],
    last: 256,
    memory: { bytes: 32 },
  }),
  /** Two quarters (at 256 bits: one half) of a, then of b. */
  vshuff32x4: dwords(0x23, { map: 3, encodings: "evex", widths: [256, 512] }),
} as const satisfies Record<string, Form>;

/** to = ∘ from; `from` may be memory. */
export const two = {
  /** to = from, at any address. */
  vmovups: move(0x10),
  /** to = from. An address must be a multiple of the width, or it faults. */
  vmovaps: move(0x28),
  /** to = √from. */
  vsqrtps: ps(0x51),
  vsqrtpd: pd(0x51),
  /** float32 from whole numbers. */
  vcvtdq2ps: ps(0x5b),
  /** Whole numbers from float32, cut off; 0x80000000 where there is none. */
  vcvttps2dq: ps(0x5b, { prefix: 2 }),
  /** float64 from half a vector of float32. */
  vcvtps2pd: ps(0x5a, { last: 0.5, memory: { part: 0.5 } }),
  /** Whole numbers from a quarter of a vector of bytes, without a sign. */
  vpmovzxbd: dwords(0x31, { map: 2, broadcast: 0, last: 0.25, memory: { part: 0.25 } }),
  /** One float32 in all lanes. Fast at 256 bits; at 512 it takes an arithmetic slot on Zen 4. */
  vbroadcastss: dwords(0x18, { map: 2, broadcast: 0, last: 128, memory: { bytes: 4 } }),
  /** 32 bits in all lanes. At 512 bits the fast way from memory. */
  vpbroadcastd: dwords(0x58, { map: 2, broadcast: 0, last: 128, memory: { bytes: 4 } }),
} as const satisfies Record<string, Form>;

/** to = ∘ from, a register only; `to` may be memory too. The other way round in the encoding. */
export const stores = {
  vmovups: move(0x11, rm),
  vmovaps: move(0x29, rm),
  /** The chosen lanes, side by side; at a place in memory nothing else is written. `mask` chooses. */
  vpcompressd: dwords(0x8b, { ...rm, map: 2, encodings: "evex", memory: { bytes: 4 } }),
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
    memory: { bytes: 16 },
  }),
  vextractf32x8: dwords(0x1b, {
    ...rm,
    map: 3,
    encodings: "evex",
    widths: [512],
    first: 256,
    memory: { bytes: 32 },
  }),
} as const satisfies Record<string, Form>;

/** to = from shifted by a constant; `extension` stands in the field of a register. */
export const shiftForms = {
  vpslld: { ...dwords(0x72), extension: 6 },
  vpsrld: { ...dwords(0x72), extension: 2 },
  vpsrad: { ...dwords(0x72), extension: 4 },
} as const satisfies Record<string, Form & { extension: number }>;

/** Compares whose result is a mask at EVEX and a vector of all ones or all zeros a lane at VEX. */
export const compares = {
  /** a > b, whole numbers with a sign. */
  vpcmpgtd: dwords(0x66),
  /** a = b, whole numbers. */
  vpcmpeqd: dwords(0x76),
  /** (a & b) ≠ 0. */
  vptestmd: dwords(0x27, { map: 2, encodings: "evex" }),
} as const satisfies Record<string, Form>;

/** Forms with operands of their own. */
export const others = {
  vcmpps: ps(0xc2),
  vcmppd: pd(0xc2),
  vcvtpd2ps: pd(0x5a, { first: 0.5 }),
  vcvtss2sd: { ...ss(0x5a), w: 0 },
  vcvtsd2ss: sd(0x5a),
  vblendvps: dwords(0x4a, { map: 3, encodings: "vex", broadcast: 0, widths: [128, 256] }),
  vmaskmovpsLoad: dwords(0x2c, { map: 2, encodings: "vex", broadcast: 0, widths: [128, 256] }),
  vmaskmovpsStore: dwords(0x2e, { ...rm, map: 2, encodings: "vex", widths: [128, 256] }),
  vgatherdps: dwords(0x92, { map: 2, broadcast: 0, memory: { bytes: 4 } }),
  vmovssLoad: ss(0x10),
  vmovssStore: ss(0x11),
  vmovsdLoad: sd(0x10),
  vmovsdStore: sd(0x11),
  vpermilps: dwords(0x04, { map: 3 }),
} as const satisfies Record<string, Form>;
