// Work for each byte, and the roof over it: as the chapter's table has it.
import { expect, test } from "vitest";
import { adamDemand, intensityOf, productDemand, roofAt, secondsOf } from "./f38-intensity.ts";

const machine = { arithmetic: 99e9, memory: 47e9 };

test("the numbers of the chapter", () => {
  expect(productDemand(128, 512, 512)).toEqual({ work: 67_108_864, bytes: 1_572_864 });
  expect(intensityOf(productDemand(128, 512, 512))).toBeCloseTo(42.7, 1);
  expect(intensityOf(productDemand(1, 784, 128))).toBeCloseTo(0.5, 2);
  expect(intensityOf(adamDemand(1))).toBeCloseTo(12 / 28, 12);
});

test("a product's work for each byte grows with the batch, and Adam's does not", () => {
  const of = (m: number) => intensityOf(productDemand(m, 784, 128));
  for (let m = 1; m < 1024; m *= 2) expect(of(2 * m)).toBeGreaterThan(of(m));
  expect(intensityOf(adamDemand(100_352))).toBe(intensityOf(adamDemand(1)));
});

test("the roof is memory's up to the ridge, and arithmetic's from there on", () => {
  const ridge = machine.arithmetic / machine.memory;
  expect(roofAt(ridge / 2, machine)).toBeCloseTo(machine.arithmetic / 2, 0);
  expect(roofAt(2 * ridge, machine)).toBe(machine.arithmetic);
  for (const demand of [productDemand(1, 784, 128), productDemand(128, 512, 512), adamDemand(1000)])
    expect(demand.work / secondsOf(demand, machine)).toBeCloseTo(roofAt(intensityOf(demand), machine), 0);
});
