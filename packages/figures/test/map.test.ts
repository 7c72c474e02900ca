// A grid of numbers in a browser: its colours are the palette's, and it is reached by pointer and by keyboard.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { colourOf, palettes } from "../src/colours/palette.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("a map", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium?.close());

  const body = `<div style="width: 300px"><inkling-map label="weights"></inkling-map></div>`;
  const ramp = Array.from({ length: 784 }, (_, i) => (i - 392) / 392);
  async function opened(options = {}) {
    const { page, errors } = await chromium.open(body, options);
    await page.evaluate(`(async () => {
      const map = document.querySelector("inkling-map");
      map.values = ${JSON.stringify(ramp)};
      await map.updateComplete;
    })()`);
    return { page, errors };
  }
  /** The colours of the canvas, cell by cell. */
  const colours = `(() => {
    const canvas = document.querySelector("inkling-map").renderRoot.querySelector("canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: 784 }, (_, i) => [data[4 * i], data[4 * i + 1], data[4 * i + 2]]);
  })()`;

  test.each(["light", "dark"] as const)("has the palette's colour in each of its cells (%s)", async (theme) => {
    const { page, errors } = await opened();
    await page.evaluate(`document.documentElement.style.colorScheme = "${theme}"`);
    const expected = ramp.map((value) => Array.from(colourOf(value, 1, "signed", palettes[theme])));
    await expect.poll(() => page.evaluate(colours)).toEqual(expected);
    expect(errors).toEqual([]);
  });

  test("has cells that a hatch can be seen in on paper, and where a browser forces its colours", async () => {
    const { page } = await opened({ colorScheme: "dark" });
    const width = `document.querySelector("inkling-map").renderRoot.querySelector("canvas").width`;
    await expect.poll(() => page.evaluate(width)).toBe(28);
    await page.emulateMedia({ media: "print" });
    await expect.poll(() => page.evaluate(width)).toBeGreaterThan(28);
    await page.emulateMedia({ media: "screen" });
    await expect.poll(() => page.evaluate(width)).toBe(28);
    await page.emulateMedia({ forcedColors: "active" });
    await expect.poll(() => page.evaluate(width)).toBeGreaterThan(28);
  });

  // 100 maps take longer than a slice on any machine: some are drawn at once, the others after what came between.
  test.each(["screen", "paper"])("many are drawn in several tasks, on paper all in one (%s)", async (where) => {
    // The one that is there already listens to the printer.
    const { page, errors } = await opened();
    const drawnBetween = await page.evaluate(`(async () => {
      if (${where === "paper"}) dispatchEvent(new Event("beforeprint"));
      const { port1, port2 } = new MessageChannel();
      const between = new Promise((resolve) => { port1.onmessage = () => resolve(drawn()); });
      const maps = Array.from({ length: 100 }, () => document.createElement("inkling-map"));
      const drawn = () => maps.filter((map) => map.hasUpdated).length;
      for (const map of maps) map.values = ${JSON.stringify(ramp)};
      port2.postMessage(undefined);
      globalThis.drawn = drawn;
      document.body.append(...maps);
      return between;
    })()`);
    if (where === "paper") expect(drawnBetween).toBe(100);
    else expect(drawnBetween).toBeLessThan(100);
    await expect.poll(() => page.evaluate("drawn()")).toBe(100);
    expect(errors).toEqual([]);
  });

  test.each(["print", "forced colours", "asked"])(
    "a sign is a pattern, too, also of bars and areas: %s",
    async (where) => {
      const { page } = await chromium.open(`<inkling-bars></inkling-bars><inkling-plot></inkling-plot>`);
      await page.evaluate(`(async () => {
      const [bars, plot] = [document.querySelector("inkling-bars"), document.querySelector("inkling-plot")];
      bars.values = [-1, 0.5];
      plot.areas = [{ corners: [[0, 0], [1, 0], [1, 1]], tone: "negative" }];
      plot.marks = [{ x: 0.5, y: 0.5, tone: "negative" }, { x: 0.2, y: 0.5, tone: "positive" }];
      plot.lines = [{ points: [[0, 0], [1, 1]], tone: "negative" }, { points: [[0, 1], [1, 0]], tone: "positive" }];
      await Promise.all([bars.updateComplete, plot.updateComplete]);
    })()`);
      const looks = () =>
        page.evaluate(`(() => {
        const [bars, plot] = ["bars", "plot"].map((name) => document.querySelector("inkling-" + name).renderRoot);
        const of = (root, selector) => getComputedStyle(root.querySelector(selector));
        return [
          of(bars, ".bar.negative").backgroundImage.includes("gradient"),
          of(bars, ".bar.positive").backgroundImage.includes("gradient"),
          of(plot, ".hatch").display !== "none",
          of(plot, ".mark.negative").fill !== of(plot, ".mark.negative").stroke,
          of(plot, ".mark.positive").fill !== of(plot, ".mark.negative").stroke,
          of(plot, ".line.negative").strokeDasharray !== of(plot, ".line.positive").strokeDasharray,
        ];
      })()`);
      await expect.poll(() => looks()).toEqual([false, false, false, false, true, false]);
      if (where === "print") await page.emulateMedia({ media: "print" });
      else if (where === "forced colours") await page.emulateMedia({ forcedColors: "active" });
      else await page.evaluate(`for (const part of document.body.children) part.setAttribute("pattern", "")`);
      const areColoursForced = where === "forced colours";
      await expect.poll(looks).toEqual([true, false, true, true, !areColoursForced, true]);
    },
  );

  test("is one stop of the tab key, and the arrows move in it", async () => {
    const { page } = await opened();
    await page.keyboard.press("Tab");
    for (const key of ["ArrowRight", "ArrowDown", "ArrowRight", "End", "ArrowUp"]) await page.keyboard.press(key);
    await expect.poll(() => page.locator("inkling-map output").textContent()).toBe("row 0, column 27: −0.9311");
    await page.keyboard.press("Tab");
    await expect.poll(() => page.evaluate("document.activeElement.tagName")).toBe("BODY");
  });

  test("says the number under the pointer, with its sign, and tells the page which", async () => {
    const { page } = await opened();
    await page.evaluate(`addEventListener("pick", ({ detail }) => { globalThis.picked = detail.index; })`);
    const box = await page.locator("inkling-map canvas").boundingBox();
    if (box === null) throw new Error("The map is not to be seen.");
    await page.mouse.move(box.x + (box.width * 20.5) / 28, box.y + (box.height * 20.5) / 28);
    await expect.poll(() => page.locator("inkling-map output").textContent()).toBe("row 20, column 20: +0.4796");
    await expect.poll(() => page.evaluate("globalThis.picked")).toBe(580);
  });

  test("has the same picture for twice the numbers, and twice the legend", async () => {
    const { page } = await opened();
    const before = await page.evaluate(colours);
    await page.evaluate(`(async () => {
      const map = document.querySelector("inkling-map");
      map.values = ${JSON.stringify(ramp.map((value) => 2 * value))};
      await map.updateComplete;
    })()`);
    await expect.poll(() => page.evaluate(colours)).toEqual(before);
    await expect.poll(() => page.locator("inkling-map .legend").first().textContent()).toMatch(/−2\s+\+2/);
  });
});
