// All packages, packed, install together in an empty folder by path, and work there. Both tests wait for npm, side by
// side.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const run = promisify(execFile);
const names = ["inkling", "native", "mpi", "formats", "cli"];
const packages = names.map((name) => fileURLToPath(new URL(`../../${name}`, import.meta.url)));
const training = ["train", "--examples", "2000", "--epochs", "1", "--json"];

/** Where all packages are, packed. */
const shelf = await mkdtemp(join(tmpdir(), "inkling-packages-"));
beforeAll(async () => {
  await run("npm", ["pack", ...packages, "--silent"], { cwd: shelf });
  expect(await readdir(shelf)).toHaveLength(packages.length);
});
afterAll(() => rm(shelf, { recursive: true }));

/** Installs the packed packages in a new folder. */
async function installed(...options: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "inkling-packed-"));
  await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
  const packed = (await readdir(shelf)).map((file) => join(shelf, file));
  const quiet = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run("npm", ["install", ...quiet, ...options, ...packed], { cwd: folder });
  return folder;
}

test.concurrent("packed, they install in an empty folder, train from the shell and from a program", async ({
  expect,
}) => {
  const folder = await installed();
  try {
    const cwd = { cwd: folder };
    const { stdout } = await run("npx", ["inkling", ...training], cwd);
    const { testAccuracy, weightsSha256 } = JSON.parse(stdout);
    expect(testAccuracy).toBeGreaterThan(0.7);

    await writeFile(
      join(folder, "use.js"),
      `import { evaluate } from "inkling";
      import { gradientCheck } from "inkling/proofs";
      import { load, mnist } from "inkling/node";
      const model = await load("model.safetensors");
      const { accuracy } = await evaluate(model, (await mnist()).test);
      console.log(JSON.stringify([accuracy, await model.weightsSha256(), typeof gradientCheck]));`,
    );
    const used = await run(process.execPath, ["use.js"], cwd);
    expect(JSON.parse(used.stdout)).toEqual([testAccuracy, weightsSha256, "function"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test.concurrent("without optional packages there is no machine code, the same weights, and one sentence", async ({
  expect,
}) => {
  const folder = await installed("--omit=optional");
  try {
    const cwd = { cwd: folder };
    const binaries = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith(".node"));
    expect(binaries).toEqual([]);
    const { backend, weightsSha256 } = JSON.parse((await run("npx", ["inkling", ...training], cwd)).stdout);
    expect(backend).toBe("wasm");
    const here = JSON.parse((await run("npx", ["inkling", ...training, "--out", join(folder, "here")])).stdout);
    expect(here.weightsSha256).toBe(weightsSha256);
    const native = run("npx", ["inkling", ...training, "--backend", "native"], cwd);
    await expect(native).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("backend native: expected machine code that runs here, got none: "),
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
