// Whole trainings: one digest for the reference and for wasm on one, two, three and seven threads, also where the
// images do not fit its memory, and the digest that is pinned in digests.json, so that no later change moves a bit
// unnoticed.
import { readFileSync } from "node:fs";
import type { Backend } from "inkling/backends";
import { mnist } from "inkling/node";
import { Reference } from "inkling/proofs";
import { afterAll, describe, expect, test } from "vitest";
import { startThreads } from "../../platform/node/threads.ts";
import { Threads } from "../../src/backends/fast/threads.ts";
import { Wasm } from "../../src/backends/wasm/wasm.ts";
import { nativeBackends } from "../native-backends.ts";
import { digestOf, trainings } from "./trainings.ts";

const pinned: Record<string, string> = JSON.parse(readFileSync(new URL("digests.json", import.meta.url), "utf8"));
const images = (await mnist()).train;
const several = [2, 3, 7].map((threads) => new Wasm(new Threads(threads, startThreads)));
const feeding = new Wasm(new Threads(2, startThreads), 0);
const backends: [string, Backend][] = [
  ["the reference", new Reference()],
  ["wasm on one thread", new Wasm()],
  ...several.map((backend): [string, Backend] => [`wasm on ${backend.threads} threads`, backend]),
  ["wasm with the images brought in batch by batch", feeding],
];
const native = [...(await nativeBackends([1, 2, 3, 7])), ...(await nativeBackends([2], 0))];
backends.push(...native);
afterAll(() => {
  for (const backend of [...several, feeding, ...native.map(([, backend]) => backend)]) backend.close();
});

test("every pinned digest is of a training, and every training's is pinned", () => {
  expect(Object.keys(pinned)).toEqual(Object.keys(trainings));
});

describe.each(Object.entries(trainings))("%s", (name, training) => {
  test.each(backends)("ends with the pinned weights on %s", async (_backend, backend) => {
    expect(await digestOf(training, images, backend)).toBe(pinned[name]);
  });
});
