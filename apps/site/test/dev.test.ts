// `npm run site`: what it serves is drawn in the browser alone, so that a page comes after its scripts have begun.
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { hasChromium, launchChromium } from "../../../packages/figures/test/in-chromium.ts";
// It waits for the build, with which the digits and the networks come.
import { patient } from "./built-site.ts";

const site = fileURLToPath(new URL("..", import.meta.url));

describe.skipIf(!hasChromium)("the site in development", () => {
  let [server, browser]: [ChildProcess?, Browser?] = [];
  let page: Page;
  let origin = "";
  beforeAll(async () => {
    // In colour, as it writes where CI is set, the address would have codes within it.
    const env = { ...process.env, NO_COLOR: "1" };
    const started = spawn("npx", ["vitepress", "dev", "--port", "0"], { cwd: site, detached: true, env });
    server = started;
    for await (const line of createInterface(started.stdout)) {
      origin = /http:\/\/localhost:\d+\//.exec(line)?.[0] ?? "";
      if (origin !== "") break;
    }
    expect(origin, "what the server says its address is").not.toBe("");
    browser = await launchChromium();
    page = await browser.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    // With all that npx has started.
    if (server?.pid !== undefined) process.kill(-server.pid);
  });

  test("shows the studio, and a chapter's figure, each when it is the first page", async () => {
    // Its address has a percent sign of its own (hash.ts).
    await page.goto(`${origin}studio#v=1&task=Reach 95 %`);
    await expect.poll(() => page.getByRole("button", { name: "Start", exact: true }).count(), patient).toBe(1);
    await expect.poll(() => page.getByText("Reach 95 %").count(), patient).toBe(1);
    await page.goto(`${origin}book/neuron`);
    await page.locator("inkling-f01-pixels").scrollIntoViewIfNeeded();
    await expect.poll(() => page.locator("inkling-f01-pixels inkling-question").count(), patient).toBe(1);
  });
});
