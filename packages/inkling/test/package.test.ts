// What the package promises: nothing to install beside it, no platform within it, every entry resolves.
import { readdirSync, readFileSync } from "node:fs";
import { version } from "inkling";
import { expect, test } from "vitest";

const root = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), "utf8");
const manifest = JSON.parse(read("package.json"));
const sources = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" }).filter(
  (file) => file.endsWith(".ts") && !file.endsWith(".test.ts"),
);

/** What a module imports or exports from elsewhere. */
const imports = (text: string) =>
  Array.from(
    text.matchAll(/^(?:import|export|\})[^"\n]*? from "([^"]+)";$|\bimport\("([^"]+)"\)/gm),
    (found) => found[1] ?? found[2],
  );

test("the library has no dependencies and no install script", () => {
  expect(manifest.dependencies ?? {}).toEqual({});
  expect(Object.keys(manifest.scripts ?? {})).toEqual([]);
});

test("no package in the lock has an install script", () => {
  expect(read("../../package-lock.json")).not.toContain("hasInstallScript");
});

test.each(sources)("src/%s imports nothing from outside and names no platform", (file) => {
  const text = read(`src/${file}`);
  for (const from of imports(text)) expect(from).toMatch(/^\.\.?\//);
  // A page's `window` is the compiler's to find: the library is compiled without it, and slides windows over images.
  expect(text).not.toMatch(/\b(?:process|Buffer|require|document|navigator)\s*[.(]/);
});

test.each(
  readdirSync(new URL("platform/browser/", root)).filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts")),
)("platform/browser/%s imports nothing from outside and nothing of Node", (file) => {
  const text = read(`platform/browser/${file}`);
  for (const from of imports(text)) {
    expect(from).toMatch(/^(?:\.\/|\.\.\/\.\.\/(?:src|kernels)\/)/);
  }
  expect(text).not.toMatch(/\b(?:node:|(?:process|Buffer|require)\s*[.(])/);
});

test.each(sources)(
  "src/%s uses no function whose last bit differs between engines, and no random source without a seed",
  (file) => {
    const code = read(`src/${file}`).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
    expect(code).not.toMatch(
      /Math\.(?:exp|log|log2|log10|pow|sin|cos|tan|tanh|sinh|cosh|cbrt|hypot|expm1|log1p|random)\b/,
    );
  },
);

test("every entry resolves and exports something", async () => {
  for (const entry of Object.keys(manifest.exports)) {
    expect(Object.keys(await import(entry.replace(".", "inkling"))).length).toBeGreaterThan(0);
  }
});

test("the version that models are stamped with is the package's", () => {
  expect(version).toBe(manifest.version);
});
