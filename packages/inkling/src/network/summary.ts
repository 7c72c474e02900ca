/** A network's layers, their shapes and parameter counts as a table, for people. */
import { describe, outputShape } from "../layers/kinds.ts";
import type { LayerSpec, Tensor } from "../layers/layer.ts";
import type { Loss } from "../losses/loss.ts";
import { type Shape, shapeText, size } from "../shapes.ts";
import { parametersOf } from "./tensors.ts";

export function summaryOf(
  inputShape: Shape,
  specs: readonly LayerSpec[],
  tensors: readonly Tensor[],
  loss: Loss,
): string {
  let shape = inputShape;
  let total = 0;
  const rows = specs.map((spec, i) => {
    const out = outputShape(spec, shape);
    const count = parametersOf(tensors, i).reduce((sum, tensor) => sum + size(tensor.shape), 0);
    const row = [String(i), describe(spec), shapeText(shape), shapeText(out), String(count)];
    shape = out;
    total += count;
    return row;
  });
  const header = ["layer", "kind", "in", "out", "parameters"];
  const widths = header.map((_, c) => Math.max(...[header, ...rows].map((row) => row[c].length)));
  const line = (row: string[]) =>
    row.map((cell, c) => (c < 2 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join("   ");
  return [line(header), ...rows.map(line), `${total} parameters in all, loss: ${loss.type}`].join("\n");
}
