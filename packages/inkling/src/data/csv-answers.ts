/** The column of a table that is to be learnt: whether it holds classes or numbers, and what they are. */
import { DataError } from "../errors.ts";
import { escaped, shown } from "../shown.ts";
import { float32In, numberIn } from "./cells.ts";
import { byCodeUnit, classNumbers } from "./class-names.ts";
import type { CsvOptions } from "./csv-options.ts";
import type { DatasetFields } from "./fields.ts";

/** One cell of the label's column, without spaces around it, and its line in the file. */
export interface Answer {
  readonly line: number;
  readonly text: string;
}

/** So many different whole numbers, or fewer, are classes; more are numbers to predict. */
const MOST_NUMBERED_CLASSES = 20;

type Answers = Pick<DatasetFields, "labels" | "classes" | "classNames" | "targets" | "targetNames" | "note">;

/** Labels with their names, or targets, with the sentence that says which and why. */
export function answersOf(name: string, column: string, answers: readonly Answer[], options: CsvOptions): Answers {
  const numbers = answers.map(({ text }) => numberIn(text));
  const { task, why } = taskOf(numbers, options);
  const where = (i: number) => `${name} line ${answers[i].line}, column ${shown(column)}`;
  const about = `${escaped(name)}: the column ${shown(column)} holds ${why}`;
  if (task === "numbers") {
    const advice = ' To predict classes say task: "classes".';
    const targets = Float32Array.from(answers, ({ text }, i) => float32In(text, () => where(i), advice));
    return { targets, targetNames: [column], note: `${about}, so numbers are predicted.` };
  }
  const { labels, classNames } = classesOf(name, answers, numbers, where, options);
  const count = classNames.length;
  return { labels, classNames, note: `${about}, so there ${count === 1 ? "is 1 class" : `are ${count} classes`}.` };
}

function taskOf(numbers: readonly number[], options: CsvOptions): { task: "classes" | "numbers"; why: string } {
  const { task, classes, classNames } = options;
  if (task !== undefined) return { task, why: `${task}, as asked` };
  if (classNames !== undefined) return { task: "classes", why: "classes with names that are given" };
  if (classes !== undefined) return { task: "classes", why: "classes (the option classes)" };
  const words = numbers.reduce((count, value) => count + (Number.isNaN(value) ? 1 : 0), 0);
  if (words === numbers.length) return { task: "classes", why: "words" };
  if (!numbers.every(Number.isInteger)) return { task: "numbers", why: "numbers that are not whole" };
  const different = new Set(numbers).size;
  if (different > MOST_NUMBERED_CLASSES) return { task: "numbers", why: `${different} different whole numbers` };
  return { task: "classes", why: `${different} different whole ${different === 1 ? "number" : "numbers"}` };
}

/** Each answer's class. Where all are numbers, a class is called by its number: "1" for 1, +1 and 1.0. */
function classesOf(
  name: string,
  answers: readonly Answer[],
  numbers: readonly number[],
  where: (i: number) => string,
  { classes, classNames }: CsvOptions,
): { labels: Uint32Array; classNames: readonly string[] } {
  const areNumbers = !numbers.some(Number.isNaN);
  const called = (i: number) => (areNumbers ? String(numbers[i]) : answers[i].text);
  if (classNames !== undefined) {
    // A model of numbered classes meets a column with a stray word: each cell is matched by itself.
    const known = new Set(classNames);
    const words = answers.map(({ text }, i) => {
      return known.has(text) || Number.isNaN(numbers[i]) ? text : String(numbers[i]);
    });
    return { labels: classNumbers(words, classNames, where), classNames };
  }
  const words = answers.map((_, i) => called(i));
  if (areNumbers && classes !== undefined) {
    const all = Array.from({ length: classes }, (_, i) => String(i));
    return { labels: classNumbers(words, all, where), classNames: all };
  }
  const found = areNumbers ? [...new Set(numbers)].sort((a, b) => a - b).map(String) : byCodeUnit(words);
  if (classes !== undefined && classes !== found.length) {
    throw new DataError(name, `${classes} classes`, `${found.length} different words in the label's column`);
  }
  return { labels: classNumbers(words, found, where), classNames: found };
}
