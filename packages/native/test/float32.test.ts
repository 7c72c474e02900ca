// exp, log, tanh and sigmoid as machine code give the reference's bits. `npm run verify` compares a hundred times as
// many.
import { expect, test } from "vitest";
import { type FunctionName, functions, sweep } from "./float32.ts";
import { levels } from "./machine.ts";

test.skipIf(levels.length === 0).each(Object.keys(functions) as FunctionName[])(
  "%s gives the reference's bits for six million patterns",
  (name) => {
    expect(sweep(name, 701)).toBeGreaterThan(6e6);
  },
);
