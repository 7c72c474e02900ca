// Sure is not right, in a browser: what the network says of a changed picture is what Node says of the same pixels.
import type { Dataset } from "inkling";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inPercent } from "../src/words/messages.ts";
import { seriousFindings } from "./axe.ts";
import { firstDigits, openFigure, untrained } from "./book-network.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figure of sure nonsense", () => {
  let chromium: Chromium;
  let digits: Dataset;
  beforeAll(async () => {
    [chromium, digits] = await Promise.all([startChromium(), firstDigits()]);
  });
  afterAll(() => chromium?.close());

  test("says of a moved and of a turned digit what Node says, and takes a guess", async () => {
    const { page, errors } = await openFigure(chromium, "f25-sure", digits, "#v=1&digit=3");
    const own = digits.example(3) as Uint8Array;
    const moved = own.map((_, i) => {
      const [row, column] = [Math.floor(i / 28) + 4, (i % 28) + 5];
      return row < 28 && column < 28 ? (own[row * 28 + column] ?? 0) : 0;
    });
    const said = () => page.locator("[data-quantity=reading]").textContent();
    const expected = async (pixels: Uint8Array) => {
      const { label, probabilities } = await untrained().predict(pixels);
      return `The network says ${label}, with ${inPercent(probabilities[label] ?? Number.NaN, 1)}`;
    };
    await expect.poll(said).toContain(await expected(moved));
    await expect.poll(() => said()).not.toContain("NaN");
    await page.getByRole("button", { name: "upside down" }).click();
    const sliders = page.locator("input[type=range]");
    // What is covered until there is a guess is not told either: not spoken, and not among the numbers.
    const heard = () => page.locator("inkling-about [role=status]").textContent();
    await page.getByRole("button", { name: "The numbers" }).click();
    const tables = page.locator("inkling-about inkling-numbers-table");
    await expect.poll(() => tables.count()).toBe(2);
    for (const [slider, by] of [
      [sliders.nth(0), 5],
      [sliders.nth(1), 4],
    ] as const) {
      await slider.focus();
      for (let i = 0; i < by; i++) await page.keyboard.press("ArrowRight");
    }
    await expect.poll(said).toContain(await expected(own.toReversed()));
    await expect.poll(() => page.locator("inkling-about [role=status]").getAttribute("aria-live")).toBe("polite");
    // A sentence comes four tenths of a second after what the reader does.
    await page.waitForTimeout(1500);
    expect(await heard()).toBe("");
    await page.getByRole("button", { name: "yes: all ten become small" }).click();
    await expect.poll(() => page.locator(".answer").textContent()).toContain("Not so.");
    await expect.poll(() => tables.count()).toBe(3);
    await expect.poll(heard).toContain("The network says");
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
