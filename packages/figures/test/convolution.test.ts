// The chapter on convolution: its numbers are computed, and its figures go by mouse and by keys and show the trace's.
import { readFile } from "node:fs/promises";
import { type Dataset, evaluate, type Network } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { buildNetwork, completed, type PresetName, presets } from "inkling/presets";
import { type ConvolutionTrace, convolutionAt, type Trace, trace } from "inkling/proofs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { weightLesson } from "../src/figures/conv-gradient.ts";
import { shiftedSet } from "../src/figures/shifted.ts";
import { inPercent, inWhole, signed } from "../src/words/messages.ts";
import { seriousFindings } from "./axe.ts";
import { convolutionNetworks, type Networks } from "./convolution-networks.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

const chapter = await readFile(new URL("../../../apps/site/pages/book/convolution.md", import.meta.url), "utf8");

let networks: Networks;
let digits: Dataset;
let found: Trace;
let first: ConvolutionTrace;
beforeAll(async () => {
  [networks, digits] = await Promise.all([convolutionNetworks(), mnist().then((sets) => sets.test)]);
  found = await trace(networks.convolution, digits.example(18), { label: digits.labels?.[18] });
  first = found.layers[0]?.convolution as ConvolutionTrace;
});

const count = (model: Network) => model.parameters.reduce((sum, { value }) => sum + value.rows * value.columns, 0);

describe("the chapter on convolution", () => {
  test("says what digit 18 gives", () => {
    const at = convolutionAt(first, { channel: 0, row: 12, column: 11 });
    expect([at.terms.at(-1)?.sum.toFixed(3), at.bias.toFixed(3), at.z.toFixed(3)]).toEqual([
      "1.032",
      "-0.243",
      "0.789",
    ]);
    const lesson = weightLesson(first, 0, 12);
    const alive = lesson.delta.filter((value) => value !== 0).length;
    const adding = lesson.products.filter((value) => value !== 0).length;
    expect([alive, adding, lesson.sum.toFixed(6)]).toEqual([74, 66, "-0.001168"]);
    for (const text of ["add up to 1.032", "is −0.243", "is 0.789", "74 have a δ", "66 products", "−0.001168"]) {
      expect(chapter).toContain(text);
    }
  });

  test("counts parameters and multiplications as they are", async () => {
    const { backend } = await chooseBackend();
    const named = (name: PresetName) => count(buildNetwork(presets[name], [28, 28, 1], 10, { backend }));
    const row = (name: PresetName) => chapter.split("\n").find((line) => line.startsWith(`| \`${name}\``));
    for (const name of ["mlp", "cnn-fast", "cnn", "cnn-tiny"] as const) {
      expect(row(name)).toContain(`| ${inWhole(named(name))} |`);
    }
    expect(row("mlp-elastic")).toContain(`| ${inWhole(785 * 1024 + 1025 * 1024 + 1025 * 10)} |`);
    for (const layers of [[100], ["20c5", "p2", "40c5", "p2", 100]]) {
      expect(chapter).toContain(inWhole(count(buildNetwork(completed({ layers }), [28, 28, 1], 10, { backend }))));
    }
    expect([count(networks.dense), count(networks.convolution)].map(inWhole)).toEqual(["23,860", "5,994"]);
    const multiplications = found.layers.reduce((sum, { convolution, dense }) => {
      const weights = convolution?.W ?? dense?.W;
      return sum + (weights?.values.length ?? 0) * (convolution ? convolution.z.length / convolution.filters : 1);
    }, 0);
    expect(inWhole(multiplications)).toBe("322,560");
    for (const text of ["23,860", "5,994", "322,560", inWhole(785 * first.z.length)]) expect(chapter).toContain(text);
  });
});

