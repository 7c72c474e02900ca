// What the README's ten lines cost a page: the library as npm ships it, bundled, minified and packed with gzip.
// Mistakes that this finds: a table that pulls in what nobody asked for, and a side effect at the top of a module.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { type OutputChunk, rolldown } from "rolldown";
import { expect, test } from "vitest";

/** Bytes of gzip: docs/decisions/0016 says what they are for. */
const MOST = 57_000;

const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
const tenLines = /^```ts\n(import .*?)^```/ms.exec(readme)?.[1] ?? "";
// There is no such file: the name only says whose `inkling` is meant.
const input = fileURLToPath(new URL("../ten-lines.js", import.meta.url));

/** The ten lines and what they need of the built library; the entries of the platforms stay outside. */
async function bundled(): Promise<OutputChunk[]> {
  const bundle = await rolldown({
    input,
    platform: "browser",
    external: ["inkling/node", "inkling/browser"],
    optimization: { inlineConst: { mode: "all", pass: 2 } },
    plugins: [
      {
        name: "ten-lines",
        resolveId: (id) => (id === input ? id : undefined),
        load: (id) => (id === input ? tenLines : undefined),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true, comments: false });
  await bundle.close();
  return output.filter((part) => part.type === "chunk");
}

test(`the README's ten lines are one file of less than ${MOST} bytes of gzip`, async () => {
  const chunks = await bundled();
  expect(chunks).toHaveLength(1);
  const bytes = gzipSync(chunks[0].code, { level: 9 }).length;
  const kernels = Object.entries(chunks[0].modules).find(([file]) => file.endsWith("fast/kernels.js"))?.[1].code ?? "";
  const ofKernels = gzipSync(kernels, { level: 9 }).length;
  console.log(`The README's ten lines: ${bytes} bytes of gzip. The kernels alone: ${ofKernels}.`);
  expect(bytes).toBeLessThan(MOST);
});

test("what the ten lines do not use is not in their bundle", async () => {
  const [{ modules }] = await bundled();
  const used = Object.keys(modules).filter((file) => modules[file].renderedExports.length > 0);
  for (const unused of [
    "data/csv",
    "data/table",
    "data/scaling",
    "formats/",
    "presets/",
    "proofs/",
    "reference/",
    "numbers/float64",
  ]) {
    expect(used.filter((file) => file.includes(`/src/${unused}`) || file.includes(`/backends/${unused}`))).toEqual([]);
  }
});
