/**
 * A folder for what the test files of one run have in common: a bundle, and marks of what has been made. It is new for
 * each run, so that nothing in it is ever older than the code.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    runFolder: string;
  }
}

/** Vitest calls this once, before the tests; what it returns, after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "inkling-run-"));
  project.provide("runFolder", folder);
  // Vitest watching the sources: what was made of the old ones is not for the next run.
  project.onTestsRerun(async () => {
    for (const name of await readdir(folder)) await rm(join(folder, name), { recursive: true, force: true });
  });
  return () => rm(folder, { recursive: true, force: true });
}

/** The folder of this run; none for tests whose project has no `setup` of this file. */
export function runFolder(): string | undefined {
  return inject("runFolder");
}
