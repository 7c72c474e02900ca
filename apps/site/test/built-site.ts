/**
 * The built site on a server of the tests' own: files alone, as any host serves them, with what the pages' policy
 * leaves to the server. `startSite` opens pages in a browser and says what went wrong in them.
 */
import { existsSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, Page } from "playwright-core";
import { type ExpectStatic, onTestFinished, TestRunner } from "vitest";
import { hasChromium, launchChromium, slowDown } from "../../../packages/figures/test/in-chromium.ts";
import { siteIsBuilt } from "./build.ts";

if (hasChromium) await siteIsBuilt();

export const built = fileURLToPath(new URL("../.vitepress/dist", import.meta.url));

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".woff2": "font/woff2",
  ".png": "image/png",
  ".webp": "image/webp",
};

/** The addresses of the pages in a folder of the built site. */
export function pagesIn(folder: string): string[] {
  if (!hasChromium) return [];
  const files = readdirSync(`${built}/${folder}`).filter((file) => file.endsWith(".html"));
  return files.map((file) => `/${folder}/${file.slice(0, -5)}`);
}

/** As `inkling studio` sends them; without them a page would be loaded once more, by its service worker. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

export interface OpenedPage {
  readonly page: Page;
  /** Errors of scripts and of the console, rules of the policy that were broken, requests to other hosts. */
  readonly errors: readonly string[];
  /** The addresses of all that was fetched. */
  readonly requests: readonly string[];
}

export interface Site {
  /** http://127.0.0.1:1234 */
  readonly origin: string;
  /** Opens a page of the site, or of another host. */
  open(path: string, options?: BrowserContextOptions): Promise<OpenedPage>;
  close(): Promise<void>;
}

export async function startSite(): Promise<Site> {
  const server = createServer((request, response) => {
    void answer(new URL(request.url ?? "/", "http://localhost").pathname).then(({ status, type, body }) => {
      response.writeHead(status, { "Content-Type": type, ...isolation });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchChromium();
  return {
    origin,
    async open(path, options = {}) {
      const context = await browser.newContext(options);
      // What a page goes on with would take the time of the tests after it. Of tests that run together nobody knows
      // which one this is: they close their pages themselves.
      const running = TestRunner.getCurrentTest();
      if (running !== undefined && !running.concurrent) onTestFinished(() => context.close());
      // As long as a test may take: a busy machine is slow.
      context.setDefaultTimeout(100_000);
      const page = await context.newPage();
      await slowDown(page);
      const [errors, requests]: [string[], string[]] = [[], []];
      page.on("pageerror", (error) => errors.push(String(error)));
      page.on("console", (message) => {
        if (message.type() === "error" || message.text().includes("Hydration")) errors.push(message.text());
      });
      page.on("request", (request) => {
        requests.push(request.url());
        if (/^https?:/.test(request.url()) && !request.url().startsWith(origin)) errors.push(`asked ${request.url()}`);
      });
      await context.addInitScript(`addEventListener("securitypolicyviolation", (event) =>
        console.error("policy: " + event.violatedDirective + " " + event.blockedURI + " " + event.sample))`);
      await page.goto(new URL(path, origin).href, { waitUntil: path.startsWith("/") ? "networkidle" : "load" });
      return { page, errors, requests };
    },
    async close() {
      await browser.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

/** How long a busy machine may take to draw. */
export const patient = { timeout: 60_000 };

export const pageColour = `getComputedStyle(document.body).backgroundColor`;

/** Scrolls to the end, as a reader does, and once more from the top, until each figure is there. */
export async function readThrough(page: Page, expect: ExpectStatic): Promise<void> {
  const undefinedFigures = `(() => {
    const isAtEnd = scrollY + innerHeight > document.documentElement.scrollHeight - 2;
    scrollTo(0, isAtEnd ? 0 : scrollY + innerHeight);
    return document.querySelectorAll("figure.live > :first-child:not(:defined), main[data-figure] > :not(:defined)").length;
  })()`;
  await expect.poll(() => page.evaluate(undefinedFigures), patient).toBe(0);
  await page.evaluate("scrollTo(0, 0)");
  await page.waitForLoadState("networkidle");
}

/** The file of an address on the site; none where there is none. */
export function fileOf(path: string): string | undefined {
  const tries = path.endsWith("/") ? [`${path}index.html`] : [path, `${path}.html`];
  return tries.find((file) => extname(file) !== "" && !file.includes("..") && existsSync(built + file));
}

async function answer(path: string): Promise<{ status: number; type: string; body: Buffer }> {
  const file = fileOf(path);
  if (file !== undefined) {
    const type = types[extname(file)] ?? "application/octet-stream";
    return { status: 200, type, body: await readFile(built + file) };
  }
  return { status: 404, type: "text/html; charset=utf-8", body: await readFile(`${built}/404.html`) };
}
