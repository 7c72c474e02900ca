// The house: imports go one way, there is no circle, and a file is one reading.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../src/", import.meta.url));
const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".d.ts") && !file.endsWith(".test.ts"),
);
const texts = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));

/** What a file imports of src, types included. */
function importsOf(file: string): string[] {
  const found = (texts.get(file) ?? "").matchAll(/^(?:import|export|\})[^"\n]*?from "(\.[^"]+)";$/gm);
  return Array.from(found, ([, path]) => normalize(join(dirname(file), path))).filter((path) => texts.has(path));
}

/**
 * The rooms, from the ground up: a file imports from its own room and from those below. The longest name that fits is a
 * file's: "backends/" is what stands in that folder itself.
 */
const rooms = [
  ["errors.ts", "version.ts", "shown.ts"],
  ["shapes.ts", "options.ts", "checks.ts", "signal.ts", "yielding.ts"],
  ["numbers/"],
  ["matrix.ts"],
  ["backends/"],
  ["backends/reference/"],
  ["backends/fast/"],
  ["backends/wasm/"],
  ["backends/choose.ts", "backends/default.ts", "backends/index.ts", "backends/kernels.ts", "backends/native.ts"],
  ["groups/"],
  ["data/", "losses/", "layers/", "pictures/"],
  ["network/"],
  ["evaluation/"],
  ["training/"],
  ["formats/", "proofs/", "presets/"],
  ["index.ts"],
];

function floorOf(file: string): number {
  const fitting = rooms.flat().filter((name) => file === name || (name.endsWith("/") && file.startsWith(name)));
  const [longest] = fitting.toSorted((a, b) => b.length - a.length);
  if (longest === undefined) throw new Error(`${file} is in no room of this test.`);
  return rooms.findIndex((names) => names.includes(longest));
}

test.each(files)("src/%s imports nothing from above", (file) => {
  for (const other of importsOf(file)) {
    expect(floorOf(other), `${file} imports ${other}`).toBeLessThanOrEqual(floorOf(file));
  }
});

test("no import runs in a circle", () => {
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) throw new Error(`A circle: ${[...path.slice(path.indexOf(file)), file].join(" → ")}`);
    if (done.has(file)) return;
    for (const other of importsOf(file)) visit(other, [...path, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
});

/** Files longer than one reading, each with its reason. */
const LONG: Readonly<Record<string, string>> = {
  "backends/fast/compiled.ts": "generated",
};

test.each(files)("src/%s is one reading", (file) => {
  const lines = (texts.get(file) ?? "").split("\n").length;
  if (!Object.hasOwn(LONG, file)) expect(lines).toBeLessThanOrEqual(320);
});

// These tests share a process (vitest.config.ts). What one of them changed, the next would find.
test.each(readdirSync(root, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".test.ts")))(
  "src/%s replaces no module and changes no process",
  (file) => {
    const text = readFileSync(join(root, file), "utf8");
    expect(text).not.toMatch(/\bvi\.(?:mock|doMock|stub|useFake)|process\.(?:chdir|seteuid)|globalThis\.\w+ = /);
  },
);
