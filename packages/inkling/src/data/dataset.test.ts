import { describe, expect, test } from "vitest";
import { ArgumentError, DataError, InklingError } from "../errors.ts";
import { Dataset, type SplitOptions } from "./dataset.ts";
import type { DatasetFields } from "./fields.ts";

const bytes = (n: number) => Uint8Array.from({ length: n }, (_, i) => (i * 37) % 256);
const floats = (n: number) => Float32Array.from({ length: n }, (_, i) => ((i * 37) % 101) / 7 - 5);
const labels = (n: number, classes: number) => Uint8Array.from({ length: n }, (_, i) => (i * 7) % classes);

/** Four examples of two numbers; what they hold is told by the test. */
const four = { name: "four", shape: [2], inputs: floats(8) } satisfies DatasetFields;
const labelled = new Dataset({ ...four, labels: [0, 1, 2, 1], classNames: ["a", "b", "c"] });
const numbered = new Dataset({
  ...four,
  targets: Float32Array.of(0, 1, 10, 11, 20, 21, 30, 31),
  targetNames: ["x", "y"],
  columnNames: ["left", "right"],
});

/** From JavaScript, where fields may be of any kind. */
const made = (fields: Record<string, unknown>) => () => new Dataset({ ...four, ...fields } as unknown as DatasetFields);

