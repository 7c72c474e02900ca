// Every kind of layer to PyTorch and back, live: load_state_dict(strict=True) takes the export as it is, PyTorch
// computes the same outputs within 1e-5, and what it saves again is our model, bit for bit. INKLING_PYTHON names a
// Python with torch, numpy and safetensors; bench/peers/setup installs one.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeForeignTensors, decodeTorch, encodeTensors, npyEntries, npzTensors, torchFileOf } from "inkling/formats";
import { unzip, zip } from "inkling-formats/archives";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { examplesFor, exchanged, exchangedNetwork, outputsOf } from "../../inkling/test/exchanged-models.ts";

const python =
  process.env.INKLING_PYTHON ?? fileURLToPath(new URL("../../../bench/peers/.venv/bin/python", import.meta.url));

function hasPyTorch(): boolean {
  try {
    execFileSync(python, ["-c", "import torch, numpy, safetensors.torch"], { stdio: "ignore" });
    return true;
  } catch {
    console.warn(`Skipped: ${python} has no torch, numpy and safetensors. INKLING_PYTHON names another Python.`);
    return false;
  }
}

describe.skipIf(!hasPyTorch())("PyTorch", () => {
  const directory = mkdtempSync(join(tmpdir(), "inkling-torch-"));
  const results = new Map<string, { outputs: number; meaning: number; largest: number }>();
  const fileOf = (name: string, end: string) => join(directory, `${exchanged.indexOf(name)}${end}`);

  beforeAll(async () => {
    for (const name of exchanged) {
      const model = exchangedNetwork(name);
      const file = await torchFileOf(model);
      writeFileSync(fileOf(name, ".safetensors"), encodeTensors(file));
      const comment = JSON.stringify({ "torch.model": file.metadata["torch.model"] });
      writeFileSync(fileOf(name, ".npz"), await zip(npyEntries(file.tensors), { comment }));
      const rows = examplesFor(model, 20);
      const predictions = await Promise.all(rows.map((row) => model.predict(row)));
      const given = {
        rows: rows.map((row) => Array.from(row)),
        outputs: await Promise.all(rows.map((row) => outputsOf(model, row))),
        meaning: predictions.map((one) => Array.from(one.task === "classes" ? one.probabilities : one.values)),
      };
      writeFileSync(fileOf(name, ".json"), JSON.stringify(given));
    }
    const script = fileURLToPath(new URL("../../inkling/test/golden/torch-exchange.py", import.meta.url));
    const lines = execFileSync(python, [script, directory], { encoding: "utf8" }).trim().split("\n");
    for (const { name, ...found } of lines.map((line) => JSON.parse(line))) results.set(exchanged[Number(name)], found);
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  test.each(exchanged)("computes the outputs of %s", (name) => {
    const { outputs, meaning, largest } = results.get(name) ?? { outputs: NaN, meaning: NaN, largest: NaN };
    expect(outputs).toBeLessThan(1e-5 * Math.max(1, largest));
    // The unit of the predicted number is 7 there.
    expect(meaning).toBeLessThan(name === "a table and a number" ? 1e-4 : 1e-5);
  });

  test.each(exchanged)("gives %s back, bit for bit", async (name) => {
    const like = exchangedNetwork(name);
    const safetensors = decodeForeignTensors(readFileSync(fileOf(name, ".back.safetensors")), name);
    expect(await (await decodeTorch(safetensors, { like })).model.weightsSha256()).toBe(await like.weightsSha256());
    const npz = npzTensors(await unzip(readFileSync(fileOf(name, ".back.npz")), name), name);
    const { model } = await decodeTorch(npz, { like, isOrdered: true });
    expect(await model.weightsSha256()).toBe(await like.weightsSha256());
  });
});
