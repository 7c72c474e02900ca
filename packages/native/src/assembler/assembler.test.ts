import {
  type Assembler,
  AssemblyError,
  assembler,
  at,
  k,
  r8,
  rax,
  rcx,
  rsi,
  rsp,
  systemV,
  xmm,
  ymm,
  zmm,
} from "inkling-native";
import { expect, test } from "vitest";

const refused = (write: (code: Assembler) => void, message: string) => {
  const code = assembler();
  expect(() => {
    write(code);
    code.finish();
  }).toThrow(new RegExp(`^${message}`));
};

test("there is no fused multiply-add and no approximate reciprocal: both would change bits", () => {
  const code = assembler();
  const names: string[] = [];
  for (let part: object = code; part !== Object.prototype; part = Object.getPrototypeOf(part)) {
    names.push(...Object.getOwnPropertyNames(part));
  }
  expect(names).toContain("vmulps");
  expect(names.filter((name) => /^v?(fn?m(add|sub)|rcp|rsqrt|exp2|4fmadd|dp)/i.test(name))).toEqual([]);
});

test("a number that is not whole, or does not fit, becomes no instruction", () => {
  for (const value of [1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 31, "1" as unknown as number]) {
    refused((code) => code.add(rax, value), "add: expected the number to be a whole number");
    refused((code) => code.lea(rax, at(rsi, value)), "at: expected the displacement to be a whole number");
  }
  refused((code) => code.mov(rax, 2n ** 64n), "mov: expected a number of 64 bits, got 18446744073709551616");
  refused((code) => code.mov(rax.dword, 2 ** 32), "mov: expected a number of 32 bits");
  refused((code) => code.mov(rax, 0.5), "mov: expected a whole number, got 0.5");
  refused((code) => code.shl(rax.dword, 32), "shl: expected the number of bits");
  refused((code) => code.vinsertf128(ymm(1), ymm(2), xmm(3), 256), "vinsertf128: expected the constant");
  refused((code) => code.vaddps(ymm(1), ymm(2), ymm(32)), "Vec: expected its number");
  refused((code) => code.vmovups(zmm(1), at(rsi, 2 ** 31 - 1).plus(1)), "at: expected the displacement");
});

test("what an instruction cannot encode is refused", () => {
  refused((code) => code.mov(rax, rcx.dword), "mov: expected two registers of the same bits, got rax and ecx");
  refused((code) => code.mov(rax, at(rsi, 0, rsp)), "at: expected an index of 64 bits that is not rsp");
  refused((code) => code.mov(rax, at(rsi.dword)), "at: expected a base of 64 bits, got esi");
  refused((code) => code.mov(rax, at(rsi).toAll()), "an integer instruction: expected plain memory");
  refused((code) => code.vaddps(ymm(1), zmm(2), zmm(3)), "vaddps: expected a register of 512 bits, got ymm1");
  refused((code) => code.vaddps(ymm(1), ymm(2), xmm(3)), "vaddps: expected a register of 256 bits, got xmm3");
  refused((code) => code.vblendvps(ymm(1), ymm(2), ymm(3), ymm(16)), "vblendvps: expected a mask in registers 0 to 15");
  refused((code) => code.vinsertf128(ymm(17), ymm(2), xmm(3), 1), "vinsertf128: expected registers 0 to 15");
  refused((code) => code.vmovups(ymm(1), at(rsi).toAll()), "vmovups: expected plain memory, got a broadcast");
  refused((code) => code.vaddps(zmm(1), zmm(2), zmm(3), { mask: k(0) }), "vaddps: expected a mask from k1 to k7");
  refused((code) => code.vmovups(at(rsi), zmm(1), { mask: k(1), zero: true }), "vmovups: expected no `zero`");
  refused((code) => code.vcmpps(zmm(1), zmm(2), zmm(3), "LE_OQ"), "vcmpps: expected a mask register, got zmm1");
  refused((code) => code.vextractf128(ymm(1), ymm(2), 1), "vextractf128: expected a register of 128 bits, got ymm1");
  refused((code) => code.vmovups(ymm(1), at(rsi, 0, ymm(2))), "vmovups: expected an integer register as index");
  refused((code) => code.vgatherdps(ymm(1), at(rsi, 0, ymm(1)), ymm(3)), "vgatherdps: expected three different");
});

test("a label is placed once, belongs to one piece of code, and has a place in the end", () => {
  refused((code) => code.jmp(code.label("nowhere")), 'finish: expected the label "nowhere" to have a place, got none');
  refused((code) => {
    const label = code.label("twice");
    code.place(label);
    code.place(label);
  }, 'place: expected the label "twice" to be placed once');
  refused((code) => code.jmp(assembler().label("far")), 'label: expected a label of this code, got "far" of another');
});

test("alignment fills up with nops, and constants stand behind the code at a multiple of 64", () => {
  const code = assembler();
  const constant = code.constant("one", Uint8Array.of(1, 2, 3, 4));
  code.ret();
  code.align(32);
  expect(code.position).toBe(32);
  code.vmovups(xmm(1), at(constant));
  code.mov(r8, rax);
  const bytes = code.finish();
  expect(bytes.length).toBe(68);
  expect([...bytes.subarray(64)]).toEqual([1, 2, 3, 4]);
  // The distance is counted from the end of vmovups, which has 8 bytes.
  expect(new DataView(bytes.buffer).getInt32(36, true)).toBe(64 - 40);
});

test("a function has at most six parameters, and clears the upper half of an int", () => {
  const six = { a: "int", b: "int", c: "int", d: "int", e: "int", f: "int" } as const;
  expect([...systemV({}, undefined, () => {})]).toEqual([0xc3]);
  // mov edi, edi
  expect([...systemV({ count: "int" }, undefined, () => {})]).toEqual([0x89, 0xff, 0xc3]);
  expect([...systemV({ to: "void *" }, 256, () => {})]).toEqual([0xc5, 0xf8, 0x77, 0xc3]);
  expect(systemV(six, undefined, () => {}).at(-1)).toBe(0xc3);
  expect(() => systemV({ ...six, g: "int" }, undefined, () => {})).toThrow(
    "systemV: expected at most 6 parameters, got 7. Put the others into memory.",
  );
});

test("an error has its parts as fields", () => {
  const error = new AssemblyError("where", "this", "that", "Do it.");
  expect(error.message).toBe("where: expected this, got that. Do it.");
  expect(error).toMatchObject({ where: "where", expected: "this", got: "that", advice: "Do it." });
});
