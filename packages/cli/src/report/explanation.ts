/** The worked example as a page: forwards, one neuron by hand, backwards, one weight by hand. */
import type { Explanation, LayerTrace } from "../commands/explain.ts";
import { percent, type Terminal } from "./terminal.ts";

/** How many terms of a long sum are written out. */
const TERMS = 6;

export function explanationLines(explanation: Explanation, terminal: Terminal): string[] {
  const { layers, chosen } = explanation;
  const title = (text: string) => ["", terminal.style(["bold", "cyan"], text)];
  const chosenLayer = layers[chosen.layer - 1] as LayerTrace;
  return [
    ...title("Forwards"),
    ...layers.flatMap((layer) => forwardLines(layer, terminal)),
    ...lossLines(explanation, terminal),
    ...title(`One neuron by hand: layer ${chosen.layer}, neuron ${chosen.neuron}`),
    ...neuronLines(chosenLayer, chosen.neuron),
    ...title("Backwards"),
    ...layers.toReversed().flatMap((layer) => backwardLines(layer, explanation, terminal)),
    ...title(`One weight by hand: layer ${chosen.layer}, from input ${chosen.weight} to neuron ${chosen.neuron}`),
    ...weightLines(chosenLayer, explanation, terminal),
  ];
}

function forwardLines({ number, activation, x, z, a }: LayerTrace, terminal: Terminal): string[] {
  const shown = [`  Layer ${number}: ${x.length} inputs, ${z.length} neurons, ${activation}`];
  if (number === 1)
    shown.push(`    x = pixel / 255: ${Array.from(x).filter((v) => v !== 0).length} of ${x.length} are not 0`);
  shown.push("    z = x·W + b", ...vector("z", z, terminal));
  if (activation !== "identity") shown.push(`    a = σ(z), σ = ${activation}`, ...vector("a", a, terminal));
  return shown;
}

function lossLines({ lossName, loss, label, probabilities }: Explanation, terminal: Terminal): string[] {
  if (lossName === "quadratic") {
    return [
      "  Loss: C = ½·Σ (aⱼ − yⱼ)², y = 1 for the label, else 0",
      `    C = ${number(loss)}, the label is ${label}`,
    ];
  }
  return [
    "  Softmax: pⱼ = exp(zⱼ) / Σ exp(zₖ)",
    ...vector("p", probabilities, terminal),
    "  Loss: C = −ln p_label",
    `    C = −ln p${sub(label)} = −ln ${(probabilities[label] ?? Number.NaN).toPrecision(8)} = ${number(loss)}`,
    `    It reads the ${label} as a ${argmax(probabilities)}, with ${percent(Math.max(...Array.from(probabilities)))}.`,
  ];
}

function neuronLines({ x, W, b, z, a, activation }: LayerTrace, neuron: number): string[] {
  const j = sub(neuron);
  const terms = Array.from(x, (xk, k) => ({ k, xk, w: W.values[k * W.columns + neuron] ?? 0 }))
    .map((term) => ({ ...term, product: term.xk * term.w }))
    .filter(({ xk }) => xk !== 0);
  const sorted = terms.toSorted((p, q) => Math.abs(q.product) - Math.abs(p.product));
  const bias = b[neuron] ?? 0;
  const rest = sorted.slice(TERMS).reduce((sum, { product }) => sum + product, 0);
  const lines = [`  z${j} = Σ xₖ·W(k, ${neuron}) + b${j}, the largest terms first`];
  for (const [i, { k, xk, w, product }] of sorted.slice(0, TERMS).entries()) {
    const place = `x${sub(k)}·W(${k}, ${neuron})`;
    lines.push(`     ${i === 0 ? "=" : "+"} ${number(xk)} × ${number(w)} = ${number(product)}   ${place}`);
  }
  if (sorted.length > TERMS)
    lines.push(`     + ${number(rest)}   the other ${sorted.length - TERMS} terms that are not 0, together`);
  lines.push(`     + ${number(bias)}   b${j}`);
  lines.push(`     = ${number(z[neuron] ?? Number.NaN)}   as the network computed it, in float32 and in order`);
  if (activation !== "identity")
    lines.push(`  a${j} = ${activation}(${number(z[neuron] ?? 0)}) = ${number(a[neuron] ?? 0)}`);
  return lines;
}

