// What the book's later figures keep in the address, in a browser: each property that a reader sets, there and back.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

/** By figure: what the address says, and the properties that it gives. */
const FIGURES: readonly (readonly [name: string, said: string, properties: Readonly<Record<string, unknown>>])[] = [
  [
    "f26-overfitting",
    "f26.cures=decay_more&f26.exponent=-1.75&f26.rate=0.4",
    { cures: ["decay", "more"], exponent: -1.75, rate: 0.4 },
  ],
  [
    "f27-vanishing",
    "f27.activation=relu&f27.start=he&f27.depth=8&f27.normalizes=1&f27.skips=1",
    { activation: "relu", start: "he", depth: 8, normalizes: true, skips: true },
  ],
  [
    "f28-optimizers",
    "f28.stretch=1.3&f28.rate=-1.5&f28.mu=0.9&f28.adamRate=-0.5&f28.from=3.5_-1&f28.step=71",
    { stretch: 1.3, rate: -1.5, mu: 0.9, adamRate: -0.5, from: [3.5, -1], step: 71 },
  ],
  ["f29-slow-start", "f29.start=0.75&f29.rate=-1.25", { start: 0.75, rate: -1.25 }],
  [
    "f30-window",
    "f30.chosen=level&f30.stride=2&f30.padding=1&f30.row=3&f30.column=7",
    { chosen: "level", stride: 2, padding: 1, row: 3, column: 7, own: [] },
  ],
  ["f31-conv-gradient", "f31.filter=5&f31.way=pixels&f31.tap=24", { filter: 5, way: "pixels", tap: 24 }],
  ["f32-shift", "f32.right=3&f32.down=-2&f32.filter=4", { right: 3, down: -2, filter: 4 }],
  ["f33-order", "f33.order=7_6_5_4_3_2_1_0", { order: [7, 6, 5, 4, 3, 2, 1, 0] }],
  ["f34-race", "f34.size=middle", { size: "middle" }],
  [
    "f35-lanes",
    "f35.lanes=16&f35.way=along&f35.isFused=1&f35.done=40",
    { lanes: 16, way: "along", isFused: true, done: 40 },
  ],
  ["f36-digest", "f36.bit=9", { bit: 9 }],
  ["f37-workers", "f37.workers=7", { workers: 7 }],
  [
    "f38-roofline",
    "f38.power=9&f38.seen=wide&f38.arithmetic=150&f38.memory=20",
    { power: 9, seen: "wide", arithmetic: 150, memory: 20 },
  ],
];
const ALL = `#v=1&${FIGURES.map(([, said]) => said).join("&")}`;

describe.skipIf(!hasChromium)("what figures keep in the address", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  /** The properties of a figure that is made where the address is this one. */
  const made = (page: Awaited<ReturnType<Chromium["open"]>>["page"], hash: string) =>
    page.evaluate(`(() => {
      location.hash = ${JSON.stringify(hash)};
      return ${JSON.stringify(FIGURES.map(([name, , properties]) => [name, Object.keys(properties)]))}.map(
        ([name, keys]) => {
          const figure = document.createElement("inkling-" + name);
          return Object.fromEntries(keys.map((key) => [key, figure[key]]));
        },
      );
    })()`);

  test("an address gives every figure what it says, and one that says nothing leaves all as at first", async () => {
    const { page, errors } = await chromium.open("");
    const first = await made(page, "");
    expect(await made(page, ALL)).toEqual(FIGURES.map(([, , properties]) => properties));
    expect(await made(page, "#v=1&digit=3")).toEqual(first);
    // A hash without a version names a heading.
    expect(await made(page, ALL.replace("v=1&", ""))).toEqual(first);
    expect(await page.locator("inkling-notices").count()).toBe(0);
    expect(errors).toEqual([]);
  });

  test("a value that cannot be is as at first, and the reader is told by the name that he knows", async () => {
    const { page, errors } = await chromium.open("");
    const first = await made(page, "");
    const wrong = ALL.replace(/=[^&]+/g, "=never").replace("v=never", "v=1");
    expect(await made(page, wrong)).toEqual(first);
    const keys = new URLSearchParams(ALL.slice(1));
    keys.delete("v");
    const told = page.locator("inkling-notices li");
    await expect.poll(() => told.count()).toBe(keys.size);
    const sentences = (await told.allTextContents()).join("\n");
    for (const key of keys.keys()) expect(sentences).toContain(` (${key} in the address): expected `);
    for (const sentence of [
      "Log₁₀ of λ (f26.exponent in the address): expected a number from −4 to −1, got never. It is −2.5 now.",
      "Hidden layers (f27.depth in the address): expected a whole number from 1 to 8, got never. It is 6 now.",
      "Log₁₀ of η (f29.rate in the address): expected a number from −2.5 to 0, got never. It is −0.824 now.",
      "Switch on (f26.cures in the address): expected none, or some of decay, dropout, changed, more, small, with _ between",
      "How far the digit is moved down (f32.down in the address): expected a whole number from −8 to 8, got never.",
      "Instruction (f35.done in the address): expected a number of instructions, or all, got never. It is left at its",
    ]) {
      expect(sentences).toContain(sentence);
    }
    expect(errors).toEqual([]);
  });

  test("what a reader changes comes into the address, and another address changes the figure", async () => {
    const { page, errors } = await chromium.open(
      "<div style='width: 700px'><inkling-f29-slow-start></inkling-f29-slow-start><inkling-f38-roofline></inkling-f38-roofline></div>",
    );
    const hash = () => page.evaluate("location.hash");
    await page.locator("inkling-f38-roofline input[type=range]").first().focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(hash).toContain("f38.power=6&f38.seen=first&f38.arithmetic=99&f38.memory=42");
    expect(await hash()).not.toContain("f29");
    await page.locator("inkling-f29-slow-start .plain").click();
    await page.locator("inkling-f29-slow-start [role=slider]").focus();
    await page.keyboard.press("ArrowDown");
    await expect.poll(hash).toMatch(/f38\.power=6.*&f29\.start=0\.975/);
    await page.evaluate(`location.hash = "#v=1&f38.seen=adam"`);
    const property = (name: string, key: string) => page.evaluate(`document.querySelector("inkling-${name}").${key}`);
    await expect.poll(() => property("f38-roofline", "seen")).toBe("adam");
    expect(await property("f38-roofline", "power")).toBe(5);
    expect(await property("f29-slow-start", "start")).toBeCloseTo(0.982, 4);
    expect(errors).toEqual([]);
  });

  test("a filter of the reader's own is in the address, and opened elsewhere it makes the same map", async () => {
    const body = "<div style='width: 700px'><inkling-f30-window></inkling-f30-window></div>";
    const { page } = await chromium.open(body);
    const map = (of: typeof page) =>
      of.evaluate(`[...document.querySelector("inkling-f30-window").found?.convolution.z ?? []].join()`);
    const figure = page.locator("inkling-f30-window");
    await figure.locator("inkling-kernel canvas").click({ position: { x: 5, y: 5 } });
    await expect.poll(() => page.evaluate("location.hash")).toContain("f30.chosen=own&f30.own=");
    const hash = (await page.evaluate("location.hash")) as string;
    const other = await chromium.open("");
    await other.page.evaluate(
      `location.hash = ${JSON.stringify(hash)}; document.body.innerHTML = ${JSON.stringify(body)}`,
    );
    await expect.poll(() => map(other.page)).toBe(await map(page));
    expect(await map(other.page)).not.toBe("");
    expect(await other.page.locator("inkling-notices").count()).toBe(0);
  });
});
