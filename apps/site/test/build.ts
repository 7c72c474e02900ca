/** Builds the site once, before its tests, where there is a browser to look at it. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { hasChromium } from "../../../packages/figures/test/in-chromium.ts";

export async function setup(): Promise<void> {
  if (!hasChromium) return;
  await promisify(execFile)("npm", ["run", "build"], { cwd: fileURLToPath(new URL("..", import.meta.url)) });
}
