// The built site in a browser: pages of each kind in both themes, figures alone, and figures in other pages. Chapters
// have a file of their own.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "../../../packages/figures/test/axe.ts";
import { hasChromium } from "../../../packages/figures/test/in-chromium.ts";
import { keepsToItsBudget } from "./budgets.ts";
import { pageColour, pagesIn, patient, readThrough, type Site, startSite } from "./built-site.ts";

const alone = pagesIn("fig");
const routes = ["/", "/book/", "/studio", "/offline", "/source/layers/dense", "/reference/", "/reference/inkling"];

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
      expect(await seriousFindings(page, "theme")).toEqual([]);
      expect(errors).toEqual([]);
      await page.context().close();
    },
  );

  test.concurrent.for(alone)("%s, a figure alone, keeps to policy, host and budget", async (route, { expect }) => {
    const opened = await site.open(`${route}?theme=dark&lang=en-GB`);
    keepsToItsBudget(route, opened, expect);
    await readThrough(opened.page, expect);
    await expect.poll(() => opened.page.evaluate(pageColour), patient).toBe("rgb(18, 20, 23)");
    expect(opened.errors).toEqual([]);
    await opened.page.context().close();
  });

  test("a pointer that rests does not begin to read, one that moves does", async () => {
    const { page, requests } = await site.open("/book/neuron");
    const point = (movementX: number) =>
      page.evaluate(`dispatchEvent(new PointerEvent("pointermove", { movementX: ${movementX} }))`);
    const figure = () => requests.some((url) => /\/f01-pixels\.[^/]*\.js$/.test(url));
    await point(0);
    await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 100)))");
    expect(figure()).toBe(false);
    await point(3);
    await expect.poll(figure, patient).toBe(true);
  });

  test("an address with a percent sign of its own is read, when it is opened and when it is typed", async () => {
    const { page, errors } = await site.open("/studio#v=1&lesson=1&task=Reach 95 % first");
    const task = (text: string) => () => page.locator("inkling-studio").getByText(text).count();
    await expect.poll(task("Reach 95 % first"), patient).toBe(1);
    await page.evaluate(`location.hash = "#v=1&lesson=1&task=Then 96%"`);
    await expect.poll(task("Then 96%"), patient).toBe(1);
    expect(errors).toEqual([]);
    // No letter of any kind.
    const other = await site.open("/studio#v=1&task=%E0%A4%A");
    await expect.poll(() => other.page.getByRole("button", { name: "Start", exact: true }).count(), patient).toBe(1);
    expect(other.errors).toEqual([]);
  });

  test("a link to a line of source, of a formula or within a sentence, marks the line", async () => {
    const { page } = await site.open("/book/activation");
    for (const link of [".equation a.source", "p a.source"]) {
      await page.locator(link).last().click();
      await expect.poll(() => page.locator(".line:target").count(), patient).toBe(1);
      await page.goBack();
    }
  });

  test("a pane whose code does not come says so, and comes when it is chosen again", async () => {
    const { page } = await site.open("/studio");
    await page.route("**/inside.*.js", (route) => route.abort());
    const tab = page.getByRole("tab", { name: "Look inside" });
    await tab.click();
    const alert = page.getByRole("alert").filter({ hasText: "The pane could not be loaded" });
    await expect.poll(() => alert.count(), patient).toBe(1);
    await page.unrouteAll();
    await tab.click();
    await expect.poll(() => alert.count(), patient).toBe(0);
    await expect.poll(() => page.locator("inkling-inside").getByText("The network reads").count(), patient).toBe(1);
  });

  test("a figure whose code does not come says so below its picture", async () => {
    const { page } = await site.open("/book/neuron");
    await page.route("**/f01-pixels.*.js", (route) => route.abort());
    const figure = page.locator("inkling-f01-pixels");
    await figure.scrollIntoViewIfNeeded();
    await expect.poll(() => figure.getByRole("alert").count(), patient).toBe(1);
    expect(await figure.getByRole("alert").isVisible()).toBe(true);
    expect(await figure.locator(".still:visible").count()).toBe(1);
  });

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
      const html = inside.locator("html");
      await expect.poll(() => html.getAttribute("class"), patient).toContain("dark");
      await expect.poll(() => html.getAttribute("lang"), patient).toBe("de");
      await expect.poll(() => inside.locator("footer a").getAttribute("target"), patient).toBe("_top");
    }
    expect(errors.filter((error) => !error.startsWith("asked"))).toEqual([]);
    host.close();
    host.closeAllConnections();
    await page.context().close();
  });
});
