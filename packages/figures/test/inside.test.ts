// The pane that looks inside: what it shows is the trace, and the keyboard alone reaches every number.
import { conv2d, dense, flatten, globalAveragePool2d, maxPool2d, network } from "inkling";
import { type Trace, trace } from "inkling/proofs";
import type { Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the pane that looks inside", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium();
  });
  afterAll(() => chromium?.close());

  /** What the page shows within a while, however busy the machine is. */
  const soon = <Value>(read: () => Promise<Value>) => expect.poll(read, { timeout: 60_000 });
  /** A digit of no hand: what matters is that some pixels are 0 and others are not. */
  const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 > 8 && i % 28 < 21 ? (i * 37) % 256 : 0));
  const label = 3;
  const body = "<main><h1>Inside</h1><h2>It</h2><inkling-inside></inkling-inside></main>";

  async function opened(layers: string, seed = 1, options = {}): Promise<{ page: Page; errors: readonly string[] }> {
    const found = await chromium.open(body, options);
    await shown(found.page, layers, seed);
    return found;
  }

  async function shown(page: Page, layers: string, seed: number): Promise<void> {
    await page.evaluate(`(() => {
      const { network, flatten, dense, conv2d, batchNorm, activation, residual } = figures.inkling;
      const { maxPool2d, globalAveragePool2d } = figures.inkling;
      const pane = document.querySelector("inkling-inside");
      pane.trace = undefined;
      pane.model = network([28, 28, 1], ${layers}, { seed: ${seed} });
      pane.example = { set: "drawn", index: 0, label: ${label}, pixels: Uint8Array.from(${JSON.stringify(Array.from(pixels))}) };
    })()`);
    await soon(() => page.evaluate(`document.querySelector("inkling-inside").trace !== undefined`)).toBe(true);
  }

  const small = "[flatten(), dense(30, 'sigmoid'), dense(10)]";
  const traced = (seed: number, activation: "sigmoid" | "relu" = "sigmoid"): Promise<Trace> =>
    trace(network([28, 28, 1], [flatten(), dense(30, activation), dense(10)], { seed }), pixels, { label });
  const valuesOf = async (page: Page, selector: string) => {
    const texts = await page.locator(selector).evaluateAll((found) => found.map((e) => e.getAttribute("value")));
    return texts.map(Number);
  };
  const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
  const open = (page: Page, layer: string) => page.locator(`[data-layer="${layer}"]`).click();

  test("shows every number of a neuron as the trace has it, in random networks", async () => {
    const { page, errors } = await opened(small);
    for (const seed of [1, 2]) {
      await shown(page, small, seed);
      const { layers } = await traced(seed);
      for (const [layer, j] of [
        [1, (7 * seed) % 30],
        [2, seed],
      ] as const) {
        await open(page, `layers.${layer}`);
        await page.locator("inkling-neurons [role=option]").nth(j).click();
        const own = layers[layer].dense;
        if (own?.back === undefined) throw new Error("no way back");
        const expected = [own.b, own.z, own.a, own.slope, own.back.dA, own.back.delta, own.back.db, own.back.bAfter];
        const names = ["b", "z", "a", "slope", "dA", "delta", "db", "after"];
        const shownNow = () =>
          Promise.all(names.map((name) => valuesOf(page, `inkling-neuron [data-quantity=${name}] data`)));
        await soon(shownNow).toEqual(expected.map((values) => [values[j]]));
        await soon(() => valuesOf(page, "inkling-neuron ol:has(.bias) .total data")).toEqual([own.z[j]]);
        const parts = () => valuesOf(page, "inkling-neuron ol:has(.bias) li:not(.total) data");
        await soon(async () => sumOf(await parts())).toBeCloseTo(own.z[j], 5);
      }
    }
    expect(errors).toEqual([]);
  });

  test("shows the neuron whose number is pointed at", async () => {
    const { page } = await opened(small);
    const [upper, lower] = [0, 1].map((i) => page.locator('[data-layer="layers.1"] inkling-map').nth(i));
    const title = () => page.locator("inkling-neuron h4").first().textContent();
    // 30 numbers in rows of six.
    for (const [map, neuron] of [
      [upper, 27],
      [lower, 8],
    ] as const) {
      const box = await map?.boundingBox();
      if (!box) throw new Error("The layer is not to be seen.");
      const [column, row] = [neuron % 6, Math.floor(neuron / 6)];
      await page.mouse.click(box.x + ((column + 0.5) / 6) * box.width, box.y + ((row + 0.5) / 5) * box.height);
      await soon(title).toContain(`neuron ${neuron}`);
    }
  });

  test("shows the filter whose number is pointed at, its window there; of a pool the channel", async () => {
    const { page } = await opened("[conv2d(4, 5), maxPool2d(2), flatten(), dense(10)]");
    // Four channels in two rows of two, a cell apart.
    for (const [layer, side, heading] of [
      ["layers.0", 24, "filter 2"],
      ["layers.1", 12, "channel 2"],
    ] as const) {
      const box = await page.locator(`[data-layer="${layer}"] inkling-map`).first().boundingBox();
      if (box === null) throw new Error("The layer is not to be seen.");
      const cell = box.width / (2 * side + 1);
      await page.mouse.click(box.x + 7.5 * cell, box.y + (side + 1 + 10.5) * cell);
      const headings = page.locator("inkling-weighted h4, inkling-window h4");
      await soon(async () => (await headings.allTextContents()).join("; ").toLowerCase()).toContain(heading);
      await soon(() => page.locator("inkling-window [role=status]").textContent()).toContain("row 10, column 7");
    }
  });

  test("has a place for each neuron before it is drawn", async () => {
    const { page } = await opened(small, 1, { viewport: { width: 390, height: 300 } });
    await open(page, "layers.1");
    const tiles = page.locator("inkling-neurons [role=option] canvas");
    await soon(() => tiles.count()).toBe(30);
    // 28 × 28 weights are square, also below the window.
    const shapes = await tiles.evaluateAll((all) =>
      all.map(({ clientWidth, clientHeight }) => clientWidth - clientHeight),
    );
    expect(shapes).toEqual(Array(30).fill(0));
  });

  test("shows probabilities that sum to 1, the loss, and δ = p − y with the Jacobian's row", async () => {
    const { page } = await opened(small, 5);
    const { softmax, back } = await traced(5);
    await open(page, "output");
    const p = () => valuesOf(page, "inkling-outputs [data-quantity=p] data");
    await soon(p).toEqual(Array.from(softmax?.probabilities ?? []));
    expect(Math.abs(sumOf(await p()) - 1)).toBeLessThan(1e-6);
    await expect
      .poll(() => valuesOf(page, "inkling-outputs td[data-quantity=delta] data"))
      .toEqual(Array.from(back?.dOutputs ?? []));
    await expect.poll(() => valuesOf(page, "inkling-outputs [data-quantity=loss] data")).toEqual([back?.loss]);
    const bars = () =>
      page.locator("inkling-outputs .p").evaluateAll((found) => {
        return found.map((bar) => Number.parseFloat(bar.getAttribute("style")?.replace("width:", "") ?? ""));
      });
    await soon(async () => sumOf(await bars())).toBeCloseTo(100, 4);
  });

  test("proves weight 412 of neuron 7, which the keyboard alone reaches", async () => {
    const { page, errors } = await opened(small, 1);
    await page.locator("inkling-weighted").waitFor();
    const focused = () =>
      page.evaluate(`(() => {
        let at = document.activeElement;
        while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
        return at?.getAttribute("role") + " " + at?.getAttribute("aria-label");
      })()`) as Promise<string>;
    const tabTo = async (beginning: string) => {
      for (let i = 0; i < 40 && !(await focused()).startsWith(beginning); i++) await page.keyboard.press("Tab");
      await expect.poll(() => focused()).toContain(beginning);
    };
    await tabTo("listbox");
    for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowRight");
    await tabTo("application");
    await expect.poll(() => focused()).toBe("application the weights of neuron 7");
    for (let i = 0; i <= 14; i++) await page.keyboard.press("ArrowDown");
    for (let i = 0; i < 20; i++) await page.keyboard.press("ArrowRight");
    const card = page.locator("inkling-weight");
    await soon(() => card.locator("h4").first().textContent()).toBe("Weight 412 of neuron 7");
    const { layers, difference } = await traced(1);
    const own = layers[1].dense;
    const e = 412 * 30 + 7;
    const value = async (name: string) => (await valuesOf(page, `inkling-weight [data-quantity=${name}] data`))[0];
    await expect.poll(() => value("W")).toBe(own?.W.values[e]);
    await expect.poll(() => value("x")).toBe(own?.x[412]);
    await expect.poll(() => value("delta")).toBe(own?.back?.delta[7]);
    await expect.poll(() => value("dW")).toBe(own?.back?.dW.values[e]);
    await expect.poll(() => value("after")).toBe(own?.back?.WAfter.values[e]);
    await soon(() => value("difference")).toBe((await difference(1, 7, 412, 1e-4)).numeric);
    const analytic = (await difference(1, 7, 412)).analytic;
    expect(Math.abs((await value("difference")) - analytic)).toBeLessThanOrEqual(1e-9 + 1e-6 * Math.abs(analytic));
    await soon(() => card.locator(".verdict[role=status]").textContent()).toContain("Both ways agree");
    await soon(() => card.locator("inkling-source .here").first().textContent()).toContain("this.#ops.meanOuter");
    expect(errors).toEqual([]);
  });

  test("draws the error against h as a V whose ground is between 1e-5 and 1e-3", async () => {
    const { page } = await opened(small, 1);
    await page.locator("inkling-weighted").evaluate((pane) => Object.assign(pane, { neuron: 7, weight: 412 }));
    const errors = () =>
      page.locator("inkling-error-curve").evaluate((curve) => (curve as unknown as { errors: number[] }).errors);
    await soon(async () => (await errors()).length).toBe(34);
    const found = await errors();
    const h = 10 ** (-11 + found.indexOf(Math.min(...found)) / 3);
    expect(h).toBeGreaterThanOrEqual(1e-5 / 1.01);
    expect(h).toBeLessThanOrEqual(1e-3 * 1.01);
    expect(Math.min(found[0], found[33])).toBeGreaterThan(100 * Math.min(...found));
  });

  test("steps through the operations of the trace, forwards and backwards, and lights what each computes", async () => {
    const { page } = await opened(small, 1);
    const { calls } = await traced(1);
    await page.locator("button.begin").click();
    const operation = page.locator("inkling-operation small");
    for (const call of calls) {
      const place = call.layer === undefined ? "" : `, ${call.layer}`;
      await soon(() => operation.textContent()).toBe(`${call.operation}${place}`);
      await page.locator("[data-step=on]").click();
    }
    await soon(() => operation.textContent()).toBe("sgd");
    const back = calls.findIndex((call) => call.operation === "activateBackward" && call.layer === "layers.1");
    for (let i = calls.length; i > back; i--) await page.locator("[data-step=back]").click();
    await soon(() => page.locator("inkling-neuron .quantity.lit").getAttribute("data-quantity")).toBe("delta");
    await expect
      .poll(() => page.locator("inkling-operation inkling-source .line.here").textContent())
      .toContain("slope(z.data[e]");
    await expect.poll(() => page.locator("inkling-way button.active").getAttribute("data-layer")).toBe("layers.1");
  });

  test("shows five pictures of the same neuron on one scale, with its ends in numbers", async () => {
    const { page } = await opened(small, 1);
    const { layers } = await traced(1);
    const own = layers[1].dense;
    await page.locator("inkling-neurons [role=option]").nth(11).click();
    const most = (values: ArrayLike<number>) =>
      Array.from(values).reduce((end, value) => Math.max(end, Math.abs(value)), 0);
    const legend = page.locator("inkling-picker .legend").first();
    for (const [view, end, what] of [
      ["weights", most(own?.W.values ?? []), "the weights"],
      ["gradient", most(own?.back?.dW.values ?? []), "the gradient"],
    ] as const) {
      await page.locator(`[data-view=${view}]`).click();
      const text = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 }).format(end);
      await soon(() => legend.textContent()).toContain(`+${text}`);
      await expect.poll(() => page.locator("inkling-weighted h4").first().textContent()).toContain(what);
      await expect.poll(() => page.locator("inkling-weighted h4").first().textContent()).toContain("of neuron 11");
    }
    await open(page, "layers.2");
    await page.locator("[data-view=difference]").click();
    await soon(() => page.locator("inkling-weighted .hint").first().textContent()).toContain("of 30 weights measured");
    const measured = () =>
      page.locator("inkling-picker").evaluate((picker) => {
        return Array.from((picker as unknown as { values?: Float64Array }).values ?? [], (value) => value);
      });
    await soon(async () => (await measured()).filter((value) => !Number.isNaN(value)).length).toBe(30);
    const [last, j] = [
      layers[2].dense,
      await page.locator("inkling-weighted").evaluate((pane) => Number((pane as unknown as { neuron: number }).neuron)),
    ];
    for (const [i, numeric] of (await measured()).entries()) {
      expect(numeric).toBeCloseTo(last?.back?.dW.values[i * 10 + j] ?? Number.NaN, 6);
    }
  });

  test("looks at a global pool after a pool whose map is larger: every channel, its own numbers", async () => {
    const layers = "[conv2d(4, 3, { activation: 'relu' }), maxPool2d(2), globalAveragePool2d(), dense(10)]";
    const { page, errors } = await opened(layers, 1);
    await open(page, "layers.1");
    const channel = page.locator("inkling-other-layer .channels input");
    await soon(() => channel.count()).toBe(1);
    // A place that the next map does not have.
    await page.locator("inkling-other-layer").evaluate((pane) => {
      Object.assign(pane, { place: { row: 9, column: 9, channel: 1 } });
    });
    await open(page, "layers.2");
    await soon(() => page.locator("inkling-inside h3").first().textContent()).toContain("global average pool");
    await channel.fill("3");
    await channel.press("Enter");
    const conv = network(
      [28, 28, 1],
      [conv2d(4, 3, { activation: "relu" }), maxPool2d(2), globalAveragePool2d(), dense(10)],
    );
    const { layers: found } = await trace(conv, pixels, { label });
    await soon(() => valuesOf(page, "inkling-window [data-quantity=z] data")).toContain(found[2]?.output[3]);
    expect(errors).toEqual([]);
  });

  test("explains every mark in its key, and is nowhere wider than a phone", async () => {
    const layers =
      "[conv2d(4, 5, { activation: 'relu', stride: 2 }), maxPool2d(2), batchNorm(), activation('relu'), flatten(), dense(16, 'relu'), dense(10)]";
    const { page, errors } = await opened(layers, 1, { viewport: { width: 390, height: 844 } });
    const stations = await page
      .locator("[data-layer]")
      .evaluateAll((all) => all.map((e) => e.getAttribute("data-layer")));
    expect(stations).toHaveLength(9);
    await page.getByRole("button", { name: "What is what" }).click();
    for (const station of stations) {
      await open(page, String(station));
      const marks = page.locator("inkling-inside [data-quantity]");
      await soon(() => marks.count()).toBeGreaterThan(0);
      const names = async (attribute: string, of: Locator) =>
        new Set(await of.evaluateAll((all, attribute) => all.map((e) => e.getAttribute(attribute)), attribute));
      const keys = page.locator("[data-key]");
      await soon(async () => [...(await names("data-key", keys))].sort()).toEqual(
        [...(await names("data-quantity", marks))].sort(),
      );
      expect((await keys.locator("dd").allTextContents()).filter((text) => text.trim() === "")).toEqual([]);
      await expect.poll(() => page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(390);
    }
    expect(errors).toEqual([]);
  });

  test("has nothing serious for axe, light or dark, with everything open", async () => {
    const { page } = await opened("[conv2d(2, 5, { stride: 3 }), flatten(), dense(6, 'relu'), dense(10)]", 2, {
      colorScheme: "dark",
    });
    await page.locator("button.begin").click();
    for (const station of ["layers.0", "layers.2", "output"]) await open(page, station);
    await open(page, "layers.2");
    await page.locator("inkling-weighted").evaluate((pane) => Object.assign(pane, { weight: 3 }));
    await page.locator("inkling-error-curve").waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.evaluate(`document.documentElement.style.colorScheme = "light"`);
    await open(page, "output");
    expect(await seriousFindings(page)).toEqual([]);
    await open(page, "layers.0");
    expect(await seriousFindings(page)).toEqual([]);
  });

  test("works a number of a convolution out where its window stands", async () => {
    const { page } = await opened("[conv2d(3, 5), flatten(), dense(10)]", 4);
    await page.locator("inkling-window .input").focus();
    for (const key of ["Home", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
    const parts = () => valuesOf(page, "inkling-window ol li:not(.total) data");
    const status = page.locator("inkling-window [role=status]");
    await soon(() => status.textContent()).toContain("column 2");
    const z = async () => (await valuesOf(page, "inkling-window [data-quantity=z] data"))[0] ?? Number.NaN;
    await soon(async () => sumOf(await parts()) - (await z())).toBeCloseTo(0, 5);
    const box = await page.locator("inkling-window .input").boundingBox();
    if (box === null) throw new Error("The input is not to be seen.");
    await page.mouse.move(box.x + 10, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await page.mouse.up();
    await soon(() => status.textContent()).toContain("window at row 12, column 12");
  });
});
