// All packages, packed, install together in an empty folder by path, and work there.
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const packages = ["inkling", "cli"].map((name) => fileURLToPath(new URL(`../../${name}`, import.meta.url)));

test("packed, they install in an empty folder, train from the shell and from a program", async () => {
  const folder = await mkdtemp(join(tmpdir(), "inkling-packed-"));
  try {
    const cwd = { cwd: folder };
    await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    for (const path of packages) await run("npm", ["pack", path, "--silent"], cwd);
    const packed = (await readdir(folder)).filter((file) => file.endsWith(".tgz")).map((file) => `./${file}`);
    expect(packed).toHaveLength(2);
    await run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", ...packed], cwd);

    const { stdout } = await run("npx", ["inkling", "train", "--examples", "2000", "--epochs", "1", "--json"], cwd);
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
