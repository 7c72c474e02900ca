// Every instruction form that is compared with GNU as: its text in Intel's syntax, and the call that writes it.
// Cases rotate through registers and addresses; a few forms go through all of them.
import {
  at,
  k,
  r8,
  r9,
  r10,
  r12,
  r13,
  r14,
  r15,
  rax,
  rbp,
  rbx,
  rcx,
  rdi,
  rdx,
  rsi,
  rsp,
  xmm,
  ymm,
  zmm,
} from "inkling-native";

/**
 * @import { Assembler, Gpr, Memory, Predicate } from "inkling-native"
 * @typedef {{ text: string, name: string, write: (a: Assembler) => void }} Form
 */

/** @type {Form[]} */
const forms = [];
/** @type {(text: string, name: string, write: (a: Assembler) => void) => void} */
const form = (text, name, write) => {
  forms.push({ text, name, write });
};
/** @type {(name: string, ...operands: any[]) => (a: any) => void} */
const call =
  (name, ...operands) =>
  (a) =>
    a[name](...operands);

const vec = { 128: xmm, 256: ymm, 512: zmm };
/** @type {readonly (128 | 256 | 512)[]} */
const widths = [128, 256, 512];

// ---- Addresses. Bases rsp and r12 need a SIB byte, rbp and r13 a displacement.
const bases = [rax, rsp, rbp, r9, r12, r13];
/** @type {readonly [Gpr | undefined, 1 | 2 | 4 | 8][]} */
const indexes = [
  [undefined, 1],
  [rcx, 1],
  [rbp, 2],
  [r12, 4],
  [r15, 8],
];
const displacements = [0, 4, -64, 127, 128, 1024, -8192, 8128, 0x12345678];

/** @type {(m: Memory) => string} */
const place = (m) => {
  const index = m.index ? `+${m.index}*${m.scale}` : "";
  const sign = m.displacement < 0 ? "-" : "+";
  return `[${m.base}${index}${m.displacement === 0 ? "" : `${sign}${Math.abs(m.displacement)}`}]`;
};
const places = displacements.flatMap((displacement) =>
  indexes.flatMap(([index, scale]) => bases.map((base) => at(base, displacement, index, scale))),
);
let turn = 0;
/** The next address of the rotation. 77 and 270 have no common divisor. */
const next = () => {
  turn += 77;
  return /** @type {Memory} */ (places[turn % places.length]);
};

// ---- Vector registers: low, 8 to 15, and for EVEX 16 to 31.
const vexTriples = [
  [1, 2, 3],
  [9, 0, 6],
  [7, 15, 5],
  [4, 8, 12],
];
const evexTriples = [
  [1, 2, 3],
  [17, 0, 9],
  [8, 31, 5],
  [15, 14, 16],
  [30, 24, 25],
];
/** @type {(width: number, count?: number) => number[][]} */
const triplesOf = (width) => (width === 512 ? evexTriples : [...vexTriples, ...evexTriples.slice(1)]);
/** @type {(numbers: number[]) => boolean} */
const isHigh = (numbers) => numbers.some((number) => number > 15);
/** @type {(width: 128 | 256 | 512, part: number) => 128 | 256 | 512} */
const part = (width, part) => /** @type {128 | 256 | 512} */ (part > 1 ? part : Math.max(128, width * part));

/** The options after the operands, and their text after the first. @type {[any, string][]} */
const masks = [
  [{ mask: k(1) }, "{k1}"],
  [{ mask: k(7), zero: true }, "{k7}{z}"],
];
const integerNames = new Set(["vpandd", "vpandnd", "vpord", "vpxord"]);
/** The VEX forms of the integer operations have no letter d. @type {(name: string, evex: boolean) => string} */
const spelled = (name, evex) => (integerNames.has(name) && !evex ? name.slice(0, -1) : name);

/**
 * to, a, b [, byte]: registers, memory, broadcast, masks.
 * @param {string} name
 * @param {{ widths?: readonly (128 | 256 | 512)[], last?: number, broadcast?: 0 | 4 | 8, byte?: number, evex?: boolean,
 *   vex?: boolean, operands?: 2 | 3, first?: number, maskOnly?: boolean }} options
 */
