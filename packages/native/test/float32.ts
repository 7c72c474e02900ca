// What the two tests of exp, log, tanh and sigmoid share: their code at each level against the reference's functions.
import {
  at,
  exp,
  isUnavailable,
  type KernelParts,
  kernel,
  type Level,
  log,
  loop,
  placeCode,
  sigmoid,
  tanh,
  type Vec,
} from "inkling-native";
import { expect } from "vitest";
import { float32 } from "../../inkling/src/numbers/float32.ts";
import { levels, system } from "./machine.ts";

export const functions = { exp, log, tanh, sigmoid } as const;
export type FunctionName = keyof typeof functions;

/** Numbers of a call. */
const COUNT = 1 << 16;

type Write = (parts: KernelParts<never>, to: Vec, x: Vec) => void;

/** A function of the CPU: y = f(x) of COUNT numbers. */
function functionOf(level: Level, write: Write): (y: Float32Array, x: Float32Array) => void {
  const code = kernel(level, { y: "void *", x: "void *" }, (parts) => {
    const { code, cpu, registers, args } = parts;
    const [x, y, left] = [registers.vec("x"), registers.vec("y"), registers.gpr("left")];
    code.mov(left, COUNT / cpu.lanes);
    loop(code, left, () => {
      cpu.load(x, at(args.x));
      write(parts as unknown as KernelParts<never>, y, x);
      cpu.store(at(args.y), y);
      code.add(args.x, cpu.bytes);
      code.add(args.y, cpu.bytes);
    });
  });
  const addresses = placeCode(system(), [code]);
  if (isUnavailable(addresses)) throw new Error(addresses.reason);
  return system().callable(addresses[0] as bigint, ["void *", "void *"]);
}

/**
 * Compares a function at all levels with the reference, for every `step`-th bit pattern. Returns how many there were.
 */
export function sweep(name: FunctionName, step: number): number {
  const written = levels.map((level) => ({ level, run: functionOf(level, functions[name]) }));
  const [x, y, wanted] = [new Float32Array(COUNT), new Float32Array(COUNT), new Float32Array(COUNT)];
  const patterns = new Uint32Array(x.buffer);
  let count = 0;
  for (let first = 0; first < 2 ** 32; first += step * COUNT) {
    for (let e = 0; e < COUNT; e++) patterns[e] = first + step * e;
    for (let e = 0; e < COUNT; e++) wanted[e] = float32[name](x[e] as number);
    for (const { level, run } of written) {
      run(y, x);
      // Any NaN equals any NaN.
      const at = y.findIndex((value, e) => !Object.is(value, wanted[e]));
      if (at !== -1) expect.fail(`${name}(${x[at]}) at ${level}: ${y[at]}, reference ${wanted[at]}`);
    }
    count += COUNT;
  }
  return count;
}
