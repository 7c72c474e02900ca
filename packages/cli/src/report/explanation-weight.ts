/** One weight from beginning to end: its start, its gradient and why it has that sign, the step, the loss after it. */
import type { InitializerName } from "inkling";
import { equations } from "inkling/proofs";
import { printable } from "../printable.ts";
import { factor, fine, number, type Page } from "./explanation-page.ts";
import {
  chosenName,
  type Explanation,
  indexed,
  inputName,
  type NumberedLayer,
  weightName,
} from "./explanation-types.ts";

export function weightLines(page: Page, explanation: Explanation, layers: readonly NumberedLayer[]): void {
  const { chosen, trace } = explanation;
  const layer = layers.find(({ name }) => name === chosenName(explanation));
  if (layer?.back === undefined || trace.back === undefined) return;
  const [k, j] = [chosen.weight ?? 0, chosen.neuron];
  const at = k * layer.W.columns + j;
  const { WAfter, bAfter, dW, delta } = layer.back;
  const [w, x, d, gradient] = [layer.W.values[at] ?? 0, layer.x[k] ?? 0, delta[j] ?? 0, dW.values[at] ?? 0];
  const [name, eta] = [weightName(k, j), trace.back.step.learningRate];
  page.title(`One weight from beginning to end: layer ${layer.number}, from input ${k} to neuron ${j}`);
  page.line(2, `${name} = ${fine(w)}, from ${inputName(explanation, layer, k)}`);
  startLine(page, layer);
  const product = `${factor(x)} × ${factor(d)} = ${number(gradient)}`;
  page.line(2, `Its gradient: ∂C/∂W = ${indexed("x", k)}·${indexed("δ", j)} = ${product}`, equations.bp4);
  page.line(4, reasonOf(x, d, gradient, layer.slope[j] ?? 0));
  differenceLines(page, explanation);
  batchLine(page, explanation);
  const step = `${fine(w)} − ${eta} × ${factor(gradient)} = ${fine(WAfter.values[at] ?? 0)}`;
  page.line(2, `One step, η = ${eta}: W − η·∂C/∂W = ${step}`, equations.gradientDescent);
  const b = layer.b[j] ?? 0;
  const bias = `${fine(b)} − ${eta} × ${factor(d)} = ${fine(bAfter[j] ?? 0)}`;
  page.line(2, `The bias ${indexed("b", j)}, whose input is 1: b − η·${indexed("δ", j)} = ${bias}`, equations.bp3);
  lossLines(page, explanation);
}

/** Why the gradient has its sign, and what the step does about it. */
function reasonOf(x: number, delta: number, gradient: number, slope: number): string {
  const why = slope === 0 ? "the neuron is silent, so " : "";
  if (delta === 0) return `It is 0 because δ is 0: ${why}nothing that goes into the neuron changes the loss`;
  if (x === 0) return "It is 0 because x is 0: what is multiplied with 0 changes nothing";
  const sign = gradient < 0 ? "negative" : "positive";
  const compared = (value: number) => (value < 0 ? "< 0" : "> 0");
  const direction = x < 0 ? "smaller" : "larger";
  const loss = gradient < 0 ? "smaller" : "larger";
  return `It is ${sign} because x ${compared(x)} and δ ${compared(delta)}: a larger W makes z ${direction}, and so the loss ${loss}`;
}

export function differenceLines(page: Page, { difference }: Explanation): void {
  if (difference === undefined) return;
  const { h, numeric, analytic, relativeError, crossesCorner } = difference;
  const text = `Is it right? (C(W + h) − C(W − h)) / 2h = ${precise(numeric)}, h = ${h}`;
  page.line(2, text, equations.centralDifference);
  const corner = crossesCorner ? ". A ReLU changes sides in between: there is no slope to compare with" : "";
  page.line(
    4,
    `Both in float64. Backpropagation: ${precise(analytic)}. They differ by ${number(relativeError)} of it${corner}`,
  );
}

function precise(value: number): string {
  return value.toPrecision(10).replace(/-/g, "−");
}

function batchLine(page: Page, { trained }: Explanation): void {
  const size = trained?.batchSize ?? 128;
  const [many, divided] = size === "full" ? ["all examples'", "their number"] : [`${size} examples'`, size];
  const text = `The mean over the batch: here of one example. In training ${many} x·δ are added, then divided by ${divided}`;
  page.line(2, text, equations.batchMean);
}

/** The first weights' spread, and why. */
export function startLine(
  page: Page,
  { initializer, W }: Pick<NumberedLayer, "initializer" | "W">,
  m = W.columns,
): void {
  const n = W.rows;
  const starts: Readonly<Record<InitializerName, readonly [spread: string, value: number]>> = {
    he: [`√(2/${n})`, Math.sqrt(2 / n)],
    glorot: [`√(2/${n + m})`, Math.sqrt(2 / (n + m))],
    scaledNormal: [`√(1/${n})`, Math.sqrt(1 / n)],
    scaledByOutputs: [`√(1/${m})`, Math.sqrt(1 / m)],
    normal: ["1", 1],
    uniform: ["√(1/12)", Math.sqrt(1 / 12)],
    zeros: ["0", 0],
  };
  const [spread, value] = starts[initializer];
  let squares = 0;
  for (const w of W.values) squares += w * w;
  const now = number(Math.sqrt(squares / W.values.length));
  const keeps = "z keeps the size of x";
  const reasons: Partial<Record<InitializerName, string>> = {
    he: `so that ${keeps} (the 2: ReLU takes half); `,
    glorot: `so that ${keeps}; `,
    scaledNormal: `so that ${keeps}; `,
  };
  const shown = spread === number(value) ? spread : `${spread} = ${number(value)}`;
  const why = reasons[initializer] ?? "";
  page.line(2, `Its start: ${initializer}, spread ${shown}, ${why}now ${now}`, equations[initializer]);
}

/** The loss before and after, and after a step ten times as long. */
export function lossLines(page: Page, { trace, longer, trained }: Explanation): void {
  if (trace.back === undefined) return;
  const { loss, step } = trace.back;
  const change = step.loss < loss ? "smaller" : step.loss > loss ? "larger" : "the same";
  page.line(2, `That step, of all weights and biases, changes C from ${fine(loss)} to ${fine(step.loss)}: ${change}`);
  if (longer !== undefined) {
    const verdict =
      longer.loss > loss
        ? "up again: the step is too long"
        : longer.loss > step.loss
          ? "past the lowest point"
          : "further down; other examples may pay for it";
    page.line(2, `With η × 10 = ${longer.learningRate}: C goes to ${fine(longer.loss)}, ${verdict}`);
  }
  if (trained !== undefined && (trained.optimizer !== "sgd" || trained.learningRate !== step.learningRate)) {
    const how = `${printable(trained.optimizer)}, η = ${trained.learningRate}`;
    page.line(2, `(Plain gradient descent; --learning-rate sets η. The training used ${how}.)`);
  }
}