describe("a data set", () => {
  test("of classes says how many there are, and their names", () => {
    const { count, columns, classes, classNames, task, outputs, targets } = labelled;
    expect({ count, columns, classes, task, outputs }).toEqual({
      count: 4,
      columns: 2,
      classes: 3,
      task: "classes",
      outputs: 3,
    });
    expect(classNames).toEqual(["a", "b", "c"]);
    expect(targets).toBeUndefined();
  });

  test("of numbers says how many each example has, and their names", () => {
    const { classes, task, outputs, targetNames, labels, columnNames } = numbered;
    expect({ classes, task, outputs }).toEqual({ classes: 0, task: "numbers", outputs: 2 });
    expect([targetNames, columnNames, labels]).toEqual([["x", "y"], ["left", "right"], undefined]);
  });

  test("without answers has no task, unless it says how many classes there are", () => {
    const silent = new Dataset(four);
    expect([silent.task, silent.classes, silent.outputs, silent.labels]).toEqual([undefined, 0, 0, undefined]);
    const asked = new Dataset({ ...four, classes: 3 });
    expect([asked.task, asked.classes, asked.outputs, asked.labels]).toEqual(["classes", 3, 3, undefined]);
  });

  test("calls targets without names target, and several target 0, target 1", () => {
    expect(new Dataset({ ...four, targets: new Float32Array(4) }).targetNames).toEqual(["target"]);
    expect(new Dataset({ ...four, targets: new Float32Array(8) }).targetNames).toEqual(["target 0", "target 1"]);
  });

  test("keeps labels as bytes up to 256 classes, as 32 bits beyond, and never wraps one around", () => {
    const many = (classes: number) => new Dataset({ ...four, labels: [0, 255, 3, classes - 1], classes }).labels;
    expect(many(256)).toEqual(Uint8Array.of(0, 255, 3, 255));
    expect(many(257)).toEqual(Uint32Array.of(0, 255, 3, 256));
    expect(many(65_536)).toEqual(Uint32Array.of(0, 255, 3, 65_535));
    expect(() => many(2 ** 20 + 1)).toThrow("four: expected 1 to 1048576 classes, got 1048577.");
  });

  test("copies neither bytes nor labels, and takes a canvas's clamped bytes as bytes", () => {
    const memory = new ArrayBuffer(16);
    const inputs = new Uint8ClampedArray(memory, 4, 8);
    const data = new Dataset({
      name: "canvas",
      shape: [2],
      inputs,
      labels: new Uint8ClampedArray(memory, 12),
      classes: 2,
    });
    expect(data.inputs).toBeInstanceOf(Uint8Array);
    expect([data.inputs.buffer, data.inputs.byteOffset, data.inputs.length]).toEqual([memory, 4, 8]);
    expect(data.labels).toBeInstanceOf(Uint8Array);
    expect([data.labels?.buffer, data.labels?.byteOffset]).toEqual([memory, 12]);
    const own = labels(4, 2);
    expect(new Dataset({ ...four, labels: own, classes: 2 }).labels).toBe(own);
  });

  test.each([-1, 0.5, -256, 3, Number.NaN, Number.POSITIVE_INFINITY, "1", null, undefined, 1n])(
    "refuses the label %s and names its example",
    (label) => {
      const wrong = made({ labels: [0, 1, label, 2], classes: 3 });
      expect(wrong).toThrow(DataError);
      expect(wrong).toThrow("four, example 2: expected a label from 0 to 2, a whole number, got");
    },
  );

  test.each([Int8Array, Int32Array, Float32Array, Float64Array])("refuses the label −1 in a %o", (Kind) => {
    expect(() => new Dataset({ ...four, labels: Kind.of(0, -1, 1, 1), classes: 3 })).toThrow("four, example 1:");
  });

  test.each<[string, Record<string, unknown>, string]>([
    ["a misspelt field", { clases: 3 }, 'got "clases". Did you mean classes?'],
    ["a name that is none", { name: 3 }, "Dataset: expected name to be a string, got 3."],
    [
      "an ordinary array of inputs",
      { inputs: [1, 2] },
      "inputs to be a Uint8Array or a Float32Array, got an array of 2",
    ],
    ["inputs in float64", { inputs: new Float64Array(8) }, "got a Float64Array. See table()."],
    ["no inputs", { inputs: undefined }, "got nothing."],
    ["a shape that is a number", { shape: 2 }, "a shape of whole numbers from 1 up, such as [28, 28, 1], got 2."],
    ["a shape of halves", { shape: [1.5] }, "got [1.5]."],
    ["half an example", { shape: [3] }, "four: expected whole examples of 3 numbers, at least one, got 8 numbers."],
    ["no example", { inputs: new Float32Array(0) }, "at least one, got 0 numbers."],
    ["labels without classes", { labels: [0, 0, 0, 0] }, "classes or classNames beside labels, got none."],
    ["classes in words", { labels: [0, 0, 0, 0], classes: "10" }, '1 to 1048576 classes, got "10".'],
    ["half a class", { classes: 1.5 }, "classes, got 1.5."],
    ["labels in no list", { labels: 3, classes: 4 }, "labels, one class an example, got 3."],
    ["words in place of labels", { labels: "0121", classes: 4 }, 'labels, one class an example, got "0121".'],
    ["too few labels", { labels: [0], classes: 1 }, "four: expected a label for each of the 4 examples, got 1."],
    ["classes and targets", { classes: 1, targets: new Float32Array(4) }, "classes or targets, got both"],
    [
      "labels and targets",
      { labels: [0, 0, 0, 0], classes: 1, targets: new Float32Array(4) },
      "labels or targets, got both",
    ],
    [
      "other names than classes",
      { labels: [0, 0, 0, 0], classes: 1, classNames: ["a", "b"] },
      "classNames to be 1 names",
    ],
    [
      "classes of one name",
      { classNames: ["a", "a"] },
      'four, classNames[1]: expected a name of its own, got "a" again.',
    ],
    ["a class without a name", { classNames: ["a", ""] }, 'classNames[1]: expected a name of its own, got "".'],
    ["a class called 1", { classNames: ["a", 1] }, "classNames[1]: expected a name of its own, got 1."],
    ["one word for all classes", { classNames: "abc" }, 'classNames to be an array of names, got "abc".'],
    ["other names than columns", { columnNames: ["a"] }, "columnNames to be 2 names, got an array of 1."],
    ["names of no targets", { targetNames: ["a"] }, "targetNames to be 0 names, got an array of 1."],
    ["targets in an ordinary array", { targets: [1, 2, 3, 4] }, "targets to be a Float32Array, got an array of 4."],
    ["targets that do not fit", { targets: new Float32Array(6) }, "targets for each of the 4 examples"],
    ["no target", { targets: new Float32Array(0) }, "targets for each of the 4 examples"],
    [
      "a target that is no number",
      { targets: Float32Array.of(1, 2, Number.NaN, 4) },
      "four, example 2: expected finite",
    ],
  ])("refuses %s", (_, fields, sentence) => {
    expect(made(fields)).toThrow(InklingError);
    expect(made(fields)).toThrow(sentence);
  });

  test.each([undefined, null, 3, "data", []])("refuses %j in place of its fields", (fields) => {
    expect(() => new Dataset(fields as unknown as DatasetFields)).toThrow("Dataset: expected an object of options");
  });

  test("is spread into the fields of another one", () => {
    const other = new Dataset({ ...numbered, inputs: floats(2), targets: Float32Array.of(1, 2) });
    expect([other.count, other.targetNames, other.columnNames]).toEqual([1, ["x", "y"], ["left", "right"]]);
  });
});

