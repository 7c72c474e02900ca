import { k, Registers, rax, rbx, rcx, rsp, ymm, zmm } from "inkling-native";
import { expect, test } from "vitest";

test("the pool throws when registers run out, and says what is in use", () => {
  const registers = new Registers(256);
  registers.vecs("sum", 12);
  registers.vecs("temporary", 4);
  expect(() => registers.vec("one more")).toThrow(
    /^registers: expected at most 16 vector registers of 256 bits, got one more, for "one more"\. In use: sum\[0\], /,
  );
});

test("there are 32 vectors and 7 masks of AVX-512, 16 vectors and no mask of AVX2, and 15 integer registers", () => {
  const [wide, narrow] = [new Registers(512), new Registers(256)];
  expect(wide.vecs("v", 32).at(-1)).toEqual(zmm(31));
  expect(() => wide.vec("v")).toThrow("at most 32 vector registers of 512 bits");
  expect(Array.from({ length: 7 }, () => wide.mask("m"))[0]).toEqual(k(1));
  expect(() => wide.mask("m")).toThrow("at most 7 mask registers");
  expect(() => narrow.mask("m")).toThrow("at most 0 mask registers");
  const integers = Array.from({ length: 15 }, () => narrow.gpr("i").number);
  expect(integers).not.toContain(rsp.number);
  expect(() => narrow.gpr("i")).toThrow("at most 15 integer registers");
});

test("a function without vectors has none", () => {
  expect(() => new Registers(undefined).vec("v")).toThrow("expected at most 0 vector registers");
});

test("a register that is given back is given out again, and only what is in use can be given back", () => {
  const registers = new Registers(256);
  const [first, second] = [registers.vec("first"), registers.vec("second")];
  registers.free(first);
  expect(registers.vec("third")).toEqual(first);
  registers.free(first, second);
  expect(() => registers.free(second)).toThrow("free: expected a register in use, got ymm1.");
  expect(() => registers.free(ymm(9))).toThrow("free: expected a register in use, got ymm9.");
});

test("a register that an instruction dictates is claimed by its name", () => {
  const registers = new Registers(256);
  registers.claim(rax, "quotient");
  expect(registers.gpr("next")).toEqual(rcx);
  expect(() => registers.claim(rcx, "count")).toThrow('claim: expected rcx to be free for "count", got "next" in it.');
  expect(() => registers.claim(rsp, "stack")).toThrow("claim: expected an integer register but rsp, got rsp.");
});

test("only registers that a function has to save, and that were given out, are saved", () => {
  const registers = new Registers(256);
  for (let left = 9; left > 0; left--) registers.gpr("i");
  expect(registers.saved).toEqual([]);
  registers.free(registers.gpr("i"));
  expect(registers.saved).toEqual([rbx]);
});

test("a narrower part of a function has vectors of AVX2 and the same integer registers, while no vector is in use", () => {
  const registers = new Registers(512);
  const [sum, count] = [registers.vec("sum"), registers.gpr("count")];
  expect(() => registers.narrowed()).toThrow("narrowed: expected no vector register in use, got sum. Free them first.");
  registers.free(sum);
  const narrow = registers.narrowed();
  expect(narrow.vecs("v", 16).at(-1)).toEqual(ymm(15));
  expect(() => narrow.claim(count, "another")).toThrow('got "count" in it');
  for (let left = 9; left > 0; left--) narrow.gpr("i");
  expect(registers.saved).toEqual([rbx]);
});
