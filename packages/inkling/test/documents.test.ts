// What the README and the examples print is what they say they print.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const packageRoot = fileURLToPath(new URL("../", import.meta.url));
const examples = (await readdir(join(packageRoot, "examples"))).filter((file) => file.endsWith(".js"));

/** Runs a module in a directory of its own inside the package, so that it finds `inkling` as a user's would. */
async function run(code: string): Promise<string> {
  const directory = await mkdtemp(join(packageRoot, "test-run-"));
  try {
    await writeFile(join(directory, "main.mjs"), code);
    const { stdout } = await promisify(execFile)(process.execPath, ["main.mjs"], { cwd: directory });
    return stdout.trimEnd();
  } finally {
    await rm(directory, { recursive: true });
  }
}

test.concurrent.each(examples)("examples/%s prints what it says", async (file) => {
  const code = await readFile(join(packageRoot, "examples", file), "utf8");
  const said = code
    .split("\n// Prints\n")[1]
    .trimEnd()
    .replace(/^\/\/ ?/gm, "");
  expect(await run(code)).toBe(said);
});

test.concurrent("the README's ten lines print what it says", async () => {
  const readme = await readFile(join(packageRoot, "../../README.md"), "utf8");
  const blocks = [...readme.matchAll(/```ts\n([\s\S]*?)```\s+```text\n([\s\S]*?)```/g)];
  expect(blocks.length).toBeGreaterThan(0);
  for (const [, code, said] of blocks) expect(await run(code)).toBe(said.trimEnd());
});

test("every file that the README and ARCHITECTURE name is there", async () => {
  const root = join(packageRoot, "../..");
  for (const document of ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "packages/inkling/README.md"]) {
    const text = await readFile(join(root, document), "utf8");
    const from = join(root, document, "..");
    for (const [, link] of text.matchAll(/\]\((?!https?:|#)([^)#]+)/g))
      await readFile(join(from, link)).catch((error) => {
        if (error.code !== "EISDIR") throw new Error(`${document} names ${link}, which is not there.`);
      });
  }
});
