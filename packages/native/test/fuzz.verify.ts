// A thousand random trainings for each instruction set, on one thread and on three, give the weights of WebAssembly.
import { chooseBackend } from "inkling/node";
import { expect, test } from "vitest";
import { digestOf } from "./fuzz.ts";
import { skipped } from "./machine.ts";

test.each(["avx2", "avx512"] as const)("a thousand random trainings at %s", async (instructions) => {
  const skip = skipped(instructions);
  if (skip !== undefined) {
    console.log(skip);
    return;
  }
  const { backend: wasm } = await chooseBackend({ backend: "wasm", threads: 1 });
  for (const threads of [1, 3]) {
    const { backend } = await chooseBackend({ backend: "native", instructions, threads });
    for (let number = 0; number < 1000; number++) {
      expect(await digestOf(number, backend), `training ${number}`).toBe(await digestOf(number, wasm));
    }
  }
});
