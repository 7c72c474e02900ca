/**
 * Compiles packages/inkling/kernels with AssemblyScript and embeds the bytes, as base64, in a module of the library: so
 * they are found by Node, by every bundler and in a page opened from a file. `npm run build` runs it first.
 */
import { writeFile } from "node:fs/promises";
import asc from "assemblyscript/asc";

const kernels = "packages/inkling/kernels/index.ts";
const target = "packages/inkling/src/backends/wasm/compiled.ts";

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
const base64 = Buffer.from(binary).toString("base64");
await writeFile(
  target,
  `/** The kernels, compiled by tools/build-kernels.js: ${binary.length} bytes as base64. Generated; not to be edited. */\nexport const compiled =\n  "${base64}";\n`,
);
