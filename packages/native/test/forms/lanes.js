// Vector instructions of two or three operands: registers, memory, broadcasts, masks; and all addresses for a few.
import { at, k, r10, rdi, ymm, zmm } from "inkling-native";
import { call, form, isHigh, next, part, place, places, triplesOf, vec, widths } from "./table.js";

/** The options after the operands, and their text after the first. @type {[any, string][]} */
const masks = [
  [{ mask: k(1) }, "{k1}"],
  [{ mask: k(7), zero: true }, "{k7}{z}"],
];
const integerNames = new Set(["vpandd", "vpord", "vpxord"]);
/** The VEX forms of the integer operations have no letter d. @type {(name: string, evex: boolean) => string} */
const spelled = (name, evex) => (integerNames.has(name) && !evex ? name.slice(0, -1) : name);

/**
 * to, a, b [, byte]: registers, memory, broadcast, masks.
 * @param {string} name
 * @param {{ widths?: readonly (128 | 256 | 512)[], last?: 1 | 128, broadcast?: 0 | 4 | 8, byte?: number,
 *   evex?: boolean, vex?: boolean, operands?: 2 | 3, first?: 1 | 128, maskOnly?: boolean }} options
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

for (const name of ["vaddps", "vsubps", "vmulps", "vdivps", "vmaxps", "vminps", "vandps", "vorps", "vxorps"]) {
  lanes(name, { broadcast: 4 });
}
for (const name of [...integerNames, "vpaddd", "vpsubd", "vunpcklps", "vunpckhps"]) lanes(name, { broadcast: 4 });
lanes("vpminud", { broadcast: 4 });
for (const name of ["vunpcklpd", "vunpckhpd", "vpmuludq"]) lanes(name, { broadcast: 8 });
for (const name of ["vblendmps", "vscalefps"]) lanes(name, { broadcast: 4, evex: true });
lanes("vinsertf128", { widths: [256], byte: 1, last: 128, vex: true });
lanes("vpermd", { widths: [256], vex: true });
lanes("vpmovzxbd", { widths: [256], operands: 2, last: 128, vex: true });
lanes("vinsertf32x4", { widths: [256, 512], byte: 1, last: 128, evex: true });
lanes("vpternlogd", { broadcast: 4, byte: 0x96, evex: true });
for (const name of ["vmovups", "vmovaps", "vmovshdup"]) lanes(name, { operands: 2 });
lanes("vsqrtps", { operands: 2, broadcast: 4 });
for (const name of ["vcvtdq2ps", "vcvttps2dq"]) lanes(name, { operands: 2, broadcast: 4 });
for (const name of ["vbroadcastss", "vpbroadcastd"]) lanes(name, { operands: 2, last: 128 });

// ---- All addresses, for one VEX and two EVEX steps of the displacement (64 and 4).
for (const m of places) {
  form(`vmovups ymm5, ${place(m)}`, "vmovups", call("vmovups", ymm(5), m));
  form(`vmovups zmm14, ${place(m)}`, "vmovups", call("vmovups", zmm(14), m));
  form(`vmulps zmm19, zmm2, ${place(m)}{1to16}`, "vmulps", call("vmulps", zmm(19), zmm(2), m.toAll()));
  form(`mov r10, ${place(m)}`, "mov", call("mov", r10, m));
}
