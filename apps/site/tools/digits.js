/**
 * Writes MNIST as files of the site, pages/public/digits/, in pieces: a page fetches the first test digits alone, and
 * starts a training on the first 10,000. `npm run build` and `npm run dev` run it first; files that are there and whole
 * stay.
 *
 *   NAME.gz       gzip of count × 784 bytes of pixels, then count bytes of labels, in MNIST's order
 *   digits.json   { "files": [{ "name", "set": "test" or "train", "from", "count", "bytes", "sha256" }, …] }
 */
import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { mnist } from "inkling/node";
import { writeWhole } from "./write-whole.js";

const folder = new URL("../pages/public/digits/", import.meta.url);
const PIXELS = 784;
/** Level 9 takes 14 s for all files and saves half a percent; this one takes 1 s. */
const LEVEL = 7;

/** Of each set, how many digits its files have. @type {Record<"test" | "train", number[]>} */
const pieces = { test: [1000, 9000], train: Array(6).fill(10_000) };

/** @param {Uint8Array} bytes */
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/** Whether the files that the list names are there, as they were written. */
async function isWhole() {
  try {
    const { files } = JSON.parse(await readFile(new URL("digits.json", folder), "utf8"));
    for (const file of files) {
      if (sha256(await readFile(new URL(file.name, folder))) !== file.sha256) return false;
    }
    return files.length === pieces.test.length + pieces.train.length;
  } catch {
    return false;
  }
}

/**
 * Writes one file.
 *
 * @template {{ name: string }} File
 * @param {File} file
 * @param {Uint8Array} content
 */
async function packed(file, content) {
  const bytes = await promisify(gzip)(content, { level: LEVEL });
  await writeWhole(new URL(file.name, folder), bytes);
  return { ...file, bytes: bytes.length, sha256: sha256(bytes) };
}

async function write() {
  await mkdir(folder, { recursive: true });
  const digits = await mnist();
  const writing = [];
  for (const set of /** @type {const} */ (["test", "train"])) {
    const { inputs, labels = [] } = digits[set];
    let from = 0;
    for (const [i, count] of pieces[set].entries()) {
      const pixels = Buffer.from(inputs.slice(from * PIXELS, (from + count) * PIXELS));
      const file = { name: `${set}-${i}.gz`, set, from, count };
      writing.push(packed(file, Buffer.concat([pixels, Buffer.from(labels.slice(from, from + count))])));
      from += count;
    }
  }
  const files = await Promise.all(writing);
  // Last, so that a list without its files is never found.
  await writeWhole(new URL("digits.json", folder), `${JSON.stringify({ files }, undefined, 2)}\n`);
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  console.log(`MNIST for the site: ${files.length} files, ${(total / 1e6).toFixed(1)} MB.`);
}

if (!(await isWhole())) await write();
