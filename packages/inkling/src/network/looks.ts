/**
 * How a network looks at examples: once each, or, with test-time augmentation, several times at changed copies of an
 * image. What it makes of the copies (probabilities, or numbers) is added in their order in float64, and the mean is
 * rounded once.
 */
import type { Backend } from "../backends/backend.ts";
import type { Totals } from "../backends/totals.ts";
import type { Warp } from "../backends/warp.ts";
import { checkNumber, checkWhole } from "../checks.ts";
import { type Augmentation, checkAugmentation } from "../data/augmentation.ts";
import type { Dataset } from "../data/dataset.ts";
import { ArgumentError } from "../errors.ts";
import { EVALUATION, type Pass } from "../layers/layer.ts";
import { compareWith, type Loss, type Targets } from "../losses/loss.ts";
import type { Matrix, Numbers } from "../matrix.ts";
import type { AbortLike } from "../signal.ts";
import { yieldIfDue } from "../yielding.ts";

export interface LookOptions {
  /**
   * Test-time augmentation: each image is looked at `copies` times, once as it is and otherwise changed, and what the
   * network makes of them (probabilities, or numbers) is averaged. The loss is the mean of all copies' losses.
   */
  readonly augmentation?: Augmentation | undefined;
  /** How many looks at each image, the unchanged one included: 1 to 1,000. Beside `augmentation`; 8 if absent. */
  readonly copies?: number | undefined;
  /** Where the changes' random numbers come from; the network's seed if absent. */
  readonly seed?: number | undefined;
}

export const lookOptions = ["augmentation", "copies", "seed"];

/** How often each example is looked at, and how it is changed from the second time on. */
export interface Looks {
  readonly copies: number;
  readonly warp: Warp | undefined;
  readonly signal?: AbortLike | undefined;
  /** Whether the machines of a group share the examples. */
  readonly together?: boolean;
}

/** Checks what was given, and completes it. `examples`: what is looked at, where it is to be changed. */
export function looksOf(
  where: string,
  options: LookOptions,
  model: { readonly seed: number },
  examples: () => Dataset,
): Looks {
  const { augmentation, copies = 8, seed = model.seed } = options;
  if (augmentation === undefined) {
    for (const name of ["copies", "seed"] as const) {
      if (options[name] === undefined) continue;
      const advice = "Give augmentation: augment({ … }) too.";
      throw new ArgumentError(where, `no ${name} without augmentation`, String(options[name]), advice);
    }
    return { copies: 1, warp: undefined };
  }
  checkAugmentation(`${where}, augmentation`, augmentation);
  checkNumber(where, "copies from 1 to 1000", copies, (n) => Number.isInteger(n) && n >= 1 && n <= 1000);
  checkWhole(where, "seed", seed, 0);
  return { copies, warp: augmentation.warpFor(where, examples(), seed) };
}

/** As much of a network as a look needs. */
interface Looking {
  readonly backend: Backend;
  readonly loss: Loss;
  readonly outputs: number;
  forward(x: Matrix, pass?: Pass): Matrix;
  meaning(outputs: Matrix): Matrix;
}

/** Some examples: order[start] … order[start + rows − 1] of what `batch` gives. */
interface Chunk {
  readonly order: Uint32Array;
  readonly start: number;
  readonly rows: number;
}

/** What gives the examples of a chunk, inside a step; and their targets, where losses are added up. */
interface Source {
  batch(order: Uint32Array, start: number, rows: number): Matrix;
  targetsOf?(order: Uint32Array, start: number, rows: number): Targets;
}

/** What a network makes of some examples: its outputs, and what they mean; of several looks the mean, as both. */
export async function looked(
  model: Looking,
  source: Source,
  { order, start, rows }: Chunk,
  { copies, warp, signal }: Looks,
  totals?: Totals,
): Promise<{ readonly outputs: Numbers; readonly meaning: Numbers }> {
  const { backend } = model;
  const sums = new Float64Array(copies > 1 ? rows * model.outputs : 0);
  for (let copy = 0; copy < copies; copy++) {
    while (backend.busy !== undefined) await backend.busy;
    const read = backend.step(() => {
      const images = source.batch(order, start, rows);
      const draws = { epoch: 0, copy, order, start };
      const x = warp === undefined || copy === 0 ? images : backend.augment(images, warp, draws);
      const outputs = model.forward(x, { ...EVALUATION, order, start });
      const targets = totals && source.targetsOf?.(order, start, rows);
      if (totals && targets) compareWith(targets, outputs, model, totals);
      return [backend.read(outputs), backend.read(model.meaning(outputs))] as const;
    });
    const [outputs, meaning] = await Promise.all(read);
    await backend.relieved();
    await yieldIfDue();
    if (signal?.aborted) throw signal.reason;
    if (copies === 1) return { outputs, meaning };
    for (let e = 0; e < sums.length; e++) sums[e] += meaning[e];
  }
  const mean = Float32Array.from(sums, (sum) => sum / copies);
  return { outputs: mean, meaning: mean };
}
