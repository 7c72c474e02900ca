/** What an evaluation of classes found, for people: the confusion matrix, precision and recall, the worst mistakes. */
import type { ClassEvaluation, Dataset, Network } from "inkling";
import { printable } from "../printable.ts";
import { type Block, type Drawable, drawImage, shrunk, sideBySide, trimmed } from "./digit.ts";
import { className, exampleWord, rowText, withArticle } from "./names.ts";
import { count, percent, short, type Terminal, wrap } from "./terminal.ts";

/** More classes than this do not make a table that can be read. */
const MOST_CLASSES = 16;
/** A longer name of a class is cut in a table. */
const LONGEST_NAME = 14;
/** Rows of pixels that an image of a short report has; two are a line. */
const SHORT_ROWS = 14;

/** So many mistakes are shown at length. */
const MOST_SHOWN = 6;

/** The columns that precision and recall take beside the matrix. */
const BESIDE = 21;

type Named = Pick<Network, "classNames">;

/** The confusion matrix, a row a class, with precision and recall beside it where there is room. */
export function confusionLines(result: ClassEvaluation, model: Named, terminal: Terminal): string[] {
  const { confusion, perClass } = result;
  // A list of many classes is never drawn, and has too many numbers to be the arguments of one call.
  if (terminal.isNarrow || confusion.length > MOST_CLASSES) return listed(result, model, terminal);
  const names = confusion.map((_, label) => className(model, label).slice(0, LONGEST_NAME));
  const first = Math.max(4, ...names.map(({ length }) => length));
  const digits = Math.max(3, ...confusion.flat().map((n) => String(n).length));
  const tableWidth = (cell: number) => 2 + first + 2 + cell * names.length;
  // A column is as wide as the names of the classes where there is room, also for what stands beside the matrix.
  const widest = Math.max(digits, ...names.map(({ length }) => length)) + 1;
  const cell = tableWidth(widest) + BESIDE <= terminal.width ? widest : Math.min(widest, Math.max(digits, 8) + 1);
  const width = tableWidth(cell);
  if (width > terminal.width) return listed(result, model, terminal);
  const hasRoom = width + BESIDE <= terminal.width;
  const wrong = confusion.flatMap((row, label) => row.filter((_, predicted) => predicted !== label));
  const often = Math.max(...wrong) / 2;
  const heads = names.map((name) => name.slice(0, cell - 1).padStart(cell)).join("");
  const rows = confusion.map((row, label) => {
    const cells = row.map((n, predicted) => {
      const text = (n === 0 ? "·" : String(n)).padStart(cell);
      if (predicted === label) return terminal.style("green", text);
      return n > 0 && n >= often ? terminal.style("red", text) : terminal.style("dim", text);
    });
    const { precision, recall } = perClass[label] ?? { precision: Number.NaN, recall: Number.NaN };
    const beside = hasRoom ? `${percent(precision, 1).padStart(12)}${percent(recall, 1).padStart(9)}` : "";
    return `  ${names[label]?.padStart(first)} │${cells.join("")}${beside}`;
  });
  const beside = hasRoom ? "   precision   recall" : "";
  const explained = ": a row is a true class, a column what it was read as";
  const title = "Confusion matrix";
  const isLong = title.length + explained.length > terminal.width;
  return [
    terminal.style("bold", title) + (isLong ? "" : explained),
    `  ${"true".padStart(first)} │${heads}${beside}`,
    ...rows,
  ];
}

/** The same as a list, for narrow windows and for many classes. */
function listed({ confusion, perClass }: ClassEvaluation, model: Named, terminal: Terminal): string[] {
  const pairs = confusion.flatMap((row, label) => row.map((times, predicted) => ({ label, predicted, times })));
  const often = pairs.filter(({ label, predicted, times }) => label !== predicted && times > 0);
  often.sort((a, b) => b.times - a.times || a.label - b.label || a.predicted - b.predicted);
  const confused = often
    .slice(0, 5)
    .map(({ label, predicted, times }) => {
      return `${className(model, label)} read as ${className(model, predicted)}: ${times === 1 ? "once" : `${count(times)} times`}`;
    })
    .flatMap((line) => wrap(line, terminal.width));
  const most = perClass.toSorted((a, b) => a.recall - b.recall).slice(0, MOST_CLASSES);
  const worst = (perClass.length > MOST_CLASSES ? most : perClass).flatMap(({ label, precision, recall }) => {
    const line = `${className(model, label)}: precision ${percent(precision, 1)}, recall ${percent(recall, 1)}`;
    return wrap(line, terminal.width);
  });
  const title = perClass.length > MOST_CLASSES ? `The ${MOST_CLASSES} classes with the lowest recall` : "Classes";
  const what = terminal.style("bold", "Confused most often");
  return [...(confused.length > 0 ? [what, ...confused] : []), terminal.style("bold", title), ...worst];
}

