// By keys alone: in every figure and in every pane Tab comes to all that can be operated, one sees where it is, and
// nothing answers a pointer alone.
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { figureNames } from "../src/loader.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

const names = figureNames.filter((name) => /^f\d\d-/.test(name));
/** Some figures at a time: a page with all of them takes long to lay out. */
const thirds = [0, 1, 2].map((third) => names.filter((_, i) => Math.floor((3 * i) / names.length) === third));

/** In the page: what can be operated, what has the focus, and what only a pointer could reach. */
const crawler = `globalThis.crawler = (() => {
  // A button opens what chooses a file.
  const OPERABLE = "a[href], button, input:not([type=file]), select, textarea, summary, " +
    "[tabindex]:not(input), [role=slider]";
  const all = function* (root) {
    for (const element of root.querySelectorAll("*")) {
      yield element;
      if (element.shadowRoot) yield* all(element.shadowRoot);
    }
  };
  const parent = (element) => element.assignedSlot ?? element.parentNode ?? element.host;
  const said = (element) =>
    [element.getRootNode().host?.localName, element.outerHTML.replace(/<!--.*?-->/g, "").slice(0, 100)].join(" ");
  const isSeen = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;
  const reached = new Set();
  /** How it looks, with what is drawn in it. */
  const lookOf = (element) =>
    [element, ...element.querySelectorAll("*")].map((part) => {
      const { outline, boxShadow, stroke, strokeWidth, fill, backgroundColor } = getComputedStyle(part);
      return [outline, boxShadow, stroke, strokeWidth, fill, backgroundColor].join();
    }).join();
  let last;
  /** A group of which one member is reached by Tab, and the others by arrows. */
  const groupOf = (element) => {
    if (element.type === "radio") {
      const radios = element.getRootNode().querySelectorAll("input[type=radio]");
      return [...radios].filter(({ name }) => name === element.name);
    }
    const group = element.closest("[role=tablist], [role=radiogroup], [role=grid], [role=listbox], [role=toolbar]");
    return group === null ? [] : [...group.querySelectorAll(OPERABLE)];
  };
  return {
    /** What has the focus: its number, what it is, and whether one sees it. */
    look() {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      // What had the focus before looks as it does without.
      const isSame = last?.element.isConnected && lookOf(last.element) === last.look;
      const unmarked = isSame ? said(last.element) : undefined;
      last = undefined;
      if (element === null || element === document.body) return { unmarked };
      last = { element, look: lookOf(element) };
      const isKnown = reached.has(element);
      reached.add(element);
      return { isKnown, unmarked };
    },
    missed() {
      return [...all(document)]
        .filter((element) => element.matches(OPERABLE) && isSeen(element) && !element.disabled)
        .filter((element) => !reached.has(element) && !groupOf(element).some((other) => reached.has(other)))
        .map(said);
    },
    /** What looks as if a pointer could operate it, and has no way for keys. */
    onlyPointed() {
      const cursorOf = (element) => (element instanceof Element ? getComputedStyle(element).cursor : "auto");
      const above = (element) => {
        const at = parent(element);
        return at instanceof ShadowRoot ? at.host : at;
      };
      const hasKeys = (element) => {
        for (let at = element; at instanceof Element; at = above(at)) if (at.matches(OPERABLE + ", label")) return true;
        const inside = [...all(element), ...(element.shadowRoot ? all(element.shadowRoot) : [])];
        return inside.some((one) => one.matches(OPERABLE));
      };
      return [...all(document)]
        .filter((element) => isSeen(element) && !["auto", "default", "text", "not-allowed"].includes(cursorOf(element)))
        .filter((element) => cursorOf(element) !== cursorOf(above(element)) && !hasKeys(element))
        .map(said);
    },
  };
})()`;

/** A page in which Tab stops less often has not all that it will have. */
const LEAST = 8;

interface Look {
  /** Whether it had the focus before. */
  readonly isKnown?: boolean;
  /** What had the focus last, if one did not see that. */
  readonly unmarked?: string;
}

/** Tabs once around the page: what is not reached, what does not look as if it had the focus, what has no keys. */
async function crawled(page: Page) {
  await page.evaluate(crawler);
  const unmarked: string[] = [];
  let count = 0;
  for (; count < 2000; count++) {
    await page.keyboard.press("Tab");
    const look = (await page.evaluate("crawler.look()")) as Look;
    if (look.unmarked !== undefined) unmarked.push(look.unmarked);
    if (look.isKnown) break;
  }
  const [missed, onlyPointed] = [await page.evaluate("crawler.missed()"), await page.evaluate("crawler.onlyPointed()")];
  return { hasCome: count > LEAST, missed, unmarked, onlyPointed };
}

const nothing = { hasCome: true, missed: [], unmarked: [], onlyPointed: [] };

describe.skipIf(!hasChromium)("by keys alone", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  test.each(thirds.map((some) => [some[0], some.at(-1), some] as const))(
    "every figure from %s to %s is operated",
    async (_first, _last, some) => {
      const { page } = await chromium.open(some.map((name) => `<inkling-${name}></inkling-${name}>`).join(""));
      await page.waitForLoadState("networkidle");
      await expect.poll(() => crawled(page)).toEqual(nothing);
    },
  );

  test("every pane of the studio is operated", async () => {
    const { page } = await chromium.open("<inkling-studio></inkling-studio>");
    await page.evaluate(`location.hash = "v=1&p=mlp&l=8&n=300&b=50&e=1"`);
    const studio = page.locator("inkling-studio");
    await studio.getByRole("button", { name: "Start", exact: true }).click();
    await expect.poll(() => page.locator("inkling-train .where").textContent()).toContain("Done");
    for (const tab of await studio.getByRole("tab").all()) {
      await tab.click();
      await page.waitForLoadState("networkidle");
      await expect.poll(() => crawled(page)).toEqual(nothing);
    }
  });
});
