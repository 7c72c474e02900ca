// The machine of lanes: across outputs it gives the library's bits on any number of lanes, along a sum it does not.
import { dense, network } from "inkling";
import { Stream } from "inkling/numbers";
import { expect, test } from "vitest";
import { type Layer, type Machine, multiplyAdd, programOf, stateAfter } from "./f35-machine.ts";

const { fround } = Math;
const [INPUTS, OUTPUTS] = [30, 10];
const stream = new Stream(1, "layer");
const numbers = (count: number, from: number) =>
  Float32Array.from({ length: count }, (_, i) => stream.normal(from + i));
const layer: Layer = { x: numbers(INPUTS, 0), W: numbers(INPUTS * OUTPUTS, 100), b: numbers(OUTPUTS, 500) };

function run(machine: Machine): { readonly z: readonly (number | undefined)[]; readonly count: number } {
  const program = programOf(layer, machine);
  return { z: stateAfter(layer, machine, program, program.length).z, count: program.length };
}

async function library(): Promise<number[]> {
  const { backend } = network([2], [dense(2)], { seed: 1 });
  return backend.longStep(async () => {
    const made = (rows: number, columns: number, values: ArrayLike<number>) => {
      const matrix = backend.matrix(rows, columns);
      backend.write(matrix, values);
      return matrix;
    };
    const [x, W, b] = [made(1, INPUTS, layer.x), made(INPUTS, OUTPUTS, layer.W), made(1, OUTPUTS, layer.b)];
    return Array.from(await backend.read(backend.affine(x, W, b, "identity").z));
  });
}

test("across outputs every number of lanes gives the library's bits, with fewer instructions", async () => {
  const z = await library();
  const runs = [1, 4, 8, 16].map((lanes) => run({ lanes, way: "across", isFused: false }));
  for (const own of runs) expect(own.z).toEqual(z);
  // For each register of outputs 4 instructions an input, then the bias and the store.
  expect(runs.map(({ count }) => count)).toEqual([10, 3, 2, 1].map((registers) => registers * (4 * INPUTS + 2)));
});

test("along a sum each number of lanes gives its own bits; one lane gives the library's", async () => {
  const z = await library();
  const runs = [1, 4, 8, 16].map((lanes) => run({ lanes, way: "along", isFused: false }).z);
  expect(runs[0]).toEqual(z);
  const folded = (lanes: number, j: number) => {
    let sums = Array.from({ length: lanes }, (_, lane) => {
      let sum = 0;
      for (let k = lane; k < INPUTS; k += lanes)
        sum = fround(sum + fround((layer.x[k] ?? 0) * (layer.W[k * OUTPUTS + j] ?? 0)));
      return sum;
    });
    while (sums.length > 1) {
      const half = sums.length / 2;
      sums = sums.slice(0, half).map((sum, i) => fround(sum + (sums[half + i] ?? 0)));
    }
    return fround((sums[0] ?? 0) + (layer.b[j] ?? 0));
  };
  for (const [i, lanes] of [4, 8, 16].entries()) {
    expect(runs[i + 1]).toEqual(Array.from({ length: OUTPUTS }, (_, j) => folded(lanes, j)));
    expect(runs[i + 1]).not.toEqual(z);
  }
});

test("a fused product and sum is rounded once", () => {
  // The exact sum is just below the middle between two numbers. In float64 it is the middle: rounded twice, it goes up.
  const [x, w, s] = [2 ** -12 * (1 + 2 ** -23), 2 ** -12 * (1 - 2 ** -23), 1 + 2 ** -23];
  expect(fround(x * w + s)).toBe(1 + 2 ** -22);
  expect(multiplyAdd(x, w, s)).toBe(s);
  for (let i = 0; i < 2000; i++) {
    const [a, b, c] = [stream.normal(9 * i), stream.normal(9 * i + 1), stream.normal(9 * i + 2)];
    expect(multiplyAdd(a, b, c)).toBe(exactly(a, b, c));
  }
  expect(run({ lanes: 4, way: "across", isFused: true }).z).not.toEqual(
    run({ lanes: 4, way: "across", isFused: false }).z,
  );
});

/** x·w + s by whole numbers, and the nearest float32 by trying neighbours. */
function exactly(x: number, w: number, s: number): number {
  const scale = 2n ** 200n;
  const whole = (value: number) => {
    const [mantissa, shift] = [value * 2 ** 60, 140n];
    return BigInt(mantissa) << shift;
  };
  const exact = (whole(x) * whole(w)) / scale + whole(s);
  const middle = fround(x * w + s);
  const distance = (value: number) => {
    const off = whole(value) - exact;
    return off < 0n ? -off : off;
  };
  const step = Math.abs(middle) * 2 ** -24 + 2 ** -149;
  const near = [middle, fround(middle - 1.5 * step), fround(middle + 1.5 * step)];
  return near.toSorted((a, b) => (distance(a) < distance(b) ? -1 : 1))[0] ?? Number.NaN;
}
