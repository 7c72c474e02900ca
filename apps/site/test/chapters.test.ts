// The chapters in a browser: in both themes, on paper, and without JavaScript.
import { palettes } from "inkling-figures/palette";
import { afterAll, beforeAll, describe, test } from "vitest";
import { seriousFindings } from "../../../packages/figures/test/axe.ts";
import { hasChromium } from "../../../packages/figures/test/in-chromium.ts";
import { keepsToItsBudget } from "./budgets.ts";
import { pageColour, pagesIn, patient, readThrough, type Site, startSite } from "./built-site.ts";
import { coloursOf, cutLines, modulesOf, printedCodes, SHEET, tallest, unfinished } from "./paper.ts";
import { hasColour, type Pdf, type PdfImage, pdfOf } from "./pdf.ts";

const chapters = pagesIn("book").filter((route) => !route.endsWith("/index"));

describe.skipIf(!hasChromium)("the chapters", () => {
  let site: Site;
  beforeAll(async () => {
    site = await startSite();
  });
  afterAll(() => site?.close());

  // Opening a chapter and reading it takes as long as all that is then looked at: it is opened once.
  test.concurrent.for(chapters)(
    "%s keeps to policy, host and budget, axe finds nothing serious; on paper nothing is dark, cut or to click, and links lead on",
    async (route, { expect }) => {
      const opened = await site.open(`${route}#v=1&digit=4`, { colorScheme: "light", reducedMotion: "reduce" });
      const { page, errors } = opened;
      keepsToItsBudget(route, opened, expect);
      await readThrough(page, expect);
      expect(await seriousFindings(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: "dark" });
      await expect.poll(() => page.evaluate(pageColour), patient).toBe("rgb(18, 20, 23)");
      expect(await seriousFindings(page, "theme")).toEqual([]);
      expect(errors).toEqual([]);

      const names = await page.locator("figure.live").evaluateAll((figures) => figures.map(({ id }) => id));
      const live = `${site.origin}/f/`;
      const expected = names.map((name) => `${live}${name.slice(1, 3)}#v=1&digit=4`);
      // Cells of 14 pixels are wide enough for a hatch; what has no sign is grey in a PDF, and needs none.
      const signed = await page.locator("figure.live inkling-map").evaluateAll((maps) => {
        return maps.filter((map) => (map as unknown as { scale: string }).scale === "signed").length;
      });
      const isHatched = ({ width, height }: PdfImage) => width % 14 === 0 && height % 14 === 0;
      // The browser's own way to paper: nothing but its event says that it is about to print. A figure that still
      // computes, on a busy machine, has no numbers to hatch yet.
      let paper: Pdf | undefined;
      const printed = async () => {
        paper = pdfOf(await page.pdf({ format: "A4" }));
        const links = paper.links.filter((link) => link.startsWith(live));
        return { links, hatched: signed === 0 || paper.images.some(isHatched) };
      };
      await expect.poll(printed, patient).toEqual({ links: expected, hatched: true });
      const { surface } = palettes.dark;
      expect(paper?.images.filter((image) => hasColour(image, surface)).length, "pictures for the dark").toBe(0);

      await page.emulateMedia({ media: "print" });
      await page.setViewportSize(SHEET);
      for (const figure of await page.locator("figure.live").all()) {
        const onPaper = async () => {
          const { corner, colours } = await coloursOf(page, await figure.locator("> :first-child").screenshot());
          return { corner, isBlank: colours <= 4 };
        };
        await expect.poll(onPaper, patient).toEqual({ corner: [255, 255, 255], isBlank: false });
      }
      const looked = (expression: string) => expect.poll(() => page.evaluate(expression), patient);
      await looked("document.documentElement.scrollWidth").toBeLessThanOrEqual(SHEET.width);
      await looked(cutLines).toEqual([]);
      // Stills of figures that still compute.
      await looked(unfinished).toEqual([1, 0]);
      await looked(tallest).toBeLessThan(SHEET.height);
      await looked(printedCodes).toEqual(expected.map(modulesOf));
      const unwanted = page.locator("header, .VPSidebar, .figure-tools").filter({ visible: true });
      await expect.poll(() => unwanted.count(), patient).toBe(0);
      await page.context().close();
    },
  );

  test.concurrent.for(chapters)(
    "%s can be read without JavaScript: text, formulas, stills",
    async (route, { expect }) => {
      const { page } = await site.open(route, { javaScriptEnabled: false });
      expect(await page.locator("h1").innerText()).not.toBe("");
      for (const figure of await page.locator("figure.live").all()) {
        expect((await figure.locator(".still:visible").boundingBox())?.height).toBeGreaterThan(20);
        expect(await figure.locator("figcaption").innerText()).not.toBe("");
      }
      expect(await page.locator(".formula").filter({ visible: false }).count(), "formulas that are not seen").toBe(0);
      await page.context().close();
    },
  );
});
