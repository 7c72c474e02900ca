// Writes bytes.txt: what GNU as makes of every form in forms.js. Run by hand after a change of the forms:
//   npm run build && node packages/native/test/pin-bytes.js
// It needs `as`, `nm` and `objcopy` of GNU binutils; the test that reads bytes.txt needs none of them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forms } from "./forms.js";

const texts = [...new Set(forms.map(({ text }) => text))];
const directory = mkdtempSync(join(tmpdir(), "inkling-bytes-"));
const file = (/** @type {string} */ name) => join(directory, name);
try {
  const lines = texts.map((text, number) => `form${number}: ${text}`);
  writeFileSync(file("forms.s"), `.intel_syntax noprefix\n${lines.join("\n")}\nform${texts.length}:\n`);
  execFileSync("as", ["--64", "-o", file("forms.o"), file("forms.s")], { stdio: "inherit" });
  execFileSync("objcopy", ["-O", "binary", "-j", ".text", file("forms.o"), file("forms.bin")]);
  const bytes = readFileSync(file("forms.bin"));
  const symbols = execFileSync("nm", [file("forms.o")], { encoding: "utf8", maxBuffer: 2 ** 24 });
  const places = new Map(
    Array.from(symbols.matchAll(/^([0-9a-f]+) t form(\d+)$/gm), ([, at, form]) => [
      Number(form),
      parseInt(at ?? "", 16),
    ]),
  );
  const pinned = texts.map(
    (text, form) => `${text} → ${bytes.subarray(places.get(form), places.get(form + 1)).toString("hex")}`,
  );
  writeFileSync(new URL("bytes.txt", import.meta.url), `${pinned.join("\n")}\n`);
  console.log(`${pinned.length} forms.`);
} finally {
  rmSync(directory, { recursive: true });
}
