// The pane in which one draws: somebody's digits are read, wherever they stand, by mouse, finger and keys.
import { adam, dense, flatten, type Network, network, train } from "inkling";
import { encodeModel } from "inkling/formats";
import { mnist } from "inkling/node";
import { devices, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Hand, hands } from "./hands.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the pane in which one draws", () => {
  let chromium: Chromium;
  let file: string;
  beforeAll(async () => {
    const { train: digits } = await mnist();
    const model = network([28, 28, 1], [flatten(), dense(64, "relu"), dense(10)], { seed: 1 }) as Network<"classes">;
    await train(model, digits.take(10_000), { epochs: 2, batchSize: 32, optimizer: adam() });
    file = Buffer.from(await encodeModel(model)).toString("base64");
    chromium = await startChromium();
  });
  afterAll(() => chromium?.close());
  let opening: Page | undefined;
  afterEach(() => opening?.context().close());

  async function opened(options = {}): Promise<{ page: Page; errors: readonly string[] }> {
    const body = `<main style="width: min(900px, 100%)"><h1>Draw</h1><h2>It</h2><inkling-draw></inkling-draw></main>`;
    const found = await chromium.open(body, { viewport: { width: 1280, height: 900 }, ...options });
    opening = found.page;
    await found.page.evaluate(`(async () => {
      const bytes = Uint8Array.from(atob(${JSON.stringify(file)}), (c) => c.charCodeAt(0));
      const pane = document.querySelector("inkling-draw");
      pane.model = figures.formats.decodeModel(bytes);
      await pane.updateComplete;
      addEventListener("example-change", ({ detail }) => { globalThis.example = detail; });
    })()`);
    return found;
  }

  /** Draws by the mouse; the digit's square has this side and corner, in pixels of the screen. */
  async function write(page: Page, hand: Hand[number], side: number, left: number, top: number): Promise<void> {
    const box = await page.locator("inkling-pad .sheet").boundingBox();
    if (box === null) throw new Error("The sheet is not to be seen.");
    const at = ([x, y]: readonly [number, number]) => [box.x + left + side * x, box.y + top + side * y] as const;
    for (const stroke of hand) {
      const [first, ...others] = stroke.map(at);
      if (first === undefined) continue;
      await page.mouse.move(...first);
      await page.mouse.down();
      for (const point of others) await page.mouse.move(...point);
      await page.mouse.up();
    }
  }

  /** What has been read when all that was drawn is read. */
  const read = `(async () => {
    const pane = document.querySelector("inkling-draw");
    await pane.readingDone;
    return { label: pane.answer?.prediction.label, pixels: Array.from(pane.answer?.pixels ?? []) };
  })()`;
  const clear = `document.querySelector("inkling-draw").pad.clear()`;
  interface Read {
    readonly label: number | undefined;
    readonly pixels: readonly number[];
  }

  test.each(Object.keys(hands))(
    "ten digits of a %s hand are read, in the middle and in a corner",
    async (name) => {
      const { page, errors } = await opened();
      const [centred, moved]: (number | undefined)[][] = [[], []];
      for (const strokes of hands[name] ?? []) {
        await page.evaluate(clear);
        await write(page, strokes, 250, 71, 71);
        centred?.push(((await page.evaluate(read)) as Read).label);
        await page.evaluate(`document.querySelector("inkling-draw").pad.move(-24, 30)`);
        moved?.push(((await page.evaluate(read)) as Read).label);
      }
      expect(centred?.filter((label, digit) => label === digit).length).toBeGreaterThanOrEqual(9);
      expect(moved).toEqual(centred);
      expect(errors).toEqual([]);
      // Twenty readings on a machine that does much else.
    },
    300_000,
  );

  test("what is shifted by 40 pixels is the same image, on a sheet 392 or 350 wide", async () => {
    const { page } = await opened();
    let first: readonly number[] | undefined;
    for (const width of [392, 350]) {
      await page.evaluate(`document.querySelector("main").style.width = "${width}px"`);
      const images: Read[] = [];
      for (const [left, top] of [
        [20, 20],
        [60, 20],
        [60, 60],
      ] as const) {
        await page.evaluate(clear);
        await write(page, hands.round?.[5] ?? [], 270, left, top);
        images.push((await page.evaluate(read)) as Read);
      }
      const [one, ...others] = images.map(({ pixels }) => pixels);
      expect(one?.some((p) => p > 0)).toBe(true);
      for (const other of others) expect(other).toEqual(one);
      first = one;
    }
    // Without the steps it is another image, and the arrows move it.
    await page.getByRole("button", { name: "As it was drawn" }).click();
    const asDrawn = (await page.evaluate(read)) as Read;
    expect(asDrawn.pixels).not.toEqual(first);
    await page.getByRole("button", { name: "Move it left" }).click();
    await expect.poll(async () => ((await page.evaluate(read)) as Read).pixels).not.toEqual(asDrawn.pixels);
  });

  test("several digits are read from left to right, and one of them is looked at", async () => {
    const { page } = await opened();
    for (const [i, digit] of [7, 1, 4].entries()) await write(page, hands.round?.[digit] ?? [], 120, 10 + 125 * i, 120);
    await page.evaluate(read);
    const buttons = page.getByRole("group", { name: "Which digit is looked at" }).getByRole("button");
    await expect
      .poll(() => buttons.allTextContents().then((texts) => texts.map((text) => text.trim())))
      .toEqual(["7", "1", "4"]);
    await buttons.nth(2).click();
    await expect.poll(() => page.locator("inkling-draw p.large").textContent()).toMatch(/Read as 4/);
    await expect.poll(() => page.locator("inkling-stages li").count()).toBe(5);
  });

  test("a finger draws, and the page does not scroll", async () => {
    const { page } = await opened({ ...devices["iPhone SE"] });
    await page.evaluate(`document.body.style.paddingBottom = "2000px"`);
    const box = await page.locator("inkling-pad .sheet").boundingBox();
    if (box === null) throw new Error("The sheet is not to be seen.");
    const touch = await page.context().newCDPSession(page);
    const x = box.x + box.width / 2;
    const send = (type: string, y: number) =>
      touch.send("Input.dispatchTouchEvent", {
        type: type as "touchStart",
        touchPoints: type === "touchEnd" ? [] : [{ x, y }],
      });
    await send("touchStart", box.y + 40);
    for (let i = 1; i <= 20; i++) await send("touchMove", box.y + 40 + 10 * i);
    await send("touchEnd", 0);
    const strokes = await page.evaluate(
      `document.querySelector("inkling-draw").pad.drawing.strokes.map((s) => s.length)`,
    );
    expect(strokes).toHaveLength(1);
    expect((strokes as number[])[0]).toBeGreaterThanOrEqual(10);
    await expect.poll(() => page.evaluate("scrollY")).toBe(0);
    expect(((await page.evaluate(read)) as Read).label).toBe(1);
    // Elsewhere a finger scrolls as ever.
    await expect
      .poll(() => page.evaluate(`getComputedStyle(document.querySelector("inkling-draw")).touchAction`))
      .toBe("auto");
  });

  test("keys draw a 1, take it back, and clear the sheet", async () => {
    const { page } = await opened();
    await page.locator("inkling-pad .sheet").focus();
    for (let i = 0; i < 9; i++) await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Space");
    for (let i = 0; i < 18; i++) await page.keyboard.press("ArrowDown");
    await expect.poll(() => page.locator("inkling-pad output").textContent()).toMatch(/row 23, column 13, pen down/);
    await page.keyboard.press("Space");
    expect(((await page.evaluate(read)) as Read).label).toBe(1);
    await expect.poll(() => page.evaluate("globalThis.example?.set")).toBe("drawn");
    await page.keyboard.press("Backspace");
    expect(((await page.evaluate(read)) as Read).label).toBeUndefined();
  });

  /** Gives the pad a file, as a drop or a paste does. */
  const give = (how: "drop" | "paste" | "load", name: string, type: string, bytes: string) => `(async () => {
    const bytes = await (${bytes});
    const file = new File([bytes], ${JSON.stringify(name)}, { type: ${JSON.stringify(type)} });
    const data = new DataTransfer();
    data.items.add(file);
    const { pad } = document.querySelector("inkling-draw");
    if ("${how}" === "drop") {
      pad.renderRoot.querySelector(".sheet").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true }));
    } else if ("${how}" === "paste") {
      document.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }));
    } else await pad.load(file);
  })()`;
  /** A 7, white on black, as a PNG. */
  const seven = `(async () => {
    const canvas = new OffscreenCanvas(300, 200);
    const context = canvas.getContext("2d");
    context.fillRect(0, 0, 300, 200);
    context.strokeStyle = "white";
    context.lineWidth = 14;
    context.stroke(new Path2D("M100 40H190L140 165"));
    return canvas.convertToBlob();
  })()`;

  test("a picture that is dropped, pasted or loaded is read; a broken one says so and changes nothing", async () => {
    const { page, errors } = await opened();
    for (const how of ["drop", "paste", "load"] as const) {
      await page.evaluate(clear);
      await expect.poll(async () => ((await page.evaluate(read)) as Read).label).toBeUndefined();
      await page.evaluate(give(how, "seven.png", "image/png", seven));
      await expect.poll(async () => ((await page.evaluate(read)) as Read).label).toBe(7);
      const before = await page.evaluate(read);
      const said = page.locator("inkling-pad output");
      await page.evaluate(give(how, "broken.png", "image/png", `Promise.resolve("<img src=x onerror=alert(1)>")`));
      await expect
        .poll(() => said.textContent())
        .toMatch(/^broken\.png: expected a picture .* found one that is damaged/);
      await page.evaluate(give(how, "<b>notes</b>.txt", "text/plain", `Promise.resolve("seven")`));
      await expect
        .poll(() => said.textContent())
        .toMatch(/^<b>notes<\/b>\.txt: .* found a file of the type text\/plain/);
      await expect.poll(() => page.evaluate(read)).toEqual(before);
    }
    expect(errors).toEqual([]);
  });

  test("its answer is looked into: contributions, nearest digits, and what would change its mind", async () => {
    const { page, errors } = await opened();
    const whole = await mnist();
    const digits = whole.train.take(300);
    const text = (bytes: Uint8Array) => JSON.stringify(Buffer.from(bytes).toString("base64"));
    await page.evaluate(`(() => {
      const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      document.querySelector("inkling-draw").train = new figures.inkling.Dataset({
        name: "digits", shape: [28, 28, 1], classes: 10,
        inputs: bytes(${text(digits.inputs as Uint8Array)}), labels: bytes(${text(digits.labels as Uint8Array)}),
      });
    })()`);
    await write(page, hands.round?.[3] ?? [], 250, 71, 71);
    const { pixels } = (await page.evaluate(read)) as Read;
    // The nearest by pixels, as a sort of all distances finds them.
    const distances = Array.from(
      { length: 300 },
      (_, i) => Math.sqrt(pixels.reduce((sum, p, j) => sum + (p - (digits.inputs[784 * i + j] ?? 0)) ** 2, 0)) / 255,
    );
    const nearest = distances.toSorted((a, b) => a - b).slice(0, 8);
    const buttons = page.locator("inkling-nearest li button");
    await expect.poll(() => buttons.count()).toBe(8);
    await expect
      .poll(async () => Number.parseFloat((await buttons.first().textContent())?.split("·")[1] ?? ""))
      .toBeCloseTo(nearest[0] ?? 0, 1);
    await buttons.first().click();
    const chosen = distances.indexOf(nearest[0] ?? 0);
    await expect
      .poll(() => page.evaluate("[globalThis.example.set, globalThis.example.index]"))
      .toEqual(["train", chosen]);
    await page.getByRole("button", { name: "In the last hidden layer (64 numbers)" }).click();
    await expect
      .poll(() => page.locator("inkling-nearest .state").textContent())
      .toMatch(/Compared with all 300 training images/);
    await expect.poll(() => page.locator("inkling-contributions .classes button").count()).toBe(10);
    await page.getByRole("button", { name: /^class 5:/ }).click();
    await expect.poll(() => page.locator("inkling-contributions .sum").textContent()).toMatch(/Score of 5: z = [+−]/);
    await expect
      .poll(() => page.locator("inkling-change .state").textContent())
      .toMatch(/of 784 pixels are enough: 3 becomes \d\./);
    await page.locator("inkling-change select").selectOption("8");
    await expect.poll(() => page.locator("inkling-change .state").textContent()).toMatch(/3 becomes 8\./);
    expect(errors).toEqual([]);
  });

  test("a drawing is labelled, kept over a reload, handed on as a data set, and removed", async () => {
    const { page, errors } = await opened();
    const told = `addEventListener("drawings-change", ({ detail: { dataset } }) => {
      globalThis.told = dataset === undefined ? "none" : [dataset.count, dataset.classes, ...dataset.labels].join(" ");
    })`;
    await page.evaluate(told);
    await write(page, hands.round?.[4] ?? [], 250, 71, 71);
    const { pixels } = (await page.evaluate(read)) as Read;
    await page.getByRole("button", { name: "Keep the drawing as 4" }).click();
    await page.getByRole("button", { name: "Keep the drawing as 9" }).click();
    await expect.poll(() => page.evaluate("globalThis.told")).toBe("2 10 4 9");
    const stored = await page.evaluate(`figures.formats && localStorage.getItem("inkling-drawings")`);
    expect(Buffer.from(JSON.parse(stored as string).drawings[0].pixels, "base64")).toEqual(Buffer.from(pixels));
    await page.reload();
    await page.waitForFunction("globalThis.figures !== undefined");
    await expect.poll(() => page.locator("inkling-drawings li").count()).toBe(2);
    await page.evaluate(told);
    await page.locator("inkling-drawings li button").first().click();
    await expect.poll(() => page.evaluate("globalThis.told")).toBe("1 10 4");
    await page.evaluate(`document.querySelector("inkling-draw").renderRoot.querySelector("inkling-drawings")
      .load([new File(["<b>7</b>"], "<i>a</i>.npz")])`);
    await expect.poll(() => page.locator("inkling-drawings [role=status]").textContent()).toMatch(/got <i>a<\/i>\.npz/);
    await page.getByRole("button", { name: "Remove all" }).click();
    await expect.poll(() => page.evaluate("globalThis.told")).toBe("none");
    expect(errors).toEqual([]);
  });

  test("has nothing that axe calls serious, light or dark", async () => {
    const { page } = await opened();
    await write(page, hands.round?.[3] ?? [], 300, 40, 40);
    await page.evaluate(read);
    await expect.poll(() => page.locator("inkling-stages li").count()).toBe(5);
    for (const [colorScheme, background, part] of [
      ["light", "white", "all"],
      ["dark", "rgb(18 20 23)", "theme"],
    ] as const) {
      await page.evaluate(
        `Object.assign(document.documentElement.style, ${JSON.stringify({ colorScheme, background })})`,
      );
      expect(await seriousFindings(page, part), colorScheme).toEqual([]);
    }
  });
});
