// The chapters better-learning, deep-networks, initialisation and prediction say what is computed.
import { readFileSync } from "node:fs";
import { adam, type Dataset, evaluate, momentum, type Optimizer, sgd, train } from "inkling";
import { mnist } from "inkling/node";
import { beforeAll, describe, expect, test } from "vitest";
import { type Cure, trained } from "../src/figures/cures.ts";
import type { Depth, LayerGradients } from "../src/figures/deep.ts";
import { arrival, walk } from "../src/figures/descent.ts";
import { mapsOf, started } from "../src/figures/f23-two-starts.ts";
import { fresh, type Halves, halvesOf } from "../src/figures/learning.ts";
import { likenessOf } from "../src/figures/likeness.ts";
import { inDigits, inPercent, inWhole } from "../src/words/messages.ts";
import { firstDigits } from "./book-network.ts";
import { convolutionNetworks } from "./convolution-networks.ts";
import { deepRun, planOf, sigmoids } from "./deep-run.ts";

const reproduced = (run: string) =>
  JSON.parse(readFileSync(new URL(`../../../docs/reproduced/runs/${run}.json`, import.meta.url), "utf8"));
const SEEDS = [1, 2, 3, 4, 5];

/**
 * How many times as large as at the first layer δ is at the last one, and the inputs. For one digit ∂C/∂W is the outer
 * product of both, so that its size is the product of theirs.
 */