function lanes(name, options = {}) {
  const { last = 1, first = 1, broadcast = 0, byte, evex = false, vex = false, operands = 3 } = options;
  const end = byte === undefined ? "" : `, ${byte}`;
  const bytes = byte === undefined ? [] : [byte];
  for (const width of options.widths ?? widths) {
    const [V, L, F] = [vec[width], vec[part(width, last)], vec[part(width, first)]];
    /** @type {(to: number, a: number, b: any, more: any, mask: string, suffix?: string) => void} */
    const one = (to, a, b, more, mask, suffix = "") => {
      const numbers = [to, ...(operands === 3 ? [a] : []), ...(typeof b === "number" ? [b] : [])];
      const needs = evex || width === 512 || more || suffix || isHigh(numbers);
      if (needs && vex) return;
      if (options.maskOnly && !more) return;
      const shown = typeof b === "number" ? `${L(b)}` : `${place(b)}${suffix}`;
      const middle = operands === 3 ? `, ${V(a)}` : "";
      const args = [F(to), ...(operands === 3 ? [V(a)] : []), typeof b === "number" ? L(b) : b, ...bytes];
      const text = `${spelled(name, Boolean(needs))} ${F(to)}${mask}${middle}, ${shown}${end}`;
      form(text, name, call(name, ...args, ...(more ? [more] : [])));
    };
    for (const [to, a, b] of triplesOf(width)) one(to, a, b, undefined, "");
    for (const [to, a] of triplesOf(width).slice(0, 4)) one(to, a, next(), undefined, "");
    if (vex) continue;
    for (const [more, mask] of masks) {
      one(2, 18, 11, more, mask);
      one(20, 3, next(), more, mask);
      if (broadcast) one(5, 29, next().toAll(), more, mask, `{1to${width / 8 / broadcast}}`);
    }
    if (broadcast && !options.maskOnly) {
      for (const to of [3, 21]) one(to, 6, next().toAll(), undefined, "", `{1to${width / 8 / broadcast}}`);
      one(1, 2, at(rdi, broadcast * 127).toAll(), undefined, "", `{1to${width / 8 / broadcast}}`);
      one(1, 2, at(rdi, broadcast * 128).toAll(), undefined, "", `{1to${width / 8 / broadcast}}`);
    }
  }
}

for (const name of ["vadd", "vsub", "vmul", "vdiv"]) {
  lanes(`${name}ps`, { broadcast: 4 });
  lanes(`${name}pd`, { broadcast: 8 });
  lanes(`${name}ss`, { widths: [128] });
  lanes(`${name}sd`, { widths: [128] });
}
for (const name of ["vmax", "vmin", "vand", "vandn", "vor", "vxor"]) {
  lanes(`${name}ps`, { broadcast: 4 });
  lanes(`${name}pd`, { broadcast: 8 });
}
for (const name of [...integerNames, "vpaddd", "vpsubd", "vunpcklps", "vunpckhps"]) lanes(name, { broadcast: 4 });
for (const name of ["vunpcklpd", "vunpckhpd"]) lanes(name, { broadcast: 8 });
for (const name of ["vpermps", "vpermd"]) lanes(name, { broadcast: 4, widths: [256, 512] });
lanes("vblendmps", { broadcast: 4, evex: true });
lanes("vshufps", { broadcast: 4, byte: 0x88 });
lanes("vperm2f128", { widths: [256], byte: 0x31, vex: true });
lanes("vinsertf128", { widths: [256], byte: 1, last: 128, vex: true });
lanes("vinsertf32x4", { widths: [256, 512], byte: 1, last: 128, evex: true });
lanes("vinsertf32x8", { widths: [512], byte: 1, last: 256, evex: true });
lanes("vshuff32x4", { widths: [256, 512], byte: 0xee, broadcast: 4, evex: true });
for (const name of ["vmovups", "vmovaps"]) lanes(name, { operands: 2 });
lanes("vsqrtps", { operands: 2, broadcast: 4 });
lanes("vsqrtpd", { operands: 2, broadcast: 8 });
for (const name of ["vcvtdq2ps", "vcvttps2dq"]) lanes(name, { operands: 2, broadcast: 4 });
lanes("vcvtps2pd", { operands: 2, last: 0.5 });
lanes("vpmovzxbd", { operands: 2, last: 0.25 });
for (const name of ["vbroadcastss", "vpbroadcastd"]) lanes(name, { operands: 2, last: 128 });
lanes("vpermilps", { operands: 2, byte: 0x1b, broadcast: 4 });
for (const name of ["vcvtss2sd", "vcvtsd2ss"]) {
  for (const [to, a, b] of triplesOf(128)) {
    form(`${name} ${xmm(to)}, ${xmm(a)}, ${xmm(b)}`, name, call(name, xmm(to), xmm(a), xmm(b)));
    const m = next();
    form(`${name} ${xmm(to)}, ${xmm(a)}, ${place(m)}`, name, call(name, xmm(to), xmm(a), m));
  }
}
// A broadcast of half a vector.
form("vcvtps2pd zmm1, [rax+4]{1to8}", "vcvtps2pd", call("vcvtps2pd", zmm(1), at(rax, 4).toAll()));

