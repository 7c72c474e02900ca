/**
 * How smooth the built site is: tasks of more than 50 ms that keep the page from answering while the studio trains, how
 * long after a click the page paints, and when the largest part of each page has come. It prints numbers and tests
 * nothing, because they depend on the machine and on what else it does.
 *
 *   npm run smooth -w apps/site             as fast as this machine is
 *   npm run smooth -w apps/site -- 4 30     with a processor four times as slow, 30 seconds of training
 *
 * With CHROMIUM_PATH=/usr/bin/chromium it measures the browser that people have, not the lighter one of the tests.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../../../tools/chromium.js";

const [slower = 1, seconds = 30] = process.argv.slice(2).map(Number);
const command = fileURLToPath(new URL("../../../packages/cli/bin/inkling.js", import.meta.url));
const server = spawn(process.execPath, [command, "studio", "--no-open", "--quiet"], {
  stdio: ["ignore", "pipe", "inherit"],
});
const [origin] = await once(createInterface(server.stdout), "line");
const browser = await launchChromium();
const [, build = ""] =
  /Chrome\/([\d.]+)/.exec(await browser.newPage().then((page) => page.evaluate("navigator.userAgent"))) ?? [];
console.log(`Chromium ${build}, processor ${slower} times as slow, ${seconds} s of training`);

for (const path of ["", "book/backpropagation", "studio"]) {
  const page = await opened(path);
  console.log(`/${path}: the largest part after ${(await page.evaluate("measured.largest")).toFixed(0)} ms`);
  await page.context().close();
}

const page = await opened("studio");
const begin = page.locator("inkling-studio").getByRole("button", { name: "Start", exact: true });
await begin.waitFor();
await page.waitForTimeout(1000);
await page.evaluate("measured.tasks.length = 0; measured.events.length = 0");
const before = Date.now();
await begin.click();
while (Date.now() - before < 1000 * seconds) await page.waitForTimeout(200);
const { tasks, events, steps } = /** @type {{ tasks: number[], events: number[], steps: string }} */ (
  await page.evaluate(`({ ...measured, steps: document.querySelector("inkling-studio").view?.total })`)
);
const longest = Math.max(0, ...tasks);
console.log(
  `studio: ${tasks.length} tasks of more than 50 ms, ${longest.toFixed(0)} ms the longest, in ${steps} steps`,
);
console.log(`studio: ${Math.max(0, ...events).toFixed(0)} ms from a click to the paint after it, at most`);
await browser.close();
server.kill("SIGTERM");

/**
 * A page that measures itself from its beginning.
 *
 * @param {string} path
 */
async function opened(path) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.addInitScript(`
    globalThis.measured = { tasks: [], events: [], largest: 0 };
    const watch = (type, take, more) => new PerformanceObserver((list) => list.getEntries().forEach(take))
      .observe({ type, buffered: true, ...more });
    watch("longtask", ({ duration }) => measured.tasks.push(duration));
    watch("event", ({ duration }) => measured.events.push(duration), { durationThreshold: 16 });
    watch("largest-contentful-paint", ({ startTime }) => { measured.largest = startTime; });
  `);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Emulation.setCPUThrottlingRate", { rate: slower });
  await page.goto(new URL(path, origin).href, { waitUntil: "networkidle" });
  return page;
}
