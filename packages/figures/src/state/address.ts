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
 * Data of one's own do not fit into an address: `d` is their name, `dh` the beginning of their digest, and `dm` says
 * that MNIST is learnt besides them. Who opens such an address is told what it needs (`needs`); when these data come,
 * the training is where the address says.
 *
 * Whatever an address holds, reading it gives a state: unknown keys are ignored, and a value that cannot be is
 * replaced, with a sentence that says so.
 */
import { type Configuration, fields, type PresetName, presets } from "inkling/presets";
import { inWhole } from "../words/messages.ts";
import { differences, type Experiment, experimentOf, experimentOn, type FieldName, inWords } from "./experiment.ts";
import { labelOf } from "./labels.ts";
import { factsOf, type OwnData } from "./own-data.ts";
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

/** A training on data that an address names and cannot carry. */
export interface Needs extends Pick<OwnData, "name" | "isAdded" | "digest"> {
  readonly preset: PresetName;
  readonly named: Partial<Configuration>;
  readonly changes: readonly RateChange[];
  readonly at: number;
}

export interface StudioState {
  readonly experiment: Experiment;
  /** What the address asks for that is not there yet. */
  readonly needs?: Needs | undefined;
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

/** The digit that the book's figures begin with (carried.ts): a 3 that is nearly read as an 8, so that it can teach. */
export const FIRST_PLACE: Place = { set: "test", index: 18 };

/** What the studio starts with: 10,000 images, so that it can begin before all have come. */
export function firstState(): StudioState {
  return {
    ...{ experiment: experimentOf("mlp", { layers: [30], examples: 10_000 }), changes: [], at: 0, tab: "train" },
    ...{ place: FIRST_PLACE, hidden: [], isLesson: false, task: "" },
  };
}

const MOST_STEPS = 10_000_000;
const MOST_CHANGES = 50;
const LONGEST_TASK = 1000;
const LONGEST_NAME = 200;
const SIZES = { test: 10_000, train: 60_000 } as const;

export function toHash(state: StudioState): string {
  const { tab, place, hidden, isLesson, task } = state;
  const { preset, named, data, changes, at } = trainedIn(state);
  const fieldsNamed = Object.entries(named) as [FieldName, Configuration[FieldName]][];
  const entries: (readonly [string, string])[] = [
    ["v", String(VERSION)],
    ["p", preset],
    ...fieldsNamed.map(([name, value]) => [KEYS[name], inWords(value)] as const),
  ];
  if (data !== undefined) entries.push(["d", data.name]);
  if (data?.digest !== undefined) entries.push(["dh", data.digest]);
  if (data?.isAdded) entries.push(["dm", "1"]);
  if (at > 0) entries.push(["at", String(at)]);
  if (changes.length > 0) entries.push(["rc", changes.map(({ step, rate }) => `${step}:${rate}`).join(",")]);
  if (tab !== "train") entries.push(["tab", tab]);
  if (nameOf(place) !== nameOf(FIRST_PLACE)) entries.push(["x", nameOf(place)]);
  if (hidden.length > 0) entries.push(["hide", hidden.join(",")]);
  if (isLesson) entries.push(["lesson", "1"]);
  if (task !== "") entries.push(["task", task]);
  const text = new URLSearchParams(entries.map(([key, value]) => [key, value])).toString();
  // These need no escape behind a #, and an address is read by people too.
  return `#${text.replace(/%2C/g, ",").replace(/%3A/g, ":").replace(/%2F/g, "/")}`;
}

/** What is trained, or will be when the data have come, as an address says it. */
function trainedIn({ needs, experiment, changes, at }: StudioState) {
  if (needs !== undefined) return { ...needs, data: needs };
  const { preset, configuration, data } = experiment;
  const named = Object.fromEntries(differences(experiment).map((name) => [name, configuration[name]]));
  return { preset, named, data, changes, at };
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
  const refuse = refusingInto(notices);
  const isAboutTraining = ["p", ...Object.values(KEYS)].some((key) => given.has(key));
  const wanted = readWanted(given, refuse);
  const changes = readChanges(given.get("rc"), refuse);
  const at = readSteps(given.get("at"), refuse);
  const data = readData(given);
  if (data !== undefined) notices.push(words().needs(cut(data.name)));
  const isThere = data === undefined;
  const state: StudioState = {
    experiment: isThere && isAboutTraining ? trainable(wanted, refuse) : first.experiment,
    ...(data && { needs: { ...data, ...wanted, changes, at } }),
    ...{ changes: isThere ? changes : [], at: isThere ? at : 0 },
    tab: readTab(given.get("tab"), refuse),
    place: readPlace(given.get("x"), refuse),
    hidden: parts.filter((part) => given.get("hide")?.split(",").includes(part)),
    isLesson: given.get("lesson") === "1",
    task: (given.get("task") ?? "").slice(0, LONGEST_TASK),
  };
  return { state, notices };
}

/** The training that an address asks for, when its data have come. What they cannot have is replaced, and said. */
export function experimentNeeded(needs: Needs, data: OwnData): { experiment: Experiment; notices: readonly string[] } {
  const notices: string[] = [];
  return { experiment: trainable(needs, refusingInto(notices), data), notices };
}

type Refuse = (key: string, label: string, expected: string, got: string, instead: string) => void;

function refusingInto(notices: string[]): Refuse {
  return (key, label, expected, got, instead) => {
    notices.push(words().refused(label, key, expected, cut(got), instead));
  };
}

/** What an address says of data that it cannot carry. */
function readData(given: URLSearchParams): Pick<Needs, "name" | "isAdded" | "digest"> | undefined {
  const name = [...(given.get("d") ?? "")].slice(0, LONGEST_NAME).join("");
  if (name === "") return undefined;
  const digest = /^[0-9a-f]{16}$/.exec(given.get("dh") ?? "")?.[0];
  return { name, isAdded: given.get("dm") === "1", digest };
}

function readWanted(given: URLSearchParams, refuse: Refuse): Pick<Needs, "preset" | "named"> {
  const preset = readPreset(given.get("p"), given.has("d"), refuse);
  const named: Partial<Record<FieldName, unknown>> = {};
  for (const [name, key] of Object.entries(KEYS) as [FieldName, string][]) {
    const word = given.get(key);
    if (word === null) continue;
    const { parse, holds, expected } = fields[name];
    const value = parse(word);
    if (holds(value)) named[name] = value;
    else refuse(key, labelOf(name), expected, word, words().usual);
  }
  return { preset, named: named as Partial<Configuration> };
}

/** Without the fields that make it an experiment that is not trained here. */
function trainable({ preset, named }: Pick<Needs, "preset" | "named">, refuse: Refuse, data?: OwnData): Experiment {
  const left = { ...named };
  // Each round takes one field away, so that it ends.
  for (;;) {
    const experiment = experimentOf(preset, left, data);
    const refusal = refusalOf(experiment.configuration, factsOf(data));
    if (refusal === undefined) return experiment;
    const { field, expected, got } = refusal;
    refuse(KEYS[field], labelOf(field), expected, got, words().usual);
    if (!(field in left)) return data === undefined ? firstState().experiment : experimentOn(data);
    delete left[field];
  }
}

function readPreset(word: string | null, hasData: boolean, refuse: Refuse): PresetName {
  if (word === null) return "mlp";
  const names = (Object.keys(presets) as PresetName[]).filter((name) => hasData || name !== "table");
  const found = names.find((name) => name === word);
  if (found === undefined) refuse("p", words().preset, words().oneExpected(names.join(", ")), word, "mlp");
  return found ?? "mlp";
}

function readSteps(word: string | null, refuse: Refuse): number {
  if (word === null) return 0;
  const value = /^\d{1,9}$/.test(word) ? Number(word) : Number.NaN;
  if (value >= 0 && value <= MOST_STEPS) return value;
  refuse("at", words().stepsDone, words().wholeExpected("0", inWhole(MOST_STEPS)), word, "0");
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
  refuse("rc", words().rateChanges, words().changesExpected, word, words().usual);
  return [];
}

function readTab(word: string | null, refuse: Refuse): Tab {
  const found = word === null ? "train" : tabs.find((tab) => tab === word);
  if (found === undefined) refuse("tab", words().pane, words().tabExpected, String(word), "train");
  return found ?? "train";
}

function readPlace(word: string | null, refuse: Refuse): Place {
  if (word === null) return FIRST_PLACE;
  const [, set, index] = /^(test|train)\.(\d{1,5})$/.exec(word) ?? [];
  if ((set === "test" || set === "train") && Number(index) < SIZES[set]) return { set, index: Number(index) };
  refuse("x", words().digit, words().exampleExpected, word, nameOf(FIRST_PLACE));
  return FIRST_PLACE;
}

function nameOf({ set, index }: Place): string {
  return `${set}.${index}`;
}

/** A value that somebody wrote, short enough for a sentence. */
function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
