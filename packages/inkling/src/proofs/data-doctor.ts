/**
 * What is ill about data, before a training: columns that teach nothing or drown the others, answers that are all the
 * same or far from 0, classes without examples, classes that hardly occur, examples to test on that were trained on.
 * Nothing here decides a weight.
 */
import type { Dataset } from "../data/dataset.ts";
import type { Network } from "../network/network.ts";
import { type Finding, figure, share } from "./findings.ts";

/** Columns with a mean or a spread larger than this are not scaled; standardised ones have 0 and 1. */
const LARGE = 10;
/** The most frequent class may have so many times the examples of the rarest. */
const IMBALANCE = 20;
/** Of the examples to test on, so many may be among the training examples: real data holds some rows twice. */
const SHARED = 0.1;
/** Numbers of an example that are looked at before examples are compared whole. */
const SAMPLED = 32;
/** So few of them are chance. */
const FEW = 10;

/** What is ill about the training examples, and about those to test on, if there are some. */
export function examineData(model: Network, train: Dataset, test?: Dataset): Finding[] {
  const isTable = train.kind === "float32" && train.shape.length === 1;
  const seen = inMemory(train);
  return [
    ...(isTable ? columnFindings(model, seen) : []),
    ...(model.loss.task === "classes" ? classFindings(train) : targetFindings(model, train)),
    ...(test ? sharedFindings(seen, inMemory(test)) : []),
  ];
}

/** Of examples that are not in memory so many are looked at, the first ones. */
const MOST_READ = 10_000;

function inMemory(data: Dataset): Dataset {
  return data.stored === undefined ? data : data.take(MOST_READ);
}

function columnFindings(model: Network, { inputs, columns, count, columnNames }: Dataset): Finding[] {
  const named = (j: number) => columnNames?.[j] ?? `column ${j}`;
  const constant: string[] = [];
  const large: { name: string; size: number }[] = [];
  for (let j = 0; j < columns; j++) {
    const { mean, deviation } = momentsOf(inputs, j, columns, count);
    if (deviation === 0) constant.push(named(j));
    const size = Math.max(Math.abs(mean), deviation);
    if (size > LARGE) large.push({ name: named(j), size });
  }
  const findings: Finding[] = [];
  if (constant.length > 0 && count > 1) {
    findings.push({
      ...{ illness: "constantColumns", layer: undefined, value: constant.length, limit: 1 },
      equation: "x′ = (x − μ) / σ",
      sentence: `${list(constant)} has the same number in all ${count} examples, so nothing can be learnt from it. Leave it out.`,
    });
  }
  const [first] = large.toSorted((a, b) => b.size - a.size);
  if (first !== undefined && model.scaling === undefined) {
    findings.push({
      ...{ illness: "unscaledColumns", layer: undefined, value: first.size, limit: LARGE },
      equation: "∂C/∂W = xᵀ·δ",
      sentence:
        `The numbers of ${first.name} are about ${figure(first.size)}: its weights get gradients that many times as ` +
        "large as those of a column around 1 (∂C/∂W = xᵀ·δ). Scale the columns: network(…, { scaling: standardize(data) }).",
    });
  }
  return findings;
}

/** What is to be predicted: numbers that are all the same, and numbers far from 0, where a network's outputs begin. */
function targetFindings(model: Network, { targets, outputs, count, targetNames }: Dataset): Finding[] {
  if (targets === undefined) return [];
  const found = Array.from({ length: outputs }, (_, j) => {
    const { mean, deviation } = momentsOf(targets, j, outputs, count);
    return { name: targetNames?.[j] ?? `target ${j}`, deviation, size: Math.max(Math.abs(mean), deviation) };
  });
  const constant = found.filter(({ deviation }) => deviation === 0).map(({ name }) => name);
  if (constant.length > 0 && count > 1) {
    return [
      {
        ...{ illness: "constantTargets", layer: undefined, value: constant.length, limit: 1 },
        equation: "R² = 1 − Σ (y − a)² / Σ (y − ȳ)²",
        sentence:
          `${list(constant)} has the same number in all ${count} examples, so there is nothing to predict: the mean is ` +
          "always right. Learn another column.",
      },
    ];
  }
  const [first] = found.toSorted((a, b) => b.size - a.size);
  if (model.targetScaling !== undefined || first === undefined || first.size <= LARGE) return [];
  return [
    {
      ...{ illness: "unscaledTargets", layer: undefined, value: first.size, limit: LARGE },
      equation: "∂C/∂a = (2/n)·(a − y)",
      sentence:
        `The numbers to predict, ${first.name}, are about ${figure(first.size)}, and a network's first outputs are near ` +
        "0: the loss and its gradient are that large, and the way is long. Scale them: " +
        "network(…, { targetScaling: scalingOf(data.targets, data.outputs) }).",
    },
  ];
}

