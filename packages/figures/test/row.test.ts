// A row of a table of one's own: its network answers as columns are changed, and other panes look at the row.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";
import { csv } from "./own-files.ts";

describe.skipIf(!hasChromium)("a row of one's own", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  test("is answered as a column changes, and says where the answer becomes another", async () => {
    const { page, errors } = await chromium.open("<main><h1>Draw</h1><h2>It</h2><inkling-draw></inkling-draw></main>");
    // The score of "wide" is 2·width + 3·(colour is red), that of "narrow" is 9.
    await page.evaluate(`(() => {
      const { network, dense, Dataset } = figures.inkling;
      const columnNames = ["width", "colour=blue", "colour=red"];
      const names = { columnNames, classNames: ["narrow", "wide"] };
      const tableColumns = [{ name: "width" }, { name: "colour", words: ["blue", "red"] }];
      const weights = Float32Array.of(0, 2, 0, 0, 0, 3);
      const initialValues = new Map([["layers.0.weights", weights], ["layers.0.bias", Float32Array.of(9, 0)]]);
      const draw = document.querySelector("inkling-draw");
      draw.model = network([3], [dense(2)], { ...names, tableColumns, initialValues });
      draw.test = new Dataset({ name: "rows", shape: [3], inputs: Float32Array.of(1.1, 1, 0, 6, 0, 1),
        labels: Uint8Array.of(0, 1), ...names });
      globalThis.told = [];
      draw.addEventListener("example-change", ({ detail }) => told.push(Array.from(detail.pixels)));
    })()`);
    const answer = () => page.locator(".large").textContent();
    await expect.poll(answer).toBe("narrow, with a probability of 99.9%.");
    const row = (selector: string) => page.locator(`inkling-row ${selector}`);
    await expect.poll(() => row("p.quiet").first().textContent()).toBe("In the file the answer is narrow.");
    await expect
      .poll(() => row("section p").textContent())
      .toMatch(/^As the width grows: narrow up to 4\.\d+, then wide\.$/);
    await row("[data-column=colour]").selectOption("red");
    await expect.poll(() => row("section p").textContent()).toMatch(/narrow up to (2\.9|3\.0)\d*, then wide/);
    await row("[data-column=width]").fill("3.5");
    await row("[data-column=width]").press("Enter");
    // e¹ / (e¹ + 1)
    await expect.poll(answer).toBe("wide, with a probability of 73.1%.");
    expect(await page.evaluate("told")).toEqual([
      [Math.fround(1.1), 0, 1],
      [3.5, 0, 1],
    ]);
    await expect.poll(() => row("p.quiet").first().textContent()).toContain("You have changed this row.");
    // What is no number changes nothing.
    await row("[data-column=width]").fill("");
    await row("[data-column=width]").press("Enter");
    await expect.poll(() => row("[data-column=width]").inputValue()).toBe("3.5");
    await row("input[type=range]").focus();
    await page.keyboard.press("Home");
    await expect.poll(answer).toBe("narrow, with a probability of 97.8%.");
    const goTo = async (place: string) => {
      await row("[data-row]").fill(place);
      await row("[data-row]").press("Enter");
    };
    const colour = () => row("[data-column=colour]").inputValue();
    await goTo("1");
    await expect.poll(answer).toBe("wide, with a probability of 99.8%.");
    for (const [place, word] of [
      ["0", "0"],
      ["1", "1"],
      ["0", "0"],
    ] as const) {
      await goTo(place);
      await expect.poll(colour).toBe(word);
    }
    // Beyond the usual ends, too, and back to the file's own.
    await row("[data-column=width]").fill("9");
    await row("[data-column=width]").press("Enter");
    await expect.poll(answer).toContain("wide");
    await expect.poll(() => row("section p").textContent()).toMatch(/narrow up to 4\.\d+, then wide/);
    await expect
      .poll(() => row(".notice").textContent())
      .toMatch(/^width is outside of all rows that are here, from 1\.1 to 6/);
    // What is typed is answered while it is typed, and stays as it was typed.
    await row("[data-column=width]").fill("");
    await row("[data-column=width]").pressSequentially("3.05");
    await expect.poll(answer).toBe("narrow, with a probability of 94.8%.");
    expect(await row("[data-column=width]").inputValue()).toBe("3.05");
    expect(await row(".notice").count()).toBe(0);
    await row("button").click();
    await expect.poll(() => row("[data-column=width]").inputValue()).toBe("1.1");
    await expect.poll(() => row("p.quiet").first().textContent()).toBe("In the file the answer is narrow.");
    expect(await page.evaluate("told.at(-1)")).toEqual([Math.fround(1.1), 1, 0]);
    expect(await seriousFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    expect(errors).toEqual([]);
  });

  test("of a network that predicts numbers has them in their own units", async () => {
    const { page, errors } = await chromium.open("<inkling-draw></inkling-draw>");
    // 1000·area + 50,000, and nothing is known of the rows.
    await page.evaluate(`(() => {
      const { network, dense, meanSquared, Scaling } = figures.inkling;
      const initialValues = new Map([["layers.0.weights", Float32Array.of(20)], ["layers.0.bias", Float32Array.of(0)]]);
      document.querySelector("inkling-draw").model = network([1], [dense(1)], { loss: meanSquared(), initialValues,
        scaling: new Scaling([100], [20]), targetScaling: new Scaling([150000], [1000]),
        columnNames: ["area"], targetNames: ["price"] });
    })()`);
    const answer = () => page.locator(".large").textContent();
    await expect.poll(answer).toBe("price: 150,000.");
    await page.locator("[data-column=area]").fill("120");
    await page.locator("[data-column=area]").press("Enter");
    await expect.poll(answer).toBe("price: 170,000.");
    const chart = () => page.locator("inkling-plot svg").first().textContent();
    await expect.poll(chart).toContain("price (in 10³)");
    expect(await page.locator("inkling-row h3").last().textContent()).toBe("What would change its prediction");
    expect(errors).toEqual([]);
  });

  test("is what Look inside shows, of a network that learned a table in the studio", async () => {
    const { page, errors } = await chromium.open("<inkling-studio></inkling-studio>");
    await page.evaluate(`location.hash = "#v=1&tab=own"`);
    await page.locator("inkling-own .options input").first().fill("kind");
    const files = [{ name: "kinds.csv", buffer: Buffer.from(csv), mimeType: "text/csv" }];
    await page.locator("inkling-own input.files").setInputFiles(files);
    await page.locator("inkling-own button.learn").click();
    await page.locator("inkling-train").getByRole("button", { name: "One step" }).click();
    await page.getByRole("tab", { name: "Draw" }).click();
    const width = page.locator("inkling-row [data-column=width]");
    await width.fill("123");
    await width.press("Enter");
    const tab = (name: string) => page.getByRole("tab", { name }).click();
    await tab("Look inside");
    await page.locator('inkling-inside [data-layer="input"]').click();
    const inputs = () => page.locator('inkling-inside [data-quantity="x"] inkling-bars ol').innerText();
    const becomes = (width: string) =>
      expect.poll(inputs, { timeout: 60_000 }).toMatch(new RegExp(`width = ${width}\\b`));
    await becomes("123");
    // What Draw shows is followed, also after something else was looked at.
    await page.locator("inkling-inside").getByRole("button", { name: "Back to the test set" }).click();
    await expect.poll(inputs).not.toMatch(/width = 123/);
    await tab("Draw");
    await page.getByRole("button", { name: "Follow it through the network" }).click();
    await becomes("123");
    await tab("Draw");
    await page.locator("inkling-row [data-row]").fill("2");
    await page.locator("inkling-row [data-row]").press("Enter");
    const own = await width.inputValue();
    await page.getByRole("button", { name: "Follow it through the network" }).click();
    await becomes(own);
    expect(errors).toEqual([]);
  });

  test("of a table with empty cells has what the training read them as, also inside", async () => {
    const { page, errors } = await chromium.open("<inkling-studio></inkling-studio>");
    await page.evaluate(`location.hash = "#v=1&tab=own"`);
    await page.locator("inkling-own .options input").first().fill("kind");
    await page.locator("inkling-own .options select").first().selectOption("mean");
    // Every second width is missing.
    const gaps = csv
      .split("\n")
      .map((line, i) => (i > 0 && i % 2 === 0 ? line.replace(/^\d+/, "") : line))
      .join("\n");
    const files = [{ name: "gaps.csv", buffer: Buffer.from(gaps), mimeType: "text/csv" }];
    await page.locator("inkling-own input.files").setInputFiles(files);
    await page.locator("inkling-own button.learn").click();
    await page.locator("inkling-train").getByRole("button", { name: "One step" }).click();
    await page.getByRole("tab", { name: "Draw" }).click();
    const row = (selector: string) => page.locator(`inkling-row ${selector}`);
    await expect.poll(() => row(".large").textContent(), { timeout: 60_000 }).toMatch(/probability/);
    let notes = 0;
    for (let place = 0; place < 4; place++) {
      await row("[data-row]").fill(String(place));
      await row("[data-row]").press("Enter");
      await expect.poll(() => row("p.quiet").first().textContent()).toMatch(/^In the file/);
      notes += await row("small").count();
      expect(Number(await row("[data-column=width]").inputValue())).toBeGreaterThanOrEqual(0);
      await page.getByRole("tab", { name: "Look inside" }).click();
      await expect.poll(() => page.locator("inkling-inside header").count()).toBe(1);
      await page.getByRole("tab", { name: "Draw" }).click();
    }
    // Some of them are empty in the file, and say so.
    expect(notes).toBeGreaterThan(0);
    expect(errors).toEqual([]);
  });
});
