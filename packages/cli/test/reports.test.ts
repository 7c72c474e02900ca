// Reports as they look in windows of several widths.
import { Command } from "commander";
import {
  type ClassEvaluation,
  Dataset,
  dense,
  evaluate,
  flatten,
  type NumberEvaluation,
  network,
  table,
} from "inkling";
import { presets } from "inkling/presets";
import { describe, expect, test } from "vitest";
import {
  addConfigurationOptions,
  type ConfigurationOptions,
  configurationLine,
  configurationOf,
  namedBy,
  shortConfigurationLine,
} from "../src/configuring.ts";
import { printable } from "../src/printable.ts";
import { liveLine } from "../src/progress.ts";
import { shrunk } from "../src/report/digit.ts";
import { confusionLines, furtherLines, mistakeLines, perClassLines } from "../src/report/evaluation.ts";
import { nextLines } from "../src/report/next.ts";
import { answerLines, perOutputLines, worstLines } from "../src/report/numbers.ts";
import { duration, short, type Terminal, titled, wrap } from "../src/report/terminal.ts";
import { doubts, endLines, epochLines, epochTitles, networkText, resultLines } from "../src/report/training.ts";
import { furtherScores } from "../src/training/results.ts";

const window = (width: number): Terminal => ({
  width,
  colour: false,
  isNarrow: width < 60,
  style: (_, text) => text,
});

/** Digits' sizes, half of them read wrongly by a network that has learned nothing. */
const digits = new Dataset({
  name: "digits",
  shape: [28, 28, 1],
  inputs: Uint8Array.from({ length: 3000 * 784 }, (_, i) => {
    const [row, column] = [Math.floor((i % 784) / 28), i % 28];
    return row > 4 && row < 24 && column > 4 && column < 24 ? (i * 7) % 256 : 0;
  }),
  labels: Uint8Array.from({ length: 3000 }, (_, i) => i % 10),
  classes: 10,
});
const reader = network([28, 28, 1], [flatten(), dense(128, "relu"), dense(10)]);
const read = (await evaluate(reader, digits)) as ClassEvaluation;

const rows = Array.from({ length: 60 }, (_, i) => Array.from({ length: 8 }, (_, j) => (i * j) % 13));
const columnNames = Array.from({ length: 8 }, (_, j) => `a rather long name of column ${j}`);
const words = Array.from(
  { length: 60 },
  (_, i) => ["a class with a long name", "another of them", "third"][i % 3] ?? "",
);
const named = table(rows, words, { columnNames, name: "table.csv" });
const sorter = network([8], [dense(3)], { classNames: named.classNames });
const sorted = (await evaluate(sorter, named)) as ClassEvaluation;

const record = { epoch: 100, loss: 2.3456, accuracy: 0.1234, validationLoss: 1, validationAccuracy: 0.5, seconds: 71 };
const columns = { hasAccuracy: true, hasValidation: true, isMeasuredAfter: false };

describe.each([40, 50, 59, 60, 80, 120])("in a window of %i columns", (width) => {
  const terminal = window(width);
  const fits = (lines: readonly string[]) => {
    expect(lines.length).toBeGreaterThan(0);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(width);
  };

  test("no line of a training's report is wider", () => {
    fits(titled("Network", networkText(reader), terminal));
    fits(epochLines(record, columns, terminal));
    if (width >= 60) fits(epochTitles({ ...columns, hasValidation: false }, terminal));
    fits(resultLines(read, read, 4000, terminal));
  });

  test("no line of an evaluation's report is wider", async () => {
    for (const [result, data, model] of [
      [read, digits, reader],
      [sorted, named, sorter],
    ] as const) {
      fits(confusionLines(result, model, terminal));
      fits(perClassLines(result, model, terminal));
      fits(mistakeLines(result, data, model, terminal));
      fits(mistakeLines(result, data, model, terminal, true));
    }
    const numbers = table(
      rows,
      rows.map(([, x = 0]) => 1000 * x),
      { task: "numbers", columnNames },
    );
    fits(await worstLines(network([8], [dense(1)]), numbers, terminal, 3));
  });
});

