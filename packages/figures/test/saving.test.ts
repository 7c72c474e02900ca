// A figure that is saved as a picture: it looks as on paper, and says what the figure says.
import { readFile } from "node:fs/promises";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

/** Charts, bars, a chain of drawn wheels, progress; with maps. */
const plain = ["f03-activation", "f05-softmax", "f11-gears"];
const mapped = ["f14-output-error", "f10-cost"];

describe.skipIf(!hasChromium)("a saved picture", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  const open = (names: readonly string[], colorScheme: "light" | "dark" = "light") => {
    const figure = (name: string) =>
      `<figure style="margin: 20px; width: 700px"><inkling-${name}></inkling-${name}>
      <figcaption>A caption of ${name} with <em>many words</em>.</figcaption></figure>`;
    const style = "document.documentElement.style.cssText = 'color-scheme: light dark; font: 17px sans-serif'";
    return chromium
      .open(names.map(figure).join(""), { colorScheme, viewport: { width: 900, height: 900 } })
      .then(async (opened) => {
        await opened.page.evaluate(style);
        await expect.poll(() => opened.page.locator("inkling-question").count()).toBe(names.length);
        return opened;
      });
  };

  const saved = async (page: Page, name: string, kind: "PNG" | "SVG") => {
    const figure = page.locator(`inkling-${name}`);
    const button = figure.getByRole("button", { name: new RegExp(`^${kind}`) });
    if (!(await button.isVisible())) await figure.getByRole("button", { name: "Save as a picture" }).click();
    const waiting = page.waitForEvent("download");
    await button.click();
    const download = await waiting;
    expect(download.suggestedFilename()).toBe(`${name}.${kind.toLowerCase()}`);
    // The figure is as it was.
    await expect.poll(() => button.isVisible()).toBe(true);
    return readFile(await download.path());
  };

  test("looks like the figure on paper", async () => {
    const { page, errors } = await open(plain);
    for (const name of plain) {
      const svg = await saved(page, name, "SVG");
      await page.emulateMedia({ media: "print" });
      const shot = await page.locator(`inkling-${name}`).screenshot();
      const box = await page.locator(`inkling-${name}`).boundingBox();
      await page.emulateMedia({ media: "screen" });
      const different = await page.evaluate(differentParts, {
        svg: `data:image/svg+xml;base64,${svg.toString("base64")}`,
        shot: `data:image/png;base64,${shot.toString("base64")}`,
        width: Math.floor(box?.width ?? 0),
        height: Math.floor(box?.height ?? 0),
      });
      expect(different.parts).toBeGreaterThan(1000);
      // Letters may stand half a pixel elsewhere.
      expect(different.share, name).toBeLessThan(0.02);
    }
    expect(errors).toEqual([]);
  });

  test("has the figure's words and numbers, its caption and its address, and nothing that runs", async () => {
    const { page, errors } = await open([...plain, ...mapped], "dark");
    await page.evaluate("location.hash = '#v=1&digit=18'");
    for (const name of [...plain, ...mapped]) {
      const text = (await saved(page, name, "SVG")).toString();
      const words = (await page.evaluate(textOf, text)) as string;
      expect(words).toContain(`A caption of ${name} with many words.`);
      expect(words).toMatch(new RegExp(`Inkling · 127.0.0.1:\\d+/fig/${name}#v=1&digit=18`));
      expect(words).not.toContain("Save as a picture");
      expect(text).not.toMatch(/foreignObject|<script|<style|NaN|undefined/);
      // Each map is an image, and what it shows is said below it.
      const maps = await page.locator(`inkling-${name} inkling-map`).count();
      expect((text.match(/<image/g) ?? []).length).toBeGreaterThanOrEqual(maps);
      if (name === "f14-output-error") expect(words).toMatch(/−0\.461.*−0\.25 *\+0\.25/s);
    }
    expect(errors).toEqual([]);
  });

  test("as PNG is twice as large as the figure, and has its theme", async () => {
    const { page, errors } = await open(["f14-output-error"], "dark");
    const png = await saved(page, "f14-output-error", "PNG");
    expect(png.readUInt32BE(16)).toBe(2 * (700 + 40));
    expect(png.readUInt32BE(20)).toBeGreaterThan(1600);
    const colours = (await page.evaluate(coloursIn, `data:image/png;base64,${png.toString("base64")}`)) as number[][];
    expect(colours[0]).toEqual([0x12, 0x14, 0x17]);
    expect(colours.length).toBeGreaterThan(100);
    expect(errors).toEqual([]);
  });
});

interface Pair {
  readonly svg: string;
  readonly shot: string;
  readonly width: number;
  readonly height: number;
}

/** Of all squares of 10 × 10 pixels, the share whose mean differs by more than a tenth of white. */
async function differentParts({ svg, shot, width, height }: Pair): Promise<{ parts: number; share: number }> {
  const pixels = async (address: string, left: number, top: number) => {
    const image = new Image();
    image.src = address;
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d") as CanvasRenderingContext2D;
    context.drawImage(image, -left, -top);
    return context.getImageData(0, 0, width, height).data;
  };
  // The picture has a margin.
  const [drawn, seen] = [await pixels(svg, 20, 20), await pixels(shot, 0, 0)];
  const mean = (data: Uint8ClampedArray, column: number, row: number) => {
    let sum = 0;
    for (let y = 10 * row; y < 10 * row + 10; y++) {
      for (let x = 10 * column; x < 10 * column + 10; x++) sum += data[4 * (y * width + x) + 1] ?? 0;
    }
    return sum / 100;
  };
  let [parts, different] = [0, 0];
  for (let row = 0; row < Math.floor(height / 10); row++) {
    for (let column = 0; column < Math.floor(width / 10); column++) {
      parts++;
      if (Math.abs(mean(drawn, column, row) - mean(seen, column, row)) > 25) different++;
    }
  }
  return { parts, share: different / parts };
}

/** All text of an SVG file, in its order. */
function textOf(svg: string): string {
  const file = new DOMParser().parseFromString(svg, "image/svg+xml");
  if (file.querySelector("parsererror") !== null) throw new Error("not XML");
  const texts = [...file.querySelectorAll("text")].map(({ textContent }) => textContent ?? "");
  return texts.join(" ").replace(/\s+/g, " ").replace(/ \./g, ".");
}

/** The colours of a picture, that of its corner first. */
async function coloursIn(address: string): Promise<number[][]> {
  const image = new Image();
  image.src = address;
  await image.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
  const context = canvas.getContext("2d") as CanvasRenderingContext2D;
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const found = new Map<number, number[]>();
  for (let i = 0; i < data.length; i += 4) {
    const colour = [data[i] ?? 0, data[i + 1] ?? 0, data[i + 2] ?? 0];
    found.set(((colour[0] ?? 0) << 16) | ((colour[1] ?? 0) << 8) | (colour[2] ?? 0), colour);
  }
  return [...found.values()];
}
