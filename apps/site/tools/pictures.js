/**
 * The pictures of the README: the studio of the built site, in trainings that their addresses say, in docs/pictures/.
 *
 *   npm run build -w apps/site && npm run pictures -w apps/site
 */
import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { launchChromium } from "../../../tools/chromium.js";

/** What a picture may weigh; the best one that is light enough is taken. */
const MOST = 150_000;
const QUALITIES = [90, 80, 60, 40];
const folder = new URL("../../../docs/pictures/", import.meta.url);
const training = "#v=1&p=mlp&l=30&n=10000&at=";

/** Each with the height at which nothing is cut in two, and with what has to be drawn. */
const pictures = /** @type {const} */ ([
  { name: "studio-train", theme: "light", hash: `${training}395`, height: 884, drawn: "inkling-curves canvas" },
  {
    name: "studio-inside",
    theme: "dark",
    hash: `${training}79&tab=inside&x=test.18`,
    height: 800,
    drawn: ".optimizer",
  },
]);

const command = fileURLToPath(new URL("../../../packages/cli/bin/inkling.js", import.meta.url));
const site = fileURLToPath(new URL("../.vitepress/dist", import.meta.url));
const serving = spawn(process.execPath, [command, "studio", "--no-open", "--json", "--site", site], {
  stdio: ["ignore", "pipe", "inherit"],
});
/** @type {string} */
const url = await new Promise((resolve, reject) => {
  createInterface({ input: serving.stdout }).once("line", (line) => resolve(JSON.parse(line).url));
  serving.once("exit", (code) => reject(new Error(`inkling studio: expected an address, got the end (${code}).`)));
});
const browser = await launchChromium();
try {
  await mkdir(folder, { recursive: true });
  for (const picture of pictures) await take(picture);
} finally {
  await browser.close();
  serving.removeAllListeners("exit");
  serving.kill();
}

/**
 * Opens the studio where the training is done, and writes its picture.
 *
 * @param {(typeof pictures)[number]} picture
 */
async function take({ name, theme, hash, height, drawn }) {
  const page = await browser.newPage({
    viewport: { width: 1280, height },
    colorScheme: theme,
    reducedMotion: "reduce",
  });
  await page.goto(new URL(`studio${hash}`, url).href);
  // The training is computed again, to the step that the address says.
  await page.waitForFunction(isThere, undefined, { timeout: 120_000 });
  await page.locator("inkling-studio").locator(drawn).first().waitFor({ timeout: 120_000 });
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1500);
  const session = await page.context().newCDPSession(page);
  let bytes = Buffer.alloc(0);
  for (const quality of QUALITIES) {
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality });
    bytes = Buffer.from(data, "base64");
    if (bytes.length <= MOST) break;
  }
  await writeFile(new URL(`${name}.webp`, folder), bytes);
  if (bytes.length > MOST) process.exitCode = 1;
  console.log(`docs/pictures/${name}.webp: ${bytes.length} bytes${bytes.length > MOST ? `, more than ${MOST}` : ""}`);
  await page.close();
}

/** In the page: whether the training is where the address says. */
function isThere() {
  const studio = document.querySelector("inkling-studio");
  return ["done", "paused"].includes(/** @type {any} */ (studio)?.view?.phase);
}
