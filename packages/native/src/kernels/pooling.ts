/**
 * Pooling: packages/inkling/kernels/pooling.ts. Lanes run across the channels of a pixel, which stand side by side; of
 * images with few channels WebAssembly computes. A tile is POOL_TILE images.
 *
 *   z = max x,  or Σ x / n of a window's n pixels        dX += δ at the first maximum,  or δ / n at every pixel
 *   choice = which pixel of the window the first maximum is
 *
 * Windows are taken in the order of the output, so each pixel's sum has the order of the law.
 */
import { at } from "../assembler/memory.ts";
import type { Gpr, Vec } from "../assembler/registers.ts";
import { argument, layout, type NativeKernel, places } from "./kernel.ts";
import { type PoolWindow, pooling } from "./pooling-window.ts";

/** z = max x, of equal ones the first; NaN if there is one */
export const maxPool: NativeKernel = pooling(layout.MAX_POOL, places.POOL_X, (window) => {
  const { code, cpu, registers } = window.parts;
  const [x, most] = window.vecs("max", 2) as [Vec, Vec];
  const numbers = cpu.mask("numbers");
  cpu.fill(most, Number.NEGATIVE_INFINITY);
  // All lanes, until one is NaN.
  cpu.compare(numbers, most, most, "ORD_Q");
  window.eachPixel((place) => {
    cpu.load(x, at(place), window.mask);
    // Where x is NaN, or equal, this gives its last operand.
    code.vmaxps(most, x, most);
    cpu.narrow(numbers, x, x, "ORD_Q");
  });
  cpu.fill(x, Number.NaN);
  cpu.select(most, numbers, most, x);
  window.output(places.POOL_Z, (z) => cpu.store(z, most, window.mask));
  registers.free(x, most, numbers);
});

/** The number of the first pixel that equals z or is NaN: how many stand before it. There always is one. */
export const maxChoices: NativeKernel = pooling(layout.MAX_CHOICES, places.POOL_X, (window) => {
  const { code, cpu, registers } = window.parts;
  const [x, z, one, before] = window.vecs("choices", 4) as [Vec, Vec, Vec, Vec];
  const others = cpu.mask("no maximum yet");
  cpu.zero(before);
  code.vpaddd(one, before, cpu.constantBits(1));
  window.output(places.POOL_Z, (numbers) => cpu.load(z, numbers, window.mask));
  // All lanes, until one has met its maximum.
  cpu.compare(others, before, before, "ORD_Q");
  window.eachPixel((place) => {
    cpu.load(x, at(place), window.mask);
    cpu.narrow(others, x, x, "ORD_Q");
    cpu.narrow(others, x, z, "NEQ_UQ");
    cpu.keep(x, others, one);
    code.vpaddd(before, before, x);
  });
  window.output(places.POOL_CHOICES, (choices) => cpu.store(choices, before, window.mask));
  registers.free(x, z, one, before, others);
});

/** δ is added to the first pixel that equals z or is NaN. */
export const maxPoolBackward: NativeKernel = pooling(layout.MAX_POOL_BACKWARD, places.POOL_DX, (window) => {
  const { code, cpu, registers } = window.parts;
  const [x, z, rest, added] = window.vecs("max backwards", 4) as [Vec, Vec, Vec, Vec];
  const toX = registers.gpr("from dX to x");
  const dX = registers.gpr("dX");
  code.mov(toX.dword, argument(window.parts, places.POOL_X));
  code.mov(dX.dword, argument(window.parts, places.POOL_DX));
  code.sub(toX, dX);
  registers.free(dX);
  window.output(places.POOL_Z, (numbers) => cpu.load(z, numbers, window.mask));
  // δ of the lanes whose maximum has not been found yet, 0 in the others.
  window.output(places.POOL_DELTA, (numbers) => cpu.load(rest, numbers, window.mask));
  window.eachPixel((place) => {
    const others = cpu.mask("no maximum");
    cpu.load(x, at(place, 0, toX), window.mask);
    cpu.compare(others, x, x, "ORD_Q");
    cpu.narrow(others, x, z, "NEQ_UQ");
    code.vmovaps(added, rest);
    cpu.keep(rest, others, rest);
    // What is left out of `rest` now: δ of this pixel, 0 elsewhere.
    code.vpxord(added, added, rest);
    registers.free(others);
    addTo(window, place, added, x);
  });
  registers.free(x, z, rest, added, toX);
});

/** z = Σ x / n, the sum from +0 in the window's order */
export const averagePool: NativeKernel = pooling(layout.AVERAGE_POOL, places.POOL_X, (window) => {
  const { code, cpu, registers } = window.parts;
  const [x, sum] = window.vecs("average", 2) as [Vec, Vec];
  cpu.zero(sum);
  window.eachPixel((place) => {
    cpu.load(x, at(place), window.mask);
    code.vaddps(sum, sum, x);
  });
  window.pixels(x);
  code.vdivps(sum, sum, x);
  window.output(places.POOL_Z, (z) => cpu.store(z, sum, window.mask));
  registers.free(x, sum);
});

/** δ / n is added to every pixel of the window. */
export const averagePoolBackward: NativeKernel = pooling(layout.AVERAGE_POOL_BACKWARD, places.POOL_DX, (window) => {
  const { code, cpu, registers } = window.parts;
  const [share, sum] = window.vecs("share", 2) as [Vec, Vec];
  window.output(places.POOL_DELTA, (delta) => cpu.load(share, delta, window.mask));
  window.pixels(sum);
  code.vdivps(share, share, sum);
  window.eachPixel((place) => addTo(window, place, share, sum));
  registers.free(share, sum);
});

/** A pixel of dX = itself + numbers. */
function addTo({ parts: { code, cpu }, mask }: PoolWindow, place: Gpr, numbers: Vec, sum: Vec): void {
  cpu.load(sum, at(place), mask);
  code.vaddps(sum, sum, numbers);
  cpu.store(at(place), sum, mask);
}
