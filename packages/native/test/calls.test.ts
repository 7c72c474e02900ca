// Code of the kernel layer, run on this CPU at both widths, compared with the same loop in TypeScript bit by bit.
import {
  at,
  type FunctionParts,
  isUnavailable,
  type KernelParts,
  kernel,
  type Level,
  loop,
  type NativeFunction,
  placeCode,
  rax,
  rsp,
  systemV,
  when,
} from "inkling-native";
import { describe, expect, test } from "vitest";
import { skipped, system } from "./machine.ts";

function run(code: Uint8Array, parameters: readonly ("int" | "void *")[]): NativeFunction {
  const addresses = placeCode(system(), [code]);
  if (isUnavailable(addresses)) throw new Error(addresses.reason);
  return system().callable(addresses[0] as bigint, parameters);
}

const bitsOf = (numbers: Float32Array) => new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
/** NaNs count as equal, whatever their payload. */
const expectBits = (got: Float32Array, want: Float32Array) =>
  expect(Array.from(got, (x, e) => (Number.isNaN(x) ? "NaN" : bitsOf(got)[e]))).toEqual(
    Array.from(want, (x, e) => (Number.isNaN(x) ? "NaN" : bitsOf(want)[e])),
  );

const special = [0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 1e-45, -1e-45, 3.4e38, -3.4e38, 0.1, -2.5];
const filled = (length: number, step: number) =>
  Float32Array.from({ length }, (_, e) => special[(e * step) % special.length] as number);

/**
 * a = relu(x + b): rows of n numbers, b the same for each row. The columns stay in the code, as a kernel's shape does.
 */
function addRelu(level: Level, n: number): Uint8Array {
  return kernel(level, { a: "void *", x: "void *", b: "void *", rows: "int" }, ({ code, cpu, registers, args }) => {
    const [zero, z, bias] = [registers.vec("zero"), registers.vec("z"), registers.vec("bias")];
    const whole = n - (n % cpu.lanes);
    const rest = n > whole ? cpu.firstLanes("rest", n - whole) : undefined;
    cpu.zero(zero);
    loop(code, args.rows, () => {
      for (let column = 0; column < n; column += cpu.lanes) {
        const mask = column < whole ? undefined : rest;
        // a = relu(x + b)
        cpu.load(z, at(args.x, 4 * column), mask);
        cpu.load(bias, at(args.b, 4 * column), mask);
        code.vaddps(z, z, bias);
        cpu.relu(z, z, zero);
        cpu.store(at(args.a, 4 * column), z, mask);
      }
      code.add(args.x, 4 * n);
      code.add(args.a, 4 * n);
    });
  });
}

