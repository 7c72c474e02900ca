// Every activation, value and slope, in WebAssembly: the reference's bits for every seventh of the 2³² patterns. Some
// minutes each. operations.test.ts has 65,536 of them.
import { expect, test } from "vitest";
import type { CpuMatrix } from "../../src/backends/cpu-matrix.ts";
import { Reference } from "../../src/backends/reference/reference.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import { type ActivationName, activations } from "../../src/numbers/activations.ts";

/** Numbers of a call. */
const COUNT = 1 << 16;

const names = Object.keys(activations) as ActivationName[];

/**
 * Compares a = σ(z) and δ = 1·σ′(z) with the reference, for every `step`-th of the 2³² bit patterns. Returns how many
 * there were.
 */
function sweep(name: ActivationName, step: number): number {
  const backends = [new Reference(), new Wasm()];
  const matrices = backends.map((backend) => [backend.keep(1, COUNT), backend.keep(1, COUNT)] as CpuMatrix[]);
  for (const [, ones] of matrices) ones.data.fill(1);
  let count = 0;
  const patterns = new Uint32Array(COUNT);
  const z = new Float32Array(patterns.buffer);
  for (let first = 0; first < 2 ** 32; first += step * COUNT) {
    for (let e = 0; e < COUNT; e++) patterns[e] = first + step * e;
    const [wanted, got] = backends.map((backend, i) => {
      const [input, ones] = matrices[i];
      input.data.set(z);
      return backend.step(() => {
        const a = backend.activate(input, name) as CpuMatrix;
        const delta = backend.activateBackward(ones, input, a, name) as CpuMatrix;
        return [a.data.slice(), delta.data.slice()];
      });
    });
    for (const [part, values] of got.entries()) {
      // Any NaN equals any NaN.
      const at = values.findIndex((value, e) => !Object.is(value, wanted[part][e]));
      if (at === -1) continue;
      const what = part === 0 ? name : `the slope of ${name}`;
      expect.fail(`${what} at ${z[at]}: ${values[at]}, reference ${wanted[part][at]}`);
    }
    count += COUNT;
  }
  return count;
}

test.each(names)("%s and its slope have the reference's bits for 613 million patterns", (name) => {
  expect(sweep(name, 7)).toBeGreaterThan(6.13e8);
});
