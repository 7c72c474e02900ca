// The built library in a headless Chromium: the pinned weights of every training, with threads and without, on the
// page's main thread and in a worker; and what the page and the browser have to bear meanwhile and afterwards. The three
// pages with one thread share the trainings between them; in `npm run verify` each does all.
import { readFileSync } from "node:fs";
import type { Browser, CDPSession, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { hasChromium, launchChromium } from "../../../../tools/chromium.js";
import { isolation, serve } from "./server.ts";

const pinned: Record<string, string> = JSON.parse(
  readFileSync(new URL("../same-bits/digests.json", import.meta.url), "utf8"),
);
const places = [
  ["its main thread", "digests", 0],
  ["a worker", "digestsInWorker", 1],
] as const;

/** The pages with one thread. */
const EVERY = process.env.INKLING_VERIFY === "1" ? 1 : 3;
/** What a page is told that does each third training, from a number on, and the digests that these end with. */
const third = (number: number) => [EVERY, number % EVERY] as const;
const pinnedThird = (number: number) =>
  Object.fromEntries(Object.entries(pinned).filter((_, i) => i % EVERY === number % EVERY));

/** Workers start when the page lets them, and a sleeping one ends two seconds after its page. */
const soon = <T>(value: () => T) => expect.poll(value, { timeout: 20_000 });

describe.skipIf(!hasChromium)("in Chromium", () => {
  let browser: Browser;
  let session: CDPSession;
  const endings: (() => unknown)[] = [];
  beforeAll(async () => {
    browser = await launchChromium();
    session = await browser.newBrowserCDPSession();
  });
  afterEach(async () => {
    for (const end of endings.splice(0)) await end();
  });
  afterAll(() => browser?.close());

  /** A page whose server sends these headers. */
  async function pageWith(headers: Readonly<Record<string, string>>): Promise<Page> {
    const server = await serve(headers);
    const page = await browser.newPage();
    endings.push(() => page.close(), server.close);
    await page.goto(server.url);
    return page;
  }

  /** Calls a function of page.ts in a page. */
  function call<Name extends keyof Tested>(
    page: Page,
    name: Name,
    ...given: number[]
  ): Promise<Awaited<ReturnType<Tested[Name]>>> {
    // A string: Vitest would rewrite the import of a function.
    return page.evaluate(`import("/test/browser/page.js").then((tested) => tested.${name}(${given}))`);
  }
  type Tested = typeof import("./page.ts");

  /** The helping threads in the whole browser. */
  async function helpers(): Promise<number> {
    const { targetInfos } = await session.send("Target.getTargets", { filter: [{ type: "worker" }] });
    return targetInfos.filter(({ url }) => url.startsWith("blob:")).length;
  }

  describe("a page that is cross-origin isolated", () => {
    test.each(places)("trains to the pinned weights on two threads from %s", async (_where, name) => {
      const page = await pageWith(isolation);
      const started: string[] = [];
      page.on("worker", (worker) => started.push(worker.url()));
      const { threads, reason, digests } = await call(page, name, 2);
      expect(digests).toEqual(pinned);
      expect(threads).toBe(2);
      expect(reason).toContain("2 threads");
      // One helps, and one tried out whether the page lets workers start.
      expect(started.filter((url) => url.startsWith("blob:"))).toHaveLength(2);
    });

    test("trains to the same weights where its policy forbids the helping threads", async () => {
      const page = await pageWith({ ...isolation, "Content-Security-Policy": "worker-src 'none'" });
      const { threads, digests } = await call(page, "digests", 2, ...third(2));
      expect(digests).toEqual(pinnedThird(2));
      expect(threads).toBe(1);
      expect(await helpers()).toBe(0);
    });

    test("computes on as many threads as its policy lets start", async () => {
      expect(await call(await pageWith(isolation), "threadsFound", 3)).toBe(3);
      const forbidden = { ...isolation, "Content-Security-Policy": "worker-src 'none'" };
      expect(await call(await pageWith(forbidden), "threadsFound", 3)).toBe(1);
    });

    test("has no worker and no blob left after close", async () => {
      const page = await pageWith(isolation);
      await call(page, "open", 3);
      await soon(helpers).toBe(2);
      const [{ url }] = page.workers().map((worker) => ({ url: worker.url() }));
      await soon(() => page.evaluate(`fetch("${url}").then(() => true, () => false)`)).toBe(false);
      await call(page, "close");
      await soon(helpers).toBe(0);
    });

    test("has no worker left when the backend was closed before its workers had started", async () => {
      const page = await pageWith(isolation);
      let started = 0;
      page.on("worker", () => started++);
      await call(page, "openAndClose", 3);
      // One more tried out whether the page lets workers start.
      await soon(() => started).toBe(3);
      await soon(helpers).toBe(0);
    });

    test("leaves no worker behind when another page takes its place", async () => {
      const page = await pageWith(isolation);
      await call(page, "open", 3);
      await soon(helpers).toBe(2);
      await page.goto("about:blank");
      await soon(helpers).toBe(0);
    });

    test("stays responsive while it trains on its main thread", async () => {
      const page = await pageWith(isolation);
      const { ticks, gap } = await call(page, "longestGap", 1500);
      expect(gap).toBeLessThan(500);
      expect(ticks).toBeGreaterThan(10);
    });
  });

  describe("a page that is not isolated", () => {
    test.each(places)(
      "trains to the pinned weights on one thread from %s, and says why one",
      async (_where, name, number) => {
        const page = await pageWith({});
        const { threads, reason, digests } = await call(page, name, 2, ...third(number));
        expect(digests).toEqual(pinnedThird(number));
        expect(threads).toBe(1);
        expect(reason).toMatch(/one thread.*cross-origin isolated/);
      },
    );
  });
});
