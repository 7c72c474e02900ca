/** What an evaluation found, for people: the confusion matrix, the per-class table, the most confident mistakes. */
import type { Dataset, Evaluation } from "inkling";
import { type Drawable, drawImage, sideBySide } from "./digit.ts";
import { count, percent, type Terminal } from "./terminal.ts";

/** More classes than this do not make a table that can be read. */
const MOST_CLASSES = 16;

/** The confusion matrix, a row a class; what is right in green, what is often confused in red. */
export function confusionLines({ confusion }: Evaluation, terminal: Terminal): string[] {
  if (confusion.length > MOST_CLASSES) return [`(${confusion.length} classes: the confusion matrix is in --json.)`];
  const cell = Math.max(4, Math.max(...confusion.flat().map((n) => count(n).length)) + 1);
  if (terminal.width < cell * confusion.length + 8) return ["(The window is too narrow for the confusion matrix.)"];
  const wrong = confusion.flatMap((row, label) => row.filter((_, predicted) => predicted !== label));
  const room = terminal.width - cell * confusion.length - 8;
  const often = Math.max(...wrong) / 2;
  const header = `  true │${confusion.map((_, predicted) => String(predicted).padStart(cell)).join("")}${room >= 12 ? "   ← read as" : ""}`;
  const rule = `  ─────┼${"─".repeat(cell * confusion.length)}`;
  const rows = confusion.map((row, label) => {
    const cells = row.map((n, predicted) => {
      const text = (n === 0 ? "·" : count(n)).padStart(cell);
      if (predicted === label) return terminal.style("green", text);
      return n > 0 && n >= often ? terminal.style("red", text) : terminal.style("dim", text);
    });
    return `  ${String(label).padStart(4)} │${cells.join("")}`;
  });
  return [terminal.style("bold", "Confusion matrix"), header, rule, ...rows];
}

/** Precision, recall and F1 of each class. */
export function perClassLines({ perClass }: Evaluation, terminal: Terminal): string[] {
  const rows = perClass.map(({ label, precision, recall, examples }) => {
    const f1 = (2 * precision * recall) / (precision + recall);
    const cells = [precision, recall, f1].map((value) => percent(value).padStart(10));
    return `  ${String(label).padStart(5)}${cells.join("")}${count(examples).padStart(10)}`;
  });
  const header = `  class${["precision", "recall", "F1", "examples"].map((title) => title.padStart(10)).join("")}`;
  return [terminal.style("bold", "Per class"), header, ...rows];
}

/** Image i of a data set as it can be drawn; undefined if its examples are not images. */
export function drawable(data: Dataset, i: number): Drawable | undefined {
  const [height, width, channels] = data.shape;
  if (height === undefined || width === undefined || channels !== 1) return undefined;
  return { height, width, pixels: data.example(i) };
}

/** "a 7", "an 8". */
export function withArticle(label: number): string {
  return `${/^(8|11$|18$)/.test(String(label)) ? "an" : "a"} ${label}`;
}

/** The `most` most confident mistakes, drawn with their captions. */
export function mistakeLines({ mistakes }: Evaluation, data: Dataset, terminal: Terminal, most = 6): string[] {
  if (mistakes.length === 0) return [terminal.style("bold", "No mistakes.")];
  const title = terminal.style("bold", `The most confident of ${count(mistakes.length)} mistakes`);
  const blocks: { lines: string[]; captions: string[] }[] = [];
  let width = 0;
  for (const { index, label, predicted, probability } of mistakes.slice(0, most)) {
    const image = drawable(data, index);
    if (image === undefined || image.width > terminal.width) return [title, "  (not images that fit here)"];
    width = image.width;
    const sure = Math.min(probability, 0.99999);
    blocks.push({
      lines: drawImage(image, terminal),
      captions: [
        `#${index}: ${withArticle(label)}, read as ${predicted}`,
        `with ${(100 * sure).toFixed(sure > 0.999 ? 3 : 1)} %`,
      ],
    });
  }
  return [title, "", ...sideBySide(blocks, width, terminal)];
}
