// (BP2), (BP3), the proof and the quiz in a browser: numbers are the trace's, and each figure goes by mouse and by
// keys.
import type { Dataset } from "inkling";
import { type Trace, trace } from "inkling/proofs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { signed } from "../src/words/messages.ts";
import { seriousFindings } from "./axe.ts";
import { firstDigits, openFigure, untrained } from "./book-network.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figures of backpropagation", () => {
  let chromium: Chromium;
  let digits: Dataset;
  let found: Trace;
  beforeAll(async () => {
    [chromium, digits] = await Promise.all([startChromium(), firstDigits()]);
    found = await trace(untrained(), digits.example(3), { label: digits.labels?.[3] });
  });
  afterAll(() => chromium?.close());

  const NEURON = 5;
  const open = (name: string, weight = 406) =>
    openFigure(chromium, name, digits, `#v=1&digit=3&neuron=${NEURON}&weight=${weight}`);
  const quantity = (name: string) => `[data-quantity=${name}]`;
  const hidden = () => found.layers[1]?.dense;

  test("(BP2): ten products, their sum times the slope, and less of it where z is dragged to", async () => {
    const { page, errors } = await open("f15-hidden-error");
    const [W, delta] = [found.layers[2]?.dense?.W.values ?? [], found.back?.dOutputs ?? []];
    const products = Array.from(delta, (value, j) => signed((W[NEURON * 10 + j] ?? 0) * value));
    const shown = page.locator(quantity("products")).locator("inkling-bars").first().locator(".number");
    await expect.poll(() => shown.allTextContents()).toEqual(products);
    const own = () => page.locator(`strong${quantity("delta")}`).textContent();
    await expect.poll(() => own()).toBe(signed(hidden()?.back?.delta[NEURON] ?? 0));
    const cell = page.locator(`.all${quantity("delta")}`);
    const named = `neuron ${NEURON}: δ = ${signed(hidden()?.back?.delta[NEURON] ?? 0, 4)}`;
    await expect.poll(() => cell.locator("output").textContent()).toBe(named);
    const before = await own();
    await page.locator("[role=slider]").focus();
    await page.keyboard.press("End");
    await expect.poll(own).not.toBe(before);
    const z = await page.locator("[role=slider]").getAttribute("aria-valuenow");
    expect(Number(z)).toBe(8);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("(BP3): δ is the slope of the loss over the bias, also where the bias is dragged to", async () => {
    const { page, errors } = await open("f16-bias-gradient");
    const both = () => page.locator(`${quantity("delta")}, ${quantity("measured")}`).allTextContents();
    const numbers = async () => (await both()).map((text) => Number(text.replace("−", "-")));
    const { analytic } = await found.difference(1, NEURON);
    await expect.poll(async () => (await both())[0]).toBe(signed(analytic, 6));
    // That both are equal is asked first.
    expect(await page.locator(`dd${quantity("delta")}`).isVisible()).toBe(false);
    await page.getByRole("button", { name: "δ itself" }).click();
    await expect.poll(() => page.locator(`dd${quantity("delta")}`).isVisible()).toBe(true);
    const handle = await page.locator("[role=slider]").boundingBox();
    if (handle === null) throw new Error("The bias is not to be seen.");
    await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2);
    await page.mouse.down();
    await page.mouse.move(handle.x + handle.width / 2 + 80, handle.y, { steps: 3 });
    await page.mouse.up();
    await expect.poll(async () => (await both())[0]).not.toBe(signed(analytic, 6));
    const [delta = 0, measured = 1] = await numbers();
    expect(Math.abs(delta - measured)).toBeLessThan(1e-6 * Math.abs(delta) + 1e-8);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("the proof: both numbers of any weight, and a curve whose lowest point is at a middle h", async () => {
    const inked = digits.example(3).findIndex((byte) => byte > 200);
    const { page, errors } = await open("f18-proof", inked);
    const { analytic } = await found.difference(1, NEURON, inked);
    const shown = (name: string) => page.locator(quantity(name)).textContent();
    await expect.poll(() => shown("analytic")).toBe(signed(analytic, 9));
    const curve = (await page.evaluate(
      `document.querySelector("inkling-f18-proof").renderRoot.querySelector("inkling-plot").lines[0].points`,
    )) as [number, number][];
    const [lowest = 0] = curve.reduce((best, point) => (point[1] < best[1] ? point : best));
    expect(lowest).toBeGreaterThanOrEqual(-6);
    expect(lowest).toBeLessThanOrEqual(-3);
    const error = await shown("error");
    await page.locator("[role=slider]").focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
    await expect.poll(() => shown("error")).not.toBe(error);
    await page.getByRole("button", { name: "output biases" }).click();
    await expect.poll(() => shown("analytic")).toBe(signed((await found.difference(2, 0)).analytic, 9));
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("the quiz: a planted bug shows where it acts, and without one every gradient is right", async () => {
    const { page, errors } = await open("f19-planted-bug");
    // The bug that comes first: σ′ is forgotten, so that both gradients of the first layer are wrong.
    const verdicts = () => page.locator("td:last-child").allTextContents();
    await expect.poll(verdicts).toEqual(["equal"]);
    for (const name of ["∂C/∂b₁", "∂C/∂W₂", "∂C/∂W₁"]) await page.getByRole("button", { name, exact: true }).click();
    await expect.poll(verdicts).toEqual(["equal", "different", "equal", "different"]);
    await page.getByRole("button", { name: /xᵀ/ }).click();
    const marked = () => page.locator("ol.code button").filter({ hasText: /[✓✗]/ }).allTextContents();
    await expect.poll(async () => (await marked()).map((text) => text.trim().slice(0, 3))).toEqual(["✓ 3", "✗ 4"]);
    await page.getByRole("button", { name: "Another bug" }).click();
    for (let round = 1; round < 6; round++) {
      await page.locator("ol.code button").first().click();
      await page.getByRole("button", { name: "Another bug" }).click();
    }
    await expect.poll(verdicts).toEqual(["equal"]);
    await page.getByRole("button", { name: /σ′/ }).click();
    await expect.poll(() => page.locator(".answer").textContent()).toContain("Found. It forgets σ′(z)");
    await page.getByRole("button", { name: "Another bug" }).click();
    await expect.poll(() => page.locator(".answer").count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
