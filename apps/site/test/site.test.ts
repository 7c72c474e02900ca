// The built site in a browser: each page in both themes, with and without JavaScript, on paper, and in other pages.
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { palettes } from "inkling-figures/palette";
import type { Page } from "playwright-core";
import qrcode from "qrcode-generator";
import { afterAll, beforeAll, describe, type ExpectStatic, expect, test } from "vitest";
import { seriousFindings } from "../../../packages/figures/test/axe.ts";
import { budgetOf } from "./budgets.ts";
import { built, fileOf, hasChromium, type OpenedPage, type Site, startSite } from "./built-site.ts";
import { hasColour, pdfOf } from "./pdf.ts";

const pagesIn = (folder: string) =>
  hasChromium
    ? readdirSync(`${built}/${folder}`)
        .filter((file) => file.endsWith(".html"))
        .map((file) => `/${folder}/${file.slice(0, -5)}`)
    : [];
const chapters = pagesIn("book");
const alone = pagesIn("fig");
const routes = ["/", "/studio", ...chapters, "/offline", "/source/layers/dense", "/reference/", "/reference/inkling"];

/** How long a busy machine may take to draw. */
const patient = { timeout: 60_000 };

describe.skipIf(!hasChromium)("the site", () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
  });
  afterAll(() => site?.close());

  test.concurrent.for(routes)(
    "%s keeps to policy, host and budget, and axe finds nothing serious",
    async (route, { expect }) => {
      const opened = await site.open(route, { colorScheme: "light", reducedMotion: "reduce" });
      const { page, errors } = opened;
      keepsToItsBudget(route, opened, expect);
      await readThrough(page, expect);
      expect(await seriousFindings(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      await expect.poll(() => page.evaluate(pageColour), patient).toBe("rgb(18, 20, 23)");
      expect(await seriousFindings(page)).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    },
  );

  test.concurrent.for(alone)("%s, a figure alone, keeps to policy, host and budget", async (route, { expect }) => {
    const opened = await site.open(`${route}?theme=dark&lang=en-GB`);
    keepsToItsBudget(route, opened, expect);
    await readThrough(opened.page, expect);
    expect(await opened.page.evaluate(pageColour)).toBe("rgb(18, 20, 23)");
    expect(opened.errors).toEqual([]);
    await opened.page.context().close();
  });

  test.concurrent.for(chapters)(
    "%s can be read without JavaScript: text, formulas, stills",
    async (route, { expect }) => {
      const { page } = await site.open(route, { javaScriptEnabled: false });
      expect(await page.locator("h1").innerText()).not.toBe("");
      for (const figure of await page.locator("figure.live").all()) {
        expect((await figure.locator(".still:visible").boundingBox())?.height).toBeGreaterThan(20);
        expect(await figure.locator("figcaption").innerText()).not.toBe("");
      }
      for (const formula of await page.locator(".formula").all()) expect(await formula.isVisible()).toBe(true);
      await page.context().close();
    },
  );

  test.concurrent.for(chapters)(
    "%s prints: light, hatched, with nothing to click, nothing cut, and a link to each live figure",
    async (route, { expect }) => {
      const { page } = await site.open(`${route}#v=1&digit=4`, { colorScheme: "dark" });
      await readThrough(page, expect);
      const names = await page.locator("figure.live").evaluateAll((figures) => figures.map(({ id }) => id));
      // The browser's own way to paper: nothing but its event says that it is about to print.
      const printed = async () => pdfOf(await page.pdf({ format: "A4" }));
      const { links, images } = await printed();
      const live = `${site.origin}/f/`;
      expect(links.filter((link) => link.startsWith(live))).toEqual(
        names.map((name) => `${live}${name.slice(1, 3)}#v=1&digit=4`),
      );
      const { surface } = palettes.dark;
      expect(images.filter((image) => hasColour(image, surface)).length, "pictures for the dark").toBe(0);
      // Cells of 14 pixels are wide enough for a hatch; what has no sign is grey in a PDF, and needs none.
      const signed = await page.locator("figure.live inkling-map").evaluateAll((maps) => {
        return maps.filter((map) => (map as unknown as { scale: string }).scale === "signed").length;
      });
      const hatched = async () =>
        (await printed()).images.filter(({ width, height }) => width % 14 === 0 && height % 14 === 0).length;
      // A figure that still computes, on a busy machine, has no numbers to hatch yet.
      if (signed > 0) await expect.poll(hatched, { timeout: 60_000 }).toBeGreaterThan(0);

      await page.emulateMedia({ media: "print" });
      await page.setViewportSize(SHEET);
      for (const figure of await page.locator("figure.live").all()) {
        const { corner, colours } = await coloursOf(page, await figure.locator("> :first-child").screenshot());
        expect(corner, "the paper").toEqual([255, 255, 255]);
        expect(colours, "a figure that is not blank").toBeGreaterThan(4);
      }
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(SHEET.width);
      expect(await page.evaluate(cutLines), "what would scroll").toEqual([]);
      expect(await page.evaluate(unfinished), "stills of figures that still compute").toEqual([1, 0]);
      expect(await page.evaluate(tallest), "a part that cannot be cut").toBeLessThan(SHEET.height);
      expect(await page.evaluate(printedCodes)).toEqual(
        names.map((name) => modulesOf(`${live}${name.slice(1, 3)}#v=1&digit=4`)),
      );
      const unwanted = page.locator("header, .VPSidebar, .figure-tools").filter({ visible: true });
      await expect.poll(() => unwanted.count(), patient).toBe(0);
      await page.context().close();
    },
  );

  test("three figures stand in a page of another host, each as high as it is", async () => {
    const tags = alone.slice(0, 3).map(
      (route) => `<script src="${site.origin}/fig/embed.js" data-figure="${route.slice(5)}"
      data-theme="dark" data-lang="de" data-state="v=1&amp;digit=7"></script>`,
    );
    const host = createServer((_request, response) => {
      response.setHeader("Content-Type", "text/html");
      response.end(
        `<!doctype html><title>A lesson</title><link rel="icon" href="data:,"><h1>A lesson</h1>${tags.join("")}`,
      );
    });
    await new Promise<void>((resolve) => host.listen(0, "127.0.0.1", resolve));
    const { page, errors } = await site.open(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`);
    for (const frame of await page.locator("iframe").all()) {
      await frame.scrollIntoViewIfNeeded();
      const inside = frame.contentFrame();
      await expect
        .poll(() => inside.locator("main > *").evaluate((element) => element.matches(":defined")), patient)
        .toBe(true);
      const height = () => inside.locator("body").evaluate((body) => Math.ceil(body.scrollHeight));
      await expect.poll(async () => (await frame.boundingBox())?.height === (await height()), patient).toBe(true);
      expect(await inside.locator("html").getAttribute("class")).toContain("dark");
      expect(await inside.locator("html").getAttribute("lang")).toBe("de");
      expect(await inside.locator("footer a").getAttribute("target")).toBe("_top");
    }
    expect(errors.filter((error) => !error.startsWith("asked"))).toEqual([]);
    host.close();
    host.closeAllConnections();
    await page.context().close();
  });
});

function keepsToItsBudget(route: string, opened: OpenedPage, expect: ExpectStatic): void {
  const budget = budgetOf(route);
  // The worker that trains imports what the page has. Its bundle, a second copy, is for hosts where that cannot be.
  expect(kilobytes(opened, /\/assets\/worker-[^/]*\.js$/), "kB of a second copy").toBe(0);
  // Its own file comes after the first view, sooner or later: it has a budget of its own.
  const [worker, own] = [/\/chunks\/worker\.[^/]*\.js$/, /^(?!.*\/chunks\/worker\.).*/];
  expect(kilobytes(opened, worker), "kB of the worker").toBeLessThan(15);
  expect(kilobytes(opened, /\.js$/, own), "kB of scripts").toBeLessThan(budget.scripts);
  expect(kilobytes(opened, /\.(?:js|css|html)$/, own), "kB of page, styles and scripts").toBeLessThan(budget.all);
}

/** The size of what a page has loaded, compressed as a server would. */
function kilobytes({ requests }: OpenedPage, kind: RegExp, among = /./): number {
  const files = new Set(requests.flatMap((url) => fileOf(new URL(url).pathname) ?? []));
  const sizes = [...files]
    .filter((file) => kind.test(file) && among.test(file))
    .map((file) => gzipSync(readFileSync(built + file)).length);
  return sizes.reduce((sum, size) => sum + size, 0) / 1000;
}

/** Scrolls to the end, as a reader does, and once more from the top, until each figure is there. */
async function readThrough(page: Page, expect: ExpectStatic): Promise<void> {
  const undefinedFigures = `(() => {
    const isAtEnd = scrollY + innerHeight > document.documentElement.scrollHeight - 2;
    scrollTo(0, isAtEnd ? 0 : scrollY + innerHeight);
    return document.querySelectorAll("figure.live > :first-child:not(:defined), main[data-figure] > :not(:defined)").length;
  })()`;
  await expect.poll(() => page.evaluate(undefinedFigures), patient).toBe(0);
  await page.evaluate("scrollTo(0, 0)");
  await page.waitForLoadState("networkidle");
}

/** What a sheet of A4 holds between its margins, in CSS pixels. */
const SHEET = { width: 657, height: 1000 };

/** The highest thing that the browser cannot divide between two sheets. */
const tallest = `(() => {
  const heights = [];
  const visit = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("svg, canvas, img, .equation > .formula")) heights.push(element.getBoundingClientRect().height);
      if (element.shadowRoot) visit(element.shadowRoot);
    }
  };
  visit(document.querySelector(".vp-doc"));
  return Math.max(...heights);
})()`;

/** Code, formulas and tables whose ends are not seen. */
const cutLines = `[...document.querySelectorAll(".vp-doc :is(pre, .formula, table)")]
  .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
  .filter((element) => getComputedStyle(element).overflowX !== "visible")
  .map(({ textContent }) => textContent.slice(0, 60))`;

/** How many stills stand for the first figure while it computes: during and after printing. */
const unfinished = `(() => {
  const [figure] = document.querySelectorAll("figure.live > :first-child");
  figure.ariaBusy = "true";
  const stills = () => figure.parentElement.querySelectorAll(".instead").length;
  dispatchEvent(new Event("beforeprint"));
  const during = stills();
  dispatchEvent(new Event("afterprint"));
  figure.ariaBusy = null;
  return [during, stills() + document.querySelectorAll("figure.unfinished").length];
})()`;

/** The dark modules of each printed QR code. */
const printedCodes = `[...document.querySelectorAll(".on-paper path")].map((path) => path.getAttribute("d"))`;

/** The same, of what it should say. */
function modulesOf(text: string): string {
  const code = qrcode(0, "M");
  code.addData(text);
  code.make();
  const places = Array.from({ length: code.getModuleCount() }, (_, i) => i);
  return places
    .flatMap((row) => places.filter((column) => code.isDark(row, column)).map((column) => [row, column]))
    .map(([row = 0, column = 0]) => `M${column + 4} ${row + 4}h1v1h-1z`)
    .join("");
}

const pageColour = `getComputedStyle(document.body).backgroundColor`;

/** The colour of a picture's corner, and how many colours it has. */
async function coloursOf(page: Page, png: Buffer): Promise<{ corner: number[]; colours: number }> {
  return (await page.evaluate(`(async () => {
    const image = new Image();
    image.src = "data:image/png;base64,${png.toString("base64")}";
    await image.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: image.width, height: image.height });
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const colours = new Set(new Uint32Array(data.buffer));
    return { corner: Array.from(data.slice(0, 3)), colours: colours.size };
  })()`)) as { corner: number[]; colours: number };
}
