/** The original's experiment by the command line, and the numbers that NumPy computes for it. */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";

interface Epoch {
  readonly epoch: number;
  readonly trainLoss: number;
  readonly trainAccuracy: number;
  readonly validationAccuracy: number;
}

interface Measured {
  readonly weightsSha256: string;
  readonly testAccuracy: number;
  readonly history: readonly { epoch: number; loss: number; accuracy: number; validationAccuracy: number }[];
}

const command = new URL("../bin/inkling.js", import.meta.url).pathname;

/** Runs `inkling train --preset original --init numpy …` and returns its JSON. */
export async function runOriginal(...options: string[]): Promise<Measured> {
  const directory = await mkdtemp(join(tmpdir(), "inkling-original-"));
  try {
    const out = join(directory, "model.safetensors");
    const words = [command, "train", "--preset", "original", "--init", "numpy", "--json", "--out", out, ...options];
    const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 1 << 26 });
    return JSON.parse(stdout);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What NumPy computes from np.random.seed(S) (inkling/test/golden/generate.py). */
export async function goldenTrajectory(seed: number): Promise<Epoch[]> {
  const file = new URL(`../../inkling/test/golden/seed-trajectory-${seed}.json`, import.meta.url);
  return JSON.parse(await readFile(file, "utf8")).log;
}

/** Compares the epochs that both know: losses within a relative tolerance, accuracies within an absolute one. */
export function expectTrajectory(
  measured: Measured,
  golden: readonly Epoch[],
  tolerance: { readonly loss: number; readonly accuracy: number },
): void {
  const shared = golden.filter(({ epoch }) => epoch <= measured.history.length);
  expect(shared.length).toBeGreaterThan(0);
  for (const { epoch, trainLoss, trainAccuracy, validationAccuracy } of shared) {
    const at = measured.history[epoch - 1];
    const off = [at.loss / trainLoss - 1, at.accuracy - trainAccuracy, at.validationAccuracy - validationAccuracy];
    const [loss, training, validation] = off.map(Math.abs);
    expect(loss, `loss after epoch ${epoch}`).toBeLessThanOrEqual(tolerance.loss);
    expect(training, `training accuracy after epoch ${epoch}`).toBeLessThanOrEqual(tolerance.accuracy);
    expect(validation, `validation accuracy after epoch ${epoch}`).toBeLessThanOrEqual(tolerance.accuracy);
  }
}
