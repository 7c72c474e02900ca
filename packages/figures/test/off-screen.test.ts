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
  const three = names.map((name) => `<inkling-${name}></inkling-${name}>`).join("");

  const opened = async () => {
    const { page, errors } = await chromium.open(
      `<div class="seen">${three}</div><div style="height: 5000px"></div><div class="below">${three}</div>`,
    );
    const figure = (name: string, where = ".below") => page.locator(`${where} inkling-${name}`);
    const digit = (name: string, where?: string) =>
      figure(name, where)
        .getByText(/Test digit|test image/i)
        .first();
    const digits = () => Promise.all([digit("f04-sum").textContent(), digit("f14-output-error").textContent()]);
    const steps = (where?: string) =>
      figure("f20-learning-rate", where)
        .locator("polyline")
        .evaluateAll((lines) => {
          return lines.reduce((sum, line) => sum + (line.getAttribute("points") ?? "").split(" ").length, 0);
        });
    await expect.poll(() => page.locator("inkling-question").count()).toBe(6);
    await expect.poll(async () => (await digits()).join()).toMatch(/18.*18/);
    await page.evaluate("location.hash = '#v=1&digit=4'");
    // When the same figures where they are seen have followed, those below had their turn.
    await expect.poll(() => digit("f04-sum", ".seen").textContent()).not.toBe(await digit("f04-sum").textContent());
    return { page, errors, digits, steps, figure };
  };

  test("show another digit, and train, when they come near the window", async () => {
    const { errors, digits, steps, figure } = await opened();
    const before = await digits();
    expect(before.join()).toMatch(/18.*18/);
    const trained = await steps();
    await figure("f20-learning-rate", ".seen").scrollIntoViewIfNeeded();
    await expect.poll(() => steps(".seen")).toBeGreaterThan(trained + 10);
    expect(await steps()).toBe(trained);
    expect(await digits()).toEqual(before);
    await figure("f04-sum").scrollIntoViewIfNeeded();
    await expect.poll(async () => (await digits())[0]).not.toBe(before[0]);
    await figure("f20-learning-rate").scrollIntoViewIfNeeded();
    await expect.poll(() => steps()).toBeGreaterThan(trained + 10);
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
