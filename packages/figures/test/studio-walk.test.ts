// What a walk through the studio asks for, beyond its single panes.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { InklingInside } from "../src/panes/inside/inside.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

/** A busy machine takes its time. */
const becomes = (question: () => Promise<unknown>) => expect.poll(question, { timeout: 60_000 });

describe.skipIf(!hasChromium)("a walk through the studio", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  async function opened(hash: string, options = {}): Promise<Page> {
    const { page } = await chromium.open("<inkling-studio></inkling-studio>", options);
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await becomes(() => page.locator("inkling-train .digest").first().textContent()).toMatch(/[0-9a-f]{64}/);
    return page;
  }
  const tab = (page: Page, name: string) => page.locator("inkling-studio").getByRole("tab", { name, exact: true });

  test("looks for the nearest among all digits that the training learns from", async () => {
    const page = await opened("#v=1&p=mlp&l=8&n=12000&b=50&e=1&tab=train");
    await tab(page, "Draw").click();
    await page.locator("inkling-pad .sheet").focus();
    for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Space");
    for (let i = 0; i < 18; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await becomes(() => page.locator("inkling-nearest .state").textContent()).toContain("all 12,000 training images");
    await page.locator("inkling-nearest").getByRole("button", { name: "Look among all 60,000 (loads" }).click();
    await becomes(() => page.locator("inkling-nearest .state").textContent()).toContain("all 60,000 training images");
    expect(await page.locator("inkling-nearest").getByRole("button", { name: "Look among" }).count()).toBe(0);
  });

  test("follows a drawing through the network, also when digits come later, and leads back", async () => {
    const page = await opened("#v=1&p=mlp&l=8&n=300&tab=draw");
    await page.locator("inkling-pad .sheet").focus();
    await page.keyboard.press("Space");
    for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Follow it through the network" }).click();
    const inside = page.locator("inkling-inside");
    const inputs = () =>
      inside.evaluate((pane: InklingInside) => Array.from(pane.trace?.inputs ?? []).filter((x) => x > 0).length);
    await becomes(() => inside.getByRole("button", { name: "Back to the test set" }).count()).toBe(1);
    const drawn = await inputs();
    expect(drawn).toBeGreaterThan(0);
    // Judge fetches further digits: the one that is looked at stays.
    await tab(page, "Judge").click();
    await becomes(() => page.locator("inkling-judge dd.large").first().textContent()).toMatch(/%/);
    await tab(page, "Look inside").click();
    expect(await inputs()).toBe(drawn);
    await inside.getByRole("button", { name: "Back to the test set" }).click();
    await becomes(() => inside.locator("[data-example]").inputValue()).toBe("0");
    await inside.locator("[data-example]").fill("41");
    await inside.locator("[data-example]").press("Enter");
    await tab(page, "Draw").click();
    await tab(page, "Look inside").click();
    expect(await inside.locator("[data-example]").inputValue()).toBe("41");
  });

  test("says of a drawing whether the network that the page has trained knows its like", async () => {
    const page = await opened("#v=1&p=mlp&l=16&n=2000&b=50&e=1&at=40&tab=draw");
    await page.locator("inkling-pad .sheet").focus();
    await page.keyboard.press("Space");
    for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    const answer = () => page.locator("inkling-draw .answer").textContent();
    await becomes(answer).toMatch(/Familiar: \d+% of the drawing/);
  });

  test("shows how the layers changed since the training began, although Judge is opened at its end", async () => {
    const page = await opened("#v=1&p=mlp&l=8&n=300&b=50&e=2");
    await page.locator("inkling-train").getByRole("button", { name: "Start", exact: true }).click();
    await becomes(() => page.locator("inkling-train .where").textContent()).toContain("Done");
    await tab(page, "Judge").click();
    // Of the digits in the page only those that it learned from: others would hide that it knows them by heart.
    await becomes(() => page.locator("inkling-judge").getByText("Training examples of 300").count()).toBe(1);
    // Twelve steps, and the beginning.
    const captions = () => page.locator("inkling-judge .spreads figcaption").allTextContents();
    await becomes(captions).toHaveLength(4);
    await becomes(async () => (await captions()).every((text) => text.includes("13 moments"))).toBe(true);
    // The same training once more ends with the same network, and not with another one under its name.
    const right = () => page.locator("inkling-judge dd.large").first().textContent();
    const before = await right();
    await tab(page, "Train").click();
    await page.locator("inkling-train").getByRole("button", { name: "Reset" }).click();
    await becomes(() => page.locator("inkling-train .where").textContent()).toContain("Ready");
    await page.locator("inkling-train").getByRole("button", { name: "Start", exact: true }).click();
    await becomes(() => page.locator("inkling-train .where").textContent()).toContain("Done");
    await tab(page, "Judge").click();
    await becomes(() => page.locator("inkling-judge").getByText("Training examples of 300").count()).toBe(1);
    expect(await right()).toBe(before);
  });

  test("tells a training that is too short from one that overfits, though both know their examples better", async () => {
    const gap = (page: Page) => () => page.locator("inkling-judge .gap").textContent();
    const short = await opened("#v=1&p=mlp&l=20&n=1000&e=3&b=100&s=4&at=30&tab=judge");
    await becomes(gap(short)).toMatch(/still helps with these: halfway .* It is not overfitting yet: let it go on\.$/);
    const long = await opened("#v=1&p=mlp&l=20&n=300&e=40&b=50&s=4&at=240&tab=judge");
    await becomes(gap(long)).toMatch(/does not help with these: halfway .* It is overfitting\./);
  });

  test("judges by those examples that were not held out, and says how many", async () => {
    const page = await opened("#v=1&p=mlp&l=8&n=300&b=50&e=1&va=100&at=4&tab=judge");
    await becomes(() => page.locator("inkling-judge").getByText("Training examples of 200").count()).toBe(1);
  });

  test("shows the weights of another rate, after as many steps and as many changes of the rate", async () => {
    const page = await opened("#v=1&p=mlp&l=8&n=2000&b=50&o=sgd&r=0.5&sc=constant&e=2&rc=5:0.1&at=10&tab=judge");
    const loss = () => page.locator("inkling-judge dl.sets dd").nth(1).textContent();
    await becomes(loss).toContain("loss");
    const before = await loss();
    await tab(page, "Train").click();
    const train = page.locator("inkling-train");
    await train.getByRole("button", { name: "Back 100" }).click();
    await becomes(() => train.locator(".where").textContent()).toContain("Ready");
    for (let step = 1; step <= 10; step++) {
      await train.getByRole("button", { name: "One step" }).click();
      await becomes(() => train.locator(".where").textContent()).toContain(`after step ${step} of`);
      if (step !== 5) continue;
      await train.locator("input[name=learningRate]").fill("0.001");
      await train.locator("input[name=learningRate]").press("Tab");
      await becomes(() => page.evaluate("location.hash")).toContain("rc=5");
    }
    await tab(page, "Judge").click();
    await becomes(loss).not.toBe(before);
  });
});
