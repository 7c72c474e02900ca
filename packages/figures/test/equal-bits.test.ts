// The figures of speed and of equal bits in a browser: sums and digests are Node's, and every way has the same bits.
import { type Dataset, predictAll } from "inkling";
import { trace } from "inkling/proofs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { trained } from "../src/figures/f36-trainings.ts";
import { intensityOf, productDemand } from "../src/figures/f38-intensity.ts";
import { exactSum, lawfulSum, sharedSum, stepsBetween, sumOf, sumsOfAllOrders } from "../src/figures/float32-sums.ts";
import { inDigits, inWhole } from "../src/words/messages.ts";
import { seriousFindings } from "./axe.ts";
import { firstDigits, openFigure, untrained } from "./book-network.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

const COUNT = 300;

describe.skipIf(!hasChromium)("the figures of speed and of equal bits", () => {
  let chromium: Chromium;
  let digits: Dataset;
  beforeAll(async () => {
    [chromium, digits] = await Promise.all([startChromium({ isIsolated: true }), firstDigits(COUNT)]);
  });
  afterAll(() => chromium?.close());

  test("the order of a sum: keys, pointer and buttons change it, and the sum is the one that Node computes", async () => {
    const { page, errors } = await openFigure(chromium, "f33-order", digits, "#v=1");
    const terms = await termsOf(digits);
    const few = Array.from(terms, (value, i) => ({ value, i }))
      .toSorted((a, b) => Math.abs(b.value) - Math.abs(a.value))
      .slice(0, 8)
      .toSorted((a, b) => a.i - b.i)
      .map(({ value }) => value);
    const sum = () => page.locator("[data-sum]").textContent();
    const shown = (order: readonly number[]) => inDigits(sumOf(order), 9);
    await expect.poll(sum).toBe(shown(few));
    await expect
      .poll(() => page.locator("[data-sums]").getAttribute("data-sums"))
      .toBe(String(sumsOfAllOrders(few).length));
    const tiles = page.locator(".tile");
    await tiles.first().focus();
    await page.keyboard.press("End");
    const moved = [...few.slice(1), few[0] ?? 0];
    await expect.poll(sum).toBe(shown(moved));
    const [from, to] = [await tiles.nth(7).boundingBox(), await tiles.nth(2).boundingBox()];
    if (from === null || to === null) throw new Error("The numbers are not to be seen.");
    await page.mouse.move(from.x + 20, from.y + 20);
    await page.mouse.down();
    await page.mouse.move(to.x + 20, to.y + 20, { steps: 3 });
    await page.mouse.up();
    // On its way it may have changed places with others.
    await expect
      .poll(async () => (await tiles.nth(2).textContent())?.includes(inDigits(few[0] ?? 0, 4).slice(1)))
      .toBe(true);
    await page.getByRole("button", { name: "Largest first" }).click();
    const largest = few.toSorted((a, b) => Math.abs(b) - Math.abs(a));
    await expect.poll(sum).toBe(shown(largest));
    const off = Math.abs(stepsBetween(exactSum(largest), sumOf(largest)));
    if (off > 0) await expect.poll(() => page.locator(".sum-line").textContent()).toContain(inWhole(off));
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("workers: equal shares differ, the law gives one sum, and it is the library's", async () => {
    const { page, errors } = await openFigure(chromium, "f37-workers", digits, "#v=1");
    const terms = await termsOf(digits);
    await expect.poll(() => page.locator("[data-work]").count()).toBe(1);
    const shares = [1, 2, 3, 4, 5, 6, 7, 8].map((workers) => sharedSum(terms, workers));
    const work = await page.locator("[data-work]").textContent();
    expect(work).toContain(`${new Set(shares).size} different sums`);
    expect(work).toContain("the same bits (===).");
    const rows = await page.locator("tbody tr").allTextContents();
    expect(rows.every((row) => row.includes(inDigits(lawfulSum(terms, 1).sum, 7)))).toBe(true);
    await page.locator("input[type=range]").focus();
    await page.keyboard.press("End");
    await expect.poll(() => page.locator("tbody tr.now th").textContent()).toBe("8");
    await expect.poll(() => page.locator("svg.tree .met").count()).toBe(2);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("lanes: across outputs all bits are the library's, along a sum and fused they are not", async () => {
    const { page, errors } = await openFigure(chromium, "f35-lanes", digits, "#v=1&digit=3");
    const same = () => page.locator("[data-same]").getAttribute("data-same");
    await expect.poll(same).toBe("10");
    for (const lanes of ["8", "16", "1"]) {
      await page.getByRole("button", { name: lanes, exact: true }).click();
      await expect.poll(() => page.locator(".output.same").count()).toBe(10);
    }
    await page.getByRole("button", { name: "16", exact: true }).click();
    await page.getByRole("button", { name: "Lanes are terms" }).click();
    await expect.poll(async () => Number(await same())).toBeLessThan(10);
    await page.getByRole("button", { name: "Lanes are outputs" }).click();
    await page.getByRole("button", { name: "Fused" }).click();
    await expect.poll(async () => Number(await same())).toBeLessThan(10);
    await page.getByRole("button", { name: "Fused" }).click();
    // From the start, one instruction at a time: x comes into all lanes, then the weights.
    await page.locator("input[type=range]").focus();
    await page.keyboard.press("Home");
    await page.getByRole("button", { name: "One instruction" }).click();
    await page.getByRole("button", { name: "One instruction" }).click();
    const { layers } = await trace(untrained(), digits.example(3), { label: 0 });
    const output = layers.at(-1)?.dense;
    const [weight = 0] = output?.W.values ?? [];
    await expect
      .poll(() => page.locator(".register.written .lane").first().textContent())
      .toMatch(inDigits(Math.abs(Math.round(weight * 100) / 100)));
    await expect.poll(() => page.locator("[aria-current=step]").textContent()).toContain("W[0, 0…9]");
    await page.getByRole("button", { name: "Play" }).click();
    await expect.poll(async () => Number(await page.locator("input[type=range]").inputValue())).toBeGreaterThan(2);
    await page.getByRole("button", { name: "To the end" }).click();
    await expect.poll(() => page.locator(".output.same").count()).toBe(10);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("the roofline: a batch lifts a layer from memory's slope to the flat roof", async () => {
    const { page, errors } = await chromium.open(
      "<div style='width: 700px'><inkling-f38-roofline></inkling-f38-roofline></div>",
    );
    const held = () => page.locator("[data-held]").textContent();
    await page.locator("input[type=range]").first().focus();
    await page.keyboard.press("Home");
    await expect.poll(held).toBe("memory");
    await expect
      .poll(() => page.locator("[data-per-byte]").textContent())
      .toBe(inDigits(intensityOf(productDemand(1, 784, 128))));
    await page.keyboard.press("End");
    await expect.poll(held).toBe("arithmetic");
    await expect
      .poll(() => page.locator("[data-per-byte]").textContent())
      .toBe(inDigits(intensityOf(productDemand(1024, 784, 128))));
    await page.getByRole("button", { name: "Adam" }).click();
    await expect.poll(held).toBe("memory");
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("the race is run when it is asked for: four ways, one result", async () => {
    const { page, errors } = await chromium.open(
      "<div style='width: 700px'><inkling-f34-race></inkling-f34-race></div>",
    );
    await expect.poll(() => page.locator("li[data-way]").count()).toBe(4);
    await expect.poll(() => page.locator("li[data-way] .speed").allTextContents()).toEqual(["", "", "", ""]);
    await page.getByRole("button", { name: "batch of ten" }).click();
    await page.getByRole("button", { name: "Start the race" }).click();
    await expect.poll(() => page.locator("[data-same]").getAttribute("data-same"), { timeout: 60_000 }).toBe("true");
    for (const speed of (await page.locator("li[data-way] .speed").allTextContents()).slice(0, 3))
      expect(speed).toMatch(/^[\d.,]+ GFLOP\/s$/);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("a digest: one bit changes half of it, and each way to train gives Node's", async () => {
    const { page, errors } = await openFigure(chromium, "f36-digest", digits, "#v=1&digit=3&neuron=5&weight=406");
    const differing = async () => Number(await page.locator("[data-differing]").getAttribute("data-differing"));
    await expect.poll(differing).toBeGreaterThan(90);
    await expect.poll(() => differing()).toBeLessThan(166);
    expect((await page.locator(".digest code").first().textContent())?.replaceAll(/\s/g, "")).toBe(
      await untrained().weightsSha256(),
    );
    const before = await page.locator(".digest code").last().textContent();
    await page.getByRole("radio", { checked: true }).focus();
    await page.keyboard.press("Home");
    await expect.poll(() => page.locator(".digest code").last().textContent()).not.toBe(before);
    await expect.poll(() => page.getByRole("radio", { checked: true }).getAttribute("aria-label")).toBe("sign, bit 0");
    await page.getByRole("button", { name: "Train in all these ways" }).click();
    await expect.poll(() => page.locator("[data-way=fewer]").count(), { timeout: 60_000 }).toBe(1);
    const digest = (await trained("wasm", digits, () => true))?.digest;
    const found = await page.evaluate(`Array.from(
      document.querySelector("inkling-f36-digest").renderRoot.querySelectorAll("[data-way]"),
      ({ dataset }) => [dataset.way, dataset.digest])`);
    const { fewer, ...equal } = Object.fromEntries(found as [string, string][]);
    expect(equal).toEqual({ reference: digest, wasm: digest, threads: digest, resumed: digest });
    expect(fewer).not.toBe(digest);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});

/** What the digits say about the bias of output 6. */
async function termsOf(digits: Dataset): Promise<Float32Array> {
  const { probabilities } = await predictAll(untrained(), digits);
  return Float32Array.from({ length: digits.count }, (_, i) => {
    return (probabilities[i * 10 + 6] ?? 0) - (digits.labels?.[i] === 6 ? 1 : 0);
  });
}
