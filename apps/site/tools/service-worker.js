/**
 * Writes the service worker of a built site, when all other files are written:
 *
 *   sw.js          worker/service-worker.js with the list of all files: name, size, digests
 *   offline.json   { version, files, bytes }: what a page says before it saves the site for offline use
 *
 *   node tools/service-worker.js [FOLDER]
 */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const folder = process.argv[2] ?? fileURLToPath(new URL("../.vitepress/dist", import.meta.url));
const own = ["sw.js", "offline.json"];

/** @param {string | Uint8Array} content */
const sha256 = (content) => createHash("sha256").update(content).digest("hex");

/**
 * A file's size and the digest of what a page gets: some hosts let the browser unpack .gz files.
 *
 * @param {string} name
 */
async function described(name) {
  const content = await readFile(join(folder, name));
  const digests = [sha256(content), ...(name.endsWith(".gz") ? [sha256(gunzipSync(content))] : [])];
  return { bytes: content.length, sha256: digests };
}

const found = await readdir(folder, { recursive: true, withFileTypes: true });
const names = found
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, "/").length).split(sep).join("/"))
  .filter((name) => !own.includes(name) && !name.endsWith(".map"))
  .sort();
/** @type {Record<string, Awaited<ReturnType<typeof described>>>} */
const files = {};
for (const name of names) files[name] = await described(name);
const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
const version = sha256(JSON.stringify(files)).slice(0, 16);

const worker = await readFile(new URL("../worker/service-worker.js", import.meta.url), "utf8");
await writeFile(join(folder, "sw.js"), `const site = ${JSON.stringify({ version, bytes, files })};\n${worker}`);
await writeFile(join(folder, "offline.json"), `${JSON.stringify({ version, files: names.length, bytes })}\n`);
console.log(`For offline use: ${names.length} files, ${(bytes / 1e6).toFixed(1)} MB.`);
