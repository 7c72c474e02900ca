// Fingers: a stroke on a sheet draws and moves no page, and what is touched is large enough. The devices are a small
// phone and a tablet, as Playwright describes them.
import { devices, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figureNames } from "../src/loader.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

const names = figureNames.filter((name) => /^f\d\d-/.test(name));
const profiles = ["iPhone SE", "iPad (gen 7)"] as const;

/**
 * In the page: what can be touched and is narrower or lower than 44 px. A word in a sentence is as high as its line.
 */
const small = `(() => {
  const all = function* (root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* all(element.shadowRoot);
    }
  };
  const TARGETS = "button, select, summary, input:not([type=checkbox], [type=radio]), label:has(input[type=checkbox]), .reach";
  return [...all(document)].filter((element) => element.matches(TARGETS) && element.checkVisibility()).flatMap((element) => {
    const { width, height } = element.getBoundingClientRect();
    const least = element.matches("label, summary, input") ? height : Math.min(width, height);
    return least >= 43.5 ? [] : [[element.getRootNode().host?.localName, element.outerHTML.slice(0, 80), width, height].join(" ")];
  });
})()`;

describe.skipIf(!hasChromium)("with fingers", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  /** A finger from one point of the window to another. */
  async function stroke(page: Page, from: readonly [number, number], to: readonly [number, number]): Promise<void> {
    const session = await page.context().newCDPSession(page);
    const send = (type: "touchStart" | "touchMove" | "touchEnd", points: { x: number; y: number }[]) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints: points });
    await send("touchStart", [{ x: from[0], y: from[1] }]);
    for (let i = 1; i <= 24; i++) {
      await send("touchMove", [
        { x: from[0] + ((to[0] - from[0]) * i) / 24, y: from[1] + ((to[1] - from[1]) * i) / 24 },
      ]);
    }
    await send("touchEnd", []);
  }

  test.each(profiles)("a stroke from top to bottom draws and scrolls nothing (%s)", async (profile) => {
    const { defaultBrowserType: _, ...device } = devices[profile] ?? {};
    const space = `<div style="height: 3000px"></div>`;
    const body = `<meta name="viewport" content="width=device-width"><inkling-pad></inkling-pad><inkling-f01-pixels></inkling-f01-pixels>${space}`;
    const { page, errors } = await chromium.open(body, device as object);
    const inked = () =>
      page.evaluate(`document.querySelector("inkling-f01-pixels").painted?.filter((byte) => byte === 255).length`);
    await expect.poll(inked).toBeGreaterThan(0);
    const before = (await inked()) as number;
    for (const selector of ["inkling-pad .sheet", "inkling-f01-pixels .paints"]) {
      await page.locator(selector).scrollIntoViewIfNeeded();
      const scrolled = await page.evaluate("scrollY");
      const box = await page.locator(selector).boundingBox();
      if (box === null) throw new Error(`There is no ${selector}.`);
      const x = box.x + box.width * 0.2;
      await stroke(page, [x, box.y + box.height * 0.1], [x, box.y + box.height * 0.9]);
      expect(await page.evaluate("scrollY"), selector).toBe(scrolled);
    }
    const points = `document.querySelector("inkling-pad").drawing.strokes.flat().length`;
    await expect.poll(() => page.evaluate(points)).toBeGreaterThanOrEqual(10);
    // A cell of the picture for each point, and each cell once.
    await expect.poll(inked).toBeGreaterThanOrEqual(before + 10);
    // Beside the sheet a finger moves the page.
    await page.evaluate("scrollTo(0, document.documentElement.scrollHeight - 2500)");
    const at = (await page.evaluate("scrollY")) as number;
    await stroke(page, [20, 400], [20, 100]);
    await expect.poll(() => page.evaluate("scrollY")).toBeGreaterThan(at);
    expect(errors).toEqual([]);
  });

  test("what is touched is 44 px wide and high, in each figure", async () => {
    const { defaultBrowserType: _, ...device } = devices["iPhone SE"] ?? {};
    const body = `<meta name="viewport" content="width=device-width">${names.map((name) => `<inkling-${name}></inkling-${name}>`).join("")}`;
    const { page } = await chromium.open(body, { ...device, reducedMotion: "reduce" } as object);
    await page
      .locator("inkling-about")
      .nth(names.length - 1)
      .waitFor({ state: "attached" });
    await expect.poll(() => page.evaluate(small)).toEqual([]);
    const wide = `[...document.body.children].filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)`;
    await expect
      .poll(() => page.evaluate(`${wide}.map(({ localName, scrollWidth }) => localName + " " + scrollWidth)`))
      .toEqual([]);
  });
});
