// Figures that nobody sees do no work: what changes, and what trains, waits until they are near the window, or printed.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("figures off screen", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  const names = ["f04-sum", "f14-output-error", "f20-learning-rate"];
  const below = names.map((name) => `<inkling-${name}></inkling-${name}>`).join("");

  const opened = async () => {
    const { page, errors } = await chromium.open(`<div style="height: 5000px"></div>${below}`);
    const digit = (name: string) =>
      page
        .locator(`inkling-${name}`)
        .getByText(/Test digit|test image/i)
        .first();
    const digits = () => Promise.all([digit("f04-sum").textContent(), digit("f14-output-error").textContent()]);
    const steps = () =>
      page.locator("inkling-f20-learning-rate polyline").evaluateAll((lines) => {
        return lines.reduce((sum, line) => sum + (line.getAttribute("points") ?? "").split(" ").length, 0);
      });
    await expect.poll(() => page.locator("inkling-question").count()).toBe(3);
    await page.evaluate("location.hash = '#v=1&digit=4'");
    await page.evaluate("new Promise((resolve) => setTimeout(resolve, 400))");
    return { page, errors, digits, steps };
  };

  test("show another digit, and train, when they come near the window", async () => {
    const { page, errors, digits, steps } = await opened();
    const before = await digits();
    expect(before.join()).toMatch(/18.*18/);
    const trained = await steps();
    await page.evaluate("new Promise((resolve) => setTimeout(resolve, 400))");
    await expect.poll(() => steps()).toBe(trained);
    await expect.poll(() => digits()).toEqual(before);
    await page.locator("inkling-f04-sum").scrollIntoViewIfNeeded();
    await expect.poll(async () => (await digits())[0]).not.toBe(before[0]);
    await page.locator("inkling-f20-learning-rate").scrollIntoViewIfNeeded();
    await expect.poll(steps).toBeGreaterThan(trained + 10);
    await expect.poll(async () => (await digits())[1]).not.toBe(before[1]);
    expect(errors).toEqual([]);
  });

  test("are as they should be on paper", async () => {
    const { page, errors, digits } = await opened();
    const before = await digits();
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    await expect.poll(async () => (await digits()).every((text, i) => text !== before[i])).toBe(true);
    expect(errors).toEqual([]);
  });
});
