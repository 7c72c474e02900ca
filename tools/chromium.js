/**
 * The browser that tests, pictures and measurements look at pages with: Debian's Chromium, headless. Its shell without
 * windows (the package chromium-headless-shell) does the same in two thirds of the time, and comes first.
 */
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const places = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"];
const executablePath = process.env.CHROMIUM_PATH ?? places.find((path) => existsSync(path)) ?? "";
const args = [
  ...["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];

/** Tests in a browser are skipped where there is none. */
export const hasChromium = existsSync(executablePath);

/** A browser without a window. */
export function launchChromium() {
  return chromium.launch({ executablePath, args });
}