describe("what else was measured", () => {
  test("of ten classes is balanced accuracy and the top five, of two the area under the ROC curve", () => {
    expect(furtherLines(read, window(80)).join("\n")).toMatch(/^Balanced accuracy [\d.]+ %, top 5 [\d.]+ %$/);
    expect(Object.keys(furtherScores("test", read))).toEqual(["testBalancedAccuracy", "testTop5"]);
    const ofTwo: ClassEvaluation = { ...read, topK: { k: 1, accuracy: 0.5 }, auc: 0.75 };
    expect(furtherLines(ofTwo, window(80)).join("\n")).toMatch(/, top 1 50\.00 %, area under the ROC curve 0\.75$/);
    expect(furtherScores("train", ofTwo)).toMatchObject({ trainTop1: 0.5, trainAuc: 0.75 });
  });

  test("of several numbers is the error of each, of yes or no the share of right answers", () => {
    const fit = { meanAbsoluteError: 1, rootMeanSquaredError: 2, rSquared: 0.5 };
    const perOutput = ["a", "b"].map((targetName) => ({ targetName, ...fit }));
    const result: NumberEvaluation = { task: "numbers", loss: 1, examples: 60, ...fit, perOutput };
    expect(perOutputLines(result, window(80))).toEqual([
      ...["Each number", "  a: R² 0.5, RMSE 2, mean error 1", "  b: R² 0.5, RMSE 2, mean error 1", ""],
    ]);
    expect(perOutputLines({ ...result, perOutput: perOutput.slice(1) }, window(80))).toEqual([]);
    expect(furtherScores("test", result)).toEqual({ testMae: 1 });
    expect(answerLines(result, window(80))).toEqual([]);
    expect(answerLines({ ...result, binaryAccuracy: 0.9, auc: 0.95 }, window(80))).toEqual([
      "Right answers (yes is more than ½): 90.00 %, area under the ROC curve 0.95",
    ]);
    const answers = furtherScores("test", { ...result, binaryAccuracy: 0.9, auc: 0.95 });
    expect(answers).toEqual({ testMae: 1, testBinaryAccuracy: 0.9, testAuc: 0.95 });
  });
});

