// Integer instructions, jumps, and addresses relative to the next instruction.
import { at, r8, r9, r12, r13, r14, r15, rax, rbp, rbx, rcx, rdi, rdx, rsi, rsp, ymm, zmm } from "inkling-native";
import { call, form, next, place } from "./table.js";

/** @import { Gpr } from "inkling-native" */

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
    for (const name of ["mov", "add", "sub", "cmp", "and", "xor"]) {
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
    for (const name of ["shl", "shr"]) {
      form(`${name} ${a}, 1`, name, call(name, a, 1));
      form(`${name} ${a}, 31`, name, call(name, a, 31));
    }
    form(`movzx ${a}, BYTE PTR ${place(m)}`, "movzxByte", call("movzxByte", a, m));
    for (const value of [...numbers, ...(a.bits === 64 ? [0xffffffff, 2 ** 40, -(2 ** 33)] : [])]) {
      // GNU as would take a longer form for what fits 32 bits without a sign: there the lower half is named.
      const to = value >= 0 && value < 2 ** 32 ? a.dword : a;
      const name = value >= 2 ** 32 || value < -(2 ** 31) ? "movabs" : "mov";
      form(`${name} ${to}, ${value}`, "mov", call("mov", a, value));
    }
  }
  const low = "al cl bl spl bpl sil r8b r12b r13b r15b".split(" ")[row];
  form(`movzx r9d, ${low}`, "movzxByte", call("movzxByte", r9.dword, gpr));
  for (const name of ["push", "pop"]) form(`${name} ${gpr}`, name, call(name, gpr));
  for (const name of ["jmp", "call"]) form(`${name} ${gpr}`, name, call(name, gpr));
  const m = next();
  for (const name of ["jmp", "call"]) form(`${name} QWORD PTR ${place(m)}`, name, call(name, m));
  for (const name of ["prefetcht0", "stmxcsr"]) form(`${name} ${place(m)}`, name, call(name, m));
}
for (const name of ["add", "sub", "cmp", "and", "xor"]) {
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
form("1: vinsertf32x4 zmm9, zmm1, [rip+1b], 2", "vinsertf32x4", (a) => {
  const label = a.label("here");
  a.place(label);
  a.vinsertf32x4(zmm(9), zmm(1), at(label), 2);
});
form("1: imul rax, [rip+1b+8], 100", "imul", (a) => {
  const label = a.label("here");
  a.place(label);
  a.imul(rax, at(label, 8), 100);
});