describe.each(["avx2", "avx512"] as const)("at %s", (level) => {
  const skip = skipped(level);
  if (skip) {
    test.skip(skip);
    return;
  }

  test.each([1, 7, 8, 9, 15, 16, 17, 31, 40])("a = relu(x + b) over rows of %i gives the reference's bits", (n) => {
    const rows = 5;
    const [x, b] = [filled(rows * n, 3), filled(n, 5)];
    const want = x.map((number, e) => {
      const z = Math.fround(number + (b[e % n] as number));
      return z <= 0 ? 0 : z;
    });
    const a = new Float32Array(rows * n + 3).fill(7);
    run(addRelu(level, n), ["void *", "void *", "void *", "int"])(a, x, b, rows);
    expectBits(a.subarray(0, rows * n), want);
    expect([...a.subarray(rows * n)]).toEqual([7, 7, 7]);
  });

  test("a mask of a count that is known when the code runs", () => {
    const code = kernel(level, { to: "void *", from: "void *", count: "int" }, ({ cpu, registers, args }) => {
      const mask = cpu.firstLanes("rest", args.count);
      const value = registers.vec("value");
      cpu.load(value, at(args.from), mask);
      cpu.store(at(args.to), value, mask);
    });
    const copy = run(code, ["void *", "void *", "int"]);
    const lanes = level === "avx2" ? 8 : 16;
    const from = Float32Array.from({ length: 20 }, (_, e) => e + 1);
    for (let count = -1; count <= lanes + 1; count++) {
      const to = new Float32Array(20);
      copy(to, from, count);
      expect([...to]).toEqual(Array.from(from, (x, e) => (e < Math.min(count, lanes) ? x : 0)));
    }
  });

  test("constants, broadcasts, products with one number and selections", () => {
    const code = kernel(level, { to: "void *", from: "void *" }, ({ code, cpu, registers, args }) => {
      const [x, y, result] = [registers.vec("x"), registers.vec("y"), registers.vec("result")];
      const mask = cpu.mask("below");
      const next = (value: typeof x) => {
        cpu.store(at(args.to), value);
        code.add(args.to, cpu.bytes);
      };
      cpu.load(x, at(args.from));
      cpu.broadcast(y, at(args.from, 4));
      code.vmulps(y, x, y);
      next(y);
      cpu.broadcast(y, at(args.from, 8));
      next(y);
      code.vmulps(result, x, cpu.constant(0.5));
      code.vaddps(result, result, cpu.constant(0.5));
      next(result);
      code.vpandd(result, x, cpu.constantBits(0x7fffffff));
      next(result);
      cpu.fill(y, 3);
      cpu.compare(mask, x, y, "LT_OQ");
      cpu.select(result, mask, x, y);
      next(result);
      cpu.keep(result, mask, x);
      next(result);
    });
    const lanes = level === "avx2" ? 8 : 16;
    const x = Float32Array.from({ length: lanes }, (_, e) => e - 2.5);
    const to = new Float32Array(6 * lanes);
    run(code, ["void *", "void *"])(to, x);
    const each = (map: (x: number) => number) => [...x.map(map)];
    const want = [
      each((e) => e * -1.5),
      each(() => -0.5),
      each((e) => e * 0.5 + 0.5),
      each(Math.abs),
      each((e) => Math.min(e, 3)),
      each((e) => (e < 3 ? e : 0)),
    ];
    expect([...to]).toEqual(want.flat());
  });

  test("a loop by steps leaves the rest, and a branch is taken where its condition holds", () => {
    const code = kernel(level, { to: "void *", count: "int" }, ({ code, registers, args }) => {
      const [blocks, ones] = [registers.gpr("blocks"), registers.gpr("ones")];
      code.mov(blocks, 0);
      code.mov(ones, 0);
      loop(code, args.count, () => code.inc(blocks), 4);
      loop(code, args.count, () => code.inc(ones));
      when(code, "e", () => code.mov(at(args.to), blocks.dword));
      code.cmp(blocks, 2);
      when(code, "ae", () => code.mov(at(args.to, 4), ones.dword));
    });
    const count = run(code, ["void *", "int"]);
    for (const [number, want] of [
      [0, [0, 9]],
      [3, [0, 9]],
      [7, [1, 9]],
      [8, [2, 0]],
      [11, [2, 3]],
    ] as const) {
      const to = new Int32Array([9, 9]);
      count(to, number);
      expect([...to]).toEqual(want);
    }
  });

  test("a kernel that uses every register leaves those of its caller as they were", () => {
    const greedy = kernel(level, { to: "void *" }, ({ code, cpu, registers, args }: KernelParts<"to">) => {
      for (let left = 14; left > 0; left--) code.mov(registers.gpr(`g${left}`), 0x1234);
      for (let left = level === "avx2" ? 16 : 32; left > 0; left--) cpu.fill(registers.vec(`v${left}`), 1);
      code.mov(at(args.to), rax);
    });
    const words = probe(greedy);
    expect(words.slice(0, 6)).toEqual(words.slice(6, 12));
    expect([...words.slice(0, 6)]).toEqual([101n, 102n, 103n, 104n, 105n, 106n]);
    const [stackBefore, stackAfter, flags, mxcsrBefore, mxcsrAfter, result] = words.slice(12);
    expect(stackAfter).toBe(stackBefore);
    expect((flags as bigint) & 0x400n).toBe(0n);
    expect((mxcsrAfter as bigint) & 0xffc0n).toBe((mxcsrBefore as bigint) & 0xffc0n);
    expect(result).toBe(0x1234n);
  });
});

/** Calls a function with known values in the registers that it must save, and gives what they hold before and after. */
function probe(code: Uint8Array): readonly bigint[] {
  const target = placeCode(system(), [code]);
  if (isUnavailable(target)) throw new Error(target.reason);
  const probing = systemV(
    { words: "void *", target: "void *" },
    undefined,
    ({ code, registers, args }: FunctionParts<"words" | "target">) => {
      const free = Array.from({ length: 7 }, (_, at) => registers.gpr(`scratch ${at}`));
      // The pool gives those to be saved last: all that are left.
      const saved = Array.from({ length: 6 }, (_, at) => registers.gpr(`saved ${at}`));
      expect(saved.map(String)).toEqual(["rbx", "rbp", "r12", "r13", "r14", "r15"]);
      expect(free.length).toBe(7);
      for (const [number, register] of saved.entries()) code.mov(register, 101 + number);
      for (const [number, register] of saved.entries()) code.mov(at(args.words, 8 * number), register);
      code.mov(at(args.words, 96), rsp);
      code.stmxcsr(at(args.words, 120));
      code.push(args.words);
      code.mov(rax, args.target);
      code.lea(args.words, at(args.words, 136));
      code.call(rax);
      code.pop(args.words);
      code.mov(at(args.words, 104), rsp);
      for (const [number, register] of saved.entries()) code.mov(at(args.words, 48 + 8 * number), register);
      code.stmxcsr(at(args.words, 128));
      code.pushfq();
      code.pop(rax);
      code.mov(at(args.words, 112), rax);
    },
  );
  const words = new BigUint64Array(18);
  run(probing, ["void *", "void *"])(words, target[0] as bigint);
  return [...words];
}