describe("a training's report", () => {
  test("says over the accuracy that it is measured while training", () => {
    expect(epochTitles(columns, window(80)).join()).toContain("accuracy while training");
    expect(epochTitles(columns, window(50)).join()).toContain("while training");
    expect(epochTitles({ ...columns, isMeasuredAfter: true }, window(80)).join()).not.toContain("while training");
  });

  test("has each epoch's numbers under their titles", () => {
    for (const hasValidation of [true, false]) {
      const of = { ...columns, hasValidation };
      const [titles = ""] = epochTitles(of, window(120));
      const [line = ""] = epochLines(record, of, window(120));
      expect(line.length).toBe(titles.length);
      expect(line.slice(0, titles.indexOf("training") + 8)).toMatch(/12\.34 %$/);
    }
  });

  test("shows three mistakes in one row of 80 columns, six with everything", () => {
    const captions = (isVerbose: boolean) =>
      mistakeLines(read, digits, reader, window(80), isVerbose).filter((line) => line.startsWith("#"));
    expect(captions(false)).toHaveLength(1);
    expect(captions(false)[0]?.match(/#/g)).toHaveLength(3);
    expect(captions(true).join().match(/#/g)).toHaveLength(6);
  });

  test("draws mistakes in seven lines and says how sure the network was; with everything in full size, each with its own", () => {
    const [title, ...lines] = mistakeLines(read, digits, reader, window(80));
    expect(title).toMatch(/^The most confident of [\d,]+ mistakes, at least \d+\.\d % sure$/);
    expect(lines).toHaveLength(7 + 1);
    const whole = mistakeLines(read, digits, reader, window(80), true);
    expect(whole[0]).not.toContain("sure");
    expect(whole.join("\n").match(/with \d+\.\d+ %/g)).toHaveLength(6);
    expect(whole.length).toBeGreaterThan(2 * 10);
  });

  test("has precision and recall beside the confusion matrix, and lists in a narrow window", () => {
    const wide = confusionLines(read, reader, window(80));
    expect(wide).toHaveLength(12);
    expect(wide[1]).toMatch(/true │.*precision +recall$/);
    const narrow = confusionLines(read, reader, window(50)).join("\n");
    expect(narrow).toMatch(/^ {2}\d read as \d: \d+ times$/m);
    expect(narrow).toMatch(/^ {2}7: precision .*, recall /m);
    expect(narrow).not.toContain("│");
  });

  test("ends with commands that can be pasted, also where a name has a space or a quote", () => {
    const sets = {
      train: digits,
      validation: undefined,
      test: digits,
      testPath: "my digits",
      isHeldOut: false,
      generator: undefined,
      label: undefined,
      ignore: undefined,
      notes: [],
    };
    const lines = nextLines("it's mine.model", { data: "my digits" }, sets, read, window(80)).join("\n");
    expect(lines).toContain("inkling evaluate 'it'\\''s mine.model' --data 'my digits'");
    expect(lines).toMatch(new RegExp(`inkling explain .* --index ${read.mistakes[0]?.index}`));
    // Of a tenth that was held out: its indices are not those of the folder, and the rest was learnt.
    const held = nextLines(
      "pets.model",
      { data: "pets" },
      { ...sets, testPath: "pets", isHeldOut: true },
      read,
      window(80),
    );
    expect(held.map((line) => line.replace(/ {3,}.*/, "").replace("npx ", ""))).toEqual([
      "  inkling evaluate pets.model other-pictures",
      "  inkling predict pets.model --data pets --index 7",
      "  inkling explain pets.model --data pets --index 7",
    ]);
  });
});

describe("an image of a short report", () => {
  const image = (height: number, width: number, ink: (row: number, column: number) => number) => ({
    height,
    width,
    pixels: Array.from({ length: height * width }, (_, i) => ink(Math.floor(i / width), i % width)),
  });

  test("has no margins, and keeps its pixels where it is small enough", () => {
    const [small] = shrunk([image(6, 6, (row, column) => (row === 2 || column === 3 ? 100 * row : 0))], 14);
    expect(small).toMatchObject({ height: 5, width: 6 });
    expect(Array.from(small?.pixels ?? []).slice(6, 12)).toEqual([200, 200, 200, 200, 200, 200]);
  });

  test("is made smaller as a whole, and keeps its darkest ink", () => {
    const [small] = shrunk([image(40, 20, (row) => (row < 20 ? 240 : 60))], 10);
    expect(small).toMatchObject({ height: 10, width: 5 });
    for (const [i, pixel] of Array.from(small?.pixels ?? []).entries()) expect(pixel).toBeCloseTo(i < 25 ? 240 : 60);
  });

  test("stands in the middle of a frame of the largest one's size", () => {
    const [, low] = shrunk([image(8, 4, () => 255), image(2, 2, () => 255)], 14);
    expect(low).toMatchObject({ height: 8, width: 4 });
    expect(Array.from(low?.pixels ?? []).findIndex((pixel) => pixel > 0)).toBe(3 * 4 + 1);
  });

  test("without ink has no pixel that is no number", () => {
    const [empty] = shrunk([image(28, 28, () => 0)], 14);
    expect(Array.from(empty?.pixels ?? []).every((pixel) => pixel === 0)).toBe(true);
  });
});

describe("a training that learned nothing gets one sentence", () => {
  const history = [
    { epoch: 1, loss: 2.5, seconds: 1 },
    { epoch: 2, loss: 2.1, seconds: 2 },
  ];
  const evaluation = { ...read, accuracy: 0.1 };

  test("at chance level", () => {
    expect(doubts(evaluation, digits, history, 0.004)).toMatch(/^The network has learned next to nothing: 10\.00 % of/);
    expect(doubts({ ...evaluation, accuracy: 0.2 }, digits, history, 0.004)).toBeUndefined();
  });

  test("where the loss did not fall", () => {
    const rising = history.toReversed();
    expect(doubts({ ...evaluation, accuracy: 0.9 }, digits, rising, 5)).toBe(
      "The loss did not fall: 2.1000 in the first epoch, 2.5000 in the last. " +
        "Try another --learning-rate (it is 5), or more --epochs.",
    );
  });

  test("where numbers are predicted no better than by their mean", () => {
    const result: NumberEvaluation = {
      ...{ task: "numbers", loss: 1, examples: 60, meanAbsoluteError: 1, rootMeanSquaredError: 1 },
      ...{ rSquared: 0.01, perOutput: [] },
    };
    expect(doubts(result, named, history, 0.1)).toMatch(/^This is no better than always predicting the mean\./);
    expect(doubts({ ...result, rSquared: 0.8 }, named, history, 0.1)).toBeUndefined();
  });
});

describe("the line that shows a configuration", () => {
  const parse = async (text: string) => {
    const command = addConfigurationOptions(new Command(), "training");
    command.parse(text === "" ? [] : text.split(" "), { from: "user" });
    return configurationOf(await namedBy(command.opts<ConfigurationOptions>()), "mlp");
  };

  test.each([
    "",
    ...Object.keys(presets).map((name) => `--preset ${name}`),
    "--preset original --validation 0 --examples all",
    "--schedule constant",
    "--optimizer momentum --nesterov --momentum 0.5 --weight-decay 0.01",
    "--optimizer adam-w --schedule one-cycle --layers none --batch-size full",
    "--activation leaky-relu --loss quadratic --init scaled-normal --seed 7",
  ])("gives it again: %s", async (text) => {
    const configuration = await parse(text);
    expect(await parse(configurationLine(configuration))).toEqual(configuration);
    expect(await parse(shortConfigurationLine(configuration))).toEqual(configuration);
  });

  test("is short where everything is the preset's: what differs, and the seed", async () => {
    expect(shortConfigurationLine(await parse(""))).toBe("--preset mlp --seed 1");
    const line = shortConfigurationLine(await parse("--layers 64,32 --epochs 3 --optimizer adam"));
    expect(line).toBe(
      "--preset mlp --layers 64,32 --learning-rate 0.001 --beta2 0.999 --schedule constant --epochs 3 --seed 1",
    );
  });

  test("leaves out what does nothing", async () => {
    const line = configurationLine(await parse("--optimizer sgd"));
    expect(line).not.toMatch(/momentum|beta|weight-decay|validation|examples|schedule/);
    expect(configurationLine(await parse("--optimizer sgd --weight-decay 0.1"))).toContain("--weight-decay 0.1");
  });
});

test("the live line leaves room for the ^C that the terminal writes itself", () => {
  const text = "epoch 1/5  step 3/469  loss 2.3456  accuracy 12.3 %  123,456 examples/s  12 s left";
  for (const columns of [10, 50, 80, 200]) {
    expect(liveLine(0.5, text, columns).length).toBeLessThanOrEqual(columns - 3);
  }
});

test("printable text is one line without anything that a terminal obeys", () => {
  expect(printable("a\u001b[2J\n\u0007\u009b\u202e\u2028é 字 😀")).toBe(
    "a\\u001b[2J\\u000a\\u0007\\u009b\\u202e\\u2028é 字 😀",
  );
});

test("numbers are short, and words wrap, but never between a flag and its value", () => {
  expect([1234567, 0.000123456, 12.345678, Number.NaN].map((value) => short(value))).toEqual([
    "1235000",
    "0.0001235",
    "12.35",
    "–",
  ]);
  expect([0, 0.0423, 0.0996, 9.94, 71, 7380].map(duration)).toEqual([
    "0 ms",
    "42 ms",
    "0.1 s",
    "9.9 s",
    "1 min 11 s",
    "2 h 03 min",
  ]);
  expect(wrap("one two three", 9)).toEqual(["  one two", "  three"]);
  expect(wrap("on one line: --init he --nesterov --seed 1, or (--test)", 24, "")).toEqual([
    "on one line: --init he",
    "--nesterov --seed 1, or",
    "(--test)",
  ]);
});

test("an evaluation of many classes is a short list, and needs no room on the stack", () => {
  const classes = 784;
  const confusion = Array.from({ length: classes }, (_, label) => {
    return Array.from({ length: classes }, (_, predicted) => (label === 3 && predicted === 5 ? 9 : 1));
  });
  const perClass = confusion.map((_, label) => ({ label, precision: 0.5, recall: label / classes, examples: 2 }));
  const result = { ...read, confusion, perClass };
  const lines = confusionLines(result, reader, window(80));
  expect(lines.length).toBeLessThan(30);
  expect(lines[1]).toBe("  3 read as 5: 9 times");
  expect(lines).toContain("The 16 classes with the lowest recall");
});

test("one epoch without a better score is one epoch", () => {
  const outcome = { history: [{ epoch: 1, loss: 1, seconds: 1 }], ended: "stopping" as const, bestEpoch: undefined };
  const [said] = endLines(outcome, { ...presets.mlp, patience: 1 }, window(100));
  expect(said).toBe("  Stopped after epoch 1: no better validation loss for 1 epoch.");
});
