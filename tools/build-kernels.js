/**
 * Compiles packages/inkling/kernels with AssemblyScript and embeds the bytes in a module of the library: so
 * they are found by Node, by every bundler and in a page opened from a file. `npm run build` runs it first. What was
 * compiled from the same sources is left as it is.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const folder = "packages/inkling/kernels/";
const kernels = `${folder}index.ts`;
const target = "packages/inkling/src/backends/fast/compiled.ts";

const compiler = "node_modules/assemblyscript/package.json";
const sources = (await readdir(folder)).filter((name) => name.endsWith(".ts")).sort();
const hash = createHash("sha256");
for (const file of [fileURLToPath(import.meta.url), compiler, ...sources.map((name) => folder + name)]) {
  hash.update(await readFile(file));
}
const stamp = `Of the sources ${hash.digest("hex")}.`;
const before = await readFile(target, "utf8").catch(() => "");
// The stamp ends the file: one that was written in part has none.
if (before.trimEnd().endsWith(stamp)) process.exit(0);

const { default: asc } = await import("assemblyscript/asc");
/** @type {{ binary?: Uint8Array }} */
const written = {};
const { error, stderr } = await asc.main(
  [
    kernels,
    ...["-O3", "--noAssert", "--runtime", "stub"],
    ...["--importMemory", "--noExportMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "32768"],
    // A last look at locals: 90 bytes of gzip less.
    ...["--runPasses", "merge-locals,coalesce-locals,reorder-locals"],
    ...["--enable", "simd,threads", "--disable", "bulk-memory", "--disableWarning", "112"],
    ...["-o", "kernels.wasm"],
  ],
  {
    writeFile: (_name, contents) => {
      if (contents instanceof Uint8Array) written.binary = contents;
    },
  },
);
const { binary } = written;
if (error || binary === undefined) {
  console.error(stderr.toString());
  throw error ?? new Error("asc wrote no bytes.");
}
// A page loads this text compressed: gzip finds repeated bytes in it, which base64 would hide.
const text = Array.from(binary, characters).join("");
await writeFile(
  target,
  `/** The kernels, compiled by tools/build-kernels.js: ${binary.length} bytes as text. Generated; not to be edited. */\nexport const compiled =\n  "${text}";\n// ${stamp}\n`,
);

/**
 * A byte as text: the character with the code 32 + (byte + 8) modulo 256, if a string in any quotes can hold it as it
 * is; otherwise an escape, one of z { | } ~, and a digit to the base of 52, of ( to [. kernels.ts reads it.
 * @param {number} byte
 */
function characters(byte) {
  const code = 32 + ((byte + 8) % 256);
  const single = String.fromCharCode(code);
  if (code < 122 && !`"'\`$\\`.includes(single)) return single;
  return String.fromCharCode(122 + Math.floor(byte / 52), 40 + (byte % 52));
}
