// Random trainings give the same weights on WebAssembly and as machine code. `npm run verify` has a hundred times more.
import { chooseBackend } from "inkling/node";
import { expect, test } from "vitest";
import { digestOf } from "./fuzz.ts";
import { skipped } from "./machine.ts";

test.each(["avx2", "avx512"] as const)("ten random trainings at %s", async (instructions) => {
  const skip = skipped(instructions);
  if (skip !== undefined) {
    console.log(skip);
    return;
  }
  const { backend: wasm } = await chooseBackend({ backend: "wasm", threads: 1 });
  for (const threads of [1, 2]) {
    const { backend } = await chooseBackend({ backend: "native", instructions, threads });
    for (let number = 0; number < 10; number++) {
      expect(await digestOf(number, backend), `training ${number}`).toBe(await digestOf(number, wasm));
    }
  }
});