// ---- All addresses, for one VEX and two EVEX steps of the displacement (64 and 4).
for (const m of places) {
  form(`vmovups ymm5, ${place(m)}`, "vmovups", call("vmovups", ymm(5), m));
  form(`vmovups zmm14, ${place(m)}`, "vmovups", call("vmovups", zmm(14), m));
  form(`vmulps zmm19, zmm2, ${place(m)}{1to16}`, "vmulps", call("vmulps", zmm(19), zmm(2), m.toAll()));
  form(`mov r10, ${place(m)}`, "mov", call("mov", r10, m));
}

// ---- Stores and parts of vectors.
for (const width of widths) {
  const V = vec[width];
  for (const [from] of triplesOf(width)) {
    for (const name of ["vmovups", "vmovaps"]) {
      const m = next();
      form(`${name} ${place(m)}, ${V(from)}`, name, call(name, m, V(from)));
      form(`${name} ${place(m)}{k3}, ${V(from)}`, name, call(name, m, V(from), { mask: k(3) }));
    }
    const m = next();
    form(`vpcompressd ${place(m)}{k2}, ${V(from)}`, "vpcompressd", call("vpcompressd", m, V(from), { mask: k(2) }));
    const lanesOf = { mask: k(2), zero: true };
    form(`vpcompressd ${V(7)}{k2}{z}, ${V(from)}`, "vpcompressd", call("vpcompressd", V(7), V(from), lanesOf));
  }
}
for (const [to, from] of triplesOf(512)) {
  const m = next();
  form(`vextractf32x8 ${ymm(to)}, ${zmm(from)}, 1`, "vextractf32x8", call("vextractf32x8", ymm(to), zmm(from), 1));
  form(`vextractf32x8 ${place(m)}, ${zmm(from)}, 1`, "vextractf32x8", call("vextractf32x8", m, zmm(from), 1));
  form(`vextractf32x4 ${xmm(to)}, ${zmm(from)}, 3`, "vextractf32x4", call("vextractf32x4", xmm(to), zmm(from), 3));
  form(`vextractf32x4 ${place(m)}, ${ymm(from)}, 1`, "vextractf32x4", call("vextractf32x4", m, ymm(from), 1));
}
for (const [to, from] of vexTriples) {
  const m = next();
  form(`vextractf128 ${xmm(to)}, ${ymm(from)}, 1`, "vextractf128", call("vextractf128", xmm(to), ymm(from), 1));
  form(`vextractf128 ${place(m)}, ${ymm(from)}, 1`, "vextractf128", call("vextractf128", m, ymm(from), 1));
  for (const V of [xmm, ymm]) {
    const [name, load, store] = ["vmaskmovps", "vmaskmovpsLoad", "vmaskmovpsStore"];
    form(`${name} ${V(to)}, ${V(from)}, ${place(m)}`, load, call(load, V(to), V(from), m));
    form(`${name} ${place(m)}, ${V(to)}, ${V(from)}`, store, call(store, m, V(to), V(from)));
    const blend = call("vblendvps", V(to), V(from), V(3), V(13));
    form(`vblendvps ${V(to)}, ${V(from)}, ${V(3)}, ${V(13)}`, "vblendvps", blend);
    form(
      `vblendvps ${V(2)}, ${V(to)}, ${place(m)}, ${V(from)}`,
      "vblendvps",
      call("vblendvps", V(2), V(to), m, V(from)),
    );
    form(`vmovmskps ecx, ${V(from)}`, "vmovmskps", call("vmovmskps", rcx, V(from)));
    form(`vmovmskps r12d, ${V(to)}`, "vmovmskps", call("vmovmskps", r12, V(to)));
  }
  for (const gpr of [rax, r13]) {
    form(`vmovd ${xmm(to)}, ${gpr.dword}`, "vmovd", call("vmovd", xmm(to), gpr.dword));
    form(`vmovd ${gpr.dword}, ${xmm(to)}`, "vmovd", call("vmovd", gpr.dword, xmm(to)));
    form(`vmovq ${xmm(to)}, ${gpr}`, "vmovd", call("vmovd", xmm(to), gpr));
    form(`vmovq ${gpr}, ${xmm(to)}`, "vmovd", call("vmovd", gpr, xmm(to)));
  }
}
for (const [to] of triplesOf(128)) {
  for (const name of ["vmovss", "vmovsd"]) {
    const m = next();
    form(`${name} ${xmm(to)}, ${place(m)}`, name, call(name, xmm(to), m));
    form(`${name} ${place(m)}, ${xmm(to)}`, name, call(name, m, xmm(to)));
  }
}
for (const to of [17, 25, 31]) {
  for (const gpr of [rax, r13]) {
    form(`vmovd ${xmm(to)}, ${gpr.dword}`, "vmovd", call("vmovd", xmm(to), gpr.dword));
    form(`vmovq ${gpr}, ${xmm(to)}`, "vmovd", call("vmovd", gpr, xmm(to)));
  }
}
for (const [to, from] of evexTriples) {
  form(`vcvtpd2ps ${ymm(to)}, ${zmm(from)}`, "vcvtpd2ps", call("vcvtpd2ps", ymm(to), zmm(from)));
  form(`vcvtpd2ps ${xmm(to)}, ${ymm(from)}`, "vcvtpd2ps", call("vcvtpd2ps", xmm(to), ymm(from)));
  form(`vcvtpd2ps ${xmm(to)}, ${xmm(from)}`, "vcvtpd2ps", call("vcvtpd2ps", xmm(to), xmm(from)));
}

