import { readFileSync } from "node:fs";
import fc from "fast-check";
import { Dataset } from "inkling";
import { type Configuration, fieldNames, fields, type PresetName } from "inkling/presets";
import { describe, expect, test } from "vitest";
import {
  experimentNeeded,
  firstState,
  fromHash,
  type Needs,
  parts,
  type StudioState,
  tabs,
  toHash,
} from "./address.ts";
import { carried } from "./carried.ts";
import { changed, type Experiment, experimentOf, experimentOn } from "./experiment.ts";
import { digestOf, type OwnData } from "./own-data.ts";
import { refusalOf } from "./trainable.ts";

const state = (preset: PresetName, named: Partial<Configuration>, more: Partial<StudioState> = {}): StudioState => {
  return { ...firstState(), experiment: experimentOf(preset, named), ...more };
};

const states: [string, StudioState][] = [
  ["the first one", firstState()],
  ["a preset", state("cnn-fast", {})],
  ["a plain network", state("mlp", { layers: [30], activation: "sigmoid", optimizer: "sgd", learningRate: 0.5 })],
  ["no hidden layer", state("mlp", { layers: [], examples: 100, seed: 7 })],
  ["the original on fewer images", state("original", { examples: 5000 })],
  ["a batch of all", state("mlp", { batchSize: "full", epochs: 3 })],
  ["a convolution on images that change", state("cnn", { augmentation: "shift=2,scale=0.85..1.15", nesterov: false })],
  ["balanced classes", state("mlp", { classWeights: "balanced", labelSmoothing: 0.1 })],
  ["classes with weights", state("mlp", { classWeights: [1, 1, 1, 2, 1, 1, 1, 1, 1, 0.5] })],
  ["another optimizer", state("mlp", { optimizer: "momentum", nesterov: true, momentum: 0.5 })],
  ["early stopping", state("mlp", { validation: 1000, patience: 3, watch: "accuracy", keepLast: true })],
  [
    "a lesson",
    state(
      "mlp",
      {},
      { isLesson: true, task: "Which rate is too fast? 50 % & more, # = ?", hidden: ["own", "command"] },
    ),
  ],
  [
    "a training that is under way",
    state(
      "mlp",
      {},
      {
        at: 235,
        changes: [
          { step: 100, rate: 0.01 },
          { step: 200, rate: 1e-7 },
        ],
        tab: "inside",
        place: { set: "train", index: 59_999 },
      },
    ),
  ],
];