function backwardLines(layer: LayerTrace, { lossName, layers }: Explanation, terminal: Terminal): string[] {
  const { number: n, activation, delta, dW, db } = layer;
  const last = n === layers.length;
  const lines = [`  Layer ${n}`];
  if (!last) lines.push(`    ∂C/∂a = δ·Wᵀ, from layer ${n + 1}`, ...vector("∂C/∂a", layer.dA, terminal));
  else if (lossName === "quadratic") lines.push("    ∂C/∂a = a − y", ...vector("∂C/∂a", layer.dA, terminal));
  const rule =
    last && activation === "identity" ? "δ = ∂C/∂z = p − y   (BP1)" : `δ = ∂C/∂a ⊙ σ′(z)   (${last ? "BP1" : "BP2"})`;
  lines.push(`    ${rule}`, ...vector("δ", delta, terminal));
  lines.push("    ∂C/∂b = δ   (BP3)", ...vector("∂C/∂b", db, terminal));
  const values = Array.from(dW.values);
  const zeros = values.filter((value) => value === 0).length;
  const most = values.reduce((best, value) => Math.max(best, Math.abs(value)), 0);
  lines.push("    ∂C/∂W = xᵀ·δ   (BP4)");
  lines.push(`      ${dW.rows} × ${dW.columns}: ${zeros} are 0, the largest is ±${number(most).trim()}`);
  return lines;
}

function weightLines(layer: LayerTrace, { chosen, difference }: Explanation, terminal: Terminal): string[] {
  const { neuron, weight } = chosen;
  const [x, d] = [layer.x[weight] ?? 0, layer.delta[neuron] ?? 0];
  const { h, above, below, numeric, analytic } = difference;
  const size = Math.max(Math.abs(numeric), Math.abs(analytic));
  const error = size === 0 ? 0 : Math.abs(numeric - analytic) / size;
  const digits = (value: number) => value.toPrecision(16).replace("-", "−");
  return [
    `  ∂C/∂W(${weight}, ${neuron}) = x${sub(weight)}·δ${sub(neuron)}`,
    `     = ${number(x)} × ${number(d)} = ${number(layer.dW.values[weight * layer.dW.columns + neuron] ?? 0)}`,
    `  Beside it the central difference, in float64 with h = ${h}:`,
    "     (C(w + h) − C(w − h)) / 2h",
    `     = (${digits(above)}`,
    `        − ${digits(below)}) / ${2 * h}`,
    `     = ${digits(numeric)}`,
    `  By backpropagation, in float64: ${digits(analytic)}`,
    terminal.style(error < 1e-5 ? "green" : "yellow", `  Relative difference: ${error.toExponential(1)}`),
  ];
}

/** A row of numbers in lines that fit the terminal, the index of each line's first number before it; of long ones the beginning. */
function vector(name: string, values: ArrayLike<number>, terminal: Terminal): string[] {
  const indent = `      ${name} `;
  const perLine = Math.max(1, Math.min(10, Math.floor((terminal.width - indent.length - 6) / 10)));
  const most = 2 * perLine;
  const shown = Array.from(values).slice(0, most);
  const lines: string[] = [];
  for (let i = 0; i < shown.length; i += perLine) {
    const row = shown.slice(i, i + perLine).map((value) => number(value).padStart(10));
    const index = terminal.style("dim", `[${i}]`.padStart(5));
    lines.push(`${i === 0 ? indent : " ".repeat(indent.length)}${index}${row.join("")}`);
  }
  if (values.length > most)
    lines.push(
      `${" ".repeat(indent.length)}${terminal.style("dim", `  … ${values.length - most} more (all with --json)`)}`,
    );
  return lines;
}

/** A number in at most nine characters, with its sign in line. */
function number(value: number): string {
  if (value === 0) return " 0";
  const size = Math.abs(value);
  const text = size >= 1e-3 && size < 1e4 ? size.toPrecision(4) : size.toExponential(2);
  return `${value < 0 ? "−" : " "}${text}`;
}

/** An index as subscript digits. */
function sub(index: number): string {
  return String(index).replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[Number(digit)] ?? "");
}

function argmax(values: ArrayLike<number>): number {
  return Array.from(values).reduce((best, value, i, all) => (value > (all[best] ?? 0) ? i : best), 0);
}
