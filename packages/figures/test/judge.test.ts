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

  test("says of a network that predicts numbers that digits have none to compare with", async () => {
    const { page } = await opened();
    const numbers = network([3], [dense(1)], { loss: meanSquared() });
    await page.evaluate(`(() => {
      const bytes = Uint8Array.from(atob(${text(await encodeModel(numbers))}), (c) => c.charCodeAt(0));
      document.querySelector("inkling-judge").model = figures.formats.decodeModel(bytes);
    })()`);
    const said = () => page.locator("inkling-judge [role=status]").first().textContent();
    await expect.poll(said).toMatch(/^This network predicts numbers, and these examples have none/);
  });

  /** A network that says 10·width + 10 for the price and width + 1 for the rooms, and three houses. */
  async function openedNumbers(options = {}): Promise<{ page: Page; errors: readonly string[] }> {
    const houses = network([1], [dense(2)], {
      loss: meanSquared(),
      initialValues: new Map([
        ["layers.0.weights", Float32Array.of(10, 1)],
        ["layers.0.bias", Float32Array.of(10, 1)],
      ]),
    });
    const body = "<main><h1>Judge</h1><h2>It</h2><inkling-judge></inkling-judge></main>";
    const found = await chromium.open(body, options);
    await found.page.evaluate(`(() => {
      const bytes = Uint8Array.from(atob(${text(await encodeModel(houses))}), (c) => c.charCodeAt(0));
      const pane = document.querySelector("inkling-judge");
      const set = (inputs, targets) => new figures.inkling.Dataset({
        name: "houses", shape: [1], targetNames: ["price", "rooms"],
        inputs: Float32Array.from(inputs), targets: Float32Array.from(targets),
      });
      pane.test = set([0, 1, 2, 3], [10, 1, 20, 2, 30, 3, 60, 6]);
      pane.train = set([5, 6], [60, 6, 70, 7]);
      pane.model = figures.formats.decodeModel(bytes);
      addEventListener("example-change", ({ detail }) => {
        globalThis.chosen = { set: detail.set, index: detail.index, pixels: [...detail.pixels] };
      });
    })()`);
    await expect.poll(() => found.page.locator("inkling-judge table.measures").count()).toBe(1);
    return found;
  }

  test("says of predicted numbers how far off they are, and how far the mean would be", async () => {
    const { page, errors } = await openedNumbers();
    const rows = async () =>
      Promise.all((await page.locator("table.measures tr").all()).map((row) => row.locator("th, td").allInnerTexts()));
    await expect.poll(rows).toEqual([
      ["", "Test examples of 4", "Training examples of 2"],
      ["mean absolute error", "5", "0"],
      ["by always saying their mean", "15", "5"],
      ["root mean squared error", "10", "0"],
      ["by always saying their mean", "18.7", "5"],
      ["R²", "0.714", "1"],
    ]);
    const off = () => page.locator("inkling-judge .off").textContent();
    await expect
      .poll(off)
      .toMatch(/its price is off by 5 on average\. Always saying their mean, 30, would be off by 15/);
    await page.locator("inkling-judge select.output").selectOption("rooms");
    await expect.poll(off).toMatch(/its rooms is off by 0\.5 on average\. Always saying their mean, 3, /);
    expect(errors).toEqual([]);
  });

  test("lists the worst of the predicted numbers, and tells which was chosen, there or in the chart", async () => {
    const { page, errors } = await openedNumbers();
    const worst = page.locator("inkling-judge inkling-strip button");
    await expect.poll(() => worst.allInnerTexts()).toEqual(["№ 3: true 60, predicted 40 (−20)"]);
    await worst.first().click();
    await expect.poll(() => page.evaluate("globalThis.chosen")).toEqual({ set: "test", index: 3, pixels: [3] });
    // The second point; each lies in the chart where its numbers say.
    const point = await page.locator("inkling-judge inkling-plot .mark").nth(1).boundingBox();
    await page.mouse.click((point?.x ?? 0) + 5, (point?.y ?? 0) + 5);
    await expect.poll(() => page.evaluate("globalThis.chosen.index")).toBe(1);
    const said = () => page.locator("inkling-judge .one [role=status]").textContent();
    await expect.poll(said).toBe("№ 1: true 20, predicted 20 (0)");
    // Away from all points nothing is meant.
    const last = await page.locator("inkling-judge inkling-plot .mark").nth(3).boundingBox();
    await page.mouse.click((last?.x ?? 0) - 30, (last?.y ?? 0) - 30);
    expect(await page.evaluate("globalThis.chosen.index")).toBe(1);
    await page.locator("inkling-judge .one input").fill("2");
    await page.locator("inkling-judge .one input").press("Enter");
    await expect.poll(said).toBe("№ 2: true 30, predicted 30 (0)");
    expect(errors).toEqual([]);
  });

  test("explains the marks of the chart, and has nothing that axe calls serious", async () => {
    const { page } = await openedNumbers({ viewport: { width: 390, height: 844 } });
    await page.locator("inkling-judge inkling-strip button").first().click();
    await page.locator("inkling-judge").getByRole("button", { name: "What is what" }).click();
    const keys = () => page.locator("[data-key]").evaluateAll((all) => all.map((e) => e.getAttribute("data-key")));
    await expect.poll(keys).toEqual(["exact", "prediction", "looked"]);
    expect(await seriousFindings(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  });

  test("says that there are no mistakes where there are none", async () => {
    const { page } = await opened();
    const right = (await evaluate(model, digits.train)).mistakes.map(({ index }) => index);
    const some = Array.from({ length: 50 }, (_, i) => i).filter((i) => !right.includes(i));
    await page.evaluate(`(() => {
      const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      document.querySelector("inkling-judge").test = ${dataset(digits.train.pick(some))};
    })()`);
    const worst = () => page.locator("inkling-judge section").nth(2).innerText();
    await expect.poll(worst).toBe("Its worst mistakes\n\nThere are none: it reads all test examples right.");
  });

  test("keeps the names of classes inside of the plane, by their beginnings, which it explains", async () => {
    const { page } = await chromium.open("<main><h1>Plane</h1><inkling-plane></inkling-plane></main>");
    const corners = [
      [-1, -1],
      [-1, 1],
      [1, -0.6],
      [1, 1],
    ];
    const kinds = ["virginica", "versicolor", "setosa", "virginica"];
    const placed = corners.map(([x, y], index) => ({ x, y, index, text: kinds[index], isMistake: index === 0 }));
    await page.evaluate(`document.querySelector("inkling-plane").digits = ${JSON.stringify(placed)}`);
    const texts = page.locator("inkling-plane svg text");
    await expect.poll(() => texts.allTextContents()).toEqual(["ve", "se", "vi", "vi"]);
    await expect
      .poll(() => page.locator("inkling-plane li").allInnerTexts())
      .toEqual(["se setosa", "ve versicolor", "vi virginica"]);
    const [edge, ...all] = await Promise.all(
      [page.locator("inkling-plane svg"), ...(await texts.all())].map((one) => one.boundingBox()),
    );
    for (const one of all) {
      expect(one?.x).toBeGreaterThan(edge?.x ?? 0);
      expect((one?.x ?? 0) + (one?.width ?? 0)).toBeLessThan((edge?.x ?? 0) + (edge?.width ?? 0));
    }
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
