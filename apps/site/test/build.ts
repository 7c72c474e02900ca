/**
 * Builds the site once, where there is a browser to look at it, while other tests run. Files that import built-site.ts
 * wait for its end.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";
import { hasChromium } from "../../../packages/figures/test/in-chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** A file that says how the build ended, as soon as it has. */
    siteBuild: string;
  }
}

/** Vitest calls this once, before the tests; what it returns, after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "inkling-site-"));
  const file = join(folder, "end");
  project.provide("siteBuild", file);
  const building = hasChromium ? built(file) : undefined;
  return async () => {
    await building;
    await rm(folder, { recursive: true, force: true });
  };
}

async function built(file: string): Promise<void> {
  const site = fileURLToPath(new URL("..", import.meta.url));
  const end = await promisify(execFile)("npm", ["run", "build"], { cwd: site }).then(
    () => "built",
    (error) => `${error}\n${error.stdout}\n${error.stderr}`,
  );
  await writeFile(`${file}.part`, end);
  await rename(`${file}.part`, file);
}

/** Waits for the end of the build. Throws what it said where it failed. */
export async function siteIsBuilt(): Promise<void> {
  for (;;) {
    const end = await readFile(inject("siteBuild"), "utf8").catch(() => undefined);
    if (end === "built") return;
    if (end !== undefined) throw new Error(`The site could not be built: ${end}`);
    await sleep(100);
  }
}
