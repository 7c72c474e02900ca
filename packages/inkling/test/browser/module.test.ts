// An exported module in a headless Chromium: pasted into a page that is a file, and imported from an address that is
// its own text. It computes the reference's bits there, and the names of classes stay text.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { encodeModule } from "inkling/formats";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasChromium, launchChromium } from "../../../../tools/chromium.js";
import { examplesFor, exchangedNetwork } from "../exchanged-models.ts";

/** No other file may be loaded, and no text evaluated. */
const policy = "default-src 'none'; script-src 'unsafe-inline' data:";

describe.skipIf(!hasChromium)("in Chromium", () => {
  let browser: Browser;
  const directory = mkdtempSync(join(tmpdir(), "inkling-page-"));
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(directory, { recursive: true });
  });

  test.each(["names of classes", "batch normalization of images and rows"])("%s", async (name) => {
    const model = exchangedNetwork(name);
    const { code } = await encodeModule(model);
    const [example] = examplesFor(model, 1);
    const given = example instanceof Uint8Array ? "new Uint8Array" : "new Float32Array";
    const call = `JSON.stringify(predict(${given}([${example}])))`;
    const address = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
    writeFileSync(
      join(directory, "page.html"),
      `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}">
<body><script type="module">${code}
document.body.dataset.pasted = ${call};</script>
<script type="module">import { predict } from "${address}";
document.body.dataset.imported = ${call};</script>`,
    );
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    await page.goto(pathToFileURL(join(directory, "page.html")).href);
    await page.waitForFunction("document.body.dataset.imported !== undefined || undefined", undefined, {
      timeout: 20_000,
    });
    const { pasted = "", imported = "" } = await page.evaluate(() => ({ ...document.body.dataset }));
    expect(errors).toEqual([]);
    expect(await page.locator("b").count()).toBe(0);
    const wanted = await model.predict(example);
    if (wanted.task !== "classes") throw new Error("a network of classes");
    const { label, className, probabilities } = wanted;
    expect(JSON.parse(pasted)).toEqual({
      label,
      ...(className && { className }),
      probabilities: Array.from(probabilities),
    });
    expect(imported).toBe(pasted);
    await page.close();
  });
});
