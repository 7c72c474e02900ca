// (BP4) in a browser: thirty maps that are the digit, a rubber by mouse and by keys, and numbers that are the trace's.
import type { Dataset } from "inkling";
import { trace } from "inkling/proofs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { firstDigits, openFigure, untrained } from "./book-network.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figure of (BP4)", () => {
  let chromium: Chromium;
  let digits: Dataset;
  beforeAll(async () => {
    [chromium, digits] = await Promise.all([startChromium(), firstDigits()]);
  });
  afterAll(() => chromium?.close());

  const open = () => openFigure(chromium, "f17-weight-gradients", digits, "#v=1&digit=3&neuron=5&weight=406");
  /** The values of the thirty maps. */
  const maps = `Array.from(document.querySelector("inkling-f17-weight-gradients").renderRoot.querySelectorAll(".maps inkling-map"), (map) => Array.from(map.values))`;

  test("has the trace's gradients, each of which is pixel times δ to the last bit", async () => {
    const { page, errors } = await open();
    const { layers } = await trace(untrained(), digits.example(3), { label: digits.labels?.[3] });
    const dW = layers[1]?.dense?.back?.dW.values ?? [];
    const shown = (await page.evaluate(maps)) as number[][];
    expect(shown.length).toBe(30);
    expect(shown.every((map, j) => map.every((value, k) => value === dW[k * 30 + j]))).toBe(true);
    await expect.poll(() => page.locator("[data-equal]").getAttribute("data-equal")).toBe("23520");
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("divided by their δ all thirty maps are the digit", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Each divided by its δ" }).click();
    const shown = (await page.evaluate(maps)) as number[][];
    const digit = digits.example(3);
    const worst = Math.max(...shown.flatMap((map) => map.map((value, k) => Math.abs(value - (digit[k] ?? 0) / 255))));
    expect(worst).toBeLessThan(1e-6);
  });

  test("rubs pixels out by mouse and by the space bar: their gradients are 0 in every map", async () => {
    const { page } = await open();
    const lost = (pixel: number) => page.evaluate(`${maps}.every((map) => map[${pixel}] === 0)`);
    const inked = digits.example(3).findIndex((byte) => byte > 200);
    await expect.poll(() => lost(inked)).toBe(false);
    const canvas = page.locator(".erasing inkling-map canvas");
    const box = await canvas.boundingBox();
    if (box === null) throw new Error("The digit is not to be seen.");
    const place = (pixel: number) =>
      [(pixel % 28) + 0.5, Math.floor(pixel / 28) + 0.5].map((at) => (at * box.width) / 28);
    const [x = 0, y = 0] = place(inked);
    await page.mouse.move(box.x + x, box.y + y);
    await page.mouse.down();
    await page.mouse.up();
    await expect.poll(() => lost(inked)).toBe(true);
    await page.getByRole("button", { name: "All pixels again" }).click();
    await expect.poll(() => lost(inked)).toBe(false);
    await page.locator(".erasing inkling-map .grid").focus();
    await page.keyboard.press("Space");
    await expect.poll(() => lost(inked)).toBe(true);
  });
});
