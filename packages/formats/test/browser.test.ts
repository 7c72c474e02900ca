// Files in a page: the built packages, bundled as a page would have them, in a headless Chromium.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { rolldown } from "rolldown";
import { expect, test } from "vitest";
import { hasChromium, launchChromium } from "../../../tools/chromium.js";

// There is no such file: the name only says whose packages are meant.
const input = fileURLToPath(new URL("page.js", import.meta.url));

async function bundled(): Promise<string> {
  const bundle = await rolldown({
    input,
    platform: "browser",
    transform: { define: { "import.meta": "{}" } },
    plugins: [
      {
        name: "page",
        resolveId: (id) => (id === input ? id : undefined),
        load: (id) => (id === input ? 'export { readBytes } from "inkling-formats/data";' : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "iife", name: "formats", codeSplitting: false });
  await bundle.close();
  return output[0].code;
}

test.skipIf(!hasChromium)("a page reads tables and arrays, packed or not, as Node does", async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.setContent("<!doctype html><title>Files</title>");
    await page.addScriptTag({ content: await bundled() });
    const read = (name: string, bytes: Uint8Array, options: object) =>
      page.evaluate(
        `(async () => {
          const bytes = Uint8Array.from(atob(${JSON.stringify(Buffer.from(bytes).toString("base64"))}), (c) => c.charCodeAt(0));
          const data = await formats.readBytes(${JSON.stringify(name)}, new Blob([bytes]), ${JSON.stringify(options)});
          const { count, shape, inputs, columnNames = [], classNames = [] } = data.only ?? data.train;
          return { count, shape, first: Array.from(inputs.subarray(0, 4)), columnNames, classNames };
        })().catch((error) => error.message)`,
      );
    const table = 'colour;x;kind\n"red; light";1,5;a\nblue;2,5;b\n';
    const found = {
      count: 2,
      shape: [3],
      first: [0, 1, 1.5, 1],
      columnNames: ["colour=blue", "colour=red; light", "x"],
      classNames: ["a", "b"],
    };
    for (const bytes of [Buffer.from(table), gzipSync(table)]) {
      expect(await read("table", bytes, { label: "kind" })).toEqual(found);
    }
    const npz = readFileSync(new URL("golden/keras.npz", import.meta.url));
    expect(await read("keras.npz", npz, {})).toMatchObject({ count: 20, shape: [5, 6, 1], first: [255, 228, 34, 121] });
    expect(await read("bad.csv", Buffer.from('a,b\n"1,2'), {})).toMatch(/^bad\.csv line 2: expected comma-separated/);
  } finally {
    await browser.close();
  }
});
