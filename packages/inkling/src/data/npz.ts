/**
 * Data sets from an NPZ file, NumPy's archive of arrays, whose entries were unpacked: the layout of Keras's mnist.npz
 * (x_train, y_train, x_test, y_test), and others that are in use. The names say what an array is.
 */
import { has } from "../checks.ts";
import { ArgumentError, DataError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { listed, shown } from "../shown.ts";
import type { ArrayOptions, NamedArray } from "./array-numbers.ts";
import { datasetFromArrays } from "./arrays.ts";
import { Dataset } from "./dataset.ts";
import type { NamedBytes } from "./idx.ts";
import { parseNpy } from "./npy.ts";
import type { DataPair } from "./pair.ts";

/** Examples and answers, to learn from and to be tested on. */
const PAIRS = [
  ["x_train", "y_train", "x_test", "y_test"],
  ["X_train", "y_train", "X_test", "y_test"],
  ["train_images", "train_labels", "test_images", "test_labels"],
] as const;

/** Examples and answers, one set. */
const SETS = [
  ["x", "y"],
  ["X", "y"],
  ["images", "labels"],
  ["data", "labels"],
  ["data", "target"],
  ["features", "target"],
] as const;

const OPTIONS = ["label", "task", "classes", "classNames", "columnNames"];

/**
 * A data set, or a pair of them, from the entries of an NPZ file: their bytes by their names (`x_train.npy` …). What
 * has no name that is known is not read, and `note` says so. `name` is what errors and reports call the file. Throws a
 * DataError for entries that are not what they should be.
 *
 * @example
 * const { train, test } = datasetFromNpz("mnist.npz", await unzip(bytes, "mnist.npz"));
 */
export function datasetFromNpz(
  name: string,
  entries: ReadonlyMap<string, Uint8Array>,
  options: ArrayOptions = {},
): DataPair | Dataset {
  checkOptions("datasetFromNpz", options, OPTIONS);
  if (!(entries instanceof Map)) throw new ArgumentError("datasetFromNpz", "entries in a Map", shown(entries));
  const names = new Map([...entries.keys()].map((entry) => [entry.replace(/\.npy$/, ""), entry]));
  const array = (key: string | undefined): NamedArray | undefined => {
    const bytes = entries.get(names.get(key ?? "") ?? "");
    const where = `${name}, ${key}`;
    return bytes === undefined ? undefined : { where, ...parseNpy(bytes, where) };
  };
  const dataset = (part: string, examples: string, answers: string, said = options) =>
    datasetFromArrays(part, array(examples) as NamedArray, array(answers), said);
  const pair = PAIRS.find((keys) => keys.every((key) => names.has(key)));
  if (pair !== undefined) {
    const train = noted(dataset(`${name} train`, pair[0], pair[1]), name, names, pair);
    // The training examples say what the answers are, and what the classes are called.
    const { task, classNames } = train;
    const test = dataset(`${name} test`, pair[2], pair[3], { ...options, task, ...(classNames && { classNames }) });
    return matched(name, train, test);
  }
  const set = SETS.find((keys) => keys.every((key) => names.has(key))) ?? SETS.find(([key]) => names.has(key));
  if (set !== undefined) return noted(dataset(name, set[0], set[1]), name, names, set);
  const known = [...PAIRS, ...SETS].map((keys) => keys.join(", ")).join("; or ");
  const found = names.size === 0 ? "no array" : listed([...names.keys()]);
  throw new DataError(name, `arrays named ${known}`, found, "Nothing was loaded.");
}

/**
 * A data set from an NPY file of examples and, perhaps, one of answers; of a table without one `label` is the index of
 * the column that is learnt. Throws a DataError for files that are not what they should be.
 *
 * @example
 * datasetFromNpy("digits", { bytes, name: "x.npy" }, { bytes: more, name: "y.npy" });
 */
export function datasetFromNpy(
  name: string,
  examples: NamedBytes,
  answers?: NamedBytes,
  options: ArrayOptions = {},
): Dataset {
  checkOptions("datasetFromNpy", options, OPTIONS);
  const array = (file: NamedBytes): NamedArray => {
    if (!has(file as unknown, "bytes", "name")) {
      throw new ArgumentError("datasetFromNpy", "{ bytes, name }", shown(file));
    }
    return { where: file.name, ...parseNpy(file.bytes, file.name) };
  };
  return datasetFromArrays(name, array(examples), answers && array(answers), options);
}

/** Both sets have the same classes, and examples of the same shape. */
function matched(name: string, train: Dataset, test: Dataset): DataPair {
  const [wanted, got] = [train.shape.join(" × "), test.shape.join(" × ")];
  if (got !== wanted) throw new DataError(name, `test examples of ${wanted}, as in training`, got);
  const classes = Math.max(train.classes, test.classes);
  const widened = (set: Dataset) => (set.classes === classes ? set : new Dataset({ ...set, classes }));
  return { train: widened(train), test: widened(test) };
}

/** With a note on what was not read. */
function noted(set: Dataset, name: string, names: ReadonlyMap<string, string>, read: readonly string[]): Dataset {
  const others = [...names.keys()].filter((key) => !read.includes(key));
  if (others.length === 0) return set;
  const note = `${name}: ${listed(others)} ${others.length === 1 ? "is" : "are"} not read.`;
  return new Dataset({ ...set, note: set.note === undefined ? note : `${set.note} ${note}` });
}
