/**
 * The kinds of values that a configuration's fields have: which values each holds, and how the command line reads one.
 * fields.ts is the table of the fields.
 */

import { isOptions } from "../options.ts";
import { type HiddenLayer, isHiddenLayer } from "./architecture.ts";
import { augmentationFromText } from "./augmentation-text.ts";

/** What values a field has, and how a word becomes one. */
export interface Kind<Value> {
  /** What stands behind the flag in the help: <n>. A field that is true or false has none. */
  readonly argument?: string;
  /** What it may be, for the sentence that refuses everything else. */
  readonly expected: string;
  readonly holds: (value: unknown) => value is Value;
  /** The value that a word on the command line stands for. A word that stands for none stays a word, and is refused. */
  readonly parse: (word: string) => unknown;
}

/** The number that a word stands for; the word itself for anything else, and for what JavaScript alone reads as one. */
function numberOrWord(word: string): number | string {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word) ? Number(word) : word;
}

export function isWhole(value: unknown, least: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

export const whole = (least: number): Kind<number> => ({
  argument: "<n>",
  expected: `a whole number of at least ${least}`,
  holds: (value): value is number => isWhole(value, least),
  parse: numberOrWord,
});

export const wholeOr = <Word extends string>(least: number, word: Word): Kind<number | Word> => ({
  argument: "<n>",
  expected: `a whole number of at least ${least}, or "${word}"`,
  holds: (value): value is number | Word => value === word || isWhole(value, least),
  parse: numberOrWord,
});

export const number = (expected: string, holds: (value: number) => boolean): Kind<number> => ({
  argument: "<number>",
  expected,
  holds: (value): value is number => typeof value === "number" && Number.isFinite(value) && holds(value),
  parse: numberOrWord,
});

export const aboveZero = number("a number above 0", (value) => value > 0);
export const atLeastZero = number("a number of at least 0", (value) => value >= 0);
export const betweenZeroAndOne = number("a number above 0, below 1", (value) => value > 0 && value < 1);
export const share = number("a number from 0 to below 1", (value) => value >= 0 && value < 1);

export const flag: Kind<boolean> = {
  expected: "true or false",
  holds: (value) => typeof value === "boolean",
  parse: (word) => (word === "true" ? true : word === "false" ? false : word),
};

/** One of some names; with dashes too, as leaky-relu for leakyRelu. */
export const oneOf = <Name extends string>(names: readonly Name[]): Kind<Name> => ({
  argument: "<name>",
  expected: `one of ${names.join(", ")}`,
  holds: (value): value is Name => names.includes(value as Name),
  parse: (word) => names.find((name) => name === word || dashed(name) === word) ?? word,
});

/** Whether this stands for a hidden layer: a width, or a name as "20c5". */
export function isLayer(value: unknown): value is HiddenLayer {
  return isWhole(value, 1) || (typeof value === "string" && isHiddenLayer(value));
}

export const widths: Kind<readonly HiddenLayer[]> = {
  argument: "<layers>",
  expected: "hidden layers, as 128,64 or 20c5,p2,100 (none for no hidden layer)",
  holds: (value): value is readonly HiddenLayer[] => Array.isArray(value) && value.every(isLayer),
  parse: (word) => (word === "none" || word === "" ? [] : word.split(",").map((width) => numberOrWord(width.trim()))),
};

/** Class weights: a list, "balanced", or by the classes' names. */
export type Weights = readonly number[] | "balanced" | Readonly<Record<string, number>>;

export const weights: Kind<Weights> = {
  argument: "<list>",
  expected: 'numbers of at least 0, one a class, as 1,2,0.5, or by name, as cat=2,dog=0.5 (or "balanced", or "none")',
  holds: (value): value is Weights => {
    const areWeights = (all: unknown[]) => all.every((w) => typeof w === "number" && Number.isFinite(w) && w >= 0);
    if (Array.isArray(value)) return areWeights(value);
    if (isOptions(value)) return areWeights(Object.values(value)) && Object.keys(value).length > 0;
    return value === "balanced";
  },
  parse: (word) => {
    if (word === "balanced") return word;
    if (word.includes("=")) return weightsByName(word);
    return word === "none" || word === "" ? [] : word.split(",").map((weight) => numberOrWord(weight.trim()));
  },
};

/** cat=2,dog=0.5 as an object; other words as they are. A name may hold commas and equals signs. */
function weightsByName(word: string): unknown {
  const entries: [name: string, weight: number | string][] = [];
  let begun = "";
  for (const part of word.split(",")) {
    const at = part.lastIndexOf("=");
    if (at === -1) {
      begun += `${part},`;
      continue;
    }
    entries.push([(begun + part.slice(0, at)).trim(), numberOrWord(part.slice(at + 1).trim())]);
    begun = "";
  }
  // A name that comes twice would lose one of its weights.
  const names = new Set(entries.map(([name]) => name));
  return begun === "" && names.size === entries.length ? Object.fromEntries(entries) : word;
}

export const changes: Kind<string> = {
  argument: "<changes>",
  expected:
    'changes, as shift=2,rotation=15,scale=0.85..1.15,shear=10,elastic=34/4,noise=10,erase=2..5,flip, or "none"',
  holds: (value): value is string =>
    value === "none" || (typeof value === "string" && augmentationFromText(value) !== undefined),
  parse: (word) => word,
};

/** learningRate as learning-rate. */
export function dashed(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