// ---- Shifts, broadcasts of integer registers, compares, gathers.
for (const name of ["vpslld", "vpsrld", "vpsrad"]) {
  for (const width of widths) {
    const V = vec[width];
    for (const [to, from] of triplesOf(width)) {
      form(`${name} ${V(to)}, ${V(from)}, 23`, name, call(name, V(to), V(from), 23));
    }
    const masked = call(name, V(1), V(2), 7, { mask: k(4), zero: true });
    form(`${name} ${V(1)}{k4}{z}, ${V(2)}, 7`, name, masked);
  }
}
/** @type {[Predicate, number][]} */
const predicates = [
  ["EQ_OQ", 0],
  ["UNORD_Q", 3],
  ["NEQ_UQ", 4],
  ["ORD_Q", 7],
  ["LT_OQ", 17],
  ["LE_OQ", 18],
  ["NLT_UQ", 21],
  ["NLE_UQ", 22],
  ["GE_OQ", 29],
  ["GT_OQ", 30],
];
for (const [predicate, number] of predicates) {
  for (const [type, all] of /** @type {[string, string][]} */ ([
    ["ps", "{1to16}"],
    ["pd", "{1to8}"],
  ])) {
    const name = `vcmp${type}`;
    form(`${name} ymm3, ymm14, ymm9, ${number}`, name, call(name, ymm(3), ymm(14), ymm(9), predicate));
    form(`${name} k5, zmm17, zmm9, ${number}`, name, call(name, k(5), zmm(17), zmm(9), predicate));
    const m = next();
    form(`${name} ymm3, ymm4, ${place(m)}, ${number}`, name, call(name, ymm(3), ymm(4), m, predicate));
    form(`${name} k1, zmm4, ${place(m)}${all}, ${number}`, name, call(name, k(1), zmm(4), m.toAll(), predicate));
    const masked = call(name, k(1), ymm(4), ymm(28), predicate, { mask: k(2) });
    form(`${name} k1{k2}, ymm4, ymm28, ${number}`, name, masked);
  }
}
for (const name of ["vpcmpgtd", "vpcmpeqd", "vptestmd"]) {
  for (const width of widths) {
    const V = vec[width];
    for (const [to, a, b] of triplesOf(width)) {
      form(`${name} ${k(to & 7)}, ${V(a)}, ${V(b)}`, name, call(name, k(to & 7), V(a), V(b)));
      const m = next();
      form(`${name} k6{k1}, ${V(a)}, ${place(m)}`, name, call(name, k(6), V(a), m, { mask: k(1) }));
      if (name === "vptestmd" || width === 512 || isHigh([to, a, b])) continue;
      form(`${name} ${V(to)}, ${V(a)}, ${V(b)}`, name, call(name, V(to), V(a), V(b)));
      form(`${name} ${V(to)}, ${V(a)}, ${place(m)}`, name, call(name, V(to), V(a), m));
    }
  }
}
for (const [base, displacement] of /** @type {[Gpr, number][]} */ ([
  [rax, 0],
  [rbp, 0],
  [r12, 64],
  [r13, 0x1234],
])) {
  for (const [to, index, mask] of [
    [1, 2, 3],
    [9, 14, 5],
    [6, 8, 15],
  ]) {
    for (const V of [xmm, ymm]) {
      const m = at(base, displacement, V(index), 4);
      const gather = call("vgatherdps", V(to), m, V(mask));
      form(`vgatherdps ${V(to)}, ${place(m)}, ${V(mask)}`, "vgatherdps", gather);
    }
  }
  for (const [to, index] of [
    [1, 2],
    [17, 9],
    [3, 16],
    [30, 25],
  ]) {
    for (const V of [xmm, ymm, zmm]) {
      const m = at(base, displacement, V(index), 4);
      form(`vgatherdps ${V(to)}{k1}, ${place(m)}`, "vgatherdps", call("vgatherdps", V(to), m, k(1)));
    }
  }
}

