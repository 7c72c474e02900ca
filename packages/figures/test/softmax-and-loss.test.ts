// Softmax and cross-entropy in a browser: what is dragged, and the numbers that the library makes of it.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figures of softmax and loss", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium?.close());

  test("ten probabilities share one whole, and a number added to all scores changes none", async () => {
    const { page, errors } = await chromium.open("<inkling-f05-softmax></inkling-f05-softmax>");
    const bars = () => page.locator("inkling-bars .number").allTextContents();
    const first = await bars();
    const z = [-2, -4, 1.5, 3, -5, 1, -6, -1, 4, 0.5];
    const total = z.reduce((sum, score) => sum + Math.exp(score), 0);
    const shares = z.map((score) => (100 * Math.exp(score)) / total);
    for (const [i, text] of first.entries()) expect(Number.parseFloat(text)).toBeCloseTo(shares[i] ?? 0, 1);
    await page.getByLabel("Add to all ten scores").focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("PageUp");
    await expect.poll(() => page.getByRole("slider", { name: "score of the 0" }).inputValue()).not.toBe("-2");
    expect(await bars()).toEqual(first);
    await page.getByRole("slider", { name: "score of the 3" }).focus();
    await page.keyboard.press("PageUp");
    await expect.poll(bars).not.toEqual(first);
    const changed = await bars();
    expect(changed.filter((text, i) => text === first[i] && (shares[i] ?? 0) > 1)).toEqual([]);
    await expect.poll(() => page.locator(".total strong").textContent()).toBe("1");
    expect(errors).toEqual([]);
  });

  test("p is dragged, and its loss is −ln p; a choice is told right from wrong", async () => {
    const { page, errors } = await chromium.open(
      `<div style="width: 700px"><inkling-f06-loss></inkling-f06-loss></div>`,
    );
    const loss = () => page.locator("dd.main").textContent();
    await expect.poll(loss).toBe("2.3");
    // What tells the answer is covered until there is a guess, and never on paper.
    const curve = () => page.locator(".reveals inkling-plot").isVisible();
    expect(await curve()).toBe(false);
    await page.emulateMedia({ media: "print" });
    expect(await curve()).toBe(true);
    await page.emulateMedia({ media: "screen" });
    await page.getByRole("button", { name: "60 times" }).click();
    await expect.poll(() => page.locator(".answer").textContent()).toContain("Not so.");
    expect(await curve()).toBe(true);
    await page.locator("[role=slider]").focus();
    await page.keyboard.press("Shift+ArrowRight");
    await expect.poll(loss).toBe("1.61");
    const box = await page.locator("[role=slider]").boundingBox();
    if (box === null) throw new Error("The point is not to be seen.");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 600, box.y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(loss).toBe("0.0101");
    await page.getByRole("button", { name: "about 9 times" }).click();
    await expect.poll(() => page.locator(".answer").textContent()).toContain("Yes.");
    expect(errors).toEqual([]);
  });
});
