// (BP1) in a browser: δ is the trace's, whatever the reader calls right, and softmax's Jacobian collapses to it.
import { type Dataset, dense, flatten, network, quadratic } from "inkling";
import { trace } from "inkling/proofs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signed } from "../src/words/messages.ts";
import { seriousFindings } from "./axe.ts";
import { firstDigits, openFigure, untrained } from "./book-network.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figure of (BP1)", () => {
  let chromium: Chromium;
  let digits: Dataset;
  beforeAll(async () => {
    [chromium, digits] = await Promise.all([startChromium(), firstDigits()]);
  });
  afterAll(() => chromium?.close());

  const NAME = "f14-output-error";
  const open = () => openFigure(chromium, NAME, digits, "#v=1&digit=3");
  const bars = `[data-quantity=delta] inkling-bars`;
  const numbers = `.number`;

  test("shows the trace's δ, also for an answer that the reader calls right", async () => {
    const { page, errors } = await open();
    const model = untrained();
    for (const label of [digits.labels?.[3] ?? 0, 7]) {
      if (label === 7) await page.getByRole("button", { name: "7", exact: true }).click();
      const { back } = await trace(model, digits.example(3), { label });
      const expected = Array.from(back?.dOutputs ?? [], (value) => signed(value));
      await expect.poll(() => page.locator(bars).locator(numbers).allTextContents()).toEqual(expected);
    }
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("multiplies ∂C/∂p with the Jacobian: one row is left, and its numbers are δ", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "∂C/∂p · ∂p/∂z" }).click();
    const label = digits.labels?.[3] ?? 0;
    const values = `Array.from(document.querySelector("inkling-${NAME}").renderRoot.querySelector(".jacobian inkling-map").values)`;
    await expect.poll(() => page.evaluate(`${values}.some((value) => Math.abs(value) > 0.5)`)).toBe(true);
    const products = (await page.evaluate(values)) as number[];
    const { back } = await trace(untrained(), digits.example(3), { label });
    for (const [e, value] of products.entries()) {
      const expected = Math.floor(e / 10) === label ? (back?.dOutputs[e % 10] ?? Number.NaN) : 0;
      expect(Math.abs(value - expected)).toBeLessThan(1e-6);
    }
    await page.locator(".jacobian inkling-map .grid").focus();
    for (const key of ["ArrowRight", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
    await expect.poll(() => page.locator(".cell").textContent()).toContain("∂p₁/∂z₁ = p₁·(1 − p₁)");
  });

  test("shows what ten sigmoids with the quadratic loss make of the same weights", async () => {
    const { page } = await open();
    await page.getByRole("button", { name: "Ten sigmoids and quadratic loss" }).click();
    const specs = [flatten(), dense(30, "sigmoid"), dense(10, "sigmoid")];
    const model = untrained();
    const initialValues = new Map<string, ArrayLike<number>>();
    for (const { name, value } of model.tensors) initialValues.set(name, await model.backend.read(value));
    const own = network([28, 28, 1], specs, { loss: quadratic(), initialValues });
    const { layers } = await trace(own, digits.example(3), { label: digits.labels?.[3] });
    const expected = Array.from(layers[2]?.dense?.back?.delta ?? [], (value) => signed(value));
    await expect.poll(() => page.locator(bars).locator(numbers).allTextContents()).toEqual(expected);
  });

  test("takes a guess, and answers it", async () => {
    const { page } = await open();
    await expect.poll(() => page.locator(".answer").isVisible()).toBe(false);
    await page.getByRole("button", { name: "only the right one" }).click();
    await expect.poll(() => page.locator(".answer").textContent()).toContain("Not so. All ten.");
  });
});