/** Precision, recall and F1 of each class. */
export function perClassLines({ perClass }: ClassEvaluation, model: Named, terminal: Terminal): string[] {
  const names = perClass.map(({ label }) => className(model, label).slice(0, LONGEST_NAME));
  const first = Math.max(5, ...names.map(({ length }) => length));
  const rows = perClass.map(({ precision, recall, examples }, i) => {
    const f1 = (2 * precision * recall) / (precision + recall);
    const shares = [precision, recall, f1].map((value) => percent(value));
    if (terminal.isNarrow) return wrap(`${names[i]}: F1 ${shares[2]}, ${count(examples)} examples`, terminal.width);
    const cells = [...shares, count(examples)].map((text) => text.padStart(10));
    return [`  ${names[i]?.padStart(first)}${cells.join("")}`];
  });
  const titles = ["precision", "recall", "F1", "examples"].map((title) => title.padStart(10));
  const header = terminal.isNarrow ? [] : [`  ${"class".padStart(first)}${titles.join("")}`];
  return [terminal.style("bold", "Per class"), ...header, ...rows.flat()];
}

/** "Balanced accuracy 97.90 %, top 5 99.95 %": what else was measured. */
export function furtherLines({ balancedAccuracy, topK, auc }: ClassEvaluation, terminal: Terminal): string[] {
  const parts = [`Balanced accuracy ${percent(balancedAccuracy)}`];
  if (topK !== undefined) parts.push(`top ${topK.k} ${percent(topK.accuracy)}`);
  if (auc !== undefined) parts.push(`area under the ROC curve ${short(auc)}`);
  return wrap(parts.join(", "), terminal.width, "");
}

/** Image i of a data set as it can be drawn; undefined if its examples are not images. */
export function drawable(data: Dataset, i: number): Drawable | undefined {
  const [height, width, channels] = data.shape;
  if (height === undefined || width === undefined || channels !== 1) return undefined;
  return { height, width, pixels: data.example(i) };
}

/**
 * The most confident mistakes: images drawn side by side, rows of a table as text. Without `isVerbose` there is one row
 * of small images, and the title says how sure the network was of each at least.
 */
export function mistakeLines(
  { mistakes }: ClassEvaluation,
  data: Dataset,
  model: Named,
  terminal: Terminal,
  isVerbose = false,
): string[] {
  if (mistakes.length === 0) return [terminal.style("bold", "No mistakes.")];
  const total = count(mistakes.length);
  const title = mistakes.length === 1 ? "The only mistake" : `The most confident of ${total} mistakes`;
  const heading = terminal.style("bold", title);
  const chosen = mistakes.slice(0, isVerbose ? MOST_SHOWN : 3);
  const captions = chosen.map(({ index, label, predicted, probability }) => {
    const what = `#${index}: ${withArticle(model, label)}, read as ${className(model, predicted)}`;
    return [what, `with ${sure(probability)}`];
  });
  const whole = chosen.map(({ index }) => drawable(data, index)).filter((image) => image !== undefined);
  const images = isVerbose ? trimmed(whole) : shrunk(whole, SHORT_ROWS);
  const widest = Math.max(...images.map(({ width }) => width), ...captions.flat().map(({ length }) => length));
  if (images.length < chosen.length || widest > terminal.width) {
    const rows = chosen.flatMap(({ index }, i) => [
      ...wrap(captions[i]?.join(" ") ?? "", terminal.width),
      ...(exampleWord(data) === "Row" ? wrap(rowText(data, index), terminal.width, "    ").slice(0, 2) : []),
    ]);
    return [heading, ...rows];
  }
  const blocks = images.map((image, i): Block => {
    const lines = captions[i] ?? [];
    return {
      lines: drawImage(image, terminal),
      drawn: image.width,
      captions: isVerbose ? lines : lines.slice(0, 1),
    };
  });
  if (isVerbose) return [heading, ...sideBySide(blocks, widest, terminal)];
  const gap = 2;
  const inARow = blocks.slice(0, Math.max(1, Math.floor((terminal.width + gap) / (widest + gap))));
  const least = sure(Math.min(...chosen.slice(0, inARow.length).map(({ probability }) => probability)));
  const howSure = mistakes.length === 1 ? `, ${least} sure` : `, at least ${least} sure`;
  const hasRoom = title.length + howSure.length <= terminal.width;
  return [heading + (hasRoom ? howSure : ""), ...sideBySide(inARow, widest, terminal)];
}

/** Which files the mistakes are of that `mistakeLines` shows at length. */
export function mistakenPaths({ mistakes }: ClassEvaluation, paths: readonly string[], terminal: Terminal): string[] {
  const shown = mistakes.slice(0, MOST_SHOWN);
  return shown.flatMap(({ index }) => wrap(`#${index} is ${printable(paths[index])}`, terminal.width));
}

/** A probability in %, rounded down: no mistake was made with 100 %. (As a float32 it can be 1.) */
function sure(most: number): string {
  const probability = Math.min(most, 0.99999);
  const decimals = probability > 0.999 ? 3 : 1;
  const tens = 10 ** (decimals + 2);
  return `${((Math.floor(probability * tens) / tens) * 100).toFixed(decimals)} %`;
}
