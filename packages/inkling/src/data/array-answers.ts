/** An array of answers: whether it holds classes or numbers to predict, and what they are. */
import { DataError } from "../errors.ts";
import { listed } from "../shown.ts";
import { type ArrayOptions, finite, type NamedArray } from "./array-numbers.ts";
import { type DatasetFields, MOST_CLASSES } from "./fields.ts";

/** So many different whole numbers, or fewer, are classes of a table; more are numbers to predict. */
const MOST_NUMBERED_CLASSES = 20;

type Answers = Pick<DatasetFields, "labels" | "classes" | "classNames" | "targets" | "note">;

/** Labels or targets. Of images, whole numbers are always classes. Throws a DataError for what is neither. */
export function answersFrom(
  answers: NamedArray | undefined,
  options: ArrayOptions & { readonly areImages?: boolean },
): Answers {
  if (answers === undefined) return {};
  const { where, shape, values } = answers;
  const outputs = shape.slice(1).reduce((product, length) => product * length, 1);
  if (shape.length > 2 || outputs === 0) {
    throw new DataError(where, "one answer an example, or n × outputs", shape.join(" × "), "Nothing was loaded.");
  }
  const numbers = finite(values, where, shape.length === 2 ? outputs : undefined);
  if (outputs > 1) return fromRows(where, numbers, outputs, options);
  const { task = taskOf(numbers, options) } = options;
  return task === "numbers" ? { targets: numbers } : classesFrom(where, numbers, options);
}

/** A row an example: one 1 among zeros is a class, everything else is numbers to predict. */
function fromRows(where: string, numbers: Float32Array, outputs: number, { task, classNames }: ArrayOptions): Answers {
  const labels = new Uint32Array(numbers.length / outputs);
  const areClasses = labels.every((_, i) => {
    const row = numbers.subarray(i * outputs, (i + 1) * outputs);
    labels[i] = row.indexOf(1);
    return row.every((value, j) => value === (j === labels[i] ? 1 : 0)) && row.includes(1);
  });
  if (areClasses && task !== "numbers") {
    if (classNames === undefined || classNames.length === outputs) return { labels, classes: outputs, classNames };
    throw new DataError(where, `${classNames.length} classes`, String(outputs), "Nothing was loaded.");
  }
  if (task !== "classes") return { targets: numbers };
  throw new DataError(where, "rows with a single 1, the class", "other rows", "Nothing was loaded.");
}

function taskOf(numbers: Float32Array, { areImages, classes, classNames }: Parameters<typeof answersFrom>[1]) {
  if (classes !== undefined || classNames !== undefined) return "classes";
  if (!numbers.every(Number.isInteger)) return "numbers";
  return areImages || new Set(numbers).size <= MOST_NUMBERED_CLASSES ? "classes" : "numbers";
}

/** Class numbers from 0; of a table also other whole numbers, which are then the names of its classes. */
function classesFrom(
  where: string,
  numbers: Float32Array,
  { areImages, classes, classNames }: Parameters<typeof answersFrom>[1],
): Answers {
  const named = areImages || classes !== undefined ? undefined : namesOf(numbers, classNames);
  const fail = (i: number, expected: string): never => {
    throw new DataError(`${where}, number ${i}`, expected, String(numbers[i]), "Nothing was loaded.");
  };
  if (named !== undefined) {
    const places = new Map(named.map((name, k) => [Number(name), k]));
    const labels = Uint32Array.from(numbers, (value, i) => {
      return places.get(value) ?? fail(i, `one of the ${named.length} classes (${listed(named)})`);
    });
    return { labels, classNames: named };
  }
  const most = (classes ?? classNames?.length ?? MOST_CLASSES) - 1;
  let highest = 0;
  for (const [i, value] of numbers.entries()) {
    if (!Number.isInteger(value) || value < 0 || value > most) fail(i, `a class, a whole number from 0 to ${most}`);
    highest = Math.max(highest, value);
  }
  return { labels: Uint32Array.from(numbers), classes: classes ?? classNames?.length ?? highest + 1, classNames };
}

/** What the classes of a table are called: by their numbers. A model's that are called otherwise are numbered. */
function namesOf(numbers: Float32Array, classNames: readonly string[] | undefined): readonly string[] | undefined {
  if (classNames === undefined) return [...new Set(numbers)].sort((a, b) => a - b).map(String);
  return classNames.every((name) => name.trim() !== "" && Number.isFinite(Number(name))) ? classNames : undefined;
}