// ---- Masks.
for (const [to, a, b] of [
  [1, 2, 3],
  [7, 0, 5],
]) {
  for (const name of ["kandw", "kandnw", "korw"]) {
    form(`${name} k${to}, k${a}, k${b}`, name, call(name, k(to), k(a), k(b)));
  }
  form(`knotw k${to}, k${a}`, "knotw", call("knotw", k(to), k(a)));
  form(`kortestw k${to}, k${b}`, "kortestw", call("kortestw", k(to), k(b)));
  form(`kmovw k${to}, k${a}`, "kmovw", call("kmovw", k(to), k(a)));
  for (const gpr of [rcx, r9]) {
    for (const name of ["kmovw", "kmovd"]) {
      form(`${name} k${to}, ${gpr.dword}`, name, call(name, k(to), gpr));
      form(`${name} ${gpr.dword}, k${a}`, name, call(name, gpr, k(a)));
    }
  }
}
form("vzeroupper", "vzeroupper", call("vzeroupper"));

// ---- Integers.
const gprs = [rax, rcx, rbx, rsp, rbp, rsi, r8, r12, r13, r15];
const numbers = [0, 1, -1, 127, 128, -128, -129, 0x7fffffff, -0x80000000];
/** @type {(gpr: Gpr) => Gpr[]} */
const both = (gpr) => [gpr, gpr.dword];
/** The same number of bits as `like`. @type {(gpr: Gpr, like: Gpr) => Gpr} */
const matching = (gpr, like) => (like.bits === 64 ? gpr : gpr.dword);

