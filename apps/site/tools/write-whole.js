/** Writes a file so that nobody ever reads half of it: under another name first. Several may write the same file. */
import { rename, writeFile } from "node:fs/promises";

/**
 * @param {URL} file
 * @param {string | Uint8Array} content
 */
export async function writeWhole(file, content) {
  const unfinished = new URL(`${file.href}.${process.pid}`);
  await writeFile(unfinished, content);
  await rename(unfinished, file);
}
