// The chapters better-learning and deep-networks say of their figures what these compute.
import { readFileSync } from "node:fs";
import { adam, type Dataset, momentum, type Optimizer, sgd } from "inkling";
import { beforeAll, describe, expect, test } from "vitest";
import { type Cure, trained } from "../src/figures/cures.ts";
import type { Depth } from "../src/figures/deep.ts";
import { arrival, walk } from "../src/figures/descent.ts";
import { type Halves, halvesOf } from "../src/figures/learning.ts";
import { inDigits, inPercent, inWhole } from "../src/words/messages.ts";
import { firstDigits } from "./book-network.ts";
import { deepRun, planOf, sigmoids } from "./deep-run.ts";

describe("the chapters' numbers", () => {
  let digits: Dataset;
  let halves: Halves;
  beforeAll(async () => {
    digits = await firstDigits(1000);
    halves = halvesOf(digits, 0.5);
  });
  const chapter = (name: string) =>
    readFileSync(new URL(`../../../apps/site/pages/book/${name}.md`, import.meta.url), "utf8");
  const rowOf = (text: string, name: string) => text.split("\n").find((line) => line.startsWith(`| ${name} |`));

  test("better-learning: each cure reads as many other digits as its table says", async () => {
    const text = chapter("better-learning");
    const rows: readonly (readonly [string, ...Cure[]])[] = [
      ["none"],
      ["dropout, 30 %", "dropout"],
      ["digits that change", "changed"],
      ["L2, λ = 0.0032", "decay"],
      ["smaller first weights", "small"],
      ["five times the digits", "more"],
      ["the last two", "more", "small"],
      ["the last two, and digits that change", "changed", "more", "small"],
    ];
    for (const [name, ...cures] of rows) {
      const { end, others } = await trained(planOf(...cures), halves, () => true);
      const percent = inPercent(end?.others ?? Number.NaN, 1).replace("%", " %");
      expect(rowOf(text, name)).toBe(`| ${name} | ${(others.at(-1)?.[1] ?? 0).toFixed(2)} | ${percent} |`);
    }
  });

  test("better-learning: the steps that each optimizer needs", () => {
    const steps = (optimizer: Optimizer) => arrival(walk(optimizer, [-9, 1], 100, 400), 100, 0.001);
    const learningRate = 10 ** -1.75;
    expect(chapter("better-learning")).toContain(`${steps(sgd({ learningRate }))} steps until the loss`);
    expect(chapter("better-learning")).toContain(
      `momentum needs ${steps(momentum({ learningRate, momentum: 0.8 }))} steps`,
    );
    expect(chapter("better-learning")).toContain(`needs ${steps(momentum({ learningRate, momentum: 0.9 }))}.`);
    expect(chapter("better-learning")).toContain(`the ${steps(adam({ learningRate: 10 ** -0.3 }))} steps`);
  });

  test("deep-networks: how the gradients fade, and what each network reads after its training", async () => {
    const text = chapter("deep-networks");
    const rows: readonly (readonly [string, Depth])[] = [
      ["sigmoid, Glorot’s", sigmoids],
      ["sigmoid, N(0, 1)", { ...sigmoids, initializer: "normal" }],
      ["tanh, Glorot’s", { ...sigmoids, activation: "tanh" }],
      ["ReLU, He’s", { ...sigmoids, activation: "relu", initializer: "he" }],
      ["sigmoid with batch norm", { ...sigmoids, normalizes: true }],
      ["sigmoid with a way around each layer", { ...sigmoids, skips: true }],
    ];
    for (const [name, depth] of rows) {
      const { ratio, accuracy, gradients } = await deepRun(digits, depth);
      const slopes = gradients.flatMap(({ slope }) => slope ?? []);
      const range = `${Math.min(...slopes).toFixed(2)} to ${Math.max(...slopes).toFixed(2)}`;
      if (depth.activation === "sigmoid" && !depth.normalizes && !depth.skips) expect(text).toContain(range);
      if (depth.skips) {
        const [first, last] = [gradients[0], gradients[5]].map((layer) => inDigits(layer?.delta ?? Number.NaN, 2));
        expect(text).toContain(`It is ${last} at the sixth layer and ${first} at the first.`);
      }
      if (depth === sigmoids) {
        const sizes = gradients.map(({ delta }) => String(Number(delta.toPrecision(2))));
        expect(text).toContain(`the size of δ is ${sizes.toReversed().join(", ")}.`);
      }
      const factor = ratio < 10 ? inDigits(ratio, 2) : inWhole(Number(ratio.toPrecision(2)));
      expect(rowOf(text, name)).toBe(`| ${name} | ${factor} | ${inPercent(accuracy, 1).replace("%", " %")} |`);
    }
  });
});