describe("an address", () => {
  test.each(states)("holds the whole state: %s", (_, given) => {
    const { state: read, notices } = fromHash(toHash(given));
    expect(notices).toEqual([]);
    expect(read).toEqual(given);
  });

  test("is short, and says its version", () => {
    expect(toHash(state("mlp", { layers: [128, 64], examples: 10_000 }))).toBe("#v=1&p=mlp&l=128,64&n=10000");
  });

  test("without anything is the first state", () => {
    expect(fromHash("")).toEqual({ state: firstState(), notices: [] });
    expect(fromHash("#")).toEqual({ state: firstState(), notices: [] });
  });

  test.each([
    ["#v=1&p=mlp&somethingNew=7&e=2", "unknown keys", { epochs: 2 }],
    ["#v=1&p=mlp&e=2&e=9", "the second of two", { epochs: 2 }],
  ])("%s: %s are ignored", (hash, _, named) => {
    expect(fromHash(hash)).toEqual({ state: state("mlp", named), notices: [] });
  });

  test.each([
    [
      "#v=1&p=mlp&e=0",
      /^Epochs \(e in the address\): expected a whole number of at least 1, got 0\. It is left at its usual/,
    ],
    [
      "#v=1&p=nothing",
      /^The preset \(p in the address\): expected one of mlp, .*original, got nothing\. It is mlp now\./,
    ],
    [
      "#v=1&p=mlp&l=99999999,99999999",
      /^Hidden layers \(l in the address\): expected a network of at most 4,000,000 weights/,
    ],
    [
      "#v=1&p=mlp&l=40c30",
      /^Hidden layers \(l in the address\): expected layers that fit on images of 28 × 28, got 40c30/,
    ],
    ["#v=1&p=mlp&l=2000c5same", /^Hidden layers \(l in the address\): expected a network of at most/],
    ["#v=1&p=mlp&c=meanSquared", /^Loss \(c in the address\): expected a loss for classes, got meanSquared/],
    ["#v=1&p=mlp&cw=1,2", /^class-weights \(cw in the address\): expected 10 numbers, or "balanced", got others/],
    ["#v=1&p=mlp&pa=2", /^patience \(pa in the address\): expected validation images/],
    [
      "#v=1&p=mlp&at=-1",
      /^The steps that are done \(at in the address\): expected a whole number from 0 to 10,000,000, got -1\. It is 0 now\./,
    ],
    [
      "#v=1&p=mlp&rc=5:0.1,4:0.2",
      /^The changes of the learning rate \(rc in the address\): expected steps and learning rates/,
    ],
    ["#v=1&p=mlp&x=test.10000", /^The digit \(x in the address\): expected test\.17 or train\.17/],
    ["#v=1&tab=nowhere", /^The pane \(tab in the address\)/],
    ["#v=9&p=mlp", /^This address was made by another version of Inkling \(v=9\)/],
  ])("with a bad value says so, and falls back: %s", (hash, sentence) => {
    const { state: read, notices } = fromHash(hash);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(sentence);
    expect(read.experiment).toEqual(
      experimentOf("mlp", hash.includes("tab") ? { layers: [30], examples: 10_000 } : {}),
    );
  });

  test("that names no digit shows the one the book's figures begin with", () => {
    const { digit } = carried();
    expect(firstState().place).toEqual({ set: "test", index: digit });
    expect(fromHash("#v=1&p=mlp").state.place).toEqual({ set: "test", index: digit });
    expect(fromHash("#v=1&p=mlp&x=test.0").state.place).toEqual({ set: "test", index: 0 });
    expect(toHash(state("mlp", {}, { place: { set: "test", index: 0 } }))).toBe("#v=1&p=mlp&x=test.0");
    expect(toHash(state("mlp", {}, { place: { set: "train", index: digit } }))).toBe(`#v=1&p=mlp&x=train.${digit}`);
  });

  test("of any kind gives a state that can be trained: 1,000 of them", () => {
    const word = fc.oneof(
      fc.string({ unit: "binary", maxLength: 30 }),
      fc.constantFrom("none", "full", "all", "NaN", "-1", "1e999", "%", "%ff", "0x10", "🙂", "1,2,3", "__proto__"),
      fc.integer().map(String),
      fc.double().map(String),
      ...fieldNames.map((name) => fc.constant(String(fields[name].usual))),
    );
    const key = fc.oneof(
      fc.constantFrom(
        ...new URLSearchParams(allKeys).keys(),
        "v",
        "p",
        "at",
        "rc",
        "tab",
        "x",
        "hide",
        "lesson",
        "task",
        "d",
        "dh",
        "dm",
      ),
      fc.string({ maxLength: 4 }),
    );
    const pair = fc.tuple(key, word, fc.boolean());
    const hashes = fc.array(pair, { maxLength: 12 }).map((pairs) => {
      return `#${pairs.map(([name, value, isEscaped]) => `${name}=${isEscaped ? escape(value) : value}`).join("&")}`;
    });
    fc.assert(
      fc.property(fc.oneof(hashes, fc.string({ unit: "binary" })), (hash) => {
        const { state: read, notices } = fromHash(hash);
        expect(refusalOf(read.experiment.configuration)).toBeUndefined();
        expect(tabs).toContain(read.tab);
        expect(notices.every((notice) => notice.length < 400)).toBe(true);
        // What was made of it is an address again.
        const said = read.needs === undefined ? [] : [expect.stringContaining("an address cannot carry data")];
        expect(fromHash(toHash(read))).toEqual({ state: read, notices: said });
      }),
      { numRuns: 1000, seed: 1 },
    );
  });

  test("of a training on one's own data names them, says what it needs, and is a training again when they come", async () => {
    const rows = Float32Array.from({ length: 60 }, (_, i) => i);
    const train = new Dataset({
      name: "flowers",
      shape: [2],
      inputs: rows,
      labels: rows.slice(0, 30).map((i) => i % 3),
      classes: 3,
    });
    const data: OwnData = {
      name: "my flowers.csv",
      train,
      isAdded: false,
      isHeldOut: false,
      digest: await digestOf(train),
    };
    const experiment = changed(experimentOn(data), { layers: [7], seed: 4 });
    const hash = toHash({ ...firstState(), experiment, at: 12, changes: [{ step: 5, rate: 0.1 }] });
    expect(hash).toBe(`#v=1&p=table&l=7&s=4&d=my+flowers.csv&dh=${data.digest}&at=12&rc=5:0.1`);
    const { state: read, notices } = fromHash(hash);
    expect(notices).toEqual([expect.stringMatching(/^This address is of a training on “my flowers\.csv”/)]);
    expect([read.experiment, read.at]).toEqual([firstState().experiment, 0]);
    // Until the data come it stays what it was.
    expect(toHash({ ...read, at: 3 })).toBe(hash);
    expect(experimentNeeded(read.needs as Needs, data)).toEqual({ experiment, notices: [] });
    expect(read.needs).toMatchObject({ at: 12, changes: [{ step: 5, rate: 0.1 }] });
  });

  test("has for teachers what the document for them says", () => {
    const document = readFileSync(new URL("../../../../docs/for-teachers.md", import.meta.url), "utf8");
    for (const part of parts) expect(document, part).toContain(`\`${part}\``);
    const lessons = [...document.matchAll(/\/studio(#\S+)/g)].map(([, hash]) => fromHash(hash ?? ""));
    expect(lessons).toHaveLength(1);
    expect(lessons[0]?.notices).toEqual([]);
    expect(lessons[0]?.state).toMatchObject({
      hidden: ["own", "doctor", "command"],
      isLesson: true,
      task: "Why does the loss jump?",
    });
    expect(lessons[0]?.state.experiment.configuration).toMatchObject({ layers: [10], examples: 1000, learningRate: 5 });
  });

  test("leaves out what a teacher hides, by the names that are listed", () => {
    expect(fromHash(`#hide=${parts.join(",")}`).state.hidden).toEqual(parts);
    expect(fromHash("#hide=draw,nothing,command").state.hidden).toEqual(["draw", "command"]);
  });
});

/** The keys of all fields, from the address of an experiment in which each differs. */
const allKeys = toHash({
  ...firstState(),
  experiment: {
    preset: "mlp",
    configuration: {
      ...Object.fromEntries(fieldNames.map((name) => [name, `other than ${name}`])),
      optimizer: "sgd",
    },
  } as unknown as Experiment,
}).slice(1);

test("every field has a key of its own", () => {
  expect(new Set(new URLSearchParams(allKeys).keys()).size).toBe(fieldNames.length + 2);
});
