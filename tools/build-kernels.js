/**
 * Compiles packages/inkling/kernels with AssemblyScript and embeds the bytes in a module of the library: so
 * they are found by Node, by every bundler and in a page opened from a file. `npm run build` runs it first.
 */
import { writeFile } from "node:fs/promises";
import asc from "assemblyscript/asc";

const kernels = "packages/inkling/kernels/index.ts";
const target = "packages/inkling/src/backends/fast/compiled.ts";

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
  `/** The kernels, compiled by tools/build-kernels.js: ${binary.length} bytes as text. Generated; not to be edited. */\nexport const compiled =\n  "${text}";\n`,
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
