/**
 * The state of the studio as the hash of its address, so that it can be sent to a friend:
 *
 *   #v=1&p=mlp&n=10000&l=30&a=sigmoid&s=7&at=235&tab=inside&x=test.17
 *
 * v is the version of these keys. p is the preset; its fields follow where they differ, each under a short key (KEYS).
 * `at` says how many steps had been done, `rc` where the learning rate was changed by hand: together they are enough to
 * compute the same weights again. A teacher adds `hide` (parts of the page that are left out), `lesson` (controls are
 * locked) and `task` (what is to be done).
 *
 * Whatever an address holds, reading it gives a state: unknown keys are ignored, and a value that cannot be is
 * replaced, with a sentence that says so.
 */
import { type Configuration, fields, type PresetName, presets } from "inkling/presets";
import { inWhole } from "../words/messages.ts";
import { differences, type Experiment, experimentOf, type FieldName, inWords } from "./experiment.ts";
import { refusalOf } from "./trainable.ts";
import { words } from "./words.ts";

export const VERSION = 1;

/** The key of each field of a configuration. A key that was given out once keeps its meaning. */
const KEYS: Readonly<Record<FieldName, string>> = {
  ...{ layers: "l", activation: "a", loss: "c", labelSmoothing: "ls", classWeights: "cw", huberDelta: "hd" },
  ...{ init: "i", optimizer: "o", learningRate: "r", momentum: "m", nesterov: "nv", beta1: "b1", beta2: "b2" },
  ...{ schedule: "sc", warmUp: "wu", stepEvery: "se", stepFactor: "sf", exponentialFactor: "ef", cosineEnd: "ce" },
  ...{ plateauPatience: "pp", plateauFactor: "pf", plateauStop: "ps", weightDecay: "wd", l1: "l1", clipNorm: "cn" },
  ...{ maxNorm: "mn", average: "av", patience: "pa", watch: "wt", improvement: "im", keepLast: "kl", batchSize: "b" },
  ...{ augmentation: "au", epochs: "e", seed: "s", validation: "va", examples: "n" },
};

/** Parts of the studio that can be left out, by the names that `hide` takes. */
export const parts = [
  ...["train", "draw", "inside", "judge", "own"],
  ...["presets", "settings", "controls", "curves", "numbers", "doctor", "command"],
] as const;

export type Part = (typeof parts)[number];

export const tabs = ["train", "draw", "inside", "judge", "own"] as const satisfies readonly Part[];

export type Tab = (typeof tabs)[number];

/** From this step on (steps are counted over all epochs) the learning rate was this one, by hand. */
export interface RateChange {
  readonly step: number;
  readonly rate: number;
}

export interface Place {
  readonly set: "test" | "train";
  readonly index: number;
}

export interface StudioState {
  readonly experiment: Experiment;
  readonly changes: readonly RateChange[];
  /** Steps that have been done. */
  readonly at: number;
  readonly tab: Tab;
  /** Which digit is looked at. */
  readonly place: Place;
  readonly hidden: readonly Part[];
  readonly isLesson: boolean;
  readonly task: string;
}

/** What the studio starts with: 10,000 images, so that it can begin before all have come. */
export function firstState(): StudioState {
  return {
    ...{ experiment: experimentOf("mlp", { layers: [30], examples: 10_000 }), changes: [], at: 0, tab: "train" },
    ...{ place: { set: "test", index: 0 }, hidden: [], isLesson: false, task: "" },
  };
}

const MOST_STEPS = 10_000_000;
const MOST_CHANGES = 50;
const LONGEST_TASK = 1000;
const SIZES = { test: 10_000, train: 60_000 } as const;

export function toHash(state: StudioState): string {
  const { experiment, changes, at, tab, place, hidden, isLesson, task } = state;
  const { preset, configuration } = experiment;
  const entries: (readonly [string, string])[] = [
    ["v", String(VERSION)],
    ["p", preset],
    ...differences(experiment).map((name) => [KEYS[name], inWords(configuration[name])] as const),
  ];
  if (at > 0) entries.push(["at", String(at)]);
  if (changes.length > 0) entries.push(["rc", changes.map(({ step, rate }) => `${step}:${rate}`).join(",")]);
  if (tab !== "train") entries.push(["tab", tab]);
  if (place.set !== "test" || place.index !== 0) entries.push(["x", `${place.set}.${place.index}`]);
  if (hidden.length > 0) entries.push(["hide", hidden.join(",")]);
  if (isLesson) entries.push(["lesson", "1"]);
  if (task !== "") entries.push(["task", task]);
  const text = new URLSearchParams(entries.map(([key, value]) => [key, value])).toString();
  // These need no escape behind a #, and an address is read by people too.
  return `#${text.replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/")}`;
}

