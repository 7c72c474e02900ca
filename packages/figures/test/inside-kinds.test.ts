// The pane that looks inside, of networks that are no plain readers of digits: smoothed targets, numbers, tables, batch
// normalization; and the weight that is picked, from layer to layer.
import { batchNorm, conv2d, crossEntropy, dense, flatten, network } from "inkling";
import { trace } from "inkling/proofs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InklingOtherLayer } from "../src/panes/inside/other-layer.ts";
import { seriousFindings } from "./axe.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("looking inside", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium?.close());

  const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 > 8 && i % 28 < 21 ? (i * 37) % 256 : 0));
  const soon = <Value>(read: () => Promise<Value>) => expect.poll(read, { timeout: 60_000 });
  const body = "<main><h1>Inside</h1><h2>It</h2><inkling-inside></inkling-inside></main>";

  async function opened(model: string, more = ""): Promise<{ page: Page; errors: readonly string[] }> {
    const found = await chromium.open(body);
    await found.page.evaluate(`(() => {
      const { network, flatten, dense, conv2d, batchNorm, crossEntropy, meanSquared, Dataset, Scaling } = figures.inkling;
      const pane = document.querySelector("inkling-inside");
      pane.model = ${model};
      pane.example = { set: "drawn", index: 0, label: 3, pixels: Uint8Array.from(${JSON.stringify(Array.from(pixels))}) };
      ${more}
    })()`);
    await soon(() => found.page.evaluate(`document.querySelector("inkling-inside").trace !== undefined`)).toBe(true);
    return found;
  }

  const open = (page: Page, layer: string) =>
    page.locator(`[data-layer="${layer}"]`).click({ position: { x: 9, y: 9 } });
  const valuesOf = async (page: Page, selector: string) => {
    const texts = await page.locator(selector).evaluateAll((found) => found.map((e) => e.getAttribute("value")));
    return texts.map(Number);
  };

  test("of smoothed targets shows them, and ∂C/∂z as p − q", async () => {
    const { page, errors } = await opened(
      "network([28, 28, 1], [flatten(), dense(10)], { seed: 1, loss: crossEntropy({ labelSmoothing: 0.1 }) })",
    );
    const model = network([28, 28, 1], [flatten(), dense(10)], {
      seed: 1,
      loss: crossEntropy({ labelSmoothing: 0.1 }),
    });
    const { back, softmax } = await trace(model, pixels, { label: 3 });
    await open(page, "output");
    await soon(() => page.locator("inkling-outputs thead").innerText()).toMatch(/q\s+δ = p − q/);
    const q = () => page.locator("inkling-outputs [data-quantity=y]").allTextContents();
    await soon(q).toEqual(Array.from({ length: 10 }, (_, k) => (k === 3 ? "0.91" : "0.01")));
    const deltas = await valuesOf(page, "inkling-outputs [data-quantity=delta] data");
    expect(deltas).toEqual(Array.from(back?.dOutputs ?? []));
    for (const [k, delta] of deltas.entries())
      expect(delta).toBeCloseTo((softmax?.probabilities[k] ?? 0) - (k === 3 ? 0.91 : 0.01), 6);
    await soon(() => page.getByText(/A share s = 0.1 of the target.*∂C\/∂z is p − q/s).count()).toBe(1);
    // With weights it is another number, and nothing of the kind is said.
    await page.evaluate(`document.querySelector("inkling-inside").model = figures.inkling.network([28, 28, 1],
      [figures.inkling.flatten(), figures.inkling.dense(10)], { seed: 1, loss: figures.inkling.crossEntropy({
        labelSmoothing: 0.1, classWeights: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }) })`);
    await soon(() => page.getByText("Each class counts by a weight of its own").count()).toBe(1);
    expect(await page.getByText("∂C/∂z is p − q").count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
    model.close();
  });

  test("of predicted numbers says which, in their own units, and what they should be", async () => {
    // 2·x + 1, scaled back by the targets' mean 100 and deviation 10
    const { page, errors } = await opened(
      `network([1], [dense(1)], { loss: meanSquared(), columnNames: ["area"], targetNames: ["price"],
        targetScaling: new Scaling([100], [10]),
        initialValues: new Map([["layers.0.weights", [2]], ["layers.0.bias", [1]]].map(([name, values]) =>
          [name, Float32Array.from(values)])) })`,
      `pane.test = new Dataset({ name: "flats", shape: [1], inputs: Float32Array.of(3),
        targets: Float32Array.of(150), targetNames: ["price"], columnNames: ["area"] });
      pane.example = undefined;`,
    );
    await soon(() => page.locator("inkling-inside header").innerText()).toMatch(
      /The network predicts 170 for price\. It is 150\./,
    );
    await open(page, "output");
    await soon(() => page.locator("inkling-outputs tbody th").allTextContents()).toEqual(["price"]);
    expect(await valuesOf(page, "inkling-outputs [data-quantity=a] data")).toEqual([7]);
    await soon(() => page.getByText("less their mean, divided by their spread").count()).toBe(1);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("of batch normalization shows γ and β of the channel, their gradients, and these measured", async () => {
    const layers = "[conv2d(3, 5, { stride: 3 }), batchNorm(), flatten(), dense(10)]";
    const { page, errors } = await opened(`network([28, 28, 1], ${layers}, { seed: 2 })`);
    const model = network([28, 28, 1], [conv2d(3, 5, { stride: 3 }), batchNorm(), flatten(), dense(10)], { seed: 2 });
    const found = await trace(model, pixels, { label: 3 });
    const own = found.layers[1]?.batchNorm;
    await open(page, "layers.1");
    await page.locator("inkling-other-layer").evaluate((pane: InklingOtherLayer) => pane.lookAt(3 * 20 + 2));
    await soon(() => page.locator("inkling-other-layer h4").allTextContents()).toContain("γ and β of channel 2");
    const value = (name: string) => valuesOf(page, `inkling-other-layer [data-quantity=${name}] data`);
    await soon(() => value("dScale")).toEqual([own?.back?.dScale[2]]);
    await soon(() => value("dShift")).toEqual([own?.back?.dShift[2]]);
    await soon(async () => (await value("difference")).length).toBe(2);
    const [scale = 0, shift = 0] = await value("difference");
    expect(scale).toBeCloseTo(own?.back?.dScale[2] ?? Number.NaN, 5);
    expect(shift).toBeCloseTo(own?.back?.dShift[2] ?? Number.NaN, 5);
    // The number is named by its place in the image, not in the picture.
    await soon(() => page.locator("inkling-other-layer h4").allTextContents()).toContain("channel 2, row 2, column 4");
    expect(errors).toEqual([]);
    model.close();
  });

  test("asks for the course of the weight again when another layer is looked at", async () => {
    const { page } = await opened("network([28, 28, 1], [flatten(), dense(12, 'relu'), dense(11), dense(10)])");
    await page.evaluate(`globalThis.picks = [];
      document.addEventListener("weight-pick", ({ detail }) => picks.push([detail.layer, detail.weight]))`);
    await open(page, "layers.2");
    await page.locator("inkling-picker canvas").click({ position: { x: 8, y: 8 } });
    await soon(() => page.evaluate("picks")).toEqual([["layers.2", 0]]);
    await open(page, "layers.3");
    await soon(() => page.evaluate("picks")).toEqual([
      ["layers.2", 0],
      ["layers.3", 0],
    ]);
  });

  test("measured gradients have the gradient's scale", async () => {
    const { page } = await opened(
      "network([28, 28, 1], [conv2d(2, 3, { stride: 3 }), flatten(), dense(10)], { seed: 3 })",
    );
    const legend = () => page.locator("inkling-picker .legend").first().innerText();
    await page.locator("[data-view=gradient]").click();
    await page.locator("[data-view=gradient][aria-pressed=true]").waitFor();
    const ends = await legend();
    await page.locator("[data-view=difference]").click();
    await page.locator("[data-view=difference][aria-pressed=true]").waitFor();
    await soon(() => page.locator("inkling-weighted .hint[role=status]").textContent()).toContain("9 of 9");
    expect(await legend()).toBe(ends);
  });
});
