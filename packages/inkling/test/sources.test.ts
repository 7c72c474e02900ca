// Where each equation stands in the source: explain, pages and the lesson send their readers there.
import { readFile } from "node:fs/promises";
import { operations } from "inkling/backends";
import { equations, operationSources, type Source } from "inkling/proofs";
import { expect, test } from "vitest";
import { lessonText, sourcesText } from "../../../tools/equation-sources.js";

const src = new URL("../src/", import.meta.url);

/** What a source says must stand in the comment above its line, or in the line itself, which is a statement. */
async function check({ file, line, equation }: Source): Promise<void> {
  const lines = (await readFile(new URL(file, src), "utf8")).split("\n").map((text) => text.trim());
  const statement = lines[line - 1];
  expect(statement, `${file}:${line}`).toMatch(/\w/);
  expect(statement).not.toMatch(/^(\/\/|\*|\/\*)/);
  let above = line - 2;
  while (lines[above - 1]?.startsWith("// ") && lines[above] !== `// ${equation}`) above--;
  if (lines[above] !== `// ${equation}`) expect(statement).toContain(equation);
}

test("every operation of the table has its equations in the reference, at the lines that are said", async () => {
  expect(Object.keys(operationSources)).toEqual(Object.keys(operations));
  for (const [operation, sources] of Object.entries(operationSources)) {
    expect(sources.length, operation).toBeGreaterThan(0);
    for (const source of sources) {
      expect(source.file).toMatch(/^backends\/reference\//);
      await check(source);
    }
  }
});

test.each(Object.entries(equations))("the equation %s stands where it is said to stand", (_, source) => check(source));

test("the lesson's links go to the lines of their equations, and it has one to each of its own", async () => {
  const text = await readFile(new URL("../../../docs/how-it-learns.md", import.meta.url), "utf8");
  expect(text).toBe(await lessonText());
  const links = [...text.matchAll(/\[(\S+):(\d+)\]\(\.\.\/packages\/inkling\/src\/(\S+)#L(\d+) "(\w+)"\)/g)];
  for (const [, short, shown, file, line, name] of links) {
    expect(file.endsWith(short)).toBe(true);
    expect(shown).toBe(line);
    await check({ ...equations[name as keyof typeof equations], file, line: Number(line) });
  }
  const named = links.map(([, , , , , name]) => name);
  for (const name of [
    "forward",
    "softmax",
    "outputError",
    "bp2",
    "bp3",
    "bp4",
    "gradientDescent",
    "centralDifference",
  ]) {
    expect(named).toContain(name);
  }
});

test("sources.ts is what the source says now: npm run build writes it", async () => {
  expect(await readFile(new URL("backends/sources.ts", src), "utf8")).toBe(await sourcesText());
});
