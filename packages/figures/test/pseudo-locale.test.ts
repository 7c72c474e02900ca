// All figures and panes in a language that nobody speaks: no word stays English, nothing is wider than a phone, also
// from right to left.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figureNames } from "../src/loader.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

const names = figureNames.filter((name) => /^f\d\d-/.test(name));
/** Some figures at a time: a page with all of them takes long to lay out. */
const thirds = [0, 1, 2].map((third) => names.filter((_, i) => Math.floor((3 * i) / names.length) === third));
const studio = "<inkling-studio></inkling-studio><inkling-begin></inkling-begin><inkling-offline></inkling-offline>";

/** What is cut off at the edges of a phone: letters and controls, but not what scrolls. */
const cutOff = `(() => {
  const found = [];
  const visit = (root, path) => {
    for (const child of root.children) {
      const own = child.localName.includes("-") ? path + " " + child.localName : path;
      const { left, right, width } = child.getBoundingClientRect();
      const isOut = width > 1 && (right > innerWidth + 1 || left < -1);
      if (isOut && (child instanceof HTMLElement || child.localName === "text"))
        found.push([own, child.localName, child.className.baseVal ?? child.className, left | 0, right | 0].join(" "));
      if (getComputedStyle(child).overflowX !== "visible" && !(child instanceof SVGElement)) continue;
      if (child.shadowRoot) visit(child.shadowRoot, own);
      visit(child, own);
    }
  };
  visit(document.body, "");
  return found;
})()`;
/** Whether the low end of each legend is on the left of its high end. */
const legends = `[...document.querySelectorAll("*")].flatMap(function all(element) {
  const inside = [...(element.shadowRoot?.querySelectorAll("*") ?? [])];
  return [...inside.filter((own) => own.matches(".legend:has(.ramp)")), ...inside.flatMap(all)];
}).map((legend) => legend.firstElementChild.getBoundingClientRect().left < legend.lastElementChild.getBoundingClientRect().left)`;

describe.skipIf(!hasChromium)("in a language with longer words", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  const open = async (body: string) => {
    const opened = await chromium.open("", { viewport: { width: 390, height: 844 } });
    await opened.page.evaluate("figures.setLanguage('en-XA', figures.pseudo(figures.englishMessages()))");
    await opened.page.evaluate((html) => {
      document.body.insertAdjacentHTML("beforeend", html);
    }, body);
    return opened;
  };
  const fromRightToLeft = async (page: Page) => {
    await page.evaluate("document.documentElement.dir = 'rtl'");
    // What measures itself does so in the next frame, and draws in the one after it.
    await page.evaluate(
      "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))",
    );
  };

  test.each(thirds.map((some) => [some[0], some.at(-1), some] as const))(
    "no figure from %s to %s has a word that is not translated, or one that a phone cuts off",
    async (_, __, some) => {
      const { page, errors } = await open(some.map((name) => `<inkling-${name}></inkling-${name}>`).join(""));
      await expect.poll(() => page.locator(".foot").count()).toBe(some.length);
      for (const name of some) {
        const figure = page.locator(`inkling-${name}`);
        for (const answer of await figure.locator(".plain").all()) await answer.click();
        await figure.locator(".foot button").first().click();
      }
      await expect.poll(() => page.locator("inkling-key").count()).toBe(some.length);
      await expect.poll(() => page.evaluate("figures.untranslated(document.body)")).toEqual([]);
      await expect.poll(() => page.evaluate(cutOff)).toEqual([]);
      await fromRightToLeft(page);
      await expect.poll(() => page.evaluate(cutOff)).toEqual([]);
      await expect.poll(async () => ((await page.evaluate(legends)) as boolean[]).length).toBeGreaterThan(3);
      await expect.poll(() => page.evaluate(legends)).not.toContain(false);
      expect(errors).toEqual([]);
    },
  );

  test("no pane of the studio does", async () => {
    const { page, errors } = await open(studio);
    const tabs = page.locator("inkling-studio [role=tab]");
    await expect.poll(() => tabs.count()).toBeGreaterThan(3);
    for (const tab of await tabs.all()) {
      await tab.click();
      const pane = page.locator(`#${await tab.getAttribute("aria-controls")}`);
      await expect.poll(() => pane.locator("canvas, button, input").count()).toBeGreaterThan(3);
      await page.waitForLoadState("networkidle");
      await expect.poll(() => page.evaluate("figures.untranslated(document.body)")).toEqual([]);
      await expect.poll(() => page.evaluate(cutOff)).toEqual([]);
      await fromRightToLeft(page);
      await expect.poll(() => page.evaluate(cutOff)).toEqual([]);
      await page.evaluate("document.documentElement.dir = ''");
    }
    expect(errors).toEqual([]);
  });
});
