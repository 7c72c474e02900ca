/** The page's way forwards: pictures, each layer, softmax and the loss, and one neuron's weighted sum by hand. */
import { equations, type LayerTrace } from "inkling/proofs";
import { drawImage, sideBySide } from "./digit.ts";
import { activationLines, dropoutLines, residualLines } from "./explanation-layers.ts";
import { normForwardLines } from "./explanation-norm.ts";
import { counted, factor, fine, largestAt, listOf, number, type Page } from "./explanation-page.ts";
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
import { convolutionLines, poolingLines } from "./explanation-windows.ts";
import { drawSigned } from "./picture.ts";
import { count } from "./terminal.ts";

/** How many terms of a long sum are written out. */
export const TERMS = 3;

/** The image, how the loss depends on each of its pixels, and the weights of a neuron of the first layer. */
export function pictureLines(page: Page, explanation: Explanation, layers: readonly NumberedLayer[]): void {
  const { shape, trace } = explanation;
  const { terminal } = page;
  const [height, width, channels] = shape;
  if (height === undefined || width === undefined || channels !== 1 || width > terminal.width) return;
  const [first] = layers;
  const drawing = (pixels: ArrayLike<number>) => ({ height, width, pixels });
  const ink = drawing(Array.from(trace.inputs, (x) => 255 * x));
  const blocks = [{ lines: drawImage(ink, terminal), drawn: width, captions: ["x, the image"] }];
  const dInputs = trace.back?.dInputs;
  const signs = terminal.colour ? "− orange, + blue" : "− and +";
  if (dInputs !== undefined) {
    const lines = drawSigned(drawing(dInputs), terminal);
    blocks.push({ lines, drawn: width, captions: [`∂C/∂x: ${signs}`] });
  }
  if (first !== undefined && first.x.length === height * width) {
    const neuron = pictured(explanation, first);
    const weights = Array.from(first.x, (_, k) => first.W.values[k * first.W.columns + neuron] ?? 0);
    const lines = drawSigned(drawing(weights), terminal);
    blocks.push({ lines, drawn: width, captions: [`W of layer ${first.number}, neuron ${neuron}`] });
  }
  const columns = Math.max(width, ...blocks.flatMap(({ captions }) => captions.map(({ length }) => length)));
  page.lines.push(...sideBySide(blocks, columns, terminal));
}

/** The neuron of the first layer whose weights are drawn: the chosen one, or the one with the largest a. */
function pictured({ chosen }: Explanation, first: NumberedLayer): number {
  return chosenName({ chosen }) === first.name ? chosen.neuron : largestAt(first.back?.delta ?? first.a);
}

export function forwardLines(page: Page, explanation: Explanation, layers: readonly NumberedLayer[]): void {
  const { trace, shape, columnNames } = explanation;
  const zeros = Array.from(trace.inputs).filter((x) => x === 0).length;
  if (shape.length === 3) {
    const text = `x = pixel / 255: ${trace.inputs.length - zeros} of ${trace.inputs.length} are not 0`;
    page.line(2, text, equations.pixels);
  } else {
    page.line(2, `x, ${columnNames ? "the columns as they enter (scaled as in training)" : "the numbers"}`);
    page.vector(4, "x", trace.inputs);
  }
  for (const traced of everyLayer(trace.layers)) tracedLines(page, explanation, traced, layers);
  meaningLines(page, explanation);
}

/** A layer's equations, or what comes out of one of another kind. Of a residual: what goes past its layers. */
function tracedLines(page: Page, explanation: Explanation, traced: LayerTrace, layers: readonly NumberedLayer[]): void {
  const { type, name, description, output, batchNorm, pooling, activation, residual } = traced;
  const layer = layers.find((one) => one.name === name);
  const convolution = convolutions(explanation).find((one) => one.name === name);
  if (layer !== undefined) layerLines(page, explanation, layer);
  else if (convolution !== undefined) convolutionLines(page, convolution);
  else if (batchNorm !== undefined) normForwardLines(page, name, batchNorm);
  else if (pooling !== undefined) poolingLines(page, traced, pooling);
  else if (activation !== undefined) activationLines(page, name, activation);
  else if (residual !== undefined) residualLines(page, traced, residual);
  else if (type === "dropout") dropoutLines(page, traced);
  else if (type !== "flatten") {
    page.line(2, `${name}, ${description}: its outputs`);
    page.vector(4, "a", output);
  }
}

function layerLines(page: Page, { sample }: Explanation, layer: NumberedLayer): void {
  const { activation, x, z, a, silent, dead } = layer;
  const isPlain = activation === "identity";
  const equation = isPlain ? "z = x·W + b" : `z = x·W + b, a = σ(z), σ = ${activation}`;
  page.line(
    2,
    `Layer ${layer.number}: ${counted(x.length, "input")}, ${counted(z.length, "neuron")}: ${equation}`,
    equations.forward,
  );
  page.vector(4, "z", z);
  if (!isPlain) page.vector(4, "a", a);
  if (activation !== "relu") return;
  const asleep = silent.length === 0 ? "none, every z is above 0" : `${listOf("neuron", silent)}: z ≤ 0, so a = 0`;
  page.line(4, `Silent here: ${asleep}${silent.length === 0 ? "" : " and the slope σ′(z) is 0"}`, equations.relu);
  if (dead === undefined) return;
  const found = dead.length === 0 ? "none" : listOf("neuron", dead);
  const why = "The slope of a dead one is 0 for each of them, so δ = 0: no step moves it";
  page.line(4, `Dead (silent for each of the first ${count(sample)} examples): ${found}. ${why}`);
}

