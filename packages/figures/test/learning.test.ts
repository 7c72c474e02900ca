// The figures of training in a browser: small trainings in the page, whose numbers equal Node's from the same seed.
import { type Dataset, evaluate, sgd, train } from "inkling";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { follow, fresh, halvesOf } from "../src/figures/learning.ts";
import { squareOf, stepOf } from "../src/figures/one-step.ts";
import { inDigits, inPercent, signed } from "../src/words/messages.ts";
import { seriousFindings } from "./axe.ts";
import { firstDigits, openFigure } from "./book-network.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figures of training", () => {
  let chromium: Chromium;
  let digits: Dataset;
  beforeAll(async () => {
    [chromium, digits] = await Promise.all([startChromium(), firstDigits(100)]);
  });
  afterAll(() => chromium?.close());

  const open = (name: string) => openFigure(chromium, name, digits, "#v=1&neuron=5", {}, "digits");
  const halves = () => halvesOf(digits);

  test("three learning rates: each ends where Node's training ends, and the slider trains anew", async () => {
    const { page, errors } = await open("f20-learning-rate");
    const { learn, judge } = halves();
    const model = fresh();
    await train(model, learn, { epochs: 2, batchSize: 20, optimizer: sgd({ learningRate: 1 }) });
    const { accuracy } = await evaluate(model, judge);
    const end = () => page.locator(`dd[data-rate="1"]`).textContent();
    await expect.poll(end, { timeout: 20_000 }).toContain(inPercent(accuracy, 1));
    await page.locator("input[type=range]").focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.locator("dd[data-rate]").count()).toBe(3);
    await expect
      .poll(() => page.locator(`dd[data-rate="100"]`).textContent(), { timeout: 20_000 })
      .toMatch(/valley|diverged/);
    await expect.poll(() => page.evaluate("location.hash")).toMatch(/^#v=1&.*rate=1&seed=1$/);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("an address has all of three trainings: opened elsewhere it shows Node's losses after 50 steps", async () => {
    const { learn } = halves();
    const hash = "#v=1&rate=-0.5&seed=3";
    const { page, errors } = await openFigure(chromium, "f20-learning-rate", digits, hash, {}, "digits");
    const model = fresh(3);
    const losses: number[] = [];
    const options = { epochs: 2, batchSize: 20, learningRate: 10 ** -0.5 };
    await follow(model, learn, options, (loss) => losses.push(loss) > 0);
    const shown = () =>
      page.evaluate(
        `document.querySelector("inkling-f20-learning-rate").runs[1]?.losses.map((loss) => Number(loss.toPrecision(6)))`,
      );
    await expect.poll(shown).toEqual(losses.map((loss) => Number(loss.toPrecision(6))));
    await expect.poll(() => page.locator("inkling-notices").count()).toBe(0);
    // What cannot be is as usual, and a reader is told so.
    await page.evaluate(`location.hash = "#v=1&rate=fast&seed=100"`);
    await expect
      .poll(() =>
        page
          .locator("inkling-notices li")
          .allTextContents()
          .then((all) => all.sort()),
      )
      .toEqual([
        "Start (seed in the address): expected a whole number from 1 to 99, got 100. It is 1 now.",
        "η, the middle rate (rate in the address): expected log₁₀ of the rate, from −2 to 1.5, got fast. It is 0 now.",
      ]);
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator("inkling-notices").getByRole("button", { name: "Close" }).click();
    await expect.poll(() => page.locator("inkling-notices").count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test("a training that diverges is a message with a way on, and nothing is drawn that is no number", async () => {
    const { page, errors } = await open("f20-learning-rate");
    await page.evaluate(`Object.assign(document.querySelector("inkling-f20-learning-rate"), { exponent: 37 }).again()`);
    const alert = page.locator("inkling-f20-learning-rate [role=alert]");
    await expect
      .poll(() => alert.locator("p").textContent())
      .toMatch(/^In epoch 1, step \d+, the (loss was|numbers of layers\.\d were) no longer finite/);
    const drawn = await page.locator("inkling-f20-learning-rate svg").first().innerHTML();
    expect(drawn).not.toContain("NaN");
    await alert.getByRole("button", { name: "Take a smaller rate" }).click();
    await expect.poll(() => alert.count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test("one step: what the slope predicts, and what Node measures", async () => {
    const { page, errors } = await open("f22-one-step");
    const { learn } = halves();
    const square = squareOf((await stepOf(fresh(), learn)).moved);
    const { before, after } = await stepOf(fresh(), learn, 0.1);
    const shown = (name: string) => page.locator(`dd[data-quantity=${name}]`).textContent();
    await expect.poll(() => shown("measured"), { timeout: 20_000 }).toBe(signed(after - before));
    await expect.poll(() => shown("square")).toBe(inDigits(square, 4));
    await expect.poll(() => shown("predicted")).toBe(signed(-0.1 * square));
    // The axis of exponents says their powers.
    const ticks = await page.locator("text.tick[text-anchor=middle]").allTextContents();
    expect(ticks).toEqual(["0.001", "0.01", "0.1", "1", "10"]);
    // What is measured waits for the guess.
    expect(await page.locator("inkling-plot").isVisible()).toBe(false);
    await page.getByRole("button", { name: "for short steps only" }).click();
    await page.locator("[role=slider]").focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press("ArrowLeft");
    await expect.poll(() => shown("predicted")).toBe(signed(-0.01 * square));
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("a batch: an angle for each size, which falls to 0 where the batch is everything", async () => {
    const { page, errors } = await open("f21-batch");
    const angle = async () =>
      Number(/is (.*)°/.exec((await page.locator("[data-quantity=angle]").textContent()) ?? "")?.[1]);
    await expect.poll(angle, { timeout: 20_000 }).toBeGreaterThan(5);
    await page.locator("input[type=range]").focus();
    await page.keyboard.press("End");
    await expect.poll(angle, { timeout: 20_000 }).toBeLessThan(0.1);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("eight starts end at eight places, and two networks stand side by side", async () => {
    const { page, errors } = await open("f23-two-starts");
    const ends = () => page.locator("[data-seed] strong").allTextContents();
    await expect.poll(async () => (await ends()).length, { timeout: 40_000 }).toBe(8);
    expect(new Set(await ends()).size).toBeGreaterThan(1);
    await expect.poll(() => page.locator(".maps inkling-map").count()).toBe(20);
    // What is shown of the likeness of two networks is that of the same seed where it is the same one.
    const alike = () => page.locator("[data-alike]").textContent();
    await expect.poll(alike).toMatch(/it is 0\.\d+ for the two that are most alike/);
    await page.getByRole("button", { name: "no neuron is like" }).click();
    await expect.poll(() => page.locator(".answer").textContent()).toContain("Yes.");
    const second = page.getByRole("slider", { name: "weights of seed" }).last();
    await second.focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(alike).toMatch(/it is 1 for the two that are most alike/);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });

  test("generalisation: what is learnt by heart, and weights of dark pixels that do not change by a bit", async () => {
    const { page, errors } = await open("f24-generalisation");
    await expect.poll(() => page.locator("[data-gap]").textContent(), { timeout: 30_000 }).toContain("100.0");
    const counts = () =>
      page.evaluate(`(({ still, dark }) => [still, dark])(
        document.querySelector("inkling-f24-generalisation").renderRoot.querySelector("[data-still]").dataset)`);
    const [still, dark] = (await counts()) as [string, string];
    expect(still).toBe(dark);
    const isDark = (k: number) =>
      Array.from({ length: 80 }, (_, i) => halves().learn.example(i)[k]).every((byte) => byte === 0);
    expect(Number(dark)).toBe(Array.from({ length: 784 }, (_, k) => k).filter(isDark).length);
    await page.getByRole("button", { name: "with L2" }).click();
    await expect.poll(async () => ((await counts()) as string[])[0], { timeout: 30_000 }).toBe("0");
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
