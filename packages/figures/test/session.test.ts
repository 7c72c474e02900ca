// A training in a worker of a page: its digests are Node's, it goes back, it is told when it diverges or is lost.
import { type DataPair, type Dataset, train } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare } from "../src/session/preparing.ts";
import { type Experiment, experimentOf } from "../src/state/experiment.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

let digits: DataPair;
/** The digest that the experiment's training ends with in Node, or has after so many steps. */
async function digestInNode(experiment: Experiment, steps = Number.POSITIVE_INFINITY): Promise<string> {
  const { backend } = await chooseBackend({ backend: "wasm", threads: 1 });
  const { model, train: images, options } = prepare(experiment, digits.train as Dataset, backend);
  let done = 0;
  if (steps > 0) for await (const _ of train(model, images, options)) if (++done === steps) break;
  return model.weightsSha256();
}

const small = { layers: [16], examples: 500, batchSize: 50, epochs: 4 } as const;
const experiment = experimentOf("mlp", small);
/** In the page: a session with a small training, opened at a step. */
const opened = (named: object, total = 0, options: object = {}) => `(async () => {
  globalThis.session = new figures.Session(${JSON.stringify(options)});
  globalThis.views = [];
  session.watch((view) => views.push(view));
  await session.open({ experiment: figures.experimentOf("mlp", ${JSON.stringify(named)}), changes: [] }, ${total});
  return session.view;
})()`;
/** A busy machine takes its time. */
const becomes = (question: () => Promise<unknown>) => expect.poll(question, { timeout: 60_000 });
const phase = (page: Page) => page.evaluate("session.view.phase");
const digest = (page: Page) => page.evaluate("session.view.digest");
const total = (page: Page) => page.evaluate("session.view.total");

describe.skipIf(!hasChromium).each([
  ["alone", false],
  ["isolated, with threads", true],
])("a session in a page that is %s", (_, isIsolated) => {
  let chromium: Chromium;
  beforeAll(async () => {
    digits = await mnist();
    chromium = await startChromium({ hasSiteFiles: true, isIsolated });
  });
  afterAll(() => chromium?.close());

  test("ends with the digest that Node has, and goes back to equal bits", async () => {
    const { page, errors } = await chromium.open("");
    await page.evaluate(opened(small));
    expect(await digest(page)).toBe(await digestInNode(experiment, 0));
    await page.evaluate("session.run('step')");
    const state = async () => [await phase(page), await total(page)];
    await becomes(state).toEqual(["paused", 1]);
    await page.evaluate("session.run('epoch')");
    await becomes(state).toEqual(["paused", 10]);
    await page.evaluate("session.run('end')");
    await becomes(() => phase(page)).toBe("done");
    await becomes(() => digest(page)).toBe(await digestInNode(experiment));
    await page.evaluate("session.back(17)");
    await becomes(() => total(page)).toBe(23);
    await becomes(() => digest(page)).toBe(await digestInNode(experiment, 23));
    expect(errors).toEqual([]);
  });
});

