// ONNX Runtime agrees with Inkling on 1,000 images, for every kind of layer, activation and loss: Python's, after
// onnx.checker has accepted the file, and npm's. Both come from their registries into a folder beside this machine's
// temporary files, once; without network the tests are skipped. INKLING_GOLDEN=1 writes golden/onnx-runtime.json.
import { execFile } from "node:child_process";
import { access, mkdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { Ensemble, type Network } from "inkling";
import { mnist } from "inkling/node";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { encodeOnnx } from "../src/onnx/index.ts";
import { graphDigest } from "./onnx-digest.ts";
import { images, networks, saidOf, tableRows } from "./onnx-networks.ts";

const EXAMPLES = 1000;
const home = join(tmpdir(), "inkling-onnx");
const python = join(home, "venv/bin/python");
const script = fileURLToPath(new URL("onnx-runtime.py", import.meta.url));
const run = promisify(execFile);
const fileName = (name: string) => name.replaceAll(/\W+/g, "-");

let missing: string | undefined;

async function installed(): Promise<void> {
  const isThere = () => run(python, ["-c", "import numpy, onnx, onnxruntime"]);
  await isThere().catch(async () => {
    await run("python3", ["-m", "venv", join(home, "venv")]);
    await run(python, ["-m", "pip", "install", "-q", "numpy", "onnx", "onnxruntime"]);
    await isThere();
  });
}

const bytesOf = (values: Float32Array) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

async function floatsOf(path: string): Promise<Float32Array> {
  const bytes = await readFile(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

let digits = new Uint8Array();

beforeAll(async () => {
  await mkdir(home, { recursive: true });
  try {
    await installed();
  } catch (error) {
    missing = `Skipped: Python's onnx and onnxruntime could not be installed. ${String(error).split("\n")[0]}`;
    console.warn(missing);
    return;
  }
  const { test: set } = await mnist();
  digits = Uint8Array.from((set.inputs as Uint8Array).subarray(0, 784 * EXAMPLES));
});

beforeEach(({ skip }) => skip(missing !== undefined, missing));

const isImage = ({ inputShape }: Network | Ensemble) => inputShape.length === 3;

/** Writes all files with their inputs, and lets ONNX Runtime compute their outputs. */
async function computed(directory: string, pixels: Uint8Array, rows: Float32Array): Promise<void> {
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "images.bin"), bytesOf(Float32Array.from(pixels)));
  await writeFile(join(directory, "features.bin"), bytesOf(rows));
  const index: object[] = [];
  for (const [name, make] of Object.entries(networks)) {
    const model = await make();
    await writeFile(join(directory, `${fileName(name)}.onnx`), (await encodeOnnx(model)).bytes);
    index.push({ name: fileName(name), inputs: isImage(model) ? "images.bin" : "features.bin" });
  }
  await writeFile(join(directory, "index.json"), JSON.stringify(index));
  await run(python, [script, directory]);
}

const outputsOf = (model: Network | Ensemble) => {
  const { task, type, wantsLogits } = model.loss;
  const meaning = task === "numbers" ? "values" : "probabilities";
  const isOne = !(model instanceof Ensemble);
  return { meaning, logits: isOne && wantsLogits && type !== "quadratic" ? "logits" : undefined };
};

/** Asks that both say the same: to 1e-5, of logits and numbers in the units of the row's largest. */
function compare(found: ArrayLike<number>, expected: number[][], isRelative: boolean): number {
  let worst = 0;
  for (const [i, row] of expected.entries()) {
    const scale = isRelative ? Math.max(1, ...row.map(Math.abs)) : 1;
    for (const [j, value] of row.entries())
      worst = Math.max(worst, Math.abs(found[i * row.length + j] - value) / scale);
  }
  expect(found.length).toBe(expected.flat().length);
  expect(worst).toBeLessThanOrEqual(1e-5);
  return worst;
}

test("Python's ONNX Runtime agrees on 1,000 examples", async () => {
  const rows = tableRows(EXAMPLES);
  await computed(join(home, "thousand"), digits, rows);
  for (const [name, make] of Object.entries(networks)) {
    const model = await make();
    const { meanings, logits } = await saidOf(model, isImage(model) ? digits : rows);
    const names = outputsOf(model);
    const found = (output: string) => floatsOf(join(home, "thousand", `${fileName(name)}.${output}.bin`));
    const worst = compare(await found(names.meaning), meanings, names.meaning === "values");
    const worstLogit = names.logits ? compare(await found(names.logits), logits, true) : 0;
    console.log(`${name}: ${worst.toExponential(1)}, logits ${worstLogit.toExponential(1)}`);
    if (model instanceof Ensemble && model.combine === "vote") await compareVotes(model, await found("votes"));
  }
});

async function compareVotes(model: Ensemble, votes: Float32Array): Promise<void> {
  for (let i = 0; i < EXAMPLES; i++) {
    const { members } = await model.predict(digits.slice(784 * i, 784 * (i + 1)));
    const expected = Array.from({ length: 10 }, (_, c) => members.filter(({ label }) => label === c).length);
    expect(Array.from(votes.subarray(10 * i, 10 * (i + 1)))).toEqual(expected);
  }
}

test("npm's ONNX Runtime agrees on 1,000 examples", async ({ skip }) => {
  const options = ["--prefix", home, "--ignore-scripts", "--no-audit", "--no-fund", "--fetch-retries=0"];
  const entry = join(home, "node_modules/onnxruntime-web/dist/ort.node.min.mjs");
  // Node remembers that a module was not there, so the file is asked for first.
  await access(entry).catch(() =>
    run("npm", ["install", ...options, "onnxruntime-web"]).catch((error) => skip(`No onnxruntime-web: ${error}`)),
  );
  const ort = await import(pathToFileURL(entry).href);
  const rows = tableRows(EXAMPLES);
  for (const [name, make] of Object.entries(networks)) {
    const model = await make();
    const session = await ort.InferenceSession.create((await encodeOnnx(model)).bytes, {
      executionProviders: ["wasm"],
    });
    const inputs = isImage(model) ? digits : rows;
    const tensor = new ort.Tensor("float32", Float32Array.from(inputs), [EXAMPLES, ...model.inputShape]);
    const found = await session.run({ [session.inputNames[0]]: tensor });
    const { meanings, logits } = await saidOf(model, inputs);
    const names = outputsOf(model);
    compare(found[names.meaning].data, meanings, names.meaning === "values");
    if (names.logits) compare(found[names.logits].data, logits, true);
    await session.release();
    console.log(`${name}: agrees`);
  }
});

test.runIf(process.env.INKLING_GOLDEN === "1")("golden numbers are written", async () => {
  const [pixels, rows] = [images(4), tableRows(4)];
  await computed(join(home, "golden"), pixels, rows);
  const golden: Record<string, object> = {};
  for (const [name, make] of Object.entries(networks)) {
    const model = await make();
    const { meaning, logits } = outputsOf(model);
    const list = async (output: string) =>
      Array.from(await floatsOf(join(home, "golden", `${fileName(name)}.${output}.bin`)), (value) =>
        Number(value.toPrecision(9)),
      );
    golden[name] = {
      graph: await graphDigest((await encodeOnnx(model)).bytes),
      [meaning]: await list(meaning),
      ...(logits && { logits: await list(logits) }),
    };
  }
  const text = JSON.stringify(golden).replaceAll(/("[^"]+":\{"graph")/g, "\n$1");
  await writeFile(new URL("golden/onnx-runtime.json", import.meta.url), `${text}\n`);
});
