/** The site's digits and models, as its build makes them: made where they are missing, in a few seconds. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const site = new URL("../../../apps/site/", import.meta.url);

/** The address of the folder that has digits/ and models/. */
export async function makeSiteFiles(): Promise<URL> {
  for (const tool of ["digits.js", "book-model.js"]) {
    await promisify(execFile)(process.execPath, [fileURLToPath(new URL(`tools/${tool}`, site))]);
  }
  return new URL("pages/public/", site);
}
