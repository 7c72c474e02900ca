// The archive for classrooms: its page is opened from the disk, and everything in it works without a network.
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { train } from "inkling";
import { chooseBackend, mnist } from "inkling/node";
import { unzip } from "inkling-formats/archives";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { prepare } from "../src/session/preparing.ts";
import { experimentOf } from "../src/state/experiment.ts";
import { hasChromium, launchChromium, slowDown } from "./in-chromium.ts";
import { makeSiteFiles } from "./site-files.ts";

const tool = fileURLToPath(new URL("../../../apps/site/tools/zip.js", import.meta.url));
const small = { layers: [8], examples: 300, batchSize: 50, epochs: 2 } as const;
/** A busy machine takes its time. */
const patience = { timeout: 120_000 };

describe.skipIf(!hasChromium)("the archive's page", () => {
  let directory: string;
  let browser: Browser;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "inkling-zip-"));
    await makeSiteFiles();
    const file = join(directory, "inkling.zip");
    await promisify(execFile)(process.execPath, [tool, file]);
    const files = await unzip(new Uint8Array(await readFile(file)), "inkling.zip");
    expect([...files.keys()]).toEqual(["inkling/Inkling.html"]);
    await writeFile(join(directory, "Inkling.html"), files.get("inkling/Inkling.html") as Uint8Array);
    browser = await launchChromium();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    if (directory) await rm(directory, { recursive: true });
  });

  test("starts from the disk: figures are drawn, and a training in its worker has Node's digest", async () => {
    const context = await browser.newContext({ offline: true });
    const page = await context.newPage();
    await slowDown(page);
    const wrong: string[] = [];
    page.on("pageerror", (error) => wrong.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") wrong.push(message.text());
    });
    page.on("request", (request) => {
      if (!/^(file|blob|data):/.test(request.url())) wrong.push(request.url());
    });
    await page.goto(pathToFileURL(join(directory, "Inkling.html")).href);
    const empty = `Array.from(document.querySelectorAll("main :is(figure, .panes) > *"))
      .filter((element) => !element.shadowRoot?.textContent.trim()).map((element) => element.localName)`;
    await expect.poll(() => page.locator("figure").count()).toBeGreaterThan(5);
    await expect.poll(() => page.evaluate(empty), patience).toEqual([]);

    // The studio's worker has started.
    await expect.poll(() => page.getByRole("button", { name: "Start", exact: true }).isEnabled(), patience).toBe(true);

    // Its 12 steps, to the end.
    const digest = await page.evaluate(`(async () => {
      const session = new inkling.Session();
      const experiment = inkling.experimentOf("mlp", ${JSON.stringify(small)});
      await session.open({ experiment, changes: [] }, 12);
      return session.view.digest;
    })()`);
    const { backend } = await chooseBackend();
    const { model, train: images, options } = prepare(experimentOf("mlp", small), (await mnist()).train, backend);
    await train(model, images, options);
    expect(digest).toBe(await model.weightsSha256());
    expect(wrong).toEqual([]);
  }, 300_000);
});