function growths(gradients: readonly LayerGradients[]): readonly [number, number] {
  const [first, last] = [gradients[0], gradients.at(-1)] as [LayerGradients, LayerGradients];
  return [last.delta / first.delta, last.weights / last.delta / (first.weights / first.delta)];
}

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

  test("initialisation: how alike two networks are, at the start, at the end, and in what they learned", async () => {
    const neurons = [1, 2].map(async (seed) => {
      const model = started("uniform", seed);
      const starts = await mapsOf(model);
      await train(model, halves.learn.take(400), {
        epochs: 100,
        batchSize: "full",
        optimizer: sgd({ learningRate: 1 }),
      });
      return { starts, maps: await mapsOf(model) };
    });
    const [a, b] = await Promise.all(neurons);
    if (a === undefined || b === undefined) throw new Error("no networks");
    const { trained: after, started: before, learned } = likenessOf(a, b);
    expect(inDigits(before, 2)).toBe(inDigits(after, 2));
    const text = chapter("initialisation");
    expect(text).toContain(`have a cosine of ${inDigits(after, 2)}, the same as before the training`);
    expect(text).toContain(`What the training has added to them is more alike, ${inDigits(learned, 2)}.`);
  });

  test("better-learning: the steps that each optimizer needs", () => {
    const steps = (optimizer: Optimizer) => arrival(walk(optimizer, [-9, 1], 100, 400), 100, 0.001);
    const learningRate = 10 ** -1.75;
    // The printed rate gives the printed steps, too.
    const printed = inDigits(learningRate, 4);
    const all = (rate: number) =>
      [sgd({ learningRate: rate }), ...[0.8, 0.9].map((mu) => momentum({ learningRate: rate, momentum: mu }))].map(
        steps,
      );
    expect(all(Number(printed))).toEqual(all(learningRate));
    expect(chapter("better-learning")).toContain(`With η = ${printed} (10 to the power of −1.75) plain descent needs`);
    expect(chapter("better-learning")).toContain(`${steps(sgd({ learningRate }))} steps until the loss`);
    expect(chapter("better-learning")).toContain(
      `momentum needs ${steps(momentum({ learningRate, momentum: 0.8 }))} steps`,
    );
    expect(chapter("better-learning")).toContain(`needs ${steps(momentum({ learningRate, momentum: 0.9 }))}.`);
    expect(chapter("better-learning")).toContain(`the ${steps(adam({ learningRate: 10 ** -0.3 }))} steps`);
  });

  test("prediction: what the figure's network reads after learning 10,000 digits", async () => {
    const [model, data] = [fresh(), (await mnist()).train.take(10_000)];
    await train(model, data, { epochs: 10, batchSize: 10, optimizer: sgd({ learningRate: 0.5 }) });
    // As the figure looks: at the first 1,000 that it learns from, and at 200 others.
    const shares = [data.take(1000), halvesOf(digits).judge].map(async (set) => (await evaluate(model, set)).accuracy);
    const [learnt = 0, others = 0] = await Promise.all(shares);
    const text = `With 10,000 it reads ${(100 * learnt).toFixed(1)} % and ${(100 * others).toFixed(1)} %`;
    expect(chapter("prediction")).toContain(text);
  });

  test("prediction: how many sure answers are wrong, and how many their probabilities promise", async () => {
    const [{ dense }, { test: all }] = await Promise.all([convolutionNetworks(), mnist()]);
    let [sure, wrong, promised] = [0, 0, 0];
    for (let i = 0; i < all.count; i++) {
      const { label, probabilities } = await dense.predict(all.example(i));
      const p = probabilities[label] ?? 0;
      if (p <= 0.99) continue;
      sure++;
      promised += 1 - p;
      if (label !== all.labels?.[i]) wrong++;
    }
    const percent = (share: number, digits: number) => `${(100 * share).toFixed(digits)} %`;
    const text = chapter("prediction");
    expect(text).toContain(`For ${inWhole(sure)} of the 10,000 test digits`);
    expect(text).toContain(`${promised.toFixed(1)} of them would be wrong, ${percent(promised / sure, 2)}.`);
    expect(text).toContain(`It is ${wrong}, ${percent(wrong / sure, 1)}: three times as many.`);
    expect(Math.round(wrong / promised)).toBe(3);
  });

  test("initialisation: where the runs with smaller batches end, and how far two ways to begin lie apart", () => {
    const text = chapter("initialisation");
    const ends = (experiment: string, count: number) =>
      Array.from({ length: count }, (_, i): number =>
        reproduced(`${experiment}.${i + 1}`).epochs["test.accuracy"].at(-1),
      )
        .map((share) => 100 * share)
        .toSorted((a, b) => a - b);
    const batches = ends("original-batches", 20);
    const [low, next, high] = [batches[0], batches[1], batches.at(-1)].map((end) => end?.toFixed(1));
    expect(text).toContain(`Nineteen of the twenty end between ${next} and ${high} %, and one at ${low} %.`);
    const all = ends("original", 50);
    expect(text).toContain(
      `ends of fifty starts lie up to ${Math.round((all.at(-1) ?? 0) - (all[0] ?? 0))} points apart`,
    );
    const apart = (epoch: number) => {
      const [normal = 0, scaled = 0] = ["3l-normal", "3l-scaledNormal"].map((experiment) => {
        const shares = SEEDS.map(
          (seed): number => reproduced(`${experiment}.${seed}`).epochs["validation.accuracy"][epoch],
        );
        return (100 * shares.reduce((sum, share) => sum + share, 0)) / shares.length;
      });
      return (scaled - normal).toFixed(1);
    };
    expect(text).toContain(
      `two ways to begin are ${apart(0)} points apart after one epoch, and ${apart(29)} after thirty.`,
    );
  });

  // worst-run.verify.ts trains it again.
  test("better-learning: the worst run of 1b is the one that is kept, and which digits it hardly reads", () => {
    const { weightsSha256, right, of } = JSON.parse(
      readFileSync(new URL("worst-run.json", import.meta.url), "utf8"),
    ) as { readonly weightsSha256: string; readonly right: number[]; readonly of: number[] };
    const runs = SEEDS.map((seed) => reproduced(`1b.${seed}`));
    const ends = runs.map(({ epochs }) => epochs["test.accuracy"].at(-1) as number);
    const worst = runs[ends.indexOf(Math.min(...ends))];
    expect(worst.weightsSha256).toBe(weightsSha256);
    const whole = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
    expect(whole(right) / whole(of)).toBeCloseTo(Math.min(...ends), 12);
    const text = chapter("better-learning");
    const sorted = ends.toSorted((a, b) => b - a).map((share) => (100 * share).toFixed(1));
    expect(text).toContain(`end at ${sorted.slice(0, -1).join(", ")} and ${sorted.at(-1)} %`);
    const part = (digit: number, name: string) => `${right[digit]} of the ${inWhole(of[digit] ?? 0)} ${name}`;
    expect(text).toContain(
      `answers 3, 7 or 9: it reads ${part(3, "threes")}, ${part(7, "sevens")} and ${part(9, "nines")},`,
    );
    const others = right.flatMap((count, digit) => ([3, 7, 9].includes(digit) ? [] : count / (of[digit] ?? 0)));
    expect(text).toContain(`at least ${Math.floor(100 * Math.min(...others))} % of each other digit`);
  });

  test("deep-networks: what one to four layers read, and how far the means and the runs lie apart", () => {
    const text = chapter("deep-networks");
    const percent = (share: number, digits: number) => (100 * share).toFixed(digits);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const all = [1, 2, 3, 4].map((layers) => {
      const runs = SEEDS.map((seed): number[] => reproduced(`5-${layers}.${seed}`).epochs["validation.accuracy"]);
      const ends = runs.map((accuracies) => accuracies.at(-1) as number);
      const spread = Math.sqrt(ends.reduce((sum, end) => sum + (end - mean(ends)) ** 2, 0) / (ends.length - 1));
      const [one, two] = [0, 1].map((epoch) => percent(mean(runs.map((accuracies) => accuracies[epoch] ?? 0)), 1));
      expect(rowOf(text, String(layers))).toBe(
        `| ${layers} | ${one} % | ${two} % | ${percent(mean(ends), 2)} ± ${percent(spread, 2)} % |`,
      );
      return ends;
    });
    const means = all.map(mean);
    expect(text).toContain(`within ${percent(Math.max(...means) - Math.min(...means), 2)} points`);
    const deepest = all.at(-1) ?? [];
    expect(text).toContain(
      `four layers alone go from ${percent(Math.min(...deepest), 2)} to ${percent(Math.max(...deepest), 2)} %`,
    );
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
        const [deltas, inputs] = growths(gradients);
        expect(text).toContain(`the size of δ grows ${inDigits(deltas, 2)} times`);
        expect(text).toContain(`The size of the inputs grows ${inDigits(inputs, 2)} times`);
      }
      if (depth === sigmoids) {
        const sizes = gradients.map(({ delta }) => String(Number(delta.toPrecision(2))));
        expect(text).toContain(`the size of δ is ${sizes.toReversed().join(", ")}.`);
        expect(text).toContain(`there the inputs grow ${inDigits(growths(gradients)[1], 2)} times`);
      }
      const factor = ratio < 10 ? inDigits(ratio, 2) : inWhole(Number(ratio.toPrecision(2)));
      expect(rowOf(text, name)).toBe(`| ${name} | ${factor} | ${inPercent(accuracy, 1).replace("%", " %")} |`);
    }
  });
});
