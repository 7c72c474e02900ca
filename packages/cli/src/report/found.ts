/** What was found in somebody's own picture: where it is, what was cut out, and what was read. */
import type { Predictions } from "inkling";
import type { Found } from "../found.ts";
import type { Model } from "../model.ts";
import { printable } from "../printable.ts";
import { type Block, drawImage, sideBySide, trimmed } from "./digit.ts";
import { className } from "./names.ts";
import { count, percent, type Terminal, wrap } from "./terminal.ts";

/** What is printed of a picture. */
export interface FoundReport {
  readonly found: Found;
  readonly model: Model;
  /** The predictions of all digits. */
  readonly predictions: Predictions;
  /** Which digits are drawn. */
  readonly drawn: readonly number[];
  /** What else is to be said of a digit. */
  remark(digit: number): string | undefined;
  /** One digit with a bar for each class. */
  bars(digit: number, terminal: Terminal): string[];
}

/** A caption has room for "several digits?". */
const LEAST_WIDTH = 16;

/** "photo.png: 4 digits, dark on light, in 800 × 600 pixels". */
export function foundTitle({ name, digits, isLightOnDark, width, height, leftOut }: Found): string {
  const where = `in ${width} × ${height} pixels`;
  if (digits.length === 0) {
    const more = leftOut > 0 ? `, only ${things(leftOut)} too small or too large` : "";
    return `${printable(name)}: no digit found ${where}${more}.`;
  }
  const what = digits.length === 1 ? "1 digit" : `${count(digits.length)} digits`;
  const ink = isLightOnDark ? "light on dark" : "dark on light";
  const rest = leftOut > 0 ? `; ${things(leftOut)} left out` : "";
  return `${printable(name)}: ${what}, ${ink}, ${where}${rest}`;
}

function things(number: number): string {
  return number === 1 ? "1 mark" : `${count(number)} marks`;
}

/** The digits as the model sees them, with what it read, what is to be said of them, and the whole text. */
export function foundLines(report: FoundReport, terminal: Terminal): string[] {
  const { found, drawn } = report;
  const [only, ...more] = drawn;
  const pictures =
    only === undefined
      ? []
      : more.length === 0
        ? [captions(report, only).join(", "), ...report.bars(only, terminal)]
        : [...drawings(report, terminal), ""];
  const title = wrap(foundTitle(found), terminal.width, "");
  return [...title, "", ...pictures, ...remarks(found, terminal), ...readLines(report, terminal)];
}

/** What is said of one digit: "2, with 99.31 %", "at 120, 80". */
function captions({ found, model, predictions, remark }: FoundReport, at: number): string[] {
  const { box, isWide } = found.digits[at] ?? {};
  return [
    `${className(model, labelOf(predictions, at))}, with ${percent(probabilityOf(model, predictions, at))}`,
    ...(box === undefined ? [] : [`at ${box.left}, ${box.top}`]),
    ...(isWide ? ["several digits?"] : []),
    ...[remark(at) ?? []].flat(),
  ];
}

/** The digits side by side, each line of the picture in rows of its own. */
function drawings(report: FoundReport, terminal: Terminal): string[] {
  const { found, drawn } = report;
  const { side } = found;
  const pixels = drawn.map((i) => found.digits[i]?.pixels ?? new Uint8Array(side * side));
  const images = trimmed(pixels.map((bytes) => ({ width: side, height: side, pixels: bytes })));
  const width = Math.min(terminal.width, Math.max(LEAST_WIDTH, ...images.map((image) => image.width)));
  const lines = new Map<number, Block[]>();
  for (const [i, image] of images.entries()) {
    const at = drawn[i] ?? 0;
    const line = found.digits[at]?.line ?? 0;
    const block = { lines: drawImage(image, terminal), drawn: image.width, captions: captions(report, at) };
    lines.set(line, [...(lines.get(line) ?? []), block]);
  }
  const rows = Array.from(lines.values(), (blocks) => sideBySide(blocks, width, terminal));
  return rows.flatMap((row, i) => (i === 0 ? row : ["", ...row]));
}

/** What helps to understand a reading: other strokes than MNIST's, digits that touch. */
function remarks({ digits }: Found, terminal: Terminal): string[] {
  const thin = digits.filter(({ strokes }) => strokes.after > strokes.before).length;
  const thick = digits.filter(({ strokes }) => strokes.after < strokes.before).length;
  const wide = digits.filter(({ isWide }) => isWide).length;
  const of = (number: number) => (number === digits.length ? "The" : `${count(number)} of the`);
  const sentences = [
    thin > 0 && `${of(thin)} digits had thinner strokes than the training images: they were made thicker.`,
    thick > 0 && `${of(thick)} digits had thicker strokes than the training images: they were made thinner.`,
    wide > 0 && "A digit that is so wide may be several that touch: write them apart.",
  ].filter((sentence) => sentence !== false);
  return sentences.flatMap((sentence) => wrap(sentence, terminal.width, ""));
}

/** "Read: 2 0 2 6", each line of the picture on its own. */
export function readLines({ model, predictions, found }: FoundReport, terminal: Terminal): string[] {
  return texts(model, predictions, found).flatMap((text, i) => {
    const [first = "", ...more] = wrap(text, terminal.width, "      ");
    return [i === 0 ? `Read: ${first.trimStart()}` : first, ...more].map((line) => terminal.style("bold", line));
  });
}

/** What was read, line by line, with a blank between two digits. */
export function texts(model: Model, predictions: Predictions, { digits }: Found): string[] {
  const lines: string[][] = [];
  for (const [i, { line }] of digits.entries()) {
    lines[line] ??= [];
    lines[line].push(className(model, labelOf(predictions, i)));
  }
  return lines.map((words) => words.join(" "));
}

function labelOf(predictions: Predictions, i: number): number {
  return predictions.task === "classes" ? (predictions.labels[i] ?? 0) : 0;
}

function probabilityOf({ outputs }: Model, predictions: Predictions, i: number): number {
  if (predictions.task !== "classes") return Number.NaN;
  return predictions.probabilities[i * outputs + labelOf(predictions, i)] ?? Number.NaN;
}
