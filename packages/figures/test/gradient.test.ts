// The slope of the loss, its cost, and the chain rule, in a browser: what is measured is what the library computes.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figures of the gradient", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  const numberOf = (text: string | null) =>
    Number(
      (text ?? "")
        .replaceAll(/[−⁻]/g, "-")
        .replaceAll(",", "")
        .replace(" × 10", "e")
        .replaceAll(/[⁰¹²³⁴⁵⁶⁷⁸⁹]/g, (digit) => String("⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(digit))),
    );

  test("rise over run comes near the slope of backpropagation as the run shrinks, at each weight", async () => {
    const { page, errors } = await chromium.open(
      `<div style="width: 700px"><inkling-f08-slope></inkling-f08-slope></div>`,
    );
    const number = async (name: string) => numberOf(await page.locator(`dd.${name}`).textContent());
    await expect.poll(() => page.locator("dd.exact").textContent()).toBe("−0.735248");
    expect(Math.abs((await number("ratio")) - (await number("exact")))).toBeGreaterThan(0.1);
    for (let i = 0; i < 6; i++) await page.getByRole("button", { name: "h ÷ 10" }).click();
    await expect.poll(() => number("ratio")).toBeCloseTo(await number("exact"), 5);
    const weight = page.getByRole("slider", { name: "the weight" });
    await weight.focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.locator("dd.exact").textContent()).not.toBe("−0.735248");
    await expect.poll(() => number("ratio")).toBeCloseTo(await number("exact"), 5);
    const box = await weight.boundingBox();
    if (box === null) throw new Error("The point is not to be seen.");
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + 150, box.y, { steps: 3 });
    await page.mouse.up();
    // Far to the right the loss is flat.
    await expect.poll(async () => Math.abs(await number("exact"))).toBeLessThan(0.1);
    await expect.poll(() => number("ratio")).toBeCloseTo(await number("exact"), 5);
    expect(errors).toEqual([]);
  });

  test("slopes are really measured, one after the other, and equal those of backpropagation", async () => {
    const { page, errors } = await chromium.open("<inkling-f10-cost></inkling-f10-cost>");
    const passes = async () => numberOf((await page.locator("dd.passes").textContent())?.split(" ")[0] ?? "");
    // What the other way costs is asked first.
    const cost = page.getByText("1 forward, 1 backward");
    expect(await cost.isVisible()).toBe(false);
    await page.getByRole("button", { name: "a hundredth" }).click();
    await expect.poll(() => cost.isVisible()).toBe(true);
    await page.getByRole("button", { name: "Measure all of them" }).click();
    await expect.poll(passes).toBeGreaterThan(40);
    await page.getByRole("button", { name: "Pause" }).click();
    await expect.poll(() => page.getByRole("button", { name: "Go on" }).count()).toBe(1);
    const done = await passes();
    expect(done).toBeLessThanOrEqual(47_720);
    expect(numberOf(await page.locator("dd.worst").textContent())).toBeLessThan(1e-6);
    expect(errors).toEqual([]);
  });

  test("the wheels' slopes multiply, and that is what is measured", async () => {
    const { page, errors } = await chromium.open("<inkling-f11-gears></inkling-f11-gears>");
    await expect.poll(() => page.locator("dd.main").textContent()).toBe("+0.393");
    await page.getByRole("slider", { name: "x", exact: true }).focus();
    await page.keyboard.press("PageUp");
    await expect.poll(() => page.locator("dd.main").textContent()).not.toBe("+0.393");
    await expect
      .poll(() => page.locator("dd.main").textContent())
      .toBe(await page.locator("dd.measured").textContent());
    expect(await page.locator("dd.main").isVisible()).toBe(false);
    await page.getByRole("button", { name: "by 6" }).click();
    await expect.poll(() => page.locator("dd.main").isVisible()).toBe(true);
    await expect.poll(() => page.locator(".answer").textContent()).toContain("Yes.");
    expect(errors).toEqual([]);
  });

  test("the ways from a to C add up to ∂C/∂a; without one of them the measured slope is that of the others", async () => {
    const { page, errors } = await chromium.open("<inkling-f12-paths></inkling-f12-paths>");
    const text = (name: string) => page.locator(`dd.${name}`).textContent();
    await expect.poll(() => text("sum")).toBe("−3.483");
    expect([await text("measured"), await text("traced")]).toEqual(["−3.483", "−3.483"]);
    expect(await page.locator("dd.sum").isVisible()).toBe(false);
    await page.getByRole("button", { name: "they add" }).click();
    await expect.poll(() => page.locator("dd.sum").isVisible()).toBe(true);
    await page.getByRole("checkbox").nth(1).uncheck();
    await expect.poll(() => text("sum")).toBe("−1.649");
    await expect.poll(() => text("measured")).toBe("−1.649");
    await page.getByRole("slider", { name: "output a" }).focus();
    await page.keyboard.press("PageUp");
    await expect.poll(() => text("sum")).not.toBe("−1.649");
    expect(numberOf(await text("measured"))).toBeCloseTo(numberOf(await text("sum")), 3);
    expect(errors).toEqual([]);
  });

  test("both directions have the same slopes, and the end with fewer nodes is the cheaper one", async () => {
    const { page, errors } = await chromium.open("<inkling-f13-directions></inkling-f13-directions>");
    const counts = () => page.locator("dd.main").allTextContents();
    await expect.poll(counts).toEqual(["90 of 90", "30 of 30"]);
    await page.getByRole("button", { name: "Swap" }).click();
    await expect.poll(counts).toEqual(["30 of 30", "90 of 90"]);
    await page.getByRole("slider", { name: "From the inputs" }).focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(counts).toEqual(["29 of 30", "90 of 90"]);
    expect(numberOf(await page.locator(".worst").textContent())).toBeLessThan(1e-12);
    expect(errors).toEqual([]);
  });
});
