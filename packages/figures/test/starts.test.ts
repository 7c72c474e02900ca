// What one can begin with: the trainings that are to fail do so, and the doctor says why.
import type { DataPair } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { beforeAll, expect, test } from "vitest";
import { byHeart } from "../src/panes/train/said.ts";
import { failing, starts } from "../src/panes/train/starts.ts";
import { Trainer } from "../src/session/trainer.ts";
import { firstState, fromHash, toHash } from "../src/state/address.ts";

let digits: DataPair;
beforeAll(async () => {
  digits = await mnist();
});

async function trained(experiment: (typeof failing)[number]["experiment"]): Promise<Trainer> {
  const sources = { train: async () => digits.train, test: async () => digits.test, progress: { bytes: 0, of: 0 } };
  const { backend } = await chooseBackend({ threads: 1 });
  const trainer = await Trainer.begin({ experiment, changes: [] }, digits.train, sources, backend);
  await trainer.goTo(
    Number.POSITIVE_INFINITY,
    () => true,
    () => undefined,
  );
  return trainer;
}

test.each(failing.filter((start) => "illness" in start))("$name fails, and the doctor says $illness", async (start) => {
  const { findings, divergence } = await trained(start.experiment);
  // A divergence is told by itself, with the doctor's sentence.
  const found = [...findings.map(({ illness }) => illness), ...(divergence === undefined ? [] : ["divergence"])];
  expect(found).toContain("illness" in start ? start.illness : "");
});

test("what is learnt by heart is read right, and other images much less often", async () => {
  const [start] = failing.filter(({ name }) => name === "byHeart");
  const view = await trained(start?.experiment as never);
  expect(byHeart(view as never)).toMatch(/by heart\. More examples/);
  const last = view.epochsDone.at(-1);
  expect(last?.accuracy).toBeGreaterThan(0.99);
  expect(last?.testAccuracy).toBeLessThan(0.9);
});

test("each has an address of its own", () => {
  const hashes = starts.map(({ experiment }) => toHash({ ...firstState(), experiment }));
  expect(new Set(hashes).size).toBe(starts.length);
  for (const hash of hashes) expect(fromHash(hash).notices).toEqual([]);
});