describe("take", () => {
  test("gives the first examples with all that belongs to them, copied never", () => {
    const two = numbered.take(2);
    expect([two.count, two.targets, two.targetNames]).toEqual([2, Float32Array.of(0, 1, 10, 11), ["x", "y"]]);
    expect(two.inputs.buffer).toBe(numbered.inputs.buffer);
    expect(labelled.take(3).labels).toEqual(Uint8Array.of(0, 1, 2));
    expect(labelled.take(4)).toBe(labelled);
    expect(labelled.take(5)).toBe(labelled);
  });

  test.each([-1, 0, 0.5, 4.5, Number.NaN, "2", undefined])("refuses %s", (count) => {
    expect(() => labelled.take(count as number)).toThrow(ArgumentError);
    expect(() => labelled.take(count as number)).toThrow("take of four: expected a whole number of examples from 1 up");
  });
});

describe("pick", () => {
  test("gives examples with their answers, in the order that is asked for", () => {
    const picked = numbered.pick([3, 0, 3]);
    expect(picked.inputs).toEqual(Float32Array.of(...[3, 0, 3].flatMap((i) => [...numbered.example(i)])));
    expect(picked.targets).toEqual(Float32Array.of(30, 31, 0, 1, 30, 31));
    expect(labelled.pick(Uint32Array.of(2, 0)).labels).toEqual(Uint8Array.of(2, 0));
    expect(labelled.pick([2]).classNames).toEqual(["a", "b", "c"]);
  });

  test("keeps the kind of wide labels and of bytes", () => {
    const wide = new Dataset({ name: "wide", shape: [1], inputs: bytes(3), labels: [0, 299, 5], classes: 300 });
    expect(wide.pick([1]).labels).toEqual(Uint32Array.of(299));
    expect(wide.pick([1]).inputs).toEqual(wide.inputs.slice(1, 2));
  });

  test.each([undefined, null, 3, "12"])("refuses %j in the place of a list", (order) => {
    expect(() => labelled.pick(order as never)).toThrow("pick of four: expected a list of indices, got");
  });

  test.each([-1, 4, 0.5, Number.NaN, "1"])("refuses the index %s", (i) => {
    expect(() => labelled.pick([0, i as number])).toThrow("pick of four: expected indices from 0 to 3, got");
  });
});

describe("split", () => {
  test("by a seed is the same each time, and another with another seed", () => {
    const data = new Dataset({ name: "d", shape: [1], inputs: floats(100) });
    const first = (seed: number) => [...data.split(10, { seed }).validation.inputs];
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
  });

  test("by an order holds out its first examples", () => {
    const { validation, train } = labelled.split(1, { order: [2, 3, 1, 0] });
    expect([validation.name, validation.labels]).toEqual(["four, held out", Uint8Array.of(2)]);
    expect([train.name, train.labels]).toEqual(["four", Uint8Array.of(1, 1, 0)]);
  });

  test.each([
    [1, "1"],
    [Uint32Array.of(0, 1, 2, 3), "a Uint32Array"],
    [[0, 1, 2, 3], "an array of 4"],
    [undefined, "nothing"],
  ])("refuses %s, and says the form", (by, got) => {
    expect(() => labelled.split(1, by as unknown as SplitOptions)).toThrow(ArgumentError);
    expect(() => labelled.split(1, by as unknown as SplitOptions)).toThrow(
      `split of four: expected { seed: 1 } or { order }, got ${got}. Write split(held, { seed }) or split(held, { order }).`,
    );
  });

  test.each<[SplitOptions, string]>([
    [{}, "got neither."],
    [{ seed: 1, order: [0, 1, 2, 3] }, "got both."],
    [{ sed: 1 } as SplitOptions, "Did you mean seed?"],
    [{ seed: -1 }, "expected seed to be a whole number"],
    [{ order: [0, 1, 2] }, "an order of all 4 examples, got 3."],
    [{ order: [0, 1, 2, 2] }, "with each index from 0 to 3 once, got 2."],
    [{ order: [0, 1, 2, 4] }, "with each index from 0 to 3 once, got 4."],
    [{ order: [0, 1, 2, -1] }, "with each index from 0 to 3 once, got -1."],
    [{ order: [0, 1, 2, 2.5] }, "with each index from 0 to 3 once, got 2.5."],
  ])("refuses %j", (by, sentence) => {
    expect(() => labelled.split(1, by)).toThrow(ArgumentError);
    expect(() => labelled.split(1, by)).toThrow(sentence);
  });

  test.each([0, -1, 0.5, 4, Number.NaN])("refuses to hold out %s of four", (held) => {
    expect(() => labelled.split(held, { seed: 1 })).toThrow("split of four: expected 1 to 3 examples to hold out, got");
  });
});

