/** A batch normalization: one of its numbers, worked out, and what it learns of that number's channel. */
import { equations, type LayerTrace, type Trace } from "inkling/proofs";
import { inDigits, signed } from "../../words/messages.ts";
import type { Worked } from "./other-layer.ts";
import type { Quantity } from "./quantity.ts";
import { indexed } from "./symbols.ts";
import { words } from "./words.ts";

/** ∂C/∂γ and ∂C/∂β of a channel, measured by moving them. */
export type Measured = readonly [scale: number, shift: number];

/** What a batch normalization learns: one γ and one β for each channel. */
export function channelRows(layer: LayerTrace, at: number, trace: Trace | undefined, measured: Measured | undefined) {
  const own = layer.batchNorm as NonNullable<LayerTrace["batchNorm"]>;
  const c = at % own.mean.length;
  const after = trace?.back?.step.parameters;
  const rows = (
    [
      ["γ", own.scale, own.back?.dScale, "scale", "∂C/∂γ = Σ δ·x̂"],
      ["β", own.shift, own.back?.dShift, "shift", "∂C/∂β = Σ δ"],
    ] as const
  ).flatMap(([letter, values, gradients, tensor, why], i): Quantity[] => {
    const symbol = indexed(letter, c);
    return [
      { name: tensor, value: values[c], symbol },
      { name: i === 0 ? "dScale" : "dShift", value: gradients?.[c], symbol: `∂C/∂${symbol}`, why: [why] },
      { name: "difference", value: measured?.[i], symbol: `ΔC/2h, ${letter}` },
      { name: "after", value: after?.[`${layer.name}.${tensor}`]?.[c], symbol: words().stepped(symbol) },
    ];
  });
  return { channel: c, rows };
}

/** Number `at` of what it gives. */
export function normalized(own: NonNullable<LayerTrace["batchNorm"]>, at: number): Worked {
  const c = at % own.mean.length;
  const [x, mean, variance, scale, shift] = [own.x[at], own.mean[c], own.variance[c], own.scale[c], own.shift[c]].map(
    (value) => value ?? 0,
  ) as [number, number, number, number, number];
  const spread = `√(${inDigits(variance, 4)} + ${inDigits(own.epsilon)})`;
  const [xHat, delta] = [own.xHat[at] ?? 0, own.back?.delta[at]];
  return {
    rows: [
      { name: "x", value: x },
      {
        name: "xHat",
        value: xHat,
        why: ["x̂ = (x − μ) / √(v + ε)", `= (${signed(x, 4)} − (${signed(mean, 4)})) / ${spread}`],
      },
      {
        name: "a",
        value: own.y[at],
        symbol: "y",
        why: ["y = γ·x̂ + β", `= ${inDigits(scale, 4)} × (${signed(xHat, 4)}) + (${signed(shift, 4)})`],
      },
      { name: "delta", value: delta },
      {
        name: "dX",
        value: own.back?.dX[at],
        why: ["∂C/∂x = (γ / √(v + ε))·δ", `= (${inDigits(scale, 4)} / ${spread}) × (${signed(delta ?? 0, 4)})`],
      },
    ],
    sources: [equations.normalized, equations.normalizedBack],
    note: words().runningMeans,
  };
}
