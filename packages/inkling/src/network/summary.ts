/** A network's layers, their shapes and parameter counts as a table, for people. */
import type { LayerSpec, Tensor } from "../layers/layer.ts";
import { describe, innerPlace, innerSpecs, outputShape } from "../layers/specs.ts";
import type { Loss } from "../losses/loss.ts";
import { type Shape, shapeText, size } from "../shapes.ts";
import { isParameter, layerName } from "./tensors.ts";

export function summaryOf(
  inputShape: Shape,
  specs: readonly LayerSpec[],
  tensors: readonly Tensor[],
  loss: Loss,
): string {
  const rows = rowsOf(specs, inputShape, tensors, (i) => [String(i), layerName(i)]);
  const header = ["layer", "kind", "in", "out", "parameters"];
  const widths = header.map((_, c) => Math.max(...[header, ...rows].map((row) => row[c].length)));
  const line = (row: string[]) =>
    row.map((cell, c) => (c < 2 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join("   ");
  const parameters = tensors.filter(isParameter);
  const frozen = countOf(parameters.filter(({ isFrozen }) => isFrozen));
  const count = `${countOf(parameters)} parameters in all${frozen > 0 ? `, ${frozen} of them frozen` : ""}`;
  return [line(header), ...rows.map(line), `${count}, loss: ${loss.type}`].join("\n");
}

/** A row for each layer, and below it, indented, one for each layer inside: those count the parameters. */
function rowsOf(
  specs: readonly LayerSpec[],
  inputShape: Shape,
  tensors: readonly Tensor[],
  nameOf: (i: number) => readonly [shown: string, place: string],
  indent = "",
): string[][] {
  let shape = inputShape;
  return specs.flatMap((spec, i) => {
    const [from, to] = [shape, outputShape(spec, shape)];
    shape = to;
    const [name, place] = nameOf(i);
    const inner = innerSpecs(spec);
    const own = tensors.filter(isParameter).filter((tensor) => tensor.name.startsWith(`${place}.`));
    const count = inner.length > 0 ? "" : String(countOf(own));
    const row = [name, indent + describe(spec), shapeText(from), shapeText(to), count];
    const namesInside = (j: number) => [`${name}.${j}`, innerPlace(place, j)] as const;
    return [row, ...rowsOf(inner, from, tensors, namesInside, `${indent}  `)];
  });
}

/** How many numbers these tensors have together. */
function countOf(tensors: readonly Tensor[]): number {
  return tensors.reduce((sum, { shape }) => sum + size(shape), 0);
}