/** Mean and standard deviation of column j. */
function momentsOf(inputs: ArrayLike<number>, j: number, columns: number, count: number) {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += inputs[i * columns + j];
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (inputs[i * columns + j] - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) };
}

function classFindings({ labels, classes, classNames, count }: Dataset): Finding[] {
  if (labels === undefined) return [];
  const examples = Array.from({ length: classes }, () => 0);
  for (const label of labels) examples[label]++;
  const named = (c: number) => classNames?.[c] ?? `class ${c}`;
  const missing = examples.flatMap((found, c) => (found === 0 ? [named(c)] : []));
  const findings: Finding[] = [];
  if (classes - missing.length === 1) {
    return [
      {
        ...{ illness: "constantTargets", layer: undefined, value: 1, limit: 1 },
        equation: "C = −ln p_y",
        sentence:
          `All ${count} training examples are of one class, ${named(labels[0])}, so there is nothing to tell apart. ` +
          "Add examples of another class, or learn another column.",
      },
    ];
  }
  if (missing.length > 0) {
    const [it, some] = missing.length === 1 ? ["it", "the class"] : ["them", "these classes"];
    findings.push({
      ...{ illness: "missingClasses", layer: undefined, value: missing.length, limit: 1 },
      equation: "C = −ln p_y",
      sentence: `Of ${list(missing)} there is no training example, so the network will never name ${it}. Add some, or leave ${some} out.`,
    });
  }
  const most = Math.max(...examples);
  const least = Math.min(...examples.filter((found) => found > 0));
  if (most / least > IMBALANCE) {
    findings.push({
      ...{ illness: "imbalance", layer: undefined, value: most / least, limit: IMBALANCE },
      equation: "C = (1/m)·Σ Cᵢ",
      sentence:
        `${named(examples.indexOf(most))} has ${most} of ${count} training examples and ` +
        `${named(examples.indexOf(least))} has ${least}: the mean loss hardly sees the rare class, and an accuracy of ` +
        `${share(most / count)} means nothing. Weigh the classes, or look at each class's recall.`,
    });
  }
  return findings;
}

/** Examples to test on that are training examples, too. */
function sharedFindings(train: Dataset, test: Dataset): Finding[] {
  if (train.columns !== test.columns || train.inputs.BYTES_PER_ELEMENT !== test.inputs.BYTES_PER_ELEMENT) return [];
  const places = new Map<number, number>();
  for (let i = 0; i < train.count; i++) places.set(sampleOf(train, i), i);
  let shared = 0;
  for (let i = 0; i < test.count; i++) {
    const at = places.get(sampleOf(test, i));
    if (at !== undefined && test.example(i).every((value, j) => value === train.inputs[at * train.columns + j]))
      shared++;
  }
  if (shared <= FEW || shared <= SHARED * test.count) return [];
  return [
    {
      ...{ illness: "sharedExamples", layer: undefined, value: shared / test.count, limit: SHARED },
      equation: "accuracy = recognised / examples",
      sentence:
        `${shared} of the ${test.count} examples to test on are training examples too, so the test measures memory. ` +
        "Take other examples to test on.",
    },
  ];
}

/** A number made of some of an example's numbers: the same for equal examples, hardly ever for different ones. */
function sampleOf({ inputs, columns }: Dataset, i: number): number {
  const step = Math.ceil(columns / SAMPLED);
  let hash = 0x811c9dc5;
  for (let j = 0; j < columns; j += step) hash = Math.imul(hash ^ (8191 * inputs[i * columns + j]), 0x01000193);
  return hash;
}

/** "a", "a and b", "a, b and 4 more" */
function list(names: readonly string[]): string {
  if (names.length === 1) return names[0];
  if (names.length === 2) return names.join(" and ");
  return `${names[0]}, ${names[1]} and ${names.length - 2} more`;
}
