// The site saved for offline use, on a host that sends no headers: a small site with the figures and the real worker.
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { dense, flatten, network, train } from "inkling";
import { mnist } from "inkling/node";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasChromium, launchChromium, slowDown } from "./in-chromium.ts";
import { bundledPage } from "./page-bundle.ts";
import { makeSiteFiles } from "./site-files.ts";

const tool = fileURLToPath(new URL("../../../apps/site/tools/service-worker.js", import.meta.url));
const directory = await mkdtemp(join(tmpdir(), "inkling-offline-"));
const site = join(directory, "site");
afterAll(() => rm(directory, { recursive: true }));

const pageOf = (title: string) =>
  `<!doctype html><html lang="en"><title>${title}</title><link rel="icon" href="data:,">
  <meta name="inkling-base" content="/base/"><h1>${title}</h1><inkling-offline></inkling-offline>
  <script src="/base/assets/plain.aaaaaaaa.js"></script>
  <script type="module" src="/base/lib/start.js"></script>
  <script type="module" src="/base/lib/isolate.js"></script></html>`;

/** A host as many are: no headers, clean addresses, and it may stop or change. */
async function host(): Promise<{ server: Server; url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(async ({ url = "/" }, response) => {
    const path = url.replace(/^\/base\//, "").replace(/\?.*/, "");
    asked.push(path);
    const names = [path === "" ? "index.html" : path, `${path}.html`];
    const found = await Promise.any(names.map((name) => readFile(join(site, name)))).catch(() => undefined);
    const type = /\.js$/.test(path)
      ? "text/javascript"
      : /\.(gz|bin|json)$/.test(path)
        ? "application/gzip"
        : "text/html";
    response.writeHead(found ? 200 : 404, { "Content-Type": type });
    response.end(found);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/base/`, asked };
}

function stop(server: Server): void {
  server.close();
  server.closeAllConnections();
}

const describeSite = () => promisify(execFile)(process.execPath, [tool, site]);
const isIsolated = (page: Page) => page.evaluate("globalThis.crossOriginIsolated").catch(() => undefined);
const copies = (page: Page) => page.evaluate<string[]>("caches.keys()");

describe.skipIf(!hasChromium)("the site", () => {
  let browser: Awaited<ReturnType<typeof launchChromium>>;
  let served: Awaited<ReturnType<typeof host>>;
  beforeAll(async () => {
    await mkdir(join(site, "assets"), { recursive: true });
    await mkdir(join(site, "book"));
    await writeFile(join(site, "index.html"), pageOf("Start"));
    await writeFile(join(site, "book/neuron.html"), pageOf("A neuron"));
    await writeFile(join(site, "assets/plain.aaaaaaaa.js"), "globalThis.plain = true;");
    await mkdir(join(site, "lib"));
    const library = [...(await bundledPage()), ["isolate.js", "figures.isolatePage();"] as const];
    for (const [name, code] of library) await writeFile(join(site, "lib", name), code);
    for (const folder of ["digits", "models"]) {
      await cp(fileURLToPath(new URL(folder, await makeSiteFiles())), join(site, folder), { recursive: true });
    }
    await describeSite();
    [browser, served] = [await launchChromium(), await host()];
  });
  afterAll(async () => {
    await browser?.close();
    if (served) stop(served.server);
  });

  test("is isolated by its worker after one reload, kept whole, there without its host, and never stale", async () => {
    const page = await (await browser.newContext()).newPage();
    await slowDown(page);
    await page.goto(served.url);
    // Not asked in the page: what a test evaluates there counts as an act of its reader, whom no reload interrupts.
    await expect.poll(() => served.asked.filter((path) => path === "").length, { timeout: 120_000 }).toBe(2);
    await expect.poll(() => isIsolated(page), { timeout: 120_000 }).toBe(true);

    const { bytes } = JSON.parse(await readFile(join(site, "offline.json"), "utf8"));
    const button = page.getByRole("button");
    await expect.poll(() => button.textContent()).toBe(`Save for offline (${(bytes / 1e6).toPrecision(3)} MB)`);
    await button.click();
    await expect.poll(() => button.textContent(), { timeout: 120_000 }).toBe("Remove the copy");

    // The host is gone.
    stop(served.server);
    await page.goto(`${served.url}book/neuron`);
    await expect.poll(() => page.locator("h1").textContent()).toBe("A neuron");
    await expect.poll(() => button.textContent()).toBe("Remove the copy");
    expect(await isIsolated(page)).toBe(true);
    const digest = await page.evaluate(`(async () => {
      const { inkling: { dense, flatten, network, train }, openDigits } = figures;
      const model = network([28, 28, 1], [flatten(), dense(10)], { seed: 3 });
      await train(model, await openDigits().train(10_000), { epochs: 1, batchSize: 5000 });
      return model.weightsSha256();
    })()`);
    const model = network([28, 28, 1], [flatten(), dense(10)], { seed: 3 });
    await train(model, (await mnist()).train.take(10_000), { epochs: 1, batchSize: 5000 });
    expect(digest).toBe(await model.weightsSha256());

    // It is there again with another version: its pages are seen at once, and the copy follows.
    const before = await copies(page);
    await writeFile(join(site, "index.html"), pageOf("Start again"));
    await describeSite();
    const { port } = new URL(served.url);
    const again = await host();
    stop(again.server);
    await new Promise<void>((resolve) => again.server.listen(Number(port), "127.0.0.1", resolve));
    again.asked.length = 0;
    await page.goto(served.url);
    await expect.poll(() => page.locator("h1").textContent()).toBe("Start again");
    await expect
      .poll(async () => (await copies(page)).filter((name) => before.includes(name)), { timeout: 120_000 })
      .toEqual([]);
    expect(await copies(page)).toHaveLength(1);
    expect(again.asked.filter((path) => path.startsWith("digits/train"))).toEqual([]);
    stop(again.server);
    await page.reload();
    await expect.poll(() => page.locator("h1").textContent()).toBe("Start again");

    await button.click();
    await expect.poll(() => copies(page)).toEqual([]);
  }, 300_000);
});
