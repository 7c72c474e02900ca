/**
 * A still picture of each figure, for readers without JavaScript, for paper, and until the figure is drawn: WebP, light
 * and dark, in pages/public/stills/. The figures are drawn from their source in Chromium, as on paper: with the answer,
 * without controls. sizes.json beside them says how wide and high each is, so that a page moves nothing when one comes.
 *
 *   npm run stills -w apps/site            all of them
 *   npm run stills -w apps/site f03 f04    those whose names begin like this
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { rolldown } from "rolldown";
import { launchChromium } from "../../../tools/chromium.js";

/** The width of the text column, and what a picture may weigh: the weights of f23, which are nearly noise, need it. */
const WIDTH = 680;
const MOST = 52_000;
/** The best one whose picture is light enough is taken. */
const QUALITIES = [80, 60, 40, 25, 20];
const publicFolder = new URL("../pages/public/", import.meta.url);
const stills = new URL("stills/", publicFolder);

const code = await bundled(fileURLToPath(new URL("../../../packages/figures/src/loader.ts", import.meta.url)));
const server = createServer(async ({ url = "/" }, response) => {
  const isFile = /^\/(digits|models)\/[\w-]+\.\w+$/.test(url);
  const body = isFile
    ? await readFile(new URL(url.slice(1), publicFolder)).catch(() => undefined)
    : url === "/figures.js"
      ? code
      : '<!doctype html><html lang="en"><meta charset="utf-8"><body><script src="/figures.js"></script>';
  const type = url === "/figures.js" ? "text/javascript" : isFile ? "application/octet-stream" : "text/html";
  response.writeHead(body === undefined ? 404 : 200, { "Content-Type": type });
  response.end(body);
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
const browser = await launchChromium();
await mkdir(stills, { recursive: true });
let isTooLarge = false;
const page = await browser.newPage({ viewport: { width: WIDTH, height: 1200 }, reducedMotion: "reduce" });
const address = /** @type {import("node:net").AddressInfo} */ (server.address());
await page.goto(`http://127.0.0.1:${address.port}/`);
const names = await page.evaluate("figures.figureNames.filter((name) => /^f\\d\\d-/.test(name))");
const wanted = process.argv.slice(2);
for (const name of names) {
  if (wanted.length > 0 && !wanted.some((start) => name.startsWith(start))) continue;
  await take(name, "light");
  await take(name, "dark");
}
await browser.close();
server.close();
server.closeAllConnections();
await writeSizes();
if (isTooLarge) process.exitCode = 1;

/**
 * Draws one figure in a page of its own, opens its answer, and writes its picture.
 *
 * @param {string} name
 * @param {"light" | "dark"} theme
 */
async function take(name, theme) {
  await page.emulateMedia({ media: "screen", colorScheme: theme });
  await page.reload();
  await page.evaluate(
    ([name, theme]) => {
      const background = theme === "dark" ? "#1b1b1f" : "#fff";
      document.documentElement.style.cssText = `color-scheme: ${theme}; background: ${background}`;
      document.body.style.cssText = "margin: 0; padding: 8px; font: 17px/1.6 system-ui, sans-serif";
      document.body.append(document.createElement(`inkling-${name}`));
    },
    [name, theme],
  );
  await page.evaluate(`figures.loadFigure("${name}")`);
  const figure = page.locator(`inkling-${name}`);
  // A quiz asks without an answer that could be opened.
  await figure.locator("inkling-question, .ask").first().waitFor({ timeout: 60_000 });
  for (const answer of await figure.locator("inkling-question .plain").all()) await answer.click();
  await page.mouse.move(0, 0);
  // A figure that computes piece by piece says when it is whole.
  await page.waitForFunction((name) => !document.querySelector(`inkling-${name}`)?.ariaBusy, name);
  await page.emulateMedia({ media: "print", colorScheme: theme });
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
  const box = await figure.boundingBox();
  if (box === null) throw new Error(`${name}: expected a figure that can be seen, got none.`);
  const { x, y, width, height } = box;
  const session = await page.context().newCDPSession(page);
  const clip = { x: x - 4, y: y - 4, width: width + 8, height: height + 8, scale: 1 };
  let picture = Buffer.alloc(0);
  for (const quality of QUALITIES) {
    const { data } = await session.send("Page.captureScreenshot", {
      format: "webp",
      quality,
      clip,
      captureBeyondViewport: true,
    });
    picture = Buffer.from(data, "base64");
    if (picture.length <= MOST) break;
  }
  const file = `${name}${theme === "dark" ? ".dark" : ""}.webp`;
  await writeFile(new URL(file, stills), picture);
  if (picture.length > MOST) isTooLarge = true;
  console.log(`${file}: ${picture.length} bytes${picture.length > MOST ? `, more than ${MOST}` : ""}`);
}

/** Of all pictures that there are, by their names without the ending: [width, height]. */
async function writeSizes() {
  const files = (await readdir(stills)).filter((file) => file.endsWith(".webp")).toSorted();
  const lines = await Promise.all(
    files.map(async (file) => `  "${file.slice(0, -5)}": [${(await sizeOf(new URL(file, stills))).join(", ")}]`),
  );
  await writeFile(new URL("sizes.json", stills), `{\n${lines.join(",\n")}\n}\n`);
}

/**
 * Width and height of a WebP: of a canvas of its own (VP8X) 24 bits each, less 1; otherwise 14 bits, behind the
 * signature of the only frame.
 *
 * @param {URL} file
 * @returns {Promise<[number, number]>}
 */
async function sizeOf(file) {
  const bytes = await readFile(file);
  const kind = bytes.toString("latin1", 8, 16);
  if (kind === "WEBPVP8X") return [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1];
  if (kind === "WEBPVP8 ") return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff];
  throw new Error(`${file}: expected a lossy WebP, got ${kind}.`);
}

/**
 * The figures as one script, `globalThis.figures`.
 *
 * @param {string} file
 */
async function bundled(file) {
  const build = await rolldown({
    input: file,
    platform: "browser",
    resolve: { conditionNames: ["inkling-source", "browser", "production", "import", "default"] },
    logLevel: "silent",
  });
  const { output } = await build.generate({ format: "iife", name: "figures", codeSplitting: false });
  await build.close();
  return output[0].code;
}