export interface Read {
  readonly state: StudioState;
  /** One sentence for each value that could not be taken. */
  readonly notices: readonly string[];
}

/** Reads an address's hash, with or without its #. It never throws. */
export function fromHash(hash: string): Read {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  const notices: string[] = [];
  const first = firstState();
  if (given.size === 0) return { state: first, notices };
  const version = given.get("v");
  if (version !== null && version !== String(VERSION)) notices.push(words().newer(cut(version)));
  const refuse = (key: string, expected: string, got: string, instead: string) => {
    notices.push(words().refused(key, expected, cut(got), instead));
  };
  const isAboutTraining = ["p", ...Object.values(KEYS)].some((key) => given.has(key));
  const experiment = isAboutTraining ? readExperiment(given, refuse) : first.experiment;
  const state: StudioState = {
    experiment,
    changes: readChanges(given.get("rc"), refuse),
    at: readWhole("at", given.get("at"), MOST_STEPS, refuse),
    tab: readTab(given.get("tab"), refuse),
    place: readPlace(given.get("x"), refuse),
    hidden: parts.filter((part) => given.get("hide")?.split(",").includes(part)),
    isLesson: given.get("lesson") === "1",
    task: (given.get("task") ?? "").slice(0, LONGEST_TASK),
  };
  return { state, notices };
}

type Refuse = (key: string, expected: string, got: string, instead: string) => void;

function readExperiment(given: URLSearchParams, refuse: Refuse): Experiment {
  const preset = readPreset(given.get("p"), refuse);
  const named: Partial<Record<FieldName, unknown>> = {};
  for (const [name, key] of Object.entries(KEYS) as [FieldName, string][]) {
    const word = given.get(key);
    if (word === null) continue;
    const { parse, holds, expected } = fields[name];
    const value = parse(word);
    if (holds(value)) named[name] = value;
    else refuse(key, expected, word, words().usual);
  }
  return trainable(preset, named as Partial<Configuration>, refuse);
}

/** Without the fields that make it an experiment that is not trained here. */
function trainable(preset: PresetName, named: Partial<Configuration>, refuse: Refuse): Experiment {
  const left = { ...named };
  // Each round takes one field away, so that it ends.
  for (;;) {
    const experiment = experimentOf(preset, left);
    const refusal = refusalOf(experiment.configuration);
    if (refusal === undefined) return experiment;
    const { field, expected, got } = refusal;
    refuse(KEYS[field], expected, got, words().usual);
    if (!(field in left)) return firstState().experiment;
    delete left[field];
  }
}

function readPreset(word: string | null, refuse: Refuse): PresetName {
  if (word === null) return "mlp";
  const names = (Object.keys(presets) as PresetName[]).filter((name) => name !== "table");
  const found = names.find((name) => name === word);
  if (found === undefined) refuse("p", words().presetExpected(names.join(", ")), word, "mlp");
  return found ?? "mlp";
}

function readWhole(key: string, word: string | null, most: number, refuse: Refuse): number {
  if (word === null) return 0;
  const value = /^\d{1,9}$/.test(word) ? Number(word) : Number.NaN;
  if (value >= 0 && value <= most) return value;
  refuse(key, words().wholeExpected(inWhole(most)), word, "0");
  return 0;
}

function readChanges(word: string | null, refuse: Refuse): RateChange[] {
  if (word === null) return [];
  const changes = word.split(",").map((part) => {
    const [step = "", rate = ""] = part.split(":");
    return { step: /^\d{1,9}$/.test(step) ? Number(step) : Number.NaN, rate: Number(fields.learningRate.parse(rate)) };
  });
  const isRising = changes.every(({ step }, i) => step >= 0 && step > (changes[i - 1]?.step ?? -1));
  if (isRising && changes.length <= MOST_CHANGES && changes.every(({ rate }) => fields.learningRate.holds(rate))) {
    return changes;
  }
  refuse("rc", words().changesExpected, word, words().usual);
  return [];
}

function readTab(word: string | null, refuse: Refuse): Tab {
  const found = word === null ? "train" : tabs.find((tab) => tab === word);
  if (found === undefined) refuse("tab", words().tabExpected, String(word), "train");
  return found ?? "train";
}

function readPlace(word: string | null, refuse: Refuse): Place {
  if (word === null) return { set: "test", index: 0 };
  const [, set, index] = /^(test|train)\.(\d{1,5})$/.exec(word) ?? [];
  if ((set === "test" || set === "train") && Number(index) < SIZES[set]) return { set, index: Number(index) };
  refuse("x", words().exampleExpected, word, "test.0");
  return { set: "test", index: 0 };
}

/** A value that somebody wrote, short enough for a sentence. */
function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
