// What the figures 1 to 13 have in common: each is drawn from the site's files, and axe finds nothing serious.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figureNames } from "../src/loader.ts";
import { seriousFindings } from "./axe.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

const names = figureNames.filter((name) => /^f(0\d|1[0-3])-/.test(name));

describe.skipIf(!hasChromium)("the figures 1 to 13", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  const body = names.map((name) => `<inkling-${name}></inkling-${name}>`).join("");

  test("are thirteen, and each asks, takes a guess and answers", async () => {
    expect(names.length).toBe(13);
    const { page, errors } = await chromium.open(body);
    await expect.poll(() => page.locator("inkling-question .ask").count()).toBe(13);
    await expect.poll(() => page.locator(".closed").count()).toBe(13);
    for (const name of names) await page.locator(`inkling-${name} .plain`).click();
    await expect.poll(() => page.locator(".closed").count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test.each(["light", "dark"])("have nothing serious for axe (%s)", { timeout: 300_000 }, async (theme) => {
    const { page } = await chromium.open(body);
    await expect.poll(() => page.locator("inkling-question .ask").count()).toBe(13);
    await page.evaluate(`document.documentElement.style.colorScheme = "${theme}"`);
    await page.evaluate(`document.documentElement.style.background = "${theme === "dark" ? "#1b1b1f" : "#fff"}"`);
    // Of the table of 784 numbers two rows are enough: axe looks at each cell for a long time.
    await page.evaluate(
      `document.querySelector("inkling-f01-pixels").renderRoot.querySelectorAll("tr:nth-child(n + 3)").forEach((row) => row.remove())`,
    );
    expect(await seriousFindings(page)).toEqual([]);
  });

  test("fit on a phone", async () => {
    const { page } = await chromium.open(body, { viewport: { width: 390, height: 800 } });
    await expect.poll(() => page.locator("inkling-question .ask").count()).toBe(13);
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
  });

  test("the slice follows the steepest way down, and scaled scores cost more while as many are right", async () => {
    const { page, errors } = await chromium.open(
      "<inkling-f09-slices></inkling-f09-slices><inkling-f07-mean-loss></inkling-f07-mean-loss>",
    );
    const number = async (name: string) => Number(await page.locator(`dd.${name}`).textContent());
    await expect.poll(() => number("loss")).toBe(0.618);
    await page.getByRole("button", { name: "One step downhill" }).click();
    await expect.poll(() => number("loss")).toBeLessThan(0.618);
    await page.getByRole("button", { name: "two random directions" }).click();
    await expect.poll(() => number("loss")).toBe(0.618);
    await page.getByRole("slider", { name: "the point" }).focus();
    await page.keyboard.press("Shift+ArrowRight");
    await expect.poll(() => number("loss")).not.toBe(0.618);
    await expect.poll(() => page.locator("inkling-f09-slices image").count()).toBe(1);

    const mean = await number("mean");
    expect(mean).toBeCloseTo(0.0804, 4);
    await page.getByRole("slider", { name: "all scores times" }).focus();
    await page.keyboard.press("End");
    await expect.poll(() => number("mean")).toBeGreaterThan(mean);
    await expect.poll(() => page.locator("dd.accuracy").textContent()).toBe("98%");
    // From digit to digit in the order of their losses.
    await page.getByRole("slider", { name: "one of the digits" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.evaluate("location.hash")).not.toContain("digit=18");
    expect(errors).toEqual([]);
  });
});