for (const [row, gpr] of gprs.entries()) {
  const other = /** @type {Gpr} */ (gprs[(row + 3) % gprs.length]);
  for (const a of both(gpr)) {
    const b = matching(other, a);
    for (const name of ["mov", "add", "sub", "cmp", "and", "or", "xor"]) {
      form(`${name} ${a}, ${b}`, name, call(name, a, b));
      const m = next();
      form(`${name} ${a}, ${place(m)}`, name, call(name, a, m));
      form(`${name} ${place(m)}, ${a}`, name, call(name, m, a));
    }
    const m = next();
    form(`imul ${a}, ${b}`, "imul", call("imul", a, b));
    form(`imul ${a}, ${place(m)}`, "imul", call("imul", a, m));
    form(`imul ${a}, ${b}, 100`, "imul", call("imul", a, b, 100));
    form(`imul ${a}, ${place(m)}, 3136`, "imul", call("imul", a, m, 3136));
    form(`test ${a}, ${b}`, "test", call("test", a, b));
    form(`lea ${a}, ${place(m)}`, "lea", call("lea", a, m));
    for (const name of ["popcnt", "tzcnt"]) {
      form(`${name} ${a}, ${b}`, name, call(name, a, b));
      form(`${name} ${a}, ${place(m)}`, name, call(name, a, m));
    }
    for (const name of ["div", "neg", "inc", "dec"]) form(`${name} ${a}`, name, call(name, a));
    for (const name of ["shl", "shr", "sar"]) {
      form(`${name} ${a}, 1`, name, call(name, a, 1));
      form(`${name} ${a}, 31`, name, call(name, a, 31));
    }
    form(`movzx ${a}, BYTE PTR ${place(m)}`, "movzxByte", call("movzxByte", a, m));
    form(`movzx ${a}, WORD PTR ${place(m)}`, "movzxWord", call("movzxWord", a, m));
    for (const value of [...numbers, ...(a.bits === 64 ? [0xffffffff, 2 ** 40, -(2 ** 33)] : [])]) {
      // GNU as would take a longer form for what fits 32 bits without a sign: there the lower half is named.
      const to = value >= 0 && value < 2 ** 32 ? a.dword : a;
      const name = value >= 2 ** 32 || value < -(2 ** 31) ? "movabs" : "mov";
      form(`${name} ${to}, ${value}`, "mov", call("mov", a, value));
    }
  }
  const low = "al cl bl spl bpl sil r8b r12b r13b r15b".split(" ")[row];
  form(`movzx r9d, ${low}`, "movzxByte", call("movzxByte", r9.dword, gpr));
  form(`movzx edx, ${low?.startsWith("r") ? `${low.slice(0, -1)}w` : gpr.toString().slice(1)}`, "movzxWord", (a) =>
    a.movzxWord(rdx.dword, gpr),
  );
  for (const name of ["push", "pop"]) form(`${name} ${gpr}`, name, call(name, gpr));
  for (const name of ["jmp", "call"]) form(`${name} ${gpr}`, name, call(name, gpr));
  const m = next();
  for (const name of ["jmp", "call"]) form(`${name} QWORD PTR ${place(m)}`, name, call(name, m));
  for (const name of ["prefetcht0", "stmxcsr", "ldmxcsr"]) form(`${name} ${place(m)}`, name, call(name, m));
}
for (const name of ["add", "sub", "cmp", "and", "or", "xor"]) {
  for (const gpr of [rax, rdx, r14, rsp].flatMap(both)) {
    for (const value of numbers) form(`${name} ${gpr}, ${value}`, name, call(name, gpr, value));
  }
}
for (const name of ["ret", "cpuid", "xgetbv", "pushfq"]) form(name, name, call(name));

for (const condition of /** @type {const} */ (["b", "ae", "e", "ne", "be", "a", "l", "ge", "le", "g"])) {
  form(`cmov${condition} r9, rbx`, "cmov", (a) => a.cmov(condition, r9, rbx));
  form(`cmov${condition} edi, [r13+4]`, "cmov", (a) => a.cmov(condition, rdi.dword, at(r13, 4)));
  form(`1: nop; j${condition} 1b`, "jcc", (a) => {
    const label = a.label("back");
    a.place(label);
    a.write(0x90);
    a.jcc(condition, label);
  });
  form(`{disp32} jn${condition} 1f; 1:`.replace("jnn", "j"), "jumpUnless", (a) => {
    const label = a.label("ahead");
    a.jumpUnless(condition, label);
    a.place(label);
  });
  form(`{disp32} j${condition} 1f; nop; 1:`, "jcc", (a) => {
    const label = a.label("ahead");
    a.jcc(condition, label);
    a.write(0x90);
    a.place(label);
  });
}
for (const count of [125, 126, 127, 128]) {
  form(`1: .fill ${count}, 1, 0x90; jmp 1b`, "jmp", (a) => {
    const label = a.label("back");
    a.place(label);
    a.write(...Array(count).fill(0x90));
    a.jmp(label);
  });
}
form("{disp32} jmp 1f; 1:", "jmp", (a) => {
  const label = a.label("ahead");
  a.jmp(label);
  a.place(label);
});
// An address relative to the next instruction, with and without a byte behind it.
form("1: vmovups ymm9, [rip+1b]", "vmovups", (a) => {
  const label = a.label("here");
  a.place(label);
  a.vmovups(ymm(9), at(label));
});
form("1: vshufps zmm9, zmm1, [rip+1b], 5", "vshufps", (a) => {
  const label = a.label("here");
  a.place(label);
  a.vshufps(zmm(9), zmm(1), at(label), 5);
});
form("1: imul rax, [rip+1b+8], 100", "imul", (a) => {
  const label = a.label("here");
  a.place(label);
  a.imul(rax, at(label, 8), 100);
});

export { forms };
