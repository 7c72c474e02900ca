/** One example on any copy of a model: as it enters, and as what its outputs are compared with. */
import { checkNumber, checkWhole } from "../checks.ts";
import { ArgumentError } from "../errors.ts";
import type { Targets } from "../losses/loss.ts";
import { labels, type Matrix, type Numbers } from "../matrix.ts";
import type { Network } from "../network/network.ts";
import { shown } from "../shown.ts";
import type { TraceOptions } from "./traced.ts";

/** What the outputs are compared with: as numbers, and as the loss of a copy takes it. */
export interface Goal {
  readonly y: Numbers;
  targets(copy: Network): Targets;
}

/** The example as a batch of one on the copy's backend; of bytes it is an image. `predict` is what checks examples. */
export function entered({ backend, inputs, scaling }: Network, example: ArrayLike<number>): Matrix {
  if (example instanceof Uint8Array) return backend.pixels(example, inputs);
  return row(backend, scaling?.apply(Float32Array.from(example)) ?? example);
}

/**
 * The label or target of the options; undefined where there is none. Throws an ArgumentError for one of another kind.
 */
export function goalOf({ loss, outputs, targetScaling }: Network, options: TraceOptions): Goal | undefined {
  const { label, target } = options;
  if (label === undefined && target === undefined) return undefined;
  const [wanted, other] = loss.task === "classes" ? [label, target] : [target, label];
  if (wanted === undefined || other !== undefined) throw new ArgumentError("trace", goalText(loss, outputs), "another");
  if (label !== undefined) {
    checkWhole("trace", "label", label, 0);
    checkNumber("trace", `a label from 0 to ${outputs - 1}`, label, (value) => value < outputs);
    const y = Float32Array.from({ length: outputs }, (_, j) => (j === label ? 1 : 0));
    return { y, targets: () => labels([label]) };
  }
  const given = target as ArrayLike<number>;
  if (given?.length !== outputs) throw new ArgumentError("trace", goalText(loss, outputs), shown(given));
  const own = Float32Array.from(given);
  const isShare = loss.wantsShares === true;
  const expected = isShare ? "numbers from 0 to 1" : "finite float32 numbers";
  for (const value of own) checkNumber("trace, target", expected, value, (y) => !isShare || (y >= 0 && y <= 1));
  const y = targetScaling?.apply(own) ?? own;
  return { y, targets: ({ backend }) => row(backend, y) };
}

/** "a label", or "a target of 2 numbers". */
export function goalText({ task }: Network["loss"], outputs: number): string {
  return task === "classes" ? "a label" : `a target of ${outputs} ${outputs === 1 ? "number" : "numbers"}`;
}

function row(backend: Network["backend"], values: ArrayLike<number>): Matrix {
  const matrix = backend.matrix(1, values.length);
  backend.write(matrix, values);
  return matrix;
}
