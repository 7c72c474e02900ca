/** The site's digits and models, as its build makes them: made where they are missing, in a few seconds. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { runFolder } from "./run-folder.ts";

const site = new URL("../../../apps/site/", import.meta.url);

/** The address of the folder that has digits/ and models/. They are looked at once in a run of tests. */
export async function makeSiteFiles(): Promise<URL> {
  const folder = runFolder();
  const mark = folder && join(folder, "site-files");
  if (mark === undefined || !existsSync(mark)) {
    for (const tool of ["digits.js", "book-model.js"]) {
      await promisify(execFile)(process.execPath, [fileURLToPath(new URL(`tools/${tool}`, site))]);
    }
    if (mark !== undefined) await writeFile(mark, "");
  }
  return new URL("pages/public/", site);
}
