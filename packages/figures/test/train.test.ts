// The studio and its pane that trains, in a browser: by keyboard alone, by address, in a lesson, on a phone.

import type { DataPair } from "inkling";
import { train as trainNetwork } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare } from "../src/session/preparing.ts";
import { fromHash } from "../src/state/address.ts";
import { seriousFindings } from "./axe.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

/** A busy machine takes its time. */
const becomes = (question: () => Promise<unknown>) => expect.poll(question, { timeout: 60_000 });
const small = "#v=1&p=mlp&l=8&n=300&b=50&e=2";

describe.skipIf(!hasChromium)("the studio", () => {
  let chromium: Chromium;
  let digits: DataPair;
  beforeAll(async () => {
    digits = await mnist();
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  async function opened(hash: string, options = {}): Promise<{ page: Page; errors: readonly string[] }> {
    const { page, errors } = await chromium.open("<inkling-studio></inkling-studio>", options);
    await page.evaluate(`location.hash = ${JSON.stringify(hash)}`);
    await becomes(() => text(page, ".digest")).toMatch(/^[0-9a-f]{64}$/);
    return { page, errors };
  }
  const text = async (page: Page, selector: string) =>
    (await page.locator(`inkling-train ${selector}`).first().textContent())?.trim();
  const button = (page: Page, name: string) => page.locator("inkling-train").getByRole("button", { name, exact: true });
  /** What Node reaches by the command that the page shows. */
  async function digestInNode(hash: string): Promise<string> {
    const { backend } = await chooseBackend({ backend: "wasm", threads: 1 });
    const { model, train, options } = prepare(fromHash(hash).state.experiment, digits.train, backend);
    await trainNetwork(model, train, options);
    return model.weightsSha256();
  }

  test("trains by keyboard alone, and ends with Node's digest and the command that gives it", async () => {
    const { page, errors } = await opened(small);
    await button(page, "Start").focus();
    await page.keyboard.press("Enter");
    await becomes(() => text(page, ".where")).toBe("Done: 2 epochs.");
    await expect.poll(() => text(page, ".digest")).toBe(await digestInNode(small));
    await expect
      .poll(() => text(page, "code.command"))
      .toBe("inkling train --preset mlp --layers 8 --batch-size 50 --epochs 2 --examples 300 --seed 1");
    await expect
      .poll(() => text(page, "[role=status]"))
      .toMatch(/^Done: 2 epochs\. Loss .*, test examples read right .*%\.$/);
    await page.keyboard.press("b");
    await becomes(() => text(page, ".where")).toBe("Paused in epoch 2 of 2, after step 5 of 6.");
    await page.keyboard.press("p");
    await becomes(() => text(page, ".where")).toBe("Done: 2 epochs.");
    // From the tabs by arrows, into the next pane.
    await page.locator("inkling-studio").getByRole("tab", { name: "Train" }).focus();
    await page.keyboard.press("ArrowRight");
    await becomes(async () => page.evaluate("location.hash")).toContain("tab=");
    expect(errors).toEqual([]);
  });

  test("tells a screen reader the loss that is to be seen, of full batches too", async () => {
    const { page } = await opened("#v=1&p=original&l=8&n=300&e=3");
    await button(page, "Start").click();
    await becomes(() => text(page, ".where")).toBe("Done: 3 epochs.");
    const seen = await text(page, "dl .large");
    await becomes(() => text(page, "[role=status]")).toContain(`Loss ${seen},`);
  });

  test("is where its address says after a reload, with the same weights, and goes on to the same end", async () => {
    const { page } = await opened(small);
    for (let step = 1; step <= 3; step++) {
      await button(page, "One step").click();
      await becomes(() => text(page, ".where")).toBe(`Paused in epoch 1 of 2, after step ${step} of 6.`);
    }
    const digest = await text(page, ".digest");
    await becomes(() => page.evaluate("location.hash")).toContain("at=3");
    await page.reload();
    await becomes(() => text(page, ".digest")).toBe(digest);
    await expect.poll(() => text(page, ".where")).toBe("Paused in epoch 1 of 2, after step 3 of 6.");
    await button(page, "Go on").click();
    await becomes(() => text(page, ".digest")).toBe(await digestInNode(small));
  });

  test("does one phase at a time, shows what each did, and goes back to equal weights", async () => {
    const { page, errors } = await opened(small);
    const digest = await text(page, ".digest");
    const said = () => text(page, "inkling-phases [role=status]");
    await button(page, "Back 1 step").focus();
    await page.keyboard.press("f");
    await becomes(said).toMatch(/^All 50 examples went through the layers/);
    await expect.poll(() => page.locator("inkling-phases tbody tr").count()).toBe(3);
    await button(page, "One phase").click();
    await becomes(said).toMatch(
      /^The outputs were compared with the answers\. The mean loss of the batch is \d\.\d+\. \d+ of 50 are read right\.$/,
    );
    await expect.poll(() => page.locator("inkling-phases ul inkling-map").count()).toBe(12);
    await button(page, "One phase").click();
    await becomes(said).toMatch(/^The error went back through the layers\./);
    await expect
      .poll(() => page.locator("inkling-phases tbody th").allTextContents())
      .toEqual([
        ...["layers.1.weights", "layers.1.bias", "layers.2.weights", "layers.2.bias"],
        ...["all together", "layers.1.weights", "layers.1.bias", "layers.2.weights", "layers.2.bias"],
      ]);
    expect(await page.locator("inkling-phases h4 + p").textContent()).toMatch(
      /Batch 2 of the 6 of this epoch has 50 other examples\..* \d+° away from it/s,
    );
    await expect.poll(() => text(page, ".digest")).toBe(digest);
    expect(await seriousFindings(page)).toEqual([]);
    await button(page, "Back 1 step").click();
    await becomes(() => page.locator("inkling-phases").count()).toBe(0);
    await becomes(async () => [await text(page, ".digest"), await text(page, ".where")]).toEqual([
      digest,
      "Ready. No step has been done.",
    ]);
    for (const sentence of [/^All 50/, /^The outputs/, /^The error/]) {
      await button(page, "One phase").click();
      await becomes(said).toMatch(sentence);
    }
    await button(page, "One phase").click();
    await becomes(said).toMatch(/^Step 1 is done: weights and biases have moved, at the learning rate 0\.\d+\./);
    await expect.poll(() => text(page, ".digest")).not.toBe(digest);
    await button(page, "Back 1 step").click();
    await becomes(() => text(page, ".digest")).toBe(digest);
    expect(errors).toEqual([]);
  });

  test("looks inside with the training's own step, and the course of the weight that is picked", async () => {
    const { page, errors } = await opened(`${small}&at=4&tab=inside`);
    // As somebody opens it who gets the address: the pane that trains has never been there.
    await page.reload();
    const inside = page.locator("inkling-inside");
    await becomes(() => inside.locator(".optimizer").textContent()).toMatch(
      /by this example alone and with nothing dropped out: adam with the learning/,
    );
    // The digits come after the network, and another digit is looked into anew.
    await becomes(() => inside.locator("header").textContent()).toMatch(/of the first 1,000 in the test set/);
    const card = inside.locator("inkling-weight");
    // What comes late may move the button between the press and the release; then one clicks again.
    await becomes(async () => {
      await inside.getByRole("button", { name: /^The bias of/ }).click();
      return card.count();
    }).toBe(1);
    await becomes(() => card.locator(".history").getAttribute("aria-label")).toMatch(
      /^From 0 to [+−]0\.\d+, after 4 steps$/,
    );
    const before = await card.locator(".history").getAttribute("aria-label");
    await page.getByRole("tab", { name: "Train" }).click();
    await becomes(() => text(page, ".where")).toBe("Paused in epoch 1 of 2, after step 4 of 6.");
    await button(page, "One step").click();
    await becomes(() => text(page, ".where")).toBe("Paused in epoch 1 of 2, after step 5 of 6.");
    await page.getByRole("tab", { name: "Look inside" }).click();
    await becomes(() => card.locator(".history").getAttribute("aria-label")).toMatch(/after 5 steps$/);
    await expect.poll(() => card.locator(".history").getAttribute("aria-label")).not.toBe(before);
    // The book's network has neither.
    await page.locator("inkling-studio select[name=network-inside]").selectOption("book");
    await becomes(() => card.locator(".history").count()).toBe(0);
    await expect.poll(() => inside.locator(".optimizer").count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test("says that a training diverges, where, and offers a way on", async () => {
    const { page } = await opened("#v=1&p=mlp&l=30,30&a=leakyRelu&o=sgd&r=100&n=1000&e=20");
    await button(page, "Start").click();
    const alert = page.locator("inkling-train [role=alert]");
    await becomes(() => alert.textContent()).toMatch(
      /In epoch 1, step \d+, the numbers of layers\.\d were no longer finite/,
    );
    await button(page, "Halve the rate").click();
    await becomes(() => alert.count()).toBe(0);
    await becomes(() => page.locator("inkling-train input[name=learningRate]").inputValue()).toBe("50");
    const shown = () => page.locator("inkling-train").evaluate((pane) => pane.shadowRoot?.textContent);
    await becomes(shown).toMatch(/Loss/);
    await becomes(shown).not.toContain("NaN");
  });

  test("refuses a value beside its control, and changes nothing", async () => {
    const { page } = await opened(small);
    const layers = page.locator("inkling-train input[name=layers]");
    await layers.fill("40c30");
    await layers.press("Enter");
    await becomes(() => page.locator("inkling-settings [role=alert]").textContent()).toBe(
      "Expected layers that fit on images of 28 × 28, got 40c30. Nothing was changed.",
    );
    await expect.poll(() => text(page, "code.command")).toContain("--layers 8 ");
    await layers.fill("12");
    await layers.press("Enter");
    await becomes(() => text(page, "code.command")).toContain("--layers 12 ");
    await becomes(() => page.evaluate("location.hash")).toContain("l=12");
  });

  test("shows a lesson: a task, locked controls, and only what the teacher left", async () => {
    const { page } = await opened(
      `${small}&lesson=1&hide=curves,doctor,judge,own&task=What%20is%20%3Cb%3Eη%3C/b%3E%3F`,
    );
    await expect.poll(() => text(page, ".task")).toBe("What is <b>η</b>?");
    await expect.poll(() => page.locator("inkling-train input[name=layers]").isDisabled()).toBe(true);
    await expect.poll(() => page.locator("inkling-train").getByRole("button", { name: "Too fast" }).count()).toBe(0);
    await expect.poll(() => page.locator("inkling-curves").count()).toBe(0);
    const tabs = async () =>
      (await page.locator("inkling-studio").getByRole("tab").allTextContents()).map((tab) => tab.trim());
    await becomes(tabs).toContain("Train");
    await becomes(tabs).not.toContain("Judge");
  });

  test("tells what it could not read of an address", async () => {
    const { page } = await opened(`${small}&a=cosmic`);
    await expect
      .poll(() => page.locator("inkling-studio .notices").textContent())
      .toContain("Activation (a in the address): expected one of");
  });

  test.each([
    ["light", 390],
    ["dark", 390],
    ["light", 1280],
  ] as const)("fits its width, and axe finds nothing serious (%s, %i px)", async (colorScheme, width) => {
    const { page } = await opened(small, { viewport: { width, height: 800 }, colorScheme });
    await page.evaluate(`document.documentElement.style.colorScheme = "${colorScheme}"`);
    await page.evaluate(`document.body.style.background = "${colorScheme === "dark" ? "#121417" : "#ffffff"}"`);
    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
    expect(await seriousFindings(page)).toEqual([]);
  });

  test("leads to the book where the page has one", async () => {
    const book = '<meta name="inkling-book" content="/book/">';
    const { page } = await chromium.open(`${book}<inkling-studio></inkling-studio>`);
    await page.evaluate(`location.hash = ${JSON.stringify(small)}`);
    await becomes(() => text(page, ".digest")).toMatch(/^[0-9a-f]{64}$/);
    const links = () =>
      page
        .locator("inkling-train a")
        .evaluateAll((all: HTMLAnchorElement[]) => all.map((a) => new URL(a.href).pathname));
    await expect.poll(links).toEqual([]);
    for (let phase = 0; phase < 3; phase++) {
      await button(page, "One phase").click();
      await becomes(() => page.locator("inkling-phases li.done").count()).toBe(phase + 1);
    }
    await expect.poll(links).toEqual(["/book/gradient-descent"]);
    await page.locator("inkling-train .chips").getByRole("button", { name: "The original program" }).click();
    await expect.poll(links).toEqual(["/book/initialisation"]);
  });
});
