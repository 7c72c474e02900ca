// Pixels, the line of two inputs, and the sum of a trained neuron, in a browser.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Chromium, hasChromium, startChromium } from "./in-chromium.ts";

describe.skipIf(!hasChromium)("the figures of a neuron", () => {
  let chromium: Chromium;
  beforeAll(async () => {
    chromium = await startChromium({ hasSiteFiles: true });
  });
  afterAll(() => chromium?.close());

  test("a picture is 784 numbers, which can be painted on and mixed up", async () => {
    const { page, errors } = await chromium.open(
      "<div style='width: 700px'><inkling-f01-pixels></inkling-f01-pixels></div>",
    );
    const cells = () => page.locator("td").allTextContents();
    const reading = () => page.locator(".reading").textContent();
    await expect.poll(reading).toBe("The network reads a 3 (53.9%).");
    const before = (await cells()).map(Number);
    expect(before.length).toBe(784);
    await page.getByRole("button", { name: "Mix up all pixels" }).click();
    // The same numbers in another order, and the same answer.
    await expect.poll(async () => (await cells()).map(Number).join()).not.toBe(before.join());
    expect((await cells()).map(Number).toSorted().join()).toBe(before.toSorted().join());
    await expect.poll(reading).toBe("The network reads a 3 (53.9%).");
    await page.getByRole("button", { name: "Put them back" }).click();
    const box = await page.locator("inkling-map canvas").boundingBox();
    if (box === null) throw new Error("The picture is not to be seen.");
    await page.mouse.move(box.x + 2, box.y + 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2, box.y + 2, { steps: 30 });
    await page.mouse.up();
    await expect.poll(async () => (await cells()).slice(0, 12).join()).toBe(Array(12).fill(255).join());
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press(" ");
    await expect.poll(async () => (await cells()).slice(28, 56).includes("255")).toBe(true);
    await page.getByRole("button", { name: "The digit as it was" }).click();
    await expect.poll(async () => (await cells()).join()).toBe(before.join());
    // Paper does not scroll: all numbers are seen there.
    await page.emulateMedia({ media: "print" });
    const hidden = `(() => {
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } =
        document.querySelector("inkling-f01-pixels").renderRoot.querySelector(".table");
      return [scrollWidth - clientWidth, scrollHeight - clientHeight];
    })()`;
    await expect.poll(() => page.evaluate(hidden)).toEqual([0, 0]);
    expect(errors).toEqual([]);
  });

  test("two weights turn the line, the bias shifts it, and the task can be solved", async () => {
    const { page, errors } = await chromium.open(
      "<div style='width: 700px'><inkling-f02-line></inkling-f02-line></div>",
    );
    const line = () => page.locator("polyline.main").getAttribute("points");
    const direction = async () => {
      const [from = [0, 0], to = [0, 0]] = ((await line()) ?? "").split(" ").map((pair) => pair.split(",").map(Number));
      return (((to[1] ?? 0) - (from[1] ?? 0)) / ((to[0] ?? 0) - (from[0] ?? 0))).toFixed(2);
    };
    await expect.poll(() => page.locator("dd.main").textContent()).toBe("+0.8");
    const [first, slope] = [await line(), await direction()];
    await page.getByRole("slider", { name: "b", exact: true }).focus();
    await page.keyboard.press("PageDown");
    await expect.poll(line).not.toBe(first);
    await expect.poll(() => direction()).toBe(slope);
    await page.getByRole("slider", { name: "w₂", exact: true }).focus();
    await page.keyboard.press("PageUp");
    await expect.poll(direction).not.toBe(slope);
    // w = (2, 2), b = −2 … −3: only (1, 1) is above 0.
    await expect.poll(() => page.locator("strong").last().textContent()).toContain("both");
    // x₁ = 0.8, x₂ = 0.2 moves by the keys: z = 2·0.85 + 2·0.2 − 2
    const [tip] = [page.getByRole("slider", { name: "two pixels" })];
    const before = await page.locator("dd.main").textContent();
    await tip.focus();
    await page.keyboard.press("ArrowRight");
    await expect.poll(() => page.locator("dd.main").textContent()).not.toBe(before);
    expect(errors).toEqual([]);
  });

  test("a neuron's sum is the library's z, for the neuron and the digit that are chosen", async () => {
    const { page, errors } = await chromium.open("<div style='width: 700px'><inkling-f04-sum></inkling-f04-sum></div>");
    const numbers = async () => {
      const texts = await page.locator("dd").allTextContents();
      return texts.map((text) => Number(text.replace("−", "-").replace(",", "")));
    };
    await expect.poll(() => page.locator("dd.main").textContent()).toBe("−0.8138");
    const [above = 0, below = 0, sum = 0, bias = 0, z = 0] = await numbers();
    expect(above + below).toBeCloseTo(sum, 1);
    expect(sum + bias).toBeCloseTo(z, 3);
    const tiles = page.getByRole("radio");
    await expect.poll(() => tiles.count()).toBe(30);
    await tiles.nth(27).focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => page.locator("dd.main").textContent()).toBe("+1.329");
    await page.getByRole("button", { name: "Which digit: the next one" }).click();
    await expect.poll(() => page.locator("dd.main").textContent()).not.toBe("+1.329");
    // The address carries it to another page.
    await expect.poll(() => page.evaluate("location.hash")).toBe("#v=1&digit=19&neuron=26&weight=571");
    await page.getByRole("button", { name: "a clear stroke" }).click();
    await expect.poll(() => page.locator(".answer").textContent()).toContain("Not so.");
    expect(errors).toEqual([]);
  });

  test("where digits go through the neuron, the figure asks what they change", async () => {
    const { page, errors } = await chromium.open(
      "<div style='width: 700px'><inkling-f04-sum asks='digit'></inkling-f04-sum></div>",
    );
    await expect.poll(() => page.locator(".ask").textContent()).toContain("reads another digit");
    await page.getByRole("button", { name: "its sum and its answer alone" }).click();
    await expect.poll(() => page.locator(".answer").textContent()).toContain("Yes.");
    expect(await page.locator(".answer").textContent()).toContain("z is −0.814 and a is 0.307");
    expect(errors).toEqual([]);
  });
});
