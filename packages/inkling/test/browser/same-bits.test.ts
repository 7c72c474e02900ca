// The built library in a headless Chromium: the pinned weights of every training, with threads and without, on the
// page's main thread and in a worker; and what the page has to bear meanwhile.
import { existsSync, readFileSync } from "node:fs";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { isolation, serve } from "./server.ts";

const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const args = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const pinned: Record<string, string> = JSON.parse(
  readFileSync(new URL("../same-bits/digests.json", import.meta.url), "utf8"),
);

describe.skipIf(!existsSync(executablePath))("in Chromium", () => {
  let browser: Browser;
  const servers: { url: string; close(): void }[] = [];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args });
  });
  afterAll(async () => {
    await browser?.close();
    for (const server of servers) server.close();
  });

  /** A page whose server sends these headers. */
  async function pageWith(headers: Readonly<Record<string, string>>): Promise<Page> {
    const server = await serve(headers);
    servers.push(server);
    const page = await browser.newPage();
    await page.goto(server.url);
    return page;
  }

  /** Calls a function of page.ts in a page. */
  function call<Name extends keyof Tested>(page: Page, name: Name, argument = 0): Promise<Awaited<ReturnType<Tested[Name]>>> {
    return page.evaluate(
      async ([path, name, argument]) => (await import(path))[name](argument),
      ["/test/browser/page.js", name, argument] as const,
    );
  }
  type Tested = typeof import("./page.ts");

  describe("a page that is cross-origin isolated", () => {
    test.each([
      ["its main thread", "digests"],
      ["a worker", "digestsInWorker"],
    ] as const)("trains to the pinned weights on two threads from %s", async (_where, name) => {
      const page = await pageWith(isolation);
      const started: string[] = [];
      page.on("worker", (worker) => started.push(worker.url()));
      const { threads, reason, digests } = await call(page, name, 2);
      expect(digests).toEqual(pinned);
      expect(threads).toBe(2);
      expect(reason).toContain("2 threads");
      expect(started.filter((url) => url.startsWith("blob:"))).toHaveLength(1);
      await page.close();
    });

    test("trains to the same weights where its policy forbids the helping threads", async () => {
      const page = await pageWith({ ...isolation, "Content-Security-Policy": "worker-src 'none'" });
      const { threads, digests } = await call(page, "digests", 2);
      expect(digests).toEqual(pinned);
      expect(threads).toBe(2);
      expect(page.workers()).toEqual([]);
      await page.close();
    });

    test("has no worker left after close, not even one that had not started", async () => {
      const page = await pageWith(isolation);
      await call(page, "chosen", 3);
      await expect.poll(() => page.workers().length).toBe(2);
      await call(page, "closeAll");
      await expect.poll(() => page.workers().length).toBe(0);
      let started = 0;
      page.on("worker", () => started++);
      await page.evaluate(async (path) => {
        const { chosen, closeAll } = await import(path);
        chosen(3);
        closeAll();
      }, "/test/browser/page.js");
      await expect.poll(() => started).toBe(2);
      await expect.poll(() => page.workers().length).toBe(0);
      await page.close();
    });

    test("stays responsive while it trains on its main thread", async () => {
      const page = await pageWith(isolation);
      const { ticks, gap } = await call(page, "longestGap", 1500);
      expect(gap).toBeLessThan(500);
      expect(ticks).toBeGreaterThan(10);
      await page.close();
    });
  });

  describe("a page that is not isolated", () => {
    test.each([
      ["its main thread", "digests"],
      ["a worker", "digestsInWorker"],
    ] as const)("trains to the pinned weights on one thread from %s, and says why one", async (_where, name) => {
      const page = await pageWith({});
      const { threads, reason, digests } = await call(page, name, 2);
      expect(digests).toEqual(pinned);
      expect(threads).toBe(1);
      expect(reason).toMatch(/one thread.*cross-origin isolated/);
      await page.close();
    });
  });
});