describe("withLabels", () => {
  test("takes the place of labels, never of targets", () => {
    expect(labelled.withLabels([2, 2, 2, 2]).labels).toEqual(Uint8Array.of(2, 2, 2, 2));
    expect(() => numbered.withLabels([2, 2, 2, 2])).toThrow("labels or targets, got both");
  });

  test("gives labels to examples that say how many classes there are", () => {
    expect(new Dataset({ ...four, classes: 2 }).withLabels([1, 0, 1, 0]).labels).toEqual(Uint8Array.of(1, 0, 1, 0));
    expect(() => new Dataset(four).withLabels([1, 0, 1, 0])).toThrow("beside labels");
  });
});

describe("example", () => {
  test.each([-1, 4, 0.5, Number.NaN])("refuses the index %s", (i) => {
    expect(() => labelled.example(i)).toThrow("four: expected an index from 0 to 3, got");
  });
});

describe("sha256", () => {
  // Pinned before targets and names were there: what had a digest keeps it.
  test.each<[string, DatasetFields, string]>([
    [
      "bytes with labels",
      { name: "x", shape: [2, 3, 1], classes: 10, inputs: bytes(24), labels: labels(4, 10) },
      "9262faf4794687c9cde43476a0ad1d1508ffe113656b575e12e1f77226302a1f",
    ],
    [
      "bytes to be predicted",
      { name: "x", shape: [2, 3, 1], classes: 10, inputs: bytes(24) },
      "0082d61d02f0033a0066df2eb87a4a038e9235abceda22a6894cd8b6ce19dde8",
    ],
    [
      "numbers with labels",
      { name: "x", shape: [3], classes: 3, inputs: floats(12), labels: labels(4, 3) },
      "3f04a25431c037076b2d0c75f6dd336c08c34b28af831ee8c3e6fd26d481cf88",
    ],
    [
      "256 classes",
      { name: "x", shape: [1], classes: 256, inputs: bytes(300), labels: labels(300, 256) },
      "120afd4a7be2e7ad2aae55e1ba27e43f5a39e9626a5b8d32ad05f7a7071cefe5",
    ],
  ])("of %s is what it was", async (_, fields, digest) => {
    expect(await new Dataset(fields).sha256()).toBe(digest);
  });

  test("differs with each field that a training depends on, and with no other", async () => {
    const plain = { ...four, classes: 2, labels: [0, 1, 0, 1] };
    const sets: DatasetFields[] = [
      plain,
      { ...plain, labels: [0, 1, 1, 1] },
      { ...plain, classes: 3 },
      { ...plain, classNames: ["a", "b"] },
      { ...plain, classNames: ["b", "a"] },
      { ...plain, columnNames: ["a", "b"] },
      { ...plain, classes: 300 },
      { ...four },
      { ...four, targets: Float32Array.of(0, 1, 0, 1) },
      { ...four, targets: Float32Array.of(0, 1, 1, 1) },
      { ...four, targets: Float32Array.of(0, 1, 0, 1), targetNames: ["a"] },
      { ...four, targets: Float32Array.of(0, 1, 0, 1, 0, 0, 0, 0) },
    ];
    const digests = await Promise.all(sets.map((fields) => new Dataset(fields).sha256()));
    expect(new Set(digests).size).toBe(sets.length);
    const renamed = new Dataset({ ...plain, name: "other", note: "read otherwise" });
    expect(await renamed.sha256()).toBe(digests[0]);
  });
});
