/**
 * Figures in a headless Chromium: a page with some HTML, which loads the figures, bundled from their source. No
 * message of the page's console may be an error, and no rule of its policy may be broken: `errors` has what was.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { BrowserContextOptions, Page } from "playwright-core";
import { onTestFinished, TestRunner } from "vitest";
import { hasChromium, launchChromium } from "../../../tools/chromium.js";
import { bundledPage } from "./page-bundle.ts";
import { makeSiteFiles } from "./site-files.ts";

export { hasChromium, launchChromium };

/** How many times slower than this machine pages run, to find tests that read a page too early; 1 if absent. */
const slowdown = Number(process.env.INKLING_SLOWDOWN ?? 1);

/** The site's, as far as it concerns figures. */
const policy = [
  ...["default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "worker-src 'self' blob:", "connect-src 'self'"],
  ...["img-src 'self' data: blob:", "style-src-attr 'unsafe-inline'"],
].join("; ");

export interface Opened {
  readonly page: Page;
  /** What went wrong in the page until now. */
  readonly errors: readonly string[];
}

export interface Chromium {
  /** Opens a page whose body is this HTML; one that a test opens is closed when that test has ended. */
  open(body: string, options?: BrowserContextOptions): Promise<Opened>;
  close(): Promise<void>;
}

export interface ChromiumOptions {
  /** Whether pages find the site's digits and models; false if absent. */
  readonly hasSiteFiles?: boolean;
  /** Whether pages are isolated, so that their workers may share memory; false if absent. */
  readonly isIsolated?: boolean;
}

const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Starts a browser, bundles the figures, and serves pages until it is closed. */
export async function startChromium(options: ChromiumOptions = {}): Promise<Chromium> {
  const { hasSiteFiles = false, isIsolated = false } = options;
  const files = hasSiteFiles ? await makeSiteFiles() : undefined;
  const code = await bundledPage();
  const bodies: string[] = [];
  const server = createServer(async ({ url = "/" }, response) => {
    if (files !== undefined && /^\/(digits|models)\/[\w-]+\.\w+$/.test(url)) {
      const content = await readFile(new URL(url.slice(1), files)).catch(() => undefined);
      response.writeHead(content === undefined ? 404 : 200, { "Content-Type": "application/octet-stream" });
      response.end(content);
      return;
    }
    const module = code.get(url.slice(1));
    const body = module ?? document(bodies[Number(url.slice(1))] ?? "");
    response.writeHead(200, {
      "Content-Type": module === undefined ? "text/html; charset=utf-8" : "text/javascript",
      "Content-Security-Policy": policy,
      ...(isIsolated && isolation),
    });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await launchChromium();
  return {
    async open(body, given = {}) {
      const context = await browser.newContext(given);
      // What a page goes on with would take the time of the tests after it.
      if (TestRunner.getCurrentTest() !== undefined) onTestFinished(() => context.close());
      const page = await context.newPage();
      await slowDown(page);
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      bodies.push(body);
      const { port } = server.address() as AddressInfo;
      await page.goto(`http://127.0.0.1:${port}/${bodies.length - 1}`);
      // The policy forbids what waitForFunction does; the script has run when the page is loaded.
      if (!(await page.evaluate("typeof figures === 'object'"))) throw new Error(errors.join("\n"));
      return { page, errors };
    },
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Makes a page as slow as the environment's INKLING_SLOWDOWN asks for. */
export async function slowDown(page: Page): Promise<void> {
  if (slowdown === 1) return;
  const session = await page.context().newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
}

function document(body: string): string {
  const start = '<script type="module" src="/start.js"></script>';
  return `<!doctype html><html lang="en"><title>Figures</title><link rel="icon" href="data:,"><body>${body}${start}`;
}
