/** The page's lines of convolutions and pooling, forwards and backwards. */
import { equations, type LayerTrace, type PoolingTrace } from "inkling/proofs";
import { counted, largestAt, number, type Page } from "./explanation-page.ts";
import type { NumberedConvolution } from "./explanation-types.ts";

export function convolutionLines(page: Page, layer: NumberedConvolution): void {
  const { activation, filters, window, z, a } = layer;
  const isPlain = activation === "identity";
  const { height, width, channels, rows, columns, outHeight, outWidth } = window;
  const equation = isPlain ? "z = Σ x·W + b" : `z = Σ x·W + b, a = σ(z), σ = ${activation}`;
  const what = `${counted(filters, "filter")} of ${rows} × ${columns} × ${channels} on ${height} × ${width} × ${channels}`;
  page.line(
    2,
    `Layer ${layer.number}, ${layer.name}: ${what}, at ${outHeight} × ${outWidth} places: ${equation}`,
    equations.convolved,
  );
  page.vector(4, "z", z);
  if (!isPlain) page.vector(4, "a", a);
}

export function convolutionBackwardLines(page: Page, layer: NumberedConvolution): void {
  const { back, number: n } = layer;
  if (back === undefined) return;
  const rule = `Layer ${n}: ∂C/∂a is the ∂C/∂x from above, δ = ∂C/∂a ⊙ σ′(z) at each place`;
  page.line(2, rule, equations.convolvedDelta);
  page.vector(4, "δ", back.delta);
  page.line(4, "∂C/∂b = Σ δ of the filter's places: its bias is in each of them", equations.convolvedBias);
  page.vector(4, "∂C/∂b", back.db);
  const values = Array.from(back.dW.values);
  const zeros = values.filter((value) => value === 0).length;
  const most = number(Math.abs(values[largestAt(values)] ?? 0));
  const facts = `${back.dW.rows} × ${back.dW.columns}, ${zeros} zeros, largest ±${most}`;
  page.line(4, `∂C/∂W = Σ x·δ over the places, since all share W: ${facts}`, equations.convolvedWeights);
}

export function poolingLines(page: Page, { name, description }: LayerTrace, { keeps, window, z }: PoolingTrace): void {
  const isMaximum = keeps === "maximum";
  const { height, width, outHeight, outWidth } = window;
  const what = isMaximum ? "z = max x over each window" : "z = Σ x / n over each window's n pixels";
  page.line(
    2,
    `${name}, ${description}: ${what}, ${height} × ${width} become ${outHeight} × ${outWidth}`,
    isMaximum ? equations.largestOf : equations.meanOf,
  );
  page.vector(4, "z", z);
}

export function poolingBackwardLines(page: Page, name: string, { keeps, back }: PoolingTrace): void {
  if (back === undefined) return;
  if (keeps === "mean") {
    page.line(2, `${name}: each of a window's n pixels gets δ / n`, equations.meanOfBack);
  } else {
    const reached = Array.from(back.dX).filter((value) => value !== 0).length;
    const rule = `${name}: each δ goes to the pixel that was the maximum: ${reached} of ${back.dX.length} get one`;
    page.line(2, rule, equations.largestOfBack);
  }
  page.vector(4, "∂C/∂x", back.dX);
}
