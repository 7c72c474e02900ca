// The sigmoid and its slope in a browser: the numbers are the library's, z goes by mouse and keys, a guess is drawn.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figure of the activation", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium?.close());

  const body = `<div style="width: 700px"><inkling-f03-activation></inkling-f03-activation></div>`;
  const handle = "inkling-f03-activation [role=slider]";

  test("has the sigmoid's slope at z, which the arrow keys and the mouse move", async () => {
    const { page, errors } = await chromium.open(body);
    const slope = () => page.locator("inkling-f03-activation dd.main").textContent();
    // σ′(4.6) = σ(4.6)·(1 − σ(4.6))
    await expect.poll(slope).toBe("0.00985");
    await page.locator(handle).focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press("Shift+ArrowLeft");
    for (let i = 0; i < 6; i++) await page.keyboard.press("ArrowLeft");
    await expect.poll(slope).toBe("0.25");
    await expect.poll(() => page.locator(handle).getAttribute("aria-valuetext")).toBe("z = 0, a = 0.5, slope 0.25");
    const box = await page.locator(handle).boundingBox();
    if (box === null) throw new Error("The point is not to be seen.");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 500, box.y, { steps: 5 });
    await page.mouse.up();
    await expect.poll(slope).toBe("0.00247");
    expect(errors).toEqual([]);
  });

  test("takes a guess that is drawn, by mouse or by keys, and shows the truth beside it", async () => {
    const { page } = await chromium.open(body);
    const lines = () => page.locator("inkling-plot >> nth=1").locator("polyline").count();
    const paper = page.locator("inkling-f03-activation .paper");
    const compare = page.getByRole("button", { name: "Compare" });
    await expect.poll(() => compare.isDisabled()).toBe(true);
    await paper.focus();
    for (let i = 0; i < 12; i++) await page.keyboard.press("ArrowRight");
    await expect.poll(lines).toBe(1);
    await expect.poll(() => page.locator(".answer").isVisible()).toBe(false);
    const box = await paper.boundingBox();
    if (box === null) throw new Error("There is nothing to draw on.");
    await page.mouse.move(box.x + 5, box.y + box.height - 5);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 5, box.y + 40, { steps: 4 });
    await page.mouse.up();
    await compare.click();
    await expect.poll(lines).toBe(2);
    await expect.poll(() => page.locator(".answer").textContent()).toContain("25 times less");
    await page.getByRole("button", { name: "Draw again" }).click();
    await expect.poll(lines).toBe(0);
  });
});
