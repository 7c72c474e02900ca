/** The page's way backwards: (BP1) to (BP4) of each layer, p − y derived, and one hidden δ term by term. */
import { equations, type LayerTrace, type Source } from "inkling/proofs";
import { TERMS } from "./explanation-forward.ts";
import { activationBackwardLines, residualBackwardLines } from "./explanation-layers.ts";
import { normBackwardLines } from "./explanation-norm.ts";
import { factor, largestAt, number, type Page } from "./explanation-page.ts";
import {
  chosenName,
  convolutions,
  type Explanation,
  everyLayer,
  indexed,
  inputName,
  isWeighted,
  type NumberedLayer,
  weightName,
} from "./explanation-types.ts";
import { convolutionBackwardLines, poolingBackwardLines } from "./explanation-windows.ts";

export function backwardLines(page: Page, explanation: Explanation, layers: readonly NumberedLayer[]): void {
  const { trace } = explanation;
  const last = trace.layers.at(-1);
  if (last?.dense === undefined && trace.back !== undefined) {
    page.line(2, `${last?.name}: ∂C/∂a, the slope of the loss at the outputs`);
    page.vector(4, "∂C/∂a", trace.back.dOutputs);
  }
  for (const traced of everyLayer(trace.layers).toReversed()) {
    const layer = layers.find((one) => one.name === traced.name);
    if (layer === undefined) otherBackwardLines(page, explanation, traced);
    else if (layer.back !== undefined) denseBackwardLines(page, explanation, layers, layer);
  }
  inputLines(page, explanation, layers);
}

/** A layer that is not dense. */
function otherBackwardLines(page: Page, explanation: Explanation, traced: LayerTrace): void {
  const { name, batchNorm, pooling, activation, residual } = traced;
  const convolution = convolutions(explanation).find((one) => one.name === name);
  if (batchNorm !== undefined) normBackwardLines(page, name, batchNorm);
  else if (convolution !== undefined) convolutionBackwardLines(page, convolution);
  else if (pooling !== undefined) poolingBackwardLines(page, name, pooling);
  else if (activation !== undefined) activationBackwardLines(page, name, activation);
  else if (residual !== undefined) residualBackwardLines(page, name, residual);
}

function denseBackwardLines(
  page: Page,
  explanation: Explanation,
  layers: readonly NumberedLayer[],
  layer: NumberedLayer,
): void {
  const { number: n, back, index, neighbours } = layer;
  if (back === undefined) return;
  const { trace } = explanation;
  const next = neighbours.slice(index + 1).find(({ type }) => type !== "flatten" && type !== "dropout");
  if (layer.name === trace.layers.at(-1)?.name) outputLines(page, explanation, layer);
  else if (next?.dense === undefined) {
    const rule = `Layer ${n}: ∂C/∂a is the ∂C/∂x from above, δ = ∂C/∂a ⊙ σ′(z) (BP2)`;
    page.line(2, rule, equations.delta);
  } else {
    const rule = `Layer ${n}: ∂C/∂a = δ·Wᵀ with δ and W from above, δ = ∂C/∂a ⊙ σ′(z) (BP2)`;
    page.line(2, rule, equations.delta, equations.bp2);
  }
  page.vector(4, "δ", back.delta);
  const above = layers.find((one) => one.name === neighbours[index + 1]?.name);
  if (layer === workedOutLayer(layers, chosenName(explanation)) && above !== undefined) {
    hiddenLines(page, explanation, layer, above);
  }
  const values = Array.from(back.dW.values);
  const zeros = values.filter((value) => value === 0).length;
  const most = number(Math.abs(values[largestAt(values)] ?? 0));
  const facts = `${back.dW.rows} × ${back.dW.columns}, ${zeros} zeros, largest ±${most}`;
  page.line(4, `∂C/∂b = δ (BP3), ∂C/∂W = xᵀ·δ (BP4): ${facts}`, equations.bp3, equations.bp4);
}

/** Whose δ is worked out: that of the chosen layer, or else of the one below the last. */
function workedOutLayer(layers: readonly NumberedLayer[], chosen: string): NumberedLayer | undefined {
  const hidden = layers.slice(0, -1);
  return hidden.find(({ name }) => name === chosen) ?? hidden.at(-1);
}

/** The slope of a loss at its outputs, by its name. */
const slopes: Readonly<Record<string, readonly [rule: string, source: Source]>> = {
  quadratic: ["∂C/∂a = a − y", equations.quadratic],
  sigmoidCrossEntropy: ["∂C/∂a = σ(a) − y", equations.sigmoidCrossEntropy],
  meanSquared: ["∂C/∂a = (2/n)·(a − y)", equations.meanSquared],
  meanAbsolute: ["∂C/∂a = (1/n)·sign(a − y)", equations.meanAbsolute],
  huber: ["∂C/∂a = (1/n)·(a − y, held between −δ and δ)", equations.huber],
  binaryCrossEntropy: ["∂C/∂a = (1/n)·(σ(a) − y)", equations.binaryCrossEntropy],
};

