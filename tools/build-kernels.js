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
// Hexadecimal, not base64: a page loads it compressed, and gzip finds repeated bytes that base64 hides (7.0 kB, not
// 9.0).
const hexadecimal = Buffer.from(binary).toString("hex");
await writeFile(
  target,
  `/** The kernels, compiled by tools/build-kernels.js: ${binary.length} bytes, hexadecimal. Generated; not to be edited. */\nexport const compiled =\n  "${hexadecimal}";\n`,
);
