// exp, log, tanh and sigmoid as machine code give the reference's bits: every seventh of the 2³² patterns. Some
// minutes.
import { expect, test } from "vitest";
import { type FunctionName, functions, sweep } from "./float32.ts";
import { levels } from "./machine.ts";

test.skipIf(levels.length === 0).each(Object.keys(functions) as FunctionName[])(
  "%s gives the reference's bits for 613 million patterns",
  (name) => {
    expect(sweep(name, 7)).toBeGreaterThan(6.13e8);
  },
);
