/** What a trace shows of layers of rows, from the calls that they made: dense layers, activations, residuals; softmax. */
import { CpuMatrix } from "../backends/cpu-matrix.ts";
import type { Call, Snapshot } from "../backends/recording.ts";
import { softmaxRow } from "../backends/reference/losses.ts";
import type { DenseFields } from "../layers/dense.ts";
import type { Numbers } from "../matrix.ts";
import type { ActivationName } from "../numbers/activations.ts";
import { float32 } from "../numbers/float32.ts";
import { callsOf, slopesOf } from "./calls.ts";
import type { DenseTrace, SoftmaxTrace, StepTrace } from "./traced.ts";
import type { ActivationTrace, ResidualTrace } from "./traced-layers.ts";

/** What a dense layer computed, from the calls that it made. */
export function denseTrace(
  calls: readonly Call[],
  layer: string,
  { activation, initializer }: DenseFields,
  step: StepTrace | undefined,
  dead: readonly number[] | undefined,
): DenseTrace {
  const { needed, found } = callsOf(calls, layer);
  const affine = needed("affine");
  const { x, W, b } = affine.operands as Readonly<Record<string, Snapshot>>;
  const { z, a } = affine.results;
  const [slopes, outer, rows] = [found("activateBackward"), found("meanOuter"), found("meanRows")];
  const [WAfter, bAfter] = ["weights", "bias"].map((name) => step?.parameters[`${layer}.${name}`]);
  return {
    ...{ activation, initializer, x: x.values, W, b: b.values, z: z.values, a: a.values },
    slope: slopesOf(activation, z.values, a.values),
    silent: Array.from(a.values.keys()).filter((j) => a.values[j] === 0),
    dead,
    back: slopes &&
      outer &&
      rows &&
      WAfter &&
      bAfter && {
        dA: (slopes.operands.dA as Snapshot).values,
        delta: slopes.results.delta.values,
        dW: outer.results.dW,
        db: rows.results.db.values,
        WAfter: { ...W, values: WAfter },
        bAfter,
      },
  };
}

/** What an activation by itself computed. */
export function activationTrace(calls: readonly Call[], layer: string): ActivationTrace {
  const { needed, found } = callsOf(calls, layer);
  const { operands, results, options } = needed("activate");
  const activation = options[0] as ActivationName;
  const [z, a] = [(operands.z as Snapshot).values, results.a.values];
  const back = found("activateBackward");
  return {
    ...{ activation, z, a, slope: slopesOf(activation, z, a) },
    back: back && { dA: (back.operands.dA as Snapshot).values, delta: back.results.delta.values },
  };
}

/** The two branches of a skip connection, and how they come together again on the way back. */
export function residualTrace(calls: readonly Call[], layer: string, dY: Numbers | undefined): ResidualTrace {
  const own = calls.filter((call) => call.layer === layer && call.operation === "addScaled");
  const [{ operands, results, options }, ...rest] = own;
  const numbers = (operand: unknown) => (operand as Snapshot).values;
  // ∂C/∂x = ∂C/∂y + what comes through; where s is not 1, s·∂C/∂y was computed before it.
  const joined = rest.at(-1);
  return {
    scale: options[0] as number,
    ...{ x: numbers(operands.x), f: numbers(operands.y), y: results.z.values },
    back: dY &&
      joined && { dY: numbers(joined.operands.x), through: numbers(joined.operands.y), dX: joined.results.z.values },
  };
}

/** Softmax in its steps, as the reference computes it; undefined where the outputs mean something else. */
export function softmaxTrace(calls: readonly Call[]): SoftmaxTrace | undefined {
  const call = calls.findLast(({ operation }) => operation === "softmax");
  if (call === undefined) return undefined;
  const { values, columns } = call.operands.z as Snapshot;
  const row = (data: Numbers) => new CpuMatrix(call, 1, columns, data);
  const { max, logSum } = softmaxRow(float32, row(values), 0, row(values.slice()));
  const shifted = values.map((z) => float32.round(z - max));
  const exps = shifted.map((z) => float32.exp(z));
  let sum = 0;
  for (const exp of exps) sum = float32.round(sum + exp);
  return { max, shifted, exps, sum, logSum, probabilities: call.results.p.values };
}