describe.skipIf(!hasChromium)("a session", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    digits = await mnist();
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  test("is where an address says it was, and goes on from there", async () => {
    const { page } = await chromium.open("");
    await page.evaluate(opened(small, 33));
    expect([await phase(page), await total(page)]).toEqual(["paused", 33]);
    expect(await digest(page)).toBe(await digestInNode(experiment, 33));
    await page.evaluate("session.run('end')");
    await becomes(() => digest(page)).toBe(await digestInNode(experiment));
  });

  test("is told what happens where the browser paints no frames", async () => {
    const { page } = await chromium.open("");
    await page.evaluate("globalThis.requestAnimationFrame = () => 0");
    await page.evaluate(opened(small));
    await page.evaluate("session.run('end')");
    await becomes(() => phase(page)).toBe("done");
  });

  test("gives the page a copy of its network", async () => {
    const { page } = await chromium.open("");
    await page.evaluate(opened({ ...small, layers: ["2c5", "p2", "bn", 12], classWeights: "balanced" }, 12));
    const copied = "session.network().then((network) => network.weightsSha256())";
    await expect.poll(() => page.evaluate(copied)).toBe(await digest(page));
    // Also while it trains.
    await page.evaluate("session.run('end')");
    await expect.poll(() => page.evaluate(copied)).toMatch(/^[0-9a-f]{64}$/);
  });

  test("diverges with a message: the step, the layer, and a way on", async () => {
    const { page } = await chromium.open("");
    // With ReLU the first step leaves no neuron alive, and nothing overflows.
    const wild = { activation: "leakyRelu", optimizer: "sgd", learningRate: 100, layers: [30, 30] };
    await page.evaluate(opened({ ...small, ...wild, examples: 1000, epochs: 20 }));
    await page.evaluate("session.run('end')");
    await becomes(() => phase(page)).toBe("diverged");
    const {
      divergence,
      digest: before,
      total: at,
    } = (await page.evaluate("session.view")) as never as {
      divergence: { step: number; layer: string; sentence: string };
      digest: string;
      total: number;
    };
    expect(divergence.step).toBe(at + 1);
    expect(divergence.layer).toMatch(/^layers\.\d$/);
    expect(divergence.sentence).toContain("The numbers overflowed in epoch 1");
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    await page.evaluate("session.halveRate(100)");
    await expect.poll(() => page.evaluate("[session.view.phase, session.view.rate]")).toEqual(["paused", 50]);
  });

  test("whose worker is lost says so, and goes on in another one from what the page has", async () => {
    const { page } = await chromium.open("");
    await page.evaluate(`globalThis.Worker = class extends Worker {
      constructor(...given) { super(...given); globalThis.lastWorker = this; }
    }`);
    await page.clock.install();
    await page.evaluate(opened(small, 20));
    const before = await digest(page);
    await page.evaluate("lastWorker.terminate()");
    await page.evaluate("void session.run('end').catch(() => {})");
    // The 20 s that a session waits for an answer.
    await becomes(async () => {
      await page.clock.fastForward(20_000);
      return phase(page);
    }).toBe("lost");
    await expect.poll(() => page.evaluate("session.view.problem")).toContain("The page has its state of step 20.");
    await page.evaluate("session.goOn()");
    await becomes(async () => [await total(page), await digest(page)]).toEqual([20, before]);
    await page.evaluate("session.run('end')");
    await becomes(() => digest(page)).toBe(await digestInNode(experiment));
  });

  test("takes another rate while it trains, and says what it changed", async () => {
    const { page } = await chromium.open("");
    await page.evaluate(opened({ ...small, epochs: 400 }));
    await page.evaluate("session.run('end')");
    await becomes(() => total(page)).toBeGreaterThan(5);
    await page.evaluate("session.setRate(0.0005)");
    const [change] = (await page.evaluate("session.plan.changes")) as { step: number; rate: number }[];
    expect(change?.rate).toBe(0.0005);
    await becomes(() => total(page)).toBeGreaterThan((change?.step ?? 0) + 5);
    await page.evaluate("session.pause()");
    await expect.poll(() => phase(page)).toBe("paused");
    const [seen, at] = [await digest(page), Number(await total(page))];
    // The same plan has the same weights.
    await page.evaluate(`session.open(session.plan, ${at})`);
    await becomes(async () => [await total(page), await digest(page)]).toEqual([at, seen]);
  });

  test("reaches 92 % on 12,000 images, which are two files of the site, with the digest that Node has", async () => {
    const own = experimentOf("mlp", { layers: [50], examples: 12_000, epochs: 2 });
    const { page } = await chromium.open("");
    await page.evaluate(opened({ layers: [50], examples: 12_000, epochs: 2 }));
    await page.evaluate("session.run('end')");
    await becomes(() => phase(page)).toBe("done");
    const last = (await page.evaluate("session.view.epochsDone.at(-1)")) as { testAccuracy: number };
    expect(last.testAccuracy).toBeGreaterThan(0.92);
    await becomes(() => digest(page)).toBe(await digestInNode(own));
  });
});
