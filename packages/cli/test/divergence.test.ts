// Trainings that diverge, and what becomes of an older model.
import { mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildNetwork, presets } from "inkling/presets";
import { Reference } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { at, inputs, training } from "./refusals.ts";
import { inkling, onlyJson } from "./running.ts";

describe("divergence", () => {
  const SENTENCE =
    /^train: [^\n]+ in epoch (\d+), step (\d+)\. The usual cause is a large step: learningRate is [^\n]+; try [^\n]+\. The weights from before epoch \1 are in model\.safetensors\.\n$/;

  /** Runs a training that diverges; returns its epoch and the digest of the model that it leaves. */
  async function diverged(...args: string[]): Promise<{ epoch: number; weightsSha256: unknown }> {
    const directory = await mkdtemp(at("diverges-"));
    const { code, stderr } = await inkling(directory, training(...args));
    expect(stderr).toMatch(SENTENCE);
    expect(code).toBe(3);
    expect(await readdir(directory)).toEqual(["model.safetensors"]);
    const evaluated = await inklingInTurn(directory, ["evaluate", "model.safetensors", "--data", at("good"), "--json"]);
    const { loss, weightsSha256 } = onlyJson(evaluated);
    expect(loss).toBeTypeOf("number");
    return { epoch: Number(SENTENCE.exec(stderr)?.[1]), weightsSha256 };
  }

  test("in the first epoch exits 3, says where and why, and leaves the weights that it began with", async () => {
    const { epoch, weightsSha256 } = await diverged("--learning-rate", "1e30");
    const untrained = buildNetwork({ ...presets.mlp, layers: [4] }, [4, 4, 1], 10, { backend: new Reference() });
    expect(epoch).toBe(1);
    expect(weightsSha256).toBe(await untrained.weightsSha256());
  });

  test("in a later epoch leaves the weights from before it", async () => {
    // W ← W − 0.1·1000·W in each of five steps: 99⁵ times larger in every epoch, until float32 ends.
    const growing = [
      "--optimizer",
      "sgd",
      "--learning-rate",
      "0.1",
      "--weight-decay",
      "1000",
      "--loss",
      "quadratic",
      "--layers",
      "none",
    ];
    const { epoch, weightsSha256 } = await diverged(...growing, "--epochs", "50");
    expect(epoch).toBeGreaterThan(1);
    const until = training(...growing, "--epochs", String(epoch - 1), "--json", "--out", at("until.model"));
    expect(onlyJson(await inklingInTurn(inputs, until)).weightsSha256).toBe(weightsSha256);
  });

  test("in the only step of the full batch exits 3 too", async () => {
    const directory = await mkdtemp(at("diverges-"));
    const args = training("--batch-size", "full", "--learning-rate", "1e30");
    const { code, stderr } = await inklingInTurn(directory, args);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/^train: [^\n]+ in epoch 1[^\n]+\n$/) });
  });
});

test("an older model stays as it was when a training is refused", async () => {
  const directory = await mkdtemp(at("older-"));
  await writeFile(join(directory, "model.safetensors"), "older");
  expect((await inklingInTurn(directory, training("--epochs", "0"))).code).toBe(2);
  expect((await inklingInTurn(directory, ["train", "--data", at("missing")])).code).toBe(2);
  expect(await readdir(directory)).toEqual(["model.safetensors"]);
  expect(await readFile(join(directory, "model.safetensors"), "utf8")).toBe("older");
});
