// The pane that judges: its numbers are the library's, and a digit that is chosen is told to the page.
import { type Dataset, dense, evaluate, flatten, meanSquared, type Network, network, train } from "inkling";
import { encodeModel } from "inkling/formats";
import { mnist } from "inkling/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the pane that judges", () => {
  let chromium: Chromium;
  let model: Network<"classes">;
  let digits: { readonly train: Dataset; readonly test: Dataset };
  beforeAll(async () => {
    const whole = await mnist();
    digits = { train: whole.train.take(600), test: whole.test.take(300) };
    model = network([28, 28, 1], [flatten(), dense(20, "relu"), dense(10)], { seed: 1 }) as Network<"classes">;
    await train(model, digits.train, { epochs: 12, batchSize: 20 });
    chromium = await startChromium();
  });
  afterAll(() => chromium?.close());

  const text = (bytes: Uint8Array) => JSON.stringify(Buffer.from(bytes).toString("base64"));
  const dataset = ({ inputs, labels }: Dataset) => `new figures.inkling.Dataset({
    name: "digits", shape: [28, 28, 1], classes: 10, inputs: bytes(${text(inputs as Uint8Array)}), labels: bytes(${text(labels as Uint8Array)}),
  })`;

  async function opened(): Promise<{ page: Page; errors: readonly string[] }> {
    const found = await chromium.open("<main><h1>Judge</h1><h2>It</h2><inkling-judge></inkling-judge></main>");
    await found.page.evaluate(`(() => {
      const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const pane = document.querySelector("inkling-judge");
      pane.test = ${dataset(digits.test)};
      pane.train = ${dataset(digits.train)};
      pane.model = figures.formats.decodeModel(bytes(${text(await encodeModel(model))}));
      addEventListener("example-change", ({ detail }) => { globalThis.chosen = { index: detail.index, label: detail.label }; });
    })()`);
    await expect.poll(() => found.page.locator("inkling-confusion").count(), { timeout: 20_000 }).toBe(1);
    return found;
  }

  test("says what evaluate says, of images that it has seen and of others", async () => {
    const { page, errors } = await opened();
    const [onTest, onTrain] = [await evaluate(model, digits.test), await evaluate(model, digits.train)];
    const shares = [onTest, onTrain].map(({ accuracy }) => `${(100 * accuracy).toFixed(2)}%`);
    await expect.poll(() => page.locator("inkling-judge .large").allTextContents()).toEqual(shares);
    // Of a network without a past.
    const gap = () => page.locator("inkling-judge .gap").textContent();
    await expect
      .poll(gap)
      .toMatch(/^It reads the examples that it learned from 1\d points better than new ones\. Whether/);
    const counts = async () =>
      (await page.locator("inkling-confusion [role=gridcell]").allTextContents()).map((count) => Number(count.trim()));
    await expect.poll(counts).toEqual(onTest.confusion.flat());
    const recalls = () => page.locator("inkling-judge table.classes td:nth-of-type(2)").allTextContents();
    await expect.poll(recalls).toEqual(onTest.perClass.map(({ recall }) => `${(100 * recall).toFixed(2)}%`));
    expect(errors).toEqual([]);
  });

  test("shows the digits of a cell that is reached by keyboard, and tells which was chosen", async () => {
    const { page } = await opened();
    const { confusion, mistakes } = await evaluate(model, digits.test);
    const [{ label, predicted }] = mistakes;
    await page.locator("inkling-confusion [tabindex='0']").focus();
    for (let i = 0; i < label; i++) await page.keyboard.press("ArrowDown");
    for (let j = 0; j < predicted; j++) await page.keyboard.press("ArrowRight");
    const strip = page.locator("inkling-judge inkling-strip").first();
    await expect.poll(() => strip.locator("button").count()).toBe(Math.min(24, confusion[label][predicted]));
    await strip.locator("button").first().click();
    const first = mistakes.find((one) => one.label === label && one.predicted === predicted);
    await expect.poll(() => page.evaluate("globalThis.chosen")).toEqual({ index: first?.index, label });
  });

  test("has its hidden layer on a plane, a picture of each layer's numbers for each moment, and warped images", async () => {
    const { page } = await opened();
    await expect.poll(() => page.locator("inkling-plane text").count()).toBe(300);
    const { mistakes } = await evaluate(model, digits.test);
    await expect.poll(() => page.locator("inkling-plane circle").count()).toBe(mistakes.length);
    // Two layers with weights: outputs and gradients of each.
    await expect.poll(() => page.locator("inkling-judge .spreads figure").count()).toBe(4);
    await page.locator("inkling-judge button", { hasText: "warped" }).click();
    await expect
      .poll(() => page.locator("inkling-judge section").nth(4).textContent(), { timeout: 20_000 })
      .toMatch(/% read right; .*% before they were warped\./);
  });

  test("says of a network that predicts numbers that there is nothing to judge", async () => {
    const { page } = await opened();
    const numbers = network([3], [dense(1)], { loss: meanSquared() });
    await page.evaluate(`(() => {
      const bytes = Uint8Array.from(atob(${text(await encodeModel(numbers))}), (c) => c.charCodeAt(0));
      document.querySelector("inkling-judge").model = figures.formats.decodeModel(bytes);
    })()`);
    const said = () => page.locator("inkling-judge [role=status]").textContent();
    await expect.poll(said).toMatch(/^This network predicts numbers/);
  });

  test("explains its marks, and has its matrix as a table", async () => {
    const { page } = await opened();
    await page.locator("inkling-judge").getByRole("button", { name: "What is what" }).click();
    const keys = () => page.locator("[data-key]").evaluateAll((all) => all.map((e) => e.getAttribute("data-key")));
    await expect.poll(keys).toEqual(["confusion", "spread", "plane"]);
    await page.locator("inkling-judge").getByRole("button", { name: "The numbers" }).click();
    const table = page.locator("inkling-judge inkling-about inkling-numbers-table").first();
    await table.locator("summary").click();
    const { confusion } = await evaluate(model, digits.test);
    const cells = () => table.locator("tbody tr").nth(3).locator("td").allTextContents();
    await expect.poll(cells).toEqual(["3", ...Array.from(confusion[3] ?? [], String)]);
  });

  test("has nothing that axe calls serious, light or dark", async () => {
    const { page } = await opened();
    // axe does not know the colour of a canvas that nobody painted.
    for (const [colorScheme, background, part] of [
      ["light", "white", "all"],
      ["dark", "rgb(18 20 23)", "theme"],
    ] as const) {
      await page.evaluate(
        `Object.assign(document.documentElement.style, ${JSON.stringify({ colorScheme, background })})`,
      );
      expect(await seriousFindings(page, part), colorScheme).toEqual([]);
    }
  });
});
