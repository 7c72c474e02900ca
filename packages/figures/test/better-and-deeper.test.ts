// The figures of the chapters better-learning and deep-networks in a browser: what they show is what Node computes.
import type { Dataset } from "inkling";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { keyOf, type Plan, trained } from "../src/figures/cures.ts";
import { halvesOf } from "../src/figures/learning.ts";
import { outputsOf } from "../src/figures/one-neuron.ts";
import { inDigits, inPercent } from "../src/words/messages.ts";
import { seriousFindings } from "./axe.ts";
import { firstDigits, openFigure } from "./book-network.ts";
import { deepRun, planOf, sigmoids } from "./deep-run.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figures of learning better and deeper", () => {
  let chromium: Chromium;
  let digits: Dataset;
  beforeAll(async () => {
    [chromium, digits] = await Promise.all([startChromium(), firstDigits(100)]);
  });
  afterAll(() => chromium?.close());
  const open = (name: string) => openFigure(chromium, name, digits, "#v=1&digit=18", {}, "digits");
  const patient = { timeout: 30_000 };

  test("overfitting: with and without L2 it reads what Node reads, and both tries stay in the table", async () => {
    const { page, errors } = await open("f26-overfitting");
    const halves = halvesOf(digits, 0.5);
    const row = (plan: Plan) => page.locator(`[data-try="${keyOf(plan)}"] td`).allTextContents();
    const expected = async (plan: Plan) => {
      const { others, end } = await trained(plan, halves, () => true);
      const shares = [end?.learnt, end?.others].map((share) => inPercent(share ?? Number.NaN, 1));
      return [inDigits(others.at(-1)?.[1] ?? Number.NaN), ...shares];
    };
    const plain = await expected(planOf());
    await expect.poll(() => row(planOf()), patient).toEqual(plain);
    await page.locator("[data-cure=decay]").click();
    await expect.poll(() => row(planOf("decay")), patient).toEqual(await expected(planOf("decay")));
    await expect.poll(() => row(planOf())).toEqual(plain);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("vanishing gradients: the sizes and the accuracy are Node's, and the slider makes it deeper", async () => {
    const { page, errors } = await open("f27-vanishing");
    const shown = (name: string) => page.locator(`[data-shown=${name}]`).textContent();
    const accuracy = async () => (await shown("accuracy"))?.trim();
    const { gradients, accuracy: own } = await deepRun(digits, sigmoids);
    await expect.poll(accuracy, patient).toBe(`${inPercent(own, 1)} of 20 others`);
    await expect.poll(() => shown("first")).toBe(inDigits(gradients[0]?.weights ?? 0, 2));
    await expect.poll(() => shown("last")).toBe(inDigits(gradients.at(-1)?.weights ?? 0, 2));
    await page.locator("[data-choice=relu]").click();
    await page.locator("[data-choice=norm]").click();
    await page.locator("input[type=range]").focus();
    await page.keyboard.press("ArrowRight");
    const deeper = await deepRun(digits, { ...sigmoids, activation: "relu", layers: 7, normalizes: true });
    await expect.poll(() => shown("first"), patient).toBe(inDigits(deeper.gradients[0]?.weights ?? 0, 2));
    await expect.poll(accuracy, patient).toBe(`${inPercent(deeper.accuracy, 1)} of 20 others`);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("optimizers: the steps that each needs, for a start and a rate of the reader's", async () => {
    const { page, errors } = await open("f28-optimizers");
    const needed = async () =>
      (await page.locator("dd[data-way]").allTextContents()).map((text) => text.replace(/\s+/g, " ").trim());
    await expect.poll(needed).toEqual(["171 steps", "31 steps", "59 steps"]);
    // The rate that is printed is the one that gives these.
    expect(await page.locator("[data-setting=rate] output").textContent()).toBe("0.01778");
    await page.locator("[data-setting=rate] input").focus();
    for (let i = 0; i < 2; i++) await page.keyboard.press("ArrowRight");
    // η is beyond 2/κ now; momentum still holds.
    await expect.poll(async () => (await needed())[0]).toBe("it climbs out");
    expect((await needed())[1]).toMatch(/^\d+ steps$/);
    await page.locator("[role=slider]").focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.locator("[role=slider]").getAttribute("aria-valuetext")).toBe("x = −8.9, y = +1");
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.getByRole("button", { name: "Let them roll" }).click();
    await expect.poll(() => page.locator(".steps output").textContent()).toBe("100");
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("the slow start: when each cost is below a half, from where the reader begins", async () => {
    const { page, errors } = await open("f29-slow-start");
    const shown = (name: string) => page.locator(`[data-shown=${name}]`).textContent();
    const epochs = (cost: "quadratic" | "crossEntropy", start: number) =>
      `after ${outputsOf(cost, start, 0.15, 300).findIndex((a) => a < 0.5)} epochs`;
    // σ(4), as in the chapter: 232 epochs there.
    const first = 1 / (1 + Math.exp(-4));
    expect(epochs("quadratic", first)).toBe("after 232 epochs");
    await expect.poll(() => shown("late")).toBe(epochs("quadratic", first));
    await expect.poll(() => shown("soon")).toBe(epochs("crossEntropy", first));
    // The lines would tell what is asked.
    expect(await page.locator("inkling-plot").isVisible()).toBe(false);
    await page.getByRole("button", { name: "late: at first hardly at all" }).click();
    await page.locator("[role=slider]").focus();
    await page.keyboard.press("PageDown");
    await expect.poll(() => shown("late")).toBe(epochs("quadratic", 0.93));
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
