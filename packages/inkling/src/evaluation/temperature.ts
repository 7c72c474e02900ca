/**
 * A temperature T for probabilities: softmax(z / T). One number repairs most of a network that is too sure, measured on
 * examples that it has not learned from (Guo, Pleiss, Sun and Weinberger 2017, "On calibration of modern neural
 * networks").
 *
 *   p = softmax(β·z), β = 1/T   C(β) = (1/m)·Σ −ln p_y                                       z (m × n), the logits
 *   C′(β) = (1/m)·Σ (E[z] − z_y)   C″(β) = (1/m)·Σ (E[z²] − E[z]²)                           E: the mean under p
 *
 * C″ is nowhere negative, so there is one minimum; Newton's method finds it. Of outputs that are yes or no each, with
 * p = σ(β·z): C′ = (1/m)·Σ (p − y)·z, C″ = (1/m)·Σ p·(1 − p)·z². The order of the outputs stays, so no answer changes.
 */
import { DataError } from "../errors.ts";
import { largest } from "../matrix.ts";
import { exp, log, sigmoid } from "../numbers/float64.ts";
import { TreeSum } from "../numbers/tree-sum.ts";

/** Terms that are added before the tree (backends/backend.ts). */
const BLOCK = 128;
/** The shares that an ensemble's logarithms are taken of: what float32 can tell from 0 and from 1. */
const [LEAST, MOST] = [2 ** -149, 1 - 2 ** -24];

/** What a model's outputs were on some examples, before any temperature, and what was right. */
export interface Answers {
  /** softmax: one class an example. sigmoid: each output a yes or no. */
  readonly kind: "softmax" | "sigmoid";
  readonly rows: number;
  readonly columns: number;
  /** rows × columns */
  readonly z: Float64Array;
  readonly labels: ArrayLike<number> | undefined;
  readonly targets: ArrayLike<number> | undefined;
}

/** Whether a loss is of outputs that are yes or no each. */
export function isOfSigmoids(loss: string): boolean {
  return loss === "sigmoidCrossEntropy" || loss === "binaryCrossEntropy";
}

/** A z that means this probability: of softmax ln p, as softmax(ln p) = p; of σ the ln of p / (1 − p). */
export function logitOf(p: number, kind: Answers["kind"]): number {
  const share = Math.max(LEAST, Math.min(kind === "sigmoid" ? MOST : 1, p));
  return kind === "sigmoid" ? log(share) - log(1 - share) : log(share);
}

/** softmax(ln p / T), or σ(logit p / T), of rows of n probabilities; what an ensemble makes of its mean. */
export function tempered(p: Float32Array, n: number, temperature: number, loss: string): Float32Array {
  const kind = isOfSigmoids(loss) ? "sigmoid" : "softmax";
  const z = Float64Array.from(p, (share) => logitOf(share, kind));
  const result = new Float32Array(p.length);
  const row = new Float64Array(n);
  for (let i = 0; i < p.length / n; i++) {
    probabilities({ kind, columns: n, z }, i, 1 / temperature, row);
    result.set(row, i * n);
  }
  return result;
}

/** The T at which C is least. Throws a DataError, in the name of `where`, if there is none. */
export function temperatureOf(answers: Answers, where: string): number {
  const atChance = slopes(answers, 0).first;
  if (!(atChance < 0)) {
    const expected = "answers that are better than chance (otherwise no temperature fits)";
    throw new DataError(where, expected, "answers that are not", "Train the model first, or look at the labels.");
  }
  if (!(slopeAtCertainty(answers) > 0)) {
    const expected = "examples of which some are read wrong (a temperature is measured by mistakes)";
    throw new DataError(where, expected, `${answers.rows} that are all read right`, "Take more examples.");
  }
  let [low, high] = [0, 1];
  while (!(slopes(answers, high).first > 0) && high < 2 ** 400) [low, high] = [high, 2 * high];
  let beta = low === 0 ? 1 : low;
  for (let round = 0; round < 200; round++) {
    const { first, second } = slopes(answers, beta);
    if (first > 0) high = beta;
    else low = beta;
    // Newton's step, or where it leaves the bracket, its middle.
    const step = beta - first / second;
    const next = step > low && step < high ? step : (low + high) / 2;
    if (Math.abs(next - beta) <= 1e-13 * beta) break;
    beta = next;
  }
  return 1 / beta;
}

/** C′(β) and C″(β). */
function slopes(answers: Answers, beta: number): { readonly first: number; readonly second: number } {
  const { kind, rows, columns, z } = answers;
  const p = new Float64Array(columns);
  return overRows(rows, (i) => {
    probabilities(answers, i, beta, p);
    const top = z[i * columns + largest(z, i, columns)];
    let [mean, square] = [0, 0];
    for (let j = 0; j < columns; j++) {
      const zj = z[i * columns + j];
      if (kind === "sigmoid") {
        mean += (p[j] - truth(answers, i, j)) * zj;
        square += p[j] * (1 - p[j]) * zj * zj;
      } else {
        // From the largest z, so that nothing cancels.
        mean += p[j] * (zj - top);
        square += p[j] * (zj - top) * (zj - top);
      }
    }
    if (kind === "sigmoid") return [mean, square];
    const ofLabel = z[i * columns + (answers.labels?.[i] ?? 0)] - top;
    return [mean - ofLabel, square - mean * mean];
  });
}

/** C′ as β grows without end: 0 where every answer is right. */
function slopeAtCertainty(answers: Answers): number {
  const { kind, rows, columns, z } = answers;
  return overRows(rows, (i) => {
    if (kind === "softmax") {
      return [z[i * columns + largest(z, i, columns)] - z[i * columns + (answers.labels?.[i] ?? 0)], 0];
    }
    let sum = 0;
    for (let j = 0; j < columns; j++) {
      const zj = z[i * columns + j];
      sum += ((zj > 0 ? 1 : 0) - truth(answers, i, j)) * zj;
    }
    return [sum, 0];
  }).first;
}

/** The means of two numbers of each row: in blocks, added as a tree. */
function overRows(rows: number, of: (i: number) => readonly [number, number]) {
  const sums = [new TreeSum(), new TreeSum()] as const;
  for (let start = 0; start < rows; start += BLOCK) {
    let [a, b] = [0, 0];
    for (let i = start; i < Math.min(rows, start + BLOCK); i++) {
      const [first, second] = of(i);
      a += first;
      b += second;
    }
    sums[0].add(a);
    sums[1].add(b);
  }
  return { first: sums[0].total / rows, second: sums[1].total / rows };
}

/** What is true of output j of example i: 1 for its label, or the target. */
export function truth({ labels, targets, columns }: Answers, i: number, j: number): number {
  if (labels !== undefined) return labels[i] === j ? 1 : 0;
  return targets?.[i * columns + j] ?? 0;
}

/** p = softmax(β·z) or σ(β·z) of row i. */
export function probabilities(
  { kind, columns, z }: Pick<Answers, "kind" | "columns" | "z">,
  i: number,
  beta: number,
  p: Float64Array,
): void {
  if (kind === "sigmoid") {
    for (let j = 0; j < columns; j++) p[j] = sigmoid(beta * z[i * columns + j]);
    return;
  }
  const top = z[i * columns + largest(z, i, columns)];
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    p[j] = exp(beta * (z[i * columns + j] - top));
    sum += p[j];
  }
  for (let j = 0; j < columns; j++) p[j] /= sum;
}
