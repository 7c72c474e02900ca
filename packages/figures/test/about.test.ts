// What all figures of the book have at their foot: a key of all that is drawn, the numbers as tables and files, and one
// sentence for a screen reader. A crawler looks for marks that nothing explains.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figureNames } from "../src/loader.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

const names = figureNames.filter((name) => /^f\d\d-/.test(name));

/** In the page: all elements of a figure, and whether something says what a mark is. */
const crawler = `(() => {
  const all = function* (root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot && element.localName !== "inkling-about") yield* all(element.shadowRoot);
    }
  };
  const MARKS = "inkling-bars, inkling-map, inkling-picture, svg image, " +
    ["circle", "ellipse", "line", "path", "polygon", "polyline", "rect"].map((shape) => "svg " + shape).join(", ");
  // Axes, what catches the pointer, and what shows where the keys are.
  const FRAME = "clipPath *, defs *, .grid, .zero, .reach, .paper, .pen, [data-frame]";
  globalThis.crawled = (figure) => {
    const elements = [...all(figure.shadowRoot)];
    return {
      quantities: elements.flatMap((element) => element.getAttribute("data-quantity") ?? []),
      unexplained: elements
        .filter((element) => element.matches(MARKS) && !element.matches(FRAME))
        .filter((element) => {
          for (let at = element; at; at = at.getRootNode().host) if (at.closest("[data-quantity]")) return false;
          return true;
        })
        .map(({ outerHTML }) => outerHTML.slice(0, 120)),
    };
  };
})()`;

describe.skipIf(!hasChromium)("at the foot of each figure", () => {
  let chromium: Chromium;
  let page: Page;
  let errors: readonly string[];
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
    const body = names.map((name) => `<inkling-${name}></inkling-${name}>`).join("");
    ({ page, errors } = await chromium.open(body, {
      acceptDownloads: true,
      viewport: { width: 1000, height: 900 },
    }));
    await page
      .locator("inkling-about")
      .nth(names.length - 1)
      .waitFor({ state: "attached" });
    await page.evaluate(crawler);
  });
  afterAll(() => chromium?.close());

  interface Crawled {
    readonly quantities: readonly string[];
    readonly unexplained: readonly string[];
  }

  // Each figure has its own time: one after the other they take minutes on a slow machine.
  test.each(names)("of %s, a key explains what is drawn and nothing else, and the numbers are tables", async (name) => {
    const figure = page.locator(`inkling-${name}`);
    const crawled = () => page.evaluate(`crawled(document.querySelector("inkling-${name}"))`) as Promise<Crawled>;
    // By key: while a figure grows, a button moves away from under a pointer.
    await figure.getByRole("button", { name: "What is what" }).press("Enter");
    // Figures that train begin with nothing to be seen.
    await expect.poll(async () => (await crawled()).quantities.length).toBeGreaterThan(0);
    const entries = figure.locator("[data-key]");
    const keys = () => entries.evaluateAll((all) => all.map((entry) => entry.getAttribute("data-key") ?? ""));
    const isWhole = async () => {
      const [keyed, drawn] = [await keys(), new Set((await crawled()).quantities)];
      return keyed.length === drawn.size && keyed.every((key) => drawn.has(key));
    };
    await expect.poll(isWhole).toBe(true);
    expect((await crawled()).unexplained, name).toEqual([]);
    const [found, texts] = [await keys(), await entries.locator("dd").allTextContents()];
    const mute = found.filter((_, i) => (texts[i] ?? "").trim().length < 5);
    expect(mute, name).toEqual([]);
    await figure.getByRole("button", { name: "The numbers" }).press("Enter");
    // What is covered until there is a guess has no numbers before it.
    if ((await figure.locator(".reveals").count()) > 0) {
      const skip = figure.getByRole("button", { name: "Show me the answer" });
      await skip.press("Enter");
    }
    await expect.poll(() => figure.locator("inkling-about inkling-numbers-table").count()).not.toBe(0);
    // What a figure goes on with would take the time of the next one.
    if (!name.startsWith("f03")) await figure.evaluate((element) => element.remove());
    expect(errors).toEqual([]);
  });

  test("numbers are saved as a file", async () => {
    const table = page.locator("inkling-f03-activation inkling-numbers-table").first();
    await table.locator("summary").click();
    const [download] = await Promise.all([page.waitForEvent("download"), table.getByRole("button").click()]);
    expect(download.suggestedFilename()).toBe("f03-activation-1.csv");
    const lines = (await readFile(await download.path(), "utf8")).trimEnd().split("\n");
    expect(lines).toHaveLength(122);
    // σ(0)
    expect(lines.find((line) => line.split(",")[1] === "0")?.split(",")[2]).toBe("0.5");
    await expect.poll(() => table.locator("tbody tr").count()).toBe(121);
    expect(errors).toEqual([]);
  });

  test("one sentence follows what the reader does, at most every two seconds", async () => {
    const { page, errors } = await chromium.open("<inkling-f03-activation></inkling-f03-activation>");
    const status = page.locator("inkling-f03-activation inkling-about [role=status]");
    await status.waitFor({ state: "attached" });
    // The page's clock goes as the test says, however slow the machine is.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 60_000);
    await page.evaluate(`(() => {
      globalThis.sentences = [];
      const said = document.querySelector("inkling-f03-activation").shadowRoot
        .querySelector("inkling-question").shadowRoot.querySelector("inkling-about").shadowRoot.querySelector("[role=status]");
      new MutationObserver(() => sentences.push([performance.now(), said.textContent]))
        .observe(said, { childList: true, characterData: true, subtree: true });
    })()`);
    await page.locator("inkling-f03-activation [role=slider]").focus();
    for (let i = 0; i < 12; i++) {
      await page.keyboard.press("ArrowLeft");
      await page.clock.runFor(300);
    }
    const soon = async () => {
      await page.clock.runFor(100);
      return status.textContent();
    };
    await expect.poll(soon).toMatch(/z, the sum: \+3\.4; .*the slope: 0\.0313/);
    await expect.poll(() => status.getAttribute("aria-live")).toBe("polite");
    const told = (await page.evaluate("sentences")) as [number, string][];
    expect(told.length).toBeGreaterThan(1);
    const pauses = told.slice(1).map(([at], i) => at - (told[i]?.[0] ?? 0));
    expect(pauses.filter((pause) => pause < 2000)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
