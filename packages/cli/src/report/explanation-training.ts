/** The page's lines of a pass of a training: what augmentation changes, what dropout leaves out, the batch's moments. */
import { type BatchNormTrainingTrace, type DropoutTrace, equations, type TrainingTrace } from "inkling/proofs";
import { drawImage, sideBySide } from "./digit.ts";
import { counted, factor, fine, largestAt, listOf, number, type Page } from "./explanation-page.ts";
import { type Explanation, everyLayer, indexed } from "./explanation-types.ts";
import { percent } from "./terminal.ts";

/** Nothing, unless the trace has such a pass. */
export function trainingLines(page: Page, { trace, shape }: Explanation): void {
  const { training, back } = trace;
  if (training === undefined) return;
  const { epoch, example, examples, loss } = training;
  page.title(`In training: epoch ${epoch}, as example ${example} of its data`);
  if (examples > 1) page.line(2, `The batch: this example and ${counted(examples - 1, "other")} of these data`);
  augmentationLines(page, training, shape);
  const before = page.lines.length;
  for (const layer of everyLayer(trace.layers)) {
    if (layer.training?.dropout) dropoutLines(page, layer.name, layer.training.dropout);
    if (layer.training?.batchNorm) normLines(page, layer.name, layer.training.batchNorm);
  }
  if (page.lines.length === before)
    page.line(2, "Every layer does the same as at prediction: none is dropout or batch norm");
  if (loss === undefined || back === undefined) return;
  page.line(2, `Its loss in this pass: C = ${fine(loss)}; at prediction ${fine(back.loss)}`);
}

function augmentationLines(page: Page, { augmentation }: TrainingTrace, shape: readonly number[]): void {
  if (augmentation === undefined) return;
  const { before, after, settings } = augmentation;
  const [height = 0, width = 0, channels = 1] = shape;
  const changed = Array.from(after).filter((value, i) => value !== before[i]).length;
  const names = Object.keys(settings).join(", ");
  page.line(2, `Augmentation (${names}) changes ${changed} of ${before.length} numbers of the image`);
  if (channels !== 1 || 2 * width + 2 > page.terminal.width) {
    page.vector(4, "before", before);
    page.vector(4, "after", after);
    return;
  }
  const block = (values: ArrayLike<number>, caption: string) => {
    const pixels = Array.from(values, (x) => 255 * x);
    return { lines: drawImage({ height, width, pixels }, page.terminal), drawn: width, captions: [caption] };
  };
  page.lines.push(...sideBySide([block(before, "before"), block(after, "after")], Math.max(width, 6), page.terminal));
}

function dropoutLines(page: Page, name: string, { rate, factor: grown, x, dropped, z }: DropoutTrace): void {
  const share = percent(dropped.length / x.length, 0);
  const rule = `${name}, dropout: z = m ⊙ x / (1 − r), r = ${rate}: ${dropped.length} of ${counted(x.length, "number")} (${share})`;
  page.line(2, `${rule} are left out`, equations.dropped);
  if (dropped.length > 0) page.line(4, `Left out: ${listOf("number", dropped)}`);
  page.vector(4, "x", x);
  page.vector(4, "z", z);
  const e = largestAt(z);
  const product = `${number(x[e] ?? 0)} × ${number(grown)} = ${number(z[e] ?? 0)}`;
  page.line(4, `What is kept grows by 1 / (1 − r), so that the mean stays: ${indexed("z", e)} = ${product}`);
}

function normLines(page: Page, name: string, norm: BatchNormTrainingTrace): void {
  const { numbers, x, mean, variance, xHat, running, moved } = norm;
  page.line(
    2,
    `${name}, batch norm by the batch's own μ and v, of N = ${numbers} numbers each`,
    equations.batchMoments,
  );
  page.vector(4, "μ", mean);
  page.vector(4, "v", variance);
  const e = largestAt(xHat);
  const c = e % mean.length;
  const top = `(${number(x[e] ?? 0)} − ${factor(mean[c] ?? 0)})`;
  page.line(4, `${indexed("x̂", e)} = ${top} / √(v + ε) = ${number(xHat[e] ?? 0)}, v = ${number(variance[c] ?? 0)}`);
  page.line(4, "The running ones, for predictions, move towards them", equations.runningMoments);
  page.vector(4, "μ before", running.mean);
  page.vector(4, "μ after ", moved.mean);
  page.vector(4, "v before", running.variance);
  page.vector(4, "v after ", moved.variance);
}
