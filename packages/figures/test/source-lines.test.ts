// The lines of source that pages show are the repository's.
import { readFile } from "node:fs/promises";
import { equations, operationSources, type Source } from "inkling/proofs";
import { expect, test } from "vitest";
import { sourceLinesText } from "../../../tools/source-lines.js";
import { linesAround, sourceFile } from "../src/data/sources.ts";

const sources: readonly Source[] = [...Object.values(operationSources).flat(), ...Object.values(equations)];

test("every file that computes a number is there as it stands in the repository", async () => {
  for (const file of new Set(sources.map((source) => source.file))) {
    const text = await readFile(new URL(`../../inkling/src/${file}`, import.meta.url), "utf8");
    expect(`${(await sourceFile(file)).join("\n")}\n`).toBe(text);
  }
});

test("the generated module is what the build makes now", async () => {
  const made = new URL("../src/data/source-lines.ts", import.meta.url);
  expect(await readFile(made, "utf8")).toBe(await sourceLinesText());
});

test("the lines around a statement hold its equation", async () => {
  for (const { file, line, equation } of sources) {
    const { first, lines } = linesAround(await sourceFile(file), line);
    expect(first).toBeLessThanOrEqual(line);
    expect(first + lines.length).toBeGreaterThan(line);
    expect(lines.join("\n")).toContain(equation);
  }
});

test("a file that is not there is refused", async () => {
  await expect(sourceFile("nothing.ts")).rejects.toThrow("The source of nothing.ts is not among the files");
});
