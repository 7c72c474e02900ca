// The list of forms, and what they rotate through: addresses and registers.
import { at, r9, r12, r13, r15, rax, rbp, rcx, rsp, xmm, ymm, zmm } from "inkling-native";

/**
 * @import { Assembler, Gpr, Memory } from "inkling-native"
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
/** @type {(width: 128 | 256 | 512, part: 1 | 128) => 128 | 256 | 512} */
const part = (width, part) => (part === 128 ? 128 : width);

export { call, evexTriples, form, forms, isHigh, next, part, place, places, triplesOf, vec, vexTriples, widths };