describe.skipIf(!hasChromium)("the figures of convolution", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  const names = ["f30-window", "f31-conv-gradient", "f32-shift"];
  const body = names.map((name) => `<inkling-${name}></inkling-${name}>`).join("");

  test("show the trace's numbers, go by keys, fit on a phone, and axe finds nothing serious", async () => {
    const { page, errors } = await chromium.open(body, {
      viewport: { width: 390, height: 900 },
      reducedMotion: "reduce",
    });
    const quantity = (figure: string, name: string) =>
      page.locator(`inkling-${figure} :is(dd, p)[data-quantity=${name}]`).first().textContent();

    const z = (row: number, column: number) => signed(convolutionAt(first, { channel: 0, row, column }).z, 4);
    await expect.poll(() => quantity("f30-window", "z")).toBe(z(12, 11));
    const seen = () => page.locator("inkling-f30-window .map inkling-map .grid").getAttribute("aria-label");
    await expect.poll(() => seen()).toContain("300 of 576");
    await page.locator("inkling-f30-window .frame").focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => quantity("f30-window", "z")).toBe(z(13, 11));
    await expect.poll(() => seen()).toContain("301 of 576");
    await page.getByRole("button", { name: "Slide over all places" }).click();
    await expect.poll(seen).toContain("576 of 576");
    // The last weight of the filter, set to 1 by keys: another sum where there is ink.
    await page.getByRole("button", { name: "The middle pixel" }).click();
    await page.locator("inkling-f30-window .frame").focus();
    for (let i = 0; i < 11; i++) await page.keyboard.press("ArrowUp");
    const byte = digits.example(18)[(12 + 2) * 28 + 23 + 2] ?? 0;
    await expect.poll(() => quantity("f30-window", "z")).toBe(signed(Math.fround(byte / 255), 4));
    await page.locator("inkling-kernel .grid").focus();
    for (let i = 0; i < 13; i++) await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Space");
    await page.getByRole("slider", { name: "stride" }).focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(seen).toContain("144 of 144");

    const gradient = (f: number) => signed(weightLesson(first, f, 12).sum, 6);
    await expect.poll(() => quantity("f31-conv-gradient", "sum")).toBe(gradient(0));
    await page.getByRole("button", { name: "Which filter: the next one" }).first().click();
    await expect.poll(() => quantity("f31-conv-gradient", "sum")).toBe(gradient(1));
    const { analytic, numeric } = await found.difference(0, 1, 12);
    await expect.poll(() => quantity("f31-conv-gradient", "analytic")).toBe(signed(analytic, 6));
    await expect.poll(() => quantity("f31-conv-gradient", "numeric")).toBe(signed(numeric, 6));
    await page.getByRole("button", { name: "To the pixels" }).click();
    const dX = found.back?.dInputs?.[571] ?? 0;
    await expect.poll(() => quantity("f31-conv-gradient", "pixel")).toContain(signed(dX, 4));

    const along = page.locator("inkling-f32-shift [data-equal]");
    await expect.poll(() => along.getAttribute("data-equal")).toBe(String(24 * 20 * 8));
    await page.locator("inkling-f32-shift .frame").focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(() => along.getAttribute("data-of")).toBe(String(23 * 20 * 8));
    await expect.poll(() => along.getAttribute("data-equal")).toBe(await along.getAttribute("data-of"));
    await page.locator("inkling-f32-shift .plain").click();
    const shares = await Promise.all(
      Object.values(networks).map(async (model) => {
        const { accuracy = 0 } = await evaluate(model, shiftedSet(digits, 200, { right: -4, down: 0 }));
        return inPercent(accuracy, 0);
      }),
    );
    const answer = () => page.locator("inkling-f32-shift .answer").textContent();
    for (const share of shares) await expect.poll(answer, { timeout: 30_000 }).toContain(share);

    await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    expect(await seriousFindings(page)).toEqual([]);
    await page.evaluate(`document.documentElement.style.cssText = "color-scheme: dark; background: #121417"`);
    expect(await seriousFindings(page)).toEqual([]);
    expect(errors).toEqual([]);
  });
});
