// The same pictures and Parquet files in a headless Chromium: a bundle of the built package, for a page.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { describe, expect, test } from "vitest";
import { hasChromium, launchChromium } from "../../../tools/chromium.js";

const golden = (file: string) => JSON.parse(readFileSync(new URL(`golden/${file}`, import.meta.url), "utf8"));

/** What the page is served, by the ends of addresses. */
async function bundled(): Promise<Map<string, string>> {
  const entry = "entry.js";
  const bundle = await rolldown({
    input: entry,
    platform: "browser",
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => {
          const names = ["data", "images", "parquet"].map((area) => `export * from "inkling-formats/${area}";`);
          return id === entry ? names.join("\n") : undefined;
        },
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm" });
  return new Map(output.map((part) => [`/${part.fileName}`, part.type === "chunk" ? part.code : ""]));
}

describe.skipIf(!hasChromium)("in Chromium", () => {
  test("pictures, folders and Parquet files are what they are in Node", async () => {
    const files = await bundled();
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.route("**/*", (route) => {
        const code = files.get(new URL(route.request().url()).pathname);
        const contentType = code === undefined ? "text/html" : "text/javascript";
        return route.fulfill({ contentType, body: code ?? "<!doctype html><title>Inkling</title>" });
      });
      await page.goto("http://inkling.test/");
      await page.addScriptTag({
        type: "module",
        content: 'import * as formats from "/entry.js"; window.formats = formats;',
      });
      await page.waitForFunction("window.formats !== undefined");
      const found = await page.evaluate(asked, {
        pictures: golden("pictures.json").cases,
        parquet: golden("parquet.json"),
      });
      expect(found).toEqual({ wrong: [], tables: 11, pictures: 7, shape: [21, 37, 3] });
    } finally {
      await browser.close();
    }
  });
});

interface Asked {
  readonly pictures: readonly { name: string; file: string; pixels: string; most: number }[];
  readonly parquet: { readonly tables: Record<string, string>; readonly pictures: Record<string, string> };
}

type Formats = typeof import("inkling-formats/data") & typeof import("inkling-formats/images");

/** Runs in the page. */
async function asked({ pictures, parquet }: Asked) {
  const { decodePicture, imageFolderFrom, readBytes } = (globalThis as unknown as { formats: Formats }).formats;
  const bytesOf = (text: string) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const wrong: string[] = [];
  for (const { name, file, pixels, most } of pictures) {
    const picture = await decodePicture(bytesOf(file), name);
    if (bytesOf(pixels).some((value, i) => Math.abs(value - picture.pixels[i]) > most)) wrong.push(name);
  }
  let tables = 0;
  for (const file of Object.values(parquet.tables)) {
    const data = await readBytes("t.parquet", new Blob([bytesOf(file)]), { label: "word" });
    if ("only" in data && data.only.count === 40) tables++;
  }
  const hub = await readBytes("p.parquet", bytesOf(parquet.pictures["hugging face"]));
  const jpeg = bytesOf(pictures.find(({ name }) => name === "jpeg colour")?.file ?? "");
  const { train } = await imageFolderFrom(
    "x",
    ["a/1.jpg", "b/1.jpg"].map((path) => ({ path, bytes: jpeg })),
  );
  return { wrong, tables, pictures: "only" in hub ? hub.only.count : 0, shape: train.shape };
}
