/** What an evaluation found, as parts of a page: the confusion matrix, the classes, the worst mistakes. */
import type { ClassEvaluation, Dataset } from "inkling";
import type { Model } from "../../model.ts";
import { className, exampleWord, rowText, withArticle } from "../names.ts";
import { count, cut, percent } from "../terminal.ts";
import { escaped, type Html, paragraph, pictures, section, table } from "./page.ts";
import { exampleAsPicture, sourceOf } from "./png.ts";

/** More classes than this do not make a matrix that can be read. */
const MOST_MATRIX = 40;
/** More classes than this make small numbers in it. */
const MANY = 16;
/** The classes of the table, those with the lowest recall where there are more. */
const MOST_CLASSES = 100;
const MOST_MISTAKES = 24;

/** Everything about classes. `on`: what the examples are called. */
export async function classSections(model: Model, result: ClassEvaluation, data: Dataset): Promise<Html[]> {
  return [
    section("Confusions", [
      result.confusion.length <= MOST_MATRIX ? matrix(model, result) : "",
      result.confusion.length > MANY ? often(model, result) : "",
    ]),
    section("Classes", [classes(model, result)]),
    section("The worst mistakes", await mistakes(model, result, data)),
  ];
}

/** A row a true class, a column what it was read as; the colour is the share of the row. */
function matrix(model: Model, { confusion }: ClassEvaluation): Html {
  const names = confusion.map((_, label) => cut(className(model, label), 30));
  const isTall = names.some(({ length }) => length > 3);
  const head = names.map((name) => `<th scope="col"${isTall ? ' class="tall"' : ""}>${escaped(name)}</th>`).join("");
  const rows = confusion.map((row, label) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    const cells = row.map((n, predicted) => {
      if (n === 0) return '<td class="none">0</td>';
      const strength = predicted === label ? 0.45 * (n / total) : 0.2 + 0.5 * Math.sqrt(n / total);
      const colour = `rgb(var(--${predicted === label ? "good" : "bad"}) / ${Math.min(0.6, strength).toFixed(2)})`;
      return `<td style="background:${colour}">${count(n)}</td>`;
    });
    return `<tr><th scope="row">${escaped(names[label])}</th>${cells.join("")}</tr>`;
  });
  const explained = "A row is a class, a column what its examples were read as. Green: right. Red: wrong.";
  const kind = confusion.length > MANY ? "matrix small" : "matrix";
  return [
    paragraph(explained, "faint"),
    `<div class="wide"><table class="${kind}"><caption>Confusion matrix</caption>`,
    `<thead><tr><th scope="col">true</th>${head}</tr></thead>`,
    `<tbody>${rows.join("\n")}</tbody></table></div>`,
  ].join("");
}

/** The pairs that were confused most often, for many classes. */
function often(model: Model, { confusion }: ClassEvaluation): Html {
  const pairs: { label: number; predicted: number; n: number }[] = [];
  for (const [label, row] of confusion.entries()) {
    for (const [predicted, n] of row.entries()) if (label !== predicted && n > 0) pairs.push({ label, predicted, n });
  }
  const most = pairs.toSorted((a, b) => b.n - a.n || a.label - b.label || a.predicted - b.predicted).slice(0, 20);
  if (most.length === 0) return paragraph("No class was confused with another.");
  const rows = most.map(({ label, predicted, n }) => [className(model, label), className(model, predicted), count(n)]);
  return table("Confused most often", ["class", "read as", "times"], rows, 2);
}

function classes(model: Model, { perClass }: ClassEvaluation): Html {
  const isPart = perClass.length > MOST_CLASSES;
  const shown = isPart ? perClass.toSorted((a, b) => a.recall - b.recall).slice(0, MOST_CLASSES) : perClass;
  const rows = shown.map(({ label, precision, recall, examples }) => {
    const f1 = (2 * precision * recall) / (precision + recall);
    return [className(model, label), ...[precision, recall, f1].map((share) => percent(share)), count(examples)];
  });
  const which = isPart ? `The ${MOST_CLASSES} of ${count(perClass.length)} classes with the lowest recall. ` : "";
  const caption =
    `${which}Precision: of what was read as the class, the share that is of it. Recall: of the class, the share that was ` +
    "recognised. F1: their harmonic mean.";
  return table(caption, ["class", "precision", "recall", "F1", "examples"], rows);
}

/** The most confident mistakes, as pictures where the examples are images. */
async function mistakes(model: Model, { mistakes, examples }: ClassEvaluation, data: Dataset): Promise<Html[]> {
  if (mistakes.length === 0) return [paragraph(`None: all ${count(examples)} examples were recognised.`)];
  const shown = mistakes.slice(0, MOST_MISTAKES);
  const which =
    shown.length === mistakes.length
      ? `All ${count(shown.length)} mistakes, the most confident first.`
      : `The most confident ${shown.length} of ${count(mistakes.length)} mistakes.`;
  const rows = shown.map(({ index, label, predicted, probability }) => ({
    index,
    what: `#${index}: ${withArticle(model, label)}, read as ${className(model, predicted)} with ${sure(probability)}`,
  }));
  const drawn = await Promise.all(
    rows.map(async ({ index, what }) => {
      const picture = exampleAsPicture(data, index);
      return picture && { source: await sourceOf(picture), caption: what };
    }),
  );
  const images = drawn.filter((image) => image !== undefined);
  if (images.length === rows.length) return [paragraph(which), pictures(images)];
  const cells = rows.map(({ index, what }) => [
    what,
    exampleWord(data) === "Row" ? cut(rowText(data, index), 400) : "",
  ]);
  return [table(which, ["mistake", "its row"], cells, 2)];
}

/** A probability in %, rounded down: no mistake was made with 100 %. */
function sure(most: number): string {
  return `${(Math.floor(Math.min(most, 0.99999) * 1e5) / 1e3).toFixed(most > 0.999 ? 3 : 1)} %`;
}
