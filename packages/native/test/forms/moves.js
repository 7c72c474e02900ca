// Vector instructions with operands of their own: stores, parts, shifts, compares, gathers, masks.
import { at, k, r9, r12, r13, rax, rbp, rcx, xmm, ymm, zmm } from "inkling-native";
import { call, form, isHigh, next, place, triplesOf, vec, vexTriples, widths } from "./table.js";

/** @import { Gpr, Predicate } from "inkling-native" */

// ---- Stores and parts of vectors.
for (const width of widths) {
  const V = vec[width];
  for (const [from] of triplesOf(width)) {
    for (const name of ["vmovups", "vmovaps"]) {
      const m = next();
      form(`${name} ${place(m)}, ${V(from)}`, name, call(name, m, V(from)));
      form(`${name} ${place(m)}{k3}, ${V(from)}`, name, call(name, m, V(from), { mask: k(3) }));
    }
  }
}
for (const width of widths) {
  const V = vec[width];
  for (const [to, from] of triplesOf(width)) {
    const [name, m] = ["vpcompressd", next()];
    form(`${name} ${V(to)}, ${V(from)}`, name, call(name, V(to), V(from)));
    form(`${name} ${V(to)}{k5}{z}, ${V(from)}`, name, call(name, V(to), V(from), { mask: k(5), zero: true }));
    form(`${name} ${place(m)}{k2}, ${V(from)}`, name, call(name, m, V(from), { mask: k(2) }));
  }
}
for (const [to, from] of triplesOf(512)) {
  const m = next();
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
for (const to of [17, 25, 31]) {
  for (const gpr of [rax, r13]) {
    form(`vmovd ${xmm(to)}, ${gpr.dword}`, "vmovd", call("vmovd", xmm(to), gpr.dword));
    form(`vmovq ${gpr}, ${xmm(to)}`, "vmovd", call("vmovd", gpr, xmm(to)));
  }
}

// ---- Shifts, broadcasts of integer registers, compares, gathers.
for (const name of ["vpslld", "vpsrad"]) {
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
  const name = "vcmpps";
  form(`${name} ymm3, ymm14, ymm9, ${number}`, name, call(name, ymm(3), ymm(14), ymm(9), predicate));
  form(`${name} k5, zmm17, zmm9, ${number}`, name, call(name, k(5), zmm(17), zmm(9), predicate));
  const m = next();
  form(`${name} ymm3, ymm4, ${place(m)}, ${number}`, name, call(name, ymm(3), ymm(4), m, predicate));
  form(`${name} k1, zmm4, ${place(m)}{1to16}, ${number}`, name, call(name, k(1), zmm(4), m.toAll(), predicate));
  const masked = call(name, k(1), ymm(4), ymm(28), predicate, { mask: k(2) });
  form(`${name} k1{k2}, ymm4, ymm28, ${number}`, name, masked);
}
for (const name of ["vpcmpgtd", "vpcmpeqd"]) {
  for (const width of widths) {
    const V = vec[width];
    for (const [to, a, b] of triplesOf(width)) {
      form(`${name} ${k(to & 7)}, ${V(a)}, ${V(b)}`, name, call(name, k(to & 7), V(a), V(b)));
      const m = next();
      form(`${name} k6{k1}, ${V(a)}, ${place(m)}`, name, call(name, k(6), V(a), m, { mask: k(1) }));
      if (width === 512 || isHigh([to, a, b])) continue;
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
  for (const name of ["kandw", "korw"]) {
    form(`${name} k${to}, k${a}, k${b}`, name, call(name, k(to), k(a), k(b)));
  }
  form(`kortestw k${to}, k${b}`, "kortestw", call("kortestw", k(to), k(b)));
  form(`kmovw k${to}, k${a}`, "kmovw", call("kmovw", k(to), k(a)));
  for (const gpr of [rcx, r9]) {
    form(`kmovw k${to}, ${gpr.dword}`, "kmovw", call("kmovw", k(to), gpr));
    form(`kmovw ${gpr.dword}, k${a}`, "kmovw", call("kmovw", gpr, k(a)));
  }
}
form("vzeroupper", "vzeroupper", call("vzeroupper"));