/** What the outputs say, and what that costs. */
function meaningLines(page: Page, { trace, label, loss }: Explanation): void {
  const { softmax, back } = trace;
  if (softmax !== undefined) {
    const text = `Softmax. M = ${number(softmax.max)}, the largest z, is subtracted: exp cannot overflow`;
    page.line(2, text, equations.softmax);
    page.vector(4, "exp(z − M)", softmax.exps);
    page.line(4, `p = exp(z − M) / Σ with the sum Σ = ${number(softmax.sum)}, computed as exp((z − M) − ln Σ)`);
    page.vector(4, "p", softmax.probabilities);
  }
  if (back === undefined) return;
  const hasLabel = label !== undefined;
  page.vector(4, "y", back.y, hasLabel ? String : number);
  const cost = fine(back.loss);
  if (isWeighted(trace)) {
    const why = "q is the smoothed target, w the weights of the classes";
    page.line(2, `Loss: C = −Σ w_c·q_c·ln p_c = ${cost}; ${why}`, equations.weightedCrossEntropy);
  } else if (loss === "crossEntropy" && hasLabel) {
    const p = fine(softmax?.probabilities[label] ?? Number.NaN);
    const name = indexed("p", label);
    page.line(2, `Loss: C = −ln ${name} = −ln ${p} = ${cost}, because y is 0 elsewhere`, equations.crossEntropy);
  } else if (loss === "quadratic") {
    page.line(2, `Loss: C = ½·Σ (aⱼ − yⱼ)² = ${cost}; y is 1 at the label, else 0`, equations.quadratic);
  } else if (loss === "meanSquared") {
    page.line(
      2,
      `Loss: C = (1/n)·Σ (aⱼ − yⱼ)² = ${cost}; y is the target, scaled as in training`,
      equations.meanSquared,
    );
  } else if (loss === "huber") {
    const why = "h(d) is ½·d² up to δ, and δ·(|d| − ½·δ) beyond";
    page.line(2, `Loss: C = (1/n)·Σ h(aⱼ − yⱼ) = ${cost}; ${why}`, equations.huber);
  } else if (loss === "meanAbsolute") {
    page.line(
      2,
      `Loss: C = (1/n)·Σ |aⱼ − yⱼ| = ${cost}; y is the target, scaled as in training`,
      equations.meanAbsolute,
    );
  } else if (loss === "sigmoidCrossEntropy") {
    const same = "= −Σ (yⱼ·ln pⱼ + (1 − yⱼ)·ln(1 − pⱼ)) with p = σ(z)";
    page.line(2, `Loss: C = Σ (ln(1 + exp zⱼ) − zⱼ·yⱼ) ${same} = ${cost}`, equations.sigmoidCrossEntropy);
  } else if (loss === "binaryCrossEntropy") {
    const same = "= −(1/n)·Σ (yⱼ·ln pⱼ + (1 − yⱼ)·ln(1 − pⱼ)) with p = σ(z)";
    page.line(2, `Loss: C = (1/n)·Σ (ln(1 + exp zⱼ) − zⱼ·yⱼ) ${same} = ${cost}`, equations.binaryCrossEntropy);
  } else page.line(2, `Loss (${loss}): C = ${cost}`);
}

/** z of the chosen neuron, term by term. */
export function neuronLines(page: Page, explanation: Explanation, layers: readonly NumberedLayer[]): void {
  const { chosen } = explanation;
  const layer = layers.find(({ name }) => name === chosenName(explanation));
  if (layer === undefined) return;
  const { x, W, b, z, a, activation } = layer;
  const j = chosen.neuron;
  page.title(`One neuron by hand: layer ${layer.number}, neuron ${j}`);
  const terms = Array.from(x, (xk, k) => ({ k, xk, w: W.values[k * W.columns + j] ?? 0 }))
    .filter(({ xk }) => xk !== 0)
    .map((term) => ({ ...term, product: term.xk * term.w }))
    .toSorted((p, q) => Math.abs(q.product) - Math.abs(p.product));
  const [zj, bj] = [indexed("z", j), indexed("b", j)];
  page.line(2, `${zj} = Σ xₖ·W(k, ${j}) + ${bj}, the largest terms first`, equations.weightedSum);
  for (const [i, { k, xk, w, product }] of terms.slice(0, TERMS).entries()) {
    const what = `${indexed("x", k)}·${weightName(k, j)}, ${inputName(explanation, layer, k)}`;
    page.line(4, `${i === 0 ? "=" : "+"} ${factor(xk)} × ${factor(w)} = ${number(product)}   ${what}`);
  }
  const others = terms.slice(TERMS);
  if (others.length > 0) {
    const rest = others.reduce((sum, { product }) => sum + product, 0);
    page.line(4, `+ ${factor(rest)}   the other ${counted(others.length, "term")}, together`);
  }
  const role = `${bj}, the bias: it shifts z by the same for every example`;
  page.line(4, `${terms.length === 0 ? "=" : "+"} ${factor(b[j] ?? 0)}   ${role}`, equations.biasAdded);
  page.line(4, `= ${number(z[j] ?? 0)}   as computed: in float32, input by input`);
  if (activation === "identity") return;
  const value = `${indexed("a", j)} = ${activation}(${number(z[j] ?? 0)}) = ${number(a[j] ?? 0)}`;
  page.line(2, `${value}, with the slope σ′(z) = ${number(layer.slope[j] ?? 0)}`, equations[activation]);
}
