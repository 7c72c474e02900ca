// One's own files in a page: a file of each kind is read, a broken one of each kind gets its sentence and changes
// nothing, and a model goes out and comes back the same.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dense, flatten, network } from "inkling";
import { encodeModel, encodeNpy, encodeNpz } from "inkling/formats";
import { zip } from "inkling-formats/archives";
import { encodePng } from "inkling-formats/images";
import { encodeOnnx } from "inkling-formats/onnx";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

const idx = (shape: readonly number[], values: Uint8Array) => {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(0x0800 + shape.length);
  for (const [d, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * d);
  return Buffer.concat([header, values]);
};
const pixels = Uint8Array.from({ length: 20 * 16 }, (_, e) => (e * 37) % 256);
const labels = Uint8Array.from({ length: 20 }, (_, i) => i % 4);
const csv = [
  "width,height,kind",
  ...Array.from({ length: 20 }, (_, i) => `${i},${20 - i},${i % 2 ? "<b>rose</b>" : "iris"}`),
];

interface File {
  readonly name: string;
  readonly buffer: Buffer;
}
const file = (name: string, bytes: Uint8Array | string): File => ({ name, buffer: Buffer.from(bytes) });
const npz = async () => {
  const x = encodeNpy({ shape: [20, 16], values: Float32Array.from(pixels) });
  return zip([
    ["X.npy", x],
    ["y.npy", encodeNpy({ shape: [20], values: labels })],
  ]);
};

describe.skipIf(!hasChromium)("the pane for one's own files", () => {
  let chromium: Chromium;
  let directory = "";
  beforeAll(async () => {
    chromium = await startChromium();
    directory = await mkdtemp(join(tmpdir(), "inkling-own-"));
    for (const kind of ["cats", "dogs"]) {
      await mkdir(join(directory, "pets", kind), { recursive: true });
      for (let i = 0; i < 6; i++) {
        const picture = { width: 8, height: 8, channels: 1 as const, pixels: pixels.slice(i, i + 64) };
        await writeFile(join(directory, "pets", kind, `${i}.png`), await encodePng(picture));
      }
    }
  });
  afterAll(async () => {
    await chromium?.close();
    await rm(directory, { recursive: true, force: true });
  });

  async function opened(): Promise<{ page: Page; errors: readonly string[] }> {
    const found = await chromium.open("<main><h1>Yours</h1><h2>Files</h2><inkling-own></inkling-own></main>");
    await found.page.evaluate(`(() => {
      const told = { data: [], models: [] };
      globalThis.told = told;
      addEventListener("data-change", ({ detail: { name, train, test } }) => {
        told.data.push({ name, train: train.count, test: test.count, shape: train.shape, classes: train.classNames ?? train.classes });
      });
      addEventListener("model-change", async ({ detail }) => { told.models.push(await detail.model.weightsSha256()); });
    })()`);
    return found;
  }
  /** What an asynchronous reading has said, in the end: what was found, or what was wrong. */
  const said = (page: Page) =>
    expect.poll(async () => {
      const texts = await page.locator("inkling-own :is(.found, [role=alert])").allTextContents();
      return texts.join(" ").replace(/\s+/g, " ").trim();
    });

  const kinds: readonly [string, () => Promise<readonly File[]>, RegExp, object][] = [
    [
      "a table",
      async () => [file("flowers.csv", csv.join("\n"))],
      /18 examples .* 2 to be tested on, each 2 numbers; 2 classes: <b>rose<\/b>, iris\./,
      { train: 18, test: 2, shape: [2] },
    ],
    [
      "an NPZ file",
      async () => [file("arrays.npz", await npz())],
      /18 examples .* each 16 numbers; 4 classes/,
      { shape: [16], classes: ["0", "1", "2", "3"] },
    ],
    [
      "two IDX files",
      async () => [file("a", idx([20, 4, 4], pixels)), file("b", idx([20], labels))],
      /18 examples .* each 4 × 4 × 1 numbers/,
      { shape: [4, 4, 1] },
    ],
    [
      "four IDX files",
      async () => [
        file("train-images-idx3-ubyte", idx([20, 4, 4], pixels)),
        file("train-labels-idx1-ubyte", idx([20], labels)),
        file("t10k-images.idx3-ubyte", idx([20, 4, 4], pixels)),
        file("t10k-labels.idx1-ubyte", idx([20], labels)),
      ],
      /20 examples to learn from, 20 to be tested on/,
      { train: 20, test: 20 },
    ],
  ];

  test.each(kinds)("reads %s, and tells the page", async (_, files, sentence, told) => {
    const { page, errors } = await opened();
    await page
      .locator("inkling-own input.files")
      .setInputFiles((await files()).map((one) => ({ ...one, mimeType: "" })));
    if ((await files())[0]?.name === "flowers.csv") {
      // Nothing is wrong: it is asked, and the file need not be chosen again.
      const asked = page.locator("inkling-own .ask");
      await expect
        .poll(() => asked.locator("p").textContent())
        .toMatch(/^Which column of flowers\.csv holds the answers/);
      expect(await page.locator("inkling-own [role=alert]").count()).toBe(0);
      await asked.getByRole("button", { name: "kind" }).click();
      await expect.poll(() => page.locator("inkling-own .options input.label").inputValue()).toBe("kind");
    }
    await said(page).toMatch(sentence);
    await page.locator("inkling-own button.learn").click();
    await expect.poll(() => page.evaluate("told.data")).toMatchObject([told]);
    await expect.poll(() => page.locator("inkling-own b").count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test("reads a folder of pictures, one subfolder a class", async () => {
    const { page } = await opened();
    await page.locator("inkling-own input.folder").setInputFiles(join(directory, "pets"));
    await said(page).toMatch(/pets: 11 examples .* each 8 × 8 × 1 numbers; 2 classes: cats, dogs\./);
  });

  const broken: readonly [string, () => Promise<readonly File[]>, RegExp][] = [
    [
      "a table",
      async () => [file("flowers.csv", "width,kind\n1,iris\n2\n")],
      /flowers\.csv line 3: expected 2 columns, got 1\. Nothing was changed\.$/,
    ],
    [
      "an NPZ file",
      async () => [file("arrays.npz", (await npz()).subarray(0, 300))],
      /arrays\.npz.*expected.* Nothing was changed\.$/,
    ],
    [
      "IDX files",
      async () => [file("a", idx([20, 4, 4], pixels.subarray(1))), file("b", idx([20], labels))],
      /expected.* Nothing was changed\.$/,
    ],
    [
      "a Parquet file",
      async () => [file("rows.parquet", `PAR1${"x".repeat(60)}PAR1`)],
      /rows\.parquet.*expected.* Nothing was changed\.$/,
    ],
    [
      "a picture",
      async () => [file("digit.png", Buffer.from("89504e470d0a1a0a0000", "hex"))],
      /digit\.png.*expected.* Nothing was changed\.$/,
    ],
    [
      "a file of nobody's",
      async () => [file("<img src=x>", Buffer.of(1, 2, 3, 0))],
      /<img src=x>: expected.* Nothing was changed\.$/,
    ],
  ];

  test.each(broken)("says in one sentence what is wrong with %s, and keeps what it had", async (_, files, sentence) => {
    const { page, errors } = await opened();
    await page.locator("inkling-own input.label").fill("kind");
    await page.locator("inkling-own input.files").setInputFiles([
      { ...file("a", idx([20, 4, 4], pixels)), mimeType: "" },
      { ...file("b", idx([20], labels)), mimeType: "" },
    ]);
    await said(page).toMatch(/^IDX files: 18 examples/);
    await page
      .locator("inkling-own input.files")
      .setInputFiles((await files()).map((one) => ({ ...one, mimeType: "" })));
    await expect.poll(() => page.locator("inkling-own [role=alert]").textContent()).toMatch(sentence);
    await expect.poll(() => page.locator("inkling-own .found").textContent()).toContain("18 examples");
    await expect.poll(() => page.locator("inkling-own img").count()).toBe(0);
    await expect.poll(() => page.evaluate("told.data")).toEqual([]);
    expect(errors).toEqual([]);
  });

  const take = async (page: Page, files: readonly File[]) =>
    page.locator("inkling-own input.files").setInputFiles(files.map((one) => ({ ...one, mimeType: "" })));

  test("offers the columns of a table, also where its label is not named yet, and leaves some out", async () => {
    const { page, errors } = await opened();
    await take(page, [file("flowers.csv", csv.join("\n"))]);
    const offered = (name: string) =>
      page.locator(`#${name}-columns option`).evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
    await expect.poll(() => offered("label")).toEqual(["width", "height", "kind"]);
    // A name that is taken from the list is no typing: the file is read at once.
    await page.locator("inkling-own input.label").evaluate((input: HTMLInputElement) => {
      input.value = "kind";
      input.dispatchEvent(new InputEvent("input", { inputType: "insertReplacementText" }));
    });
    await said(page).toMatch(/^flowers\.csv: 18 examples .* each 2 numbers; 2 classes/);
    // A field that is left as it was reads nothing again.
    await page.evaluate(`(() => {
      const { stream } = Blob.prototype;
      globalThis.reads = 0;
      Blob.prototype.stream = function () {
        globalThis.reads++;
        return stream.call(this);
      };
    })()`);
    await page.locator("inkling-own input.label").evaluate((input) => input.dispatchEvent(new Event("change")));
    await page.locator("inkling-own input.ignore").fill("width,");
    expect(await page.evaluate("reads")).toBe(0);
    await expect.poll(() => offered("ignore")).toEqual(["width, height", "width, kind"]);
    await page.locator("inkling-own input.ignore").blur();
    await said(page).toMatch(/^flowers\.csv: 18 examples .* each 1 number; 2 classes/);
    expect(await page.evaluate("reads")).toBe(1);
    expect(errors).toEqual([]);
  });

  test("predicts whole numbers where that is said, and says that it can", async () => {
    const { page } = await opened();
    await page.locator("inkling-own input.label").fill("width");
    await take(page, [file("few.csv", csv.slice(0, 9).join("\n"))]);
    await said(page).toMatch(
      /8 classes: 0, 1, 2.* To predict the number itself, choose that under “The answers are”\.$/,
    );
    await page.locator("inkling-own select.task").selectOption("numbers");
    await said(page).toMatch(/; predicts width\. .* numbers, as asked, so numbers are predicted\./);
  });

  test("a label that another file left behind does not keep arrays out", async () => {
    const { page } = await opened();
    await page.locator("inkling-own input.label").fill("kind");
    await take(page, [file("flowers.csv", csv.join("\n"))]);
    await said(page).toMatch(/^flowers\.csv: 18 examples/);
    await take(page, [file("arrays.npz", await npz())]);
    await said(page).toMatch(/^arrays\.npz: 18 examples .* each 16 numbers; 4 classes/);
  });

  test("sets the data from before apart where a file is refused: the refusal stands above them", async () => {
    const { page } = await opened();
    await page.locator("inkling-own input.label").fill("kind");
    await take(page, [file("flowers.csv", csv.join("\n"))]);
    await said(page).toMatch(/^flowers\.csv: 18 examples/);
    expect(await page.locator("inkling-own .before").count()).toBe(0);
    await take(page, [file("broken.csv", "width,kind\n1,iris\n2\n")]);
    await said(page).toMatch(/^broken\.csv line 3: .* Nothing was changed\. flowers\.csv: 18 examples/);
    const before = page.locator("inkling-own .before");
    expect(await before.locator("p").first().textContent()).toMatch(/^These data were read before/);
    const [alert, drop, fields] = await Promise.all(
      ["[role=alert]", ".drop", ".options"].map((part) => page.locator(`inkling-own ${part}`).boundingBox()),
    );
    expect([drop?.y, alert?.y, fields?.y]).toEqual([drop?.y, alert?.y, fields?.y].toSorted((a = 0, b = 0) => a - b));
    const button = page.locator("inkling-own button.learn");
    expect(await button.textContent()).toMatch(/Learn from flowers\.csv, as it was read before/);
    expect(await button.getAttribute("class")).not.toMatch(/main/);
    expect(await seriousFindings(page)).toEqual([]);
    await button.click();
    await expect.poll(() => page.evaluate("told.data")).toMatchObject([{ name: "flowers.csv" }]);
  });

  const model = network([4, 4, 1], [flatten(), dense(5, "relu"), dense(4)], { seed: 3 });
  const models: readonly [string, () => Promise<File>][] = [
    ["a model file", async () => file("m.safetensors", await encodeModel(model))],
    ["an NPZ file", async () => file("m.npz", await zip(await encodeNpz(model)))],
    ["an ONNX file", async () => file("m.onnx", (await encodeOnnx(model)).bytes)],
  ];

  test.each(models)("loads a model from %s, with its weights", async (_, made) => {
    const { page, errors } = await opened();
    await page.locator("inkling-own input.model").setInputFiles({ ...(await made()), mimeType: "" });
    await expect.poll(() => page.evaluate("told.models")).toEqual([await model.weightsSha256()]);
    expect(errors).toEqual([]);
  });

  test("refuses a model with a changed bit, and keeps the one before", async () => {
    const { page } = await opened();
    const bytes = await encodeModel(model);
    await page.locator("inkling-own input.model").setInputFiles({ ...file("m.safetensors", bytes), mimeType: "" });
    await expect.poll(() => page.locator("inkling-own .formats button").count()).toBe(5);
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1;
    await page.locator("inkling-own input.model").setInputFiles({ ...file("bad.safetensors", bytes), mimeType: "" });
    await expect
      .poll(() => page.locator("inkling-own [role=alert]").textContent())
      .toMatch(/^bad\.safetensors: expected the weights that were written to it/);
    await expect.poll(() => page.evaluate("told.models.length")).toBe(1);
  });

  test("saves the model as the command line does, and loads what it has saved", async () => {
    const { page } = await opened();
    await page.locator("inkling-own input.model").setInputFiles({
      ...file("m.safetensors", await encodeModel(model)),
      mimeType: "",
    });
    for (const [format, name] of [
      ["safetensors", "model.safetensors"],
      ["json", "model.json"],
      ["npz", "model.npz"],
      ["onnx", "model.onnx"],
      ["module", "model.js"],
    ] as const) {
      const waiting = page.waitForEvent("download");
      await page.locator(`inkling-own button.${format}`).click();
      const download = await waiting;
      expect(download.suggestedFilename()).toBe(name);
      const saved = await readFile(await download.path());
      if (format === "safetensors") expect(saved.equals(Buffer.from(await encodeModel(model)))).toBe(true);
      else expect(saved.length).toBeGreaterThan(500);
      if (format === "module") continue;
      // What was saved can be loaded, bit for bit.
      const loaded = (await page.evaluate("told.models.length")) as number;
      await page.locator("inkling-own input.model").setInputFiles({ name, mimeType: "", buffer: saved });
      await expect.poll(() => page.evaluate("told.models.length")).toBe(loaded + 1);
      expect(await page.evaluate("told.models.at(-1)"), format).toBe(await model.weightsSha256());
    }
  });

  test("has nothing that axe calls serious", async () => {
    const { page } = await opened();
    expect(await seriousFindings(page)).toEqual([]);
  });
});