/** (BP1): where δ of the last layer comes from. */
function outputLines(page: Page, { loss, label, trace }: Explanation, layer: NumberedLayer): void {
  const { back, slope, activation } = layer;
  if (back === undefined) return;
  if (isWeighted(trace)) {
    const rule = "δⱼ = ∂C/∂zⱼ = pⱼ·Σ w_c·q_c − wⱼ·qⱼ (BP1)";
    page.line(2, `Layer ${layer.number}: ${rule}`, equations.weightedCrossEntropy);
    return;
  }
  if (loss === "crossEntropy" && label !== undefined) {
    const [z, p] = [indexed("z", label), indexed("p", label)];
    page.line(2, `Layer ${layer.number}: δ = ∂C/∂z = p − y (BP1), because`, equations.crossEntropy);
    page.line(6, `C = −ln ${p} = ln Σ exp(zₖ) − ${z}`);
    page.line(6, `At zⱼ the slope of ln Σ exp(zₖ) is exp(zⱼ) / Σ exp(zₖ) = pⱼ, that of ${z} is yⱼ (1 at j = ${label})`);
    page.line(
      6,
      `so ∂C/∂zⱼ = pⱼ − yⱼ. At the label: ${p} − 1 = ${number(back.delta[label] ?? 0)}`,
      equations.outputError,
    );
    return;
  }
  const [rule, ...sources] = slopes[loss] ?? ["∂C/∂a"];
  page.line(2, `Layer ${layer.number}: ${rule}, the slope of the loss`, ...sources);
  page.vector(4, "∂C/∂a", back.dA);
  const isPlain = activation === "identity";
  page.line(4, isPlain ? "δ = ∂C/∂z = ∂C/∂a (BP1)" : "δ = ∂C/∂z = ∂C/∂a ⊙ σ′(z) (BP1)", equations.delta);
  if (!isPlain) page.vector(4, "σ′(z)", slope);
}

/** One hidden δ, term by term. */
function hiddenLines(page: Page, explanation: Explanation, layer: NumberedLayer, above: NumberedLayer): void {
  const { back, slope } = layer;
  const { chosen } = explanation;
  if (back === undefined || above.back === undefined) return;
  const k = layer.name === chosenName(explanation) ? chosen.neuron : largestAt(back.delta);
  const { W } = above;
  const terms = Array.from(above.back.delta, (d, j) => ({ j, d, w: W.values[k * W.columns + j] ?? 0 }))
    .map((term) => ({ ...term, product: term.d * term.w }))
    .toSorted((p, q) => Math.abs(q.product) - Math.abs(p.product));
  const [name, ak] = [indexed("δ", k), indexed("a", k)];
  page.line(4, `${name} by hand. ∂C/∂${ak} = Σ δⱼ·W(${k}, j): through each neuron j above, largest first`);
  for (const [i, { j, d, w, product }] of terms.slice(0, TERMS).entries()) {
    page.line(
      6,
      `${i === 0 ? "=" : "+"} ${factor(d)} × ${factor(w)} = ${number(product)}   ${indexed("δ", j)}·${weightName(k, j)}`,
    );
  }
  const others = terms.slice(TERMS);
  if (others.length > 0) {
    page.line(
      6,
      `+ ${factor(others.reduce((sum, { product }) => sum + product, 0))}   the other ${others.length}, together`,
    );
  }
  const [dA, s] = [back.dA[k] ?? 0, slope[k] ?? 0];
  const product = `${factor(dA)} × ${factor(s)} = ${number(back.delta[k] ?? 0)}`;
  page.line(6, `= ${number(dA)}, and ${name} = ∂C/∂${ak} · σ′(${indexed("z", k)}) = ${product}`, equations.delta);
}

/** Which pixel or column mattered. */
function inputLines(page: Page, explanation: Explanation, layers: readonly NumberedLayer[]): void {
  const { trace, shape } = explanation;
  const dInputs = trace.back?.dInputs;
  const [first] = layers;
  if (dInputs === undefined) return;
  if (trace.layers.some(({ convolution }) => convolution)) {
    pixelLine(page, explanation, dInputs);
    return;
  }
  if (first === undefined || first.x.length !== dInputs.length) return;
  const most = largestAt(dInputs);
  const value = dInputs[most] ?? 0;
  const isImage = shape.length === 3;
  const effect = `more ${isImage ? "ink" : "of it"} ${value < 0 ? "lowers" : "raises"} the loss`;
  page.line(2, `What matters most: ${inputName(explanation, first, most)}, ∂C/∂x = ${number(value)}: ${effect}`);
}

/** The pixel that mattered most, of a network of images. */
function pixelLine(page: Page, { shape }: Explanation, dInputs: ArrayLike<number>): void {
  const [, width = 1, channels = 1] = shape;
  const most = largestAt(dInputs);
  const [pixel, value] = [Math.floor(most / channels), dInputs[most] ?? 0];
  const place = `row ${Math.floor(pixel / width)}, column ${pixel % width}`;
  const of = channels === 1 ? "" : `, channel ${most % channels}`;
  const effect = `more ink ${value < 0 ? "lowers" : "raises"} the loss`;
  page.line(2, `What matters most: the pixel in ${place}${of}, ∂C/∂x = ${number(value)}: ${effect}`);
}
