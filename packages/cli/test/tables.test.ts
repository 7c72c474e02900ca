// Tables on the command line: training, testing and predicting with columns that have names.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { mnist } from "inkling/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson, refusalOf } from "./running.ts";
import { flowers, houses } from "./tiny-data.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-tables-"));
afterAll(() => rm(directory, { recursive: true }));
const write = (name: string, lines: readonly string[]) => writeFile(join(directory, name), `${lines.join("\n")}\n`);
const read = (name: string) => readFile(join(directory, name), "utf8");
const run = (...args: string[]) => inklingInTurn(directory, args);
const runJson = async (...args: string[]) => onlyJson(await run(...args, "--json"));
const refusal = async (...args: string[]) => refusalOf(await run(...args));

const columnsOf = (line: string): string[] => line.match(/"[^"]*"|[^,]+/g) ?? [];
/** The same table with its columns in this order. */
const reordered = (lines: readonly string[], order: readonly number[]) =>
  lines.map((line) => order.map((i) => columnsOf(line)[i]).join(","));

beforeAll(async () => {
  await write("flowers.csv", flowers(90));
  await write("houses.csv", houses(120));
  await write("new-flowers.csv", reordered(flowers(30, 7), [2, 1, 0]));
  await runJson("train", "--data", "flowers.csv", "--label", "kind", "--epochs", "30", "--out", "flowers.model");
  await runJson("train", "--data", "houses.csv", "--label", "price", "--epochs", "30", "--out", "houses.model");
});

describe.concurrent("a table with classes", () => {
  test("is learnt, and reported with the names of the classes", async () => {
    const { code, stdout, stderr } = await run("train", "--data", "flowers.csv", "--label", "kind", "--out", "a.model");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain('flowers.csv: the column "kind" holds words, so there are 3 classes.');
    expect(stdout.replace(/\s+/g, " ")).toContain("9 of the 90 rows are held out for testing, drawn by the seed");
    expect(stdout).toMatch(/^ +iris, blue │/m);
    expect(stdout).toMatch(/^Test accuracy (9\d|100)\.\d\d %$/m);
    expect(stdout).not.toMatch(/[▀▄]/);
  });

  test("gives JSON with the names of classes and columns", async () => {
    const json = await runJson("train", "--data", "flowers.csv", "--label", "kind", "--out", "b.model");
    expect(json).toMatchObject({
      classNames: ["daisy", "iris, blue", "rose"],
      columnNames: ["length", "width", "height"],
      configuration: { preset: "table", loss: "crossEntropy" },
      trainAccuracy: expect.any(Number),
    });
    expect(json.testAccuracy).toBeGreaterThan(0.9);
    expect(json).not.toHaveProperty("testRmse");
  });

  test("may name its label by its index, from 0", async () => {
    const digest = async (label: string) =>
      (await runJson("train", "--data", "flowers.csv", "--label", label, "--epochs", "2", "--out", `${label}.model`))
        .weightsSha256;
    expect(await digest("3")).toBe(await digest("kind"));
  });

  test("needs no header: the label is named by its index, and may be a word or a small number in the first line", async () => {
    const rows = flowers(60).slice(1);
    await write("nameless.csv", rows);
    await write("nameless-inputs.csv", reordered(rows, [0, 1, 2]));
    const { stdout } = await run("train", "--data", "nameless.csv", "--label", "3", "--out", "nameless.model");
    expect(stdout.replace(/\s+/g, " ")).toContain("The first line is a row, as it is numbers beside the label");
    expect(stdout).toMatch(/^Test accuracy (9\d|100)\.\d\d %$/m);
    expect(await runJson("evaluate", "nameless.model", "nameless.csv")).toMatchObject({ examples: 60 });
    const found = await runJson("predict", "nameless.model", "nameless-inputs.csv", "--out", "nameless-out.csv");
    expect(found).toMatchObject({ examples: 60 });
    await write("ones.csv", ["a,0,1.5", "b,1,2.5", "a,0,1.4", "b,1,2.4"]);
    const ones = await runJson("train", "--data", "ones.csv", "--label", "0", "--epochs", "1", "--out", "ones.model");
    expect(ones.classNames).toEqual(["a", "b"]);
  });

  test("may be named without --data, as in the commands that a training ends with", async () => {
    const { code, stdout } = await run(
      "train",
      "flowers.csv",
      "--label",
      "kind",
      "--epochs",
      "1",
      "--out",
      "named.model",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ +(npx )?inkling explain named\.model flowers\.csv --index 0/m);
    expect((await run("explain", "named.model", "flowers.csv", "--index", "0")).stdout).toMatch(
      /^Row 0 of flowers\.csv: /,
    );
  });

  test("has to be named: a model of a table has no use for MNIST", async () => {
    for (const command of ["predict", "evaluate", "explain"]) {
      expect(await refusal(command, "flowers.model")).toBe(
        "--data: expected a table with the model's columns (length, width, height), got none.\n",
      );
    }
  });

  test("is not augmented: it is no image", async () => {
    const few = ["flowers.csv", "--label", "kind", "--augmentation", "shift=1", "--epochs", "1"];
    expect(await refusal("train", ...few, "--out", "augmented.model")).toBe(
      "train, augmentation of flowers.csv: expected images in bytes (height × width × channels), got numbers. " +
        "Leave augmentation out.\n",
    );
  });

  test("is learnt as the loss that is named says, and the report says so", async () => {
    const few = ["--data", "houses.csv", "--label", "price", "--loss", "meanSquared", "--epochs", "1"];
    const { stdout } = await run("train", ...few, "--out", "asked.model");
    expect(stdout.replace(/\s+/g, " ")).toContain(
      'the column "price" holds numbers, as asked, so numbers are predicted.',
    );
  });

  test("is matched by the names of its columns when it is evaluated", async () => {
    await write("other.csv", reordered(flowers(30, 3), [2, 3, 0, 1]));
    await write("same.csv", flowers(30, 3));
    const [other, same] = await Promise.all([
      runJson("evaluate", "flowers.model", "other.csv"),
      runJson("evaluate", "flowers.model", "--data", "same.csv"),
    ]);
    expect(other.testAccuracy).toBeGreaterThan(0.9);
    expect(other).toMatchObject({ testAccuracy: same.testAccuracy, loss: same.loss, confusion: same.confusion });
    expect(other.perClass).toMatchObject([{ className: "daisy" }, { className: "iris, blue" }, { className: "rose" }]);
  });

  test("names columns that are missing, and those that are too many", async () => {
    const lines = flowers(5).map((line, i) => `${reordered([line], [0, 1, 3])},${i === 0 ? "colour" : i}`);
    await write("wrong.csv", lines);
    const said = await refusal("evaluate", "flowers.model", "wrong.csv");
    expect(said).toContain('expected the 3 columns "length", "width", "height", got no "height", and "colour" more');
    expect(await refusal("predict", "flowers.model", "wrong.csv")).toContain('no "height"');
  });

  test("names a class that the model does not know", async () => {
    await write("unknown.csv", [...flowers(5), '1,2,3,"rosé"']);
    expect(await refusal("evaluate", "flowers.model", "unknown.csv")).toMatch(
      /^unknown\.csv line 7, column "kind": expected one of the 3 classes .* got "rosé"\. Did you mean "rose"\?/,
    );
  });

  test("needs no label to be predicted, and says the first rows", async () => {
    const { code, stdout } = await run("predict", "flowers.model", "new-flowers.csv");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Row 0: (daisy|iris, blue|rose), with \d+\.\d\d %/);
    expect(stdout.trimEnd().split("\n")).toHaveLength(22);
    expect(stdout).toMatch(/^Not calibrated: /m);
    expect(stdout).toMatch(/^… and 10 more rows: --out predictions\.csv writes all of them\.$/m);
    const { predictions } = await runJson("predict", "flowers.model", "new-flowers.csv", "--index", "4");
    expect(predictions).toMatchObject([{ index: 4, className: expect.any(String), probabilities: expect.any(Array) }]);
  });

  test("is predicted into a CSV file, names in quotes where they have to be", async () => {
    expect(await runJson("predict", "flowers.model", "new-flowers.csv", "--out", "predictions.csv")).toEqual({
      out: "predictions.csv",
      examples: 30,
    });
    const [header, first, ...more] = (await read("predictions.csv")).trimEnd().split("\n");
    expect(header).toBe('class,daisy,"iris, blue",rose');
    expect(first).toMatch(/^(daisy|"iris, blue"|rose)(,[\d.e-]+){3}$/);
    expect(more).toHaveLength(29);
    const truths = columnsOf(reordered(flowers(30, 7), [3]).join(";"))
      .join()
      .split(";")
      .slice(1);
    const right = [first, ...more].filter((line, i) => line?.startsWith(truths[i] ?? "?"));
    expect(right.length).toBeGreaterThan(27);
  });

  test("from a spreadsheet, with semicolons and decimal commas, with tabs or packed by gzip, is the same table", async () => {
    const lines = flowers(90).map((line) => columnsOf(line));
    const text = (separator: string, comma: string) =>
      lines
        .map((cells) => cells.map((cell, j) => (j < 3 ? cell.replace(".", comma) : cell)).join(separator))
        .join("\r\n");
    await writeFile(join(directory, "semicolons.csv"), `sep=;\r\n${text(";", ",")}`);
    await writeFile(join(directory, "tabs.txt"), Buffer.from(`\uFEFF${text("\t", ".")}`, "utf16le"));
    await writeFile(join(directory, "packed.gz"), gzipSync(text(",", ".")));
    const digest = async (file: string) =>
      (await runJson("train", "--data", file, "--label", "kind", "--epochs", "2", "--out", `${file}.model`))
        .weightsSha256;
    const wanted = await digest("flowers.csv");
    for (const file of ["semicolons.csv", "tabs.txt", "packed.gz"]) expect(await digest(file)).toBe(wanted);
  });

  test("in quoted fields, with commas, quotes and line ends of Windows, is the same table", async () => {
    const quotedLines = flowers(90).map((line, i) => {
      return columnsOf(line)
        .map((cell) => (cell.startsWith('"') || i % 2 === 0 ? cell : `"${cell}"`))
        .join(",");
    });
    await writeFile(join(directory, "quoted.csv"), `\uFEFF${quotedLines.join("\r\n")}\r\n`);
    const digest = async (file: string) =>
      (await runJson("train", "--data", file, "--label", "kind", "--epochs", "2", "--out", `${file}.model`))
        .weightsSha256;
    expect(await digest("quoted.csv")).toBe(await digest("flowers.csv"));
  });
});

describe.concurrent("losses with settings", () => {
  test("smoothing and balanced weights are counted from the data, recorded, and kept by the model", async () => {
    const options = ["--label-smoothing", "0.1", "--class-weights", "balanced", "--epochs", "20"];
    const json = await runJson("train", "--data", "flowers.csv", "--label", "kind", ...options, "--out", "weighted");
    const { labelSmoothing, classWeights } = json.configuration as { labelSmoothing: number; classWeights: number[] };
    expect(labelSmoothing).toBe(0.1);
    expect(classWeights).toHaveLength(3);
    for (const weight of classWeights) expect(weight).toBeGreaterThan(0.5);
    expect(json).toMatchObject({ testBalancedAccuracy: expect.any(Number), trainBalancedAccuracy: expect.any(Number) });
    const { code, stdout } = await run("explain", "weighted", "flowers.csv");
    expect(code).toBe(0);
    expect(stdout).toContain("Loss: C = −Σ w_c·q_c·ln p_c");
    expect(stdout).toContain("δⱼ = ∂C/∂zⱼ = pⱼ·Σ w_c·q_c − wⱼ·qⱼ (BP1)");
    const evaluated = await run("evaluate", "weighted", "flowers.csv");
    expect(evaluated.stdout).toMatch(/^Balanced accuracy [\d.]+ %$/m);
  });

  test("yes-or-no answers are learned with binary cross-entropy, from 0 and 1 in the table", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => [(7 * i) % 41, (11 * i) % 29]);
    const lines = rows.map(([a = 0, b = 0]) => `${a},${b},${a > b ? 1 : 0}`);
    await writeFile(join(directory, "larger.csv"), `a,b,larger\n${lines.join("\n")}\n`);
    const of = ["--data", "larger.csv", "--label", "larger", "--loss", "binary-cross-entropy"];
    const json = await runJson("train", ...of, "--out", "yes");
    expect(json.testBinaryAccuracy).toBeGreaterThan(0.9);
    expect(json).toMatchObject({ testAccuracy: null, trainAuc: expect.any(Number) });
    const { stdout } = await run("evaluate", "yes", "larger.csv");
    expect(stdout).toMatch(
      /^Right answers \(yes is more than ½\): (9[\d.]+|100.00) %, area under the ROC curve (0\.99|1)/m,
    );
    const { predictions } = await runJson("predict", "yes", "larger.csv", "--index", "0..9");
    for (const { predicted } of predictions as { predicted: [number] }[]) {
      expect(predicted[0]).toBeGreaterThanOrEqual(0);
      expect(predicted[0]).toBeLessThanOrEqual(1);
    }
    const checked = await runJson("check", ...of, "--batch", "8", "--samples", "10");
    expect(checked.passed).toBe(true);
    const houses = ["--data", "houses.csv", "--label", "price", "--loss", "binaryCrossEntropy", "--out", "no"];
    const { code, stderr } = await run("train", ...houses);
    expect(code).toBe(2);
    expect(stderr).toMatch(/expected targets from 0 to 1 \(the loss is binaryCrossEntropy\), got \d+\. For other/);
  });
});

describe.concurrent("a table with numbers to predict", () => {
  test("has R² and RMSE in place of an accuracy", async () => {
    const { code, stdout, stderr } = await run("train", "--data", "houses.csv", "--label", "price", "--out", "c.model");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.replace(/\s+/g, " ")).toContain("different whole numbers, so numbers are predicted.");
    expect(stdout).toMatch(/^Test R² 0\.9\d*, RMSE \d+(\.\d+)?$/m);
    expect(stdout).not.toContain("accuracy");
    expect(stdout).toMatch(/^ {2}#\d+: price is \d+, predicted \d+/m);
  });

  test("has them in the JSON too, beside accuracies that are null", async () => {
    const json = await runJson("train", "--data", "houses.csv", "--label", "price", "--validation", "10", "--out", "d");
    expect(json).toMatchObject({
      ...{ testAccuracy: null, trainAccuracy: null, testRmse: expect.any(Number), trainRmse: expect.any(Number) },
      ...{ validationRmse: expect.any(Number), targetNames: ["price"], confusion: null },
      configuration: { loss: "meanSquared" },
    });
    expect(json.testR2).toBeGreaterThan(0.9);
    expect(json.trainR2).toBeGreaterThan(0.9);
    const found = await runJson("evaluate", "houses.model", "houses.csv");
    expect(found).toMatchObject({ testAccuracy: null, testRmse: expect.any(Number), testR2: expect.any(Number) });
    expect(found.testMae).toBe(found.testMeanAbsoluteError);
    expect(found.perOutput).toMatchObject([{ targetName: "price", rSquared: found.testR2 }]);
  });

  test("is learned with Huber's loss too, and the model keeps its delta", async () => {
    const few = ["--data", "houses.csv", "--label", "price", "--loss", "huber", "--huber-delta", "0.5"];
    const json = await runJson("train", ...few, "--out", "huber.model");
    expect(json).toMatchObject({ configuration: { loss: "huber", huberDelta: 0.5 }, testMae: expect.any(Number) });
    expect(json.testR2).toBeGreaterThan(0.9);
    const again = await runJson("evaluate", "huber.model", "houses.csv");
    expect(again.weightsSha256).toBe(json.weightsSha256);
    const { stdout } = await run("explain", "huber.model", "houses.csv");
    expect(stdout).toContain("Loss: C = (1/n)·Σ h(aⱼ − yⱼ)");
    expect(stdout).toContain("∂C/∂a = (1/n)·(a − y, held between −δ and δ)");
  });

  test("is predicted in its own units, into a CSV file too", async () => {
    const { predictions } = await runJson("predict", "houses.model", "houses.csv", "--index", "5");
    const [{ predicted, truth }] = predictions as [{ predicted: number[]; truth: number[] }];
    expect(truth).toEqual([Number(columnsOf(houses(120)[6] ?? "")[3])]);
    expect(Math.abs((predicted[0] ?? 0) / (truth[0] ?? 1) - 1)).toBeLessThan(0.5);
    await runJson("predict", "houses.model", "houses.csv", "--out", "prices.csv");
    expect((await read("prices.csv")).split("\n")[0]).toBe("price");
    expect((await read("prices.csv")).trimEnd().split("\n")).toHaveLength(121);
  });

  test("is learnt as classes where the loss says so, and the other way round", async () => {
    await write("stars.csv", ["a,stars", ...Array.from({ length: 40 }, (_, i) => `${i / 10},${1 + (i % 4)}`)]);
    const train = ["train", "--data", "stars.csv", "--label", "stars", "--epochs", "2"];
    expect(await runJson(...train, "--out", "e.model")).toMatchObject({ classNames: ["1", "2", "3", "4"] });
    const numbers = await runJson(...train, "--loss", "mean-squared", "--out", "f.model");
    expect(numbers).toMatchObject({ testAccuracy: null, targetNames: ["stars"] });
    const said = await refusal("train", "--data", "houses.csv", "--label", "kind");
    expect(said).toMatch(/label to be one of its columns .* got "kind"/);
  });
});

describe.concurrent("a table is refused", () => {
  test("without --label, with the names of its columns", async () => {
    expect(await refusal("train", "--data", "flowers.csv")).toBe(
      "--label: expected the name of the column to learn, or its index from 0 to 3, got none. " +
        "The columns of flowers.csv are length, width, height, kind.\n",
    );
    expect(await refusal("check", "--data", "flowers.csv")).toContain("--label: expected the name of the column");
  });

  test("without --label, of columns that have no names", async () => {
    await write("nameless.csv", ["1,2,3", "4,5,6"]);
    expect(await refusal("train", "nameless.csv")).toMatch(
      /got none\. The first line of nameless\.csv is all numbers, so the columns have no names\.\n$/,
    );
  });

  test.each([
    [
      "a word among numbers",
      "1,2,tall,rose",
      /expected a number, as "11\.55" in line 2, got "tall"\. .* name the column in the option --words\./,
    ],
    [
      "an empty cell",
      "1,,3,rose",
      /"width": expected a number, got an empty cell\. .* Fill it in; or say --missing mean, .*--missing drop/,
    ],
    [
      "a missing number",
      "1,NaN,3,rose",
      /"width": expected a number, got "NaN"\. .* Fill it in; or say --missing mean/,
    ],
    [
      "a comma in a number",
      '1,"2,5",3,rose',
      /"width": expected a number, got "2,5"\. .* Write a point for the comma\./,
    ],
    ["an empty label", "1,2,3,", /line 7, column "kind": expected a label, got an empty cell/],
    ["a short row", "1,2,rose", /line 7: expected 4 columns, got 3/],
    ["a number beyond float32", "1,2,1e39,rose", /line 7, column "height": expected a number that float32 can hold/],
    ["an open quote", '1,2,3,"rose', /expected comma-separated values, got Quote Not Closed/],
  ])("with %s", async (name, line, sentence) => {
    const file = `${name.replaceAll(" ", "-")}.csv`;
    await write(file, [...flowers(5), line]);
    expect(await refusal("train", "--data", file, "--label", "kind")).toMatch(sentence);
  });

  test("where images are wanted, and images where a table is wanted", async () => {
    await write("images.csv", ["label,pixel0", "1,2", "0,3"]);
    await runJson("train", "--data", "images.csv", "--epochs", "1", "--out", "images.model");
    expect(await refusal("evaluate", "images.model", "houses.csv", "--label", "price")).toMatch(/expected .* got /);
    expect(await refusal("evaluate", "flowers.model", "images.csv")).toMatch(/--label|expected the 3 columns/);
  });

  test("when the data are named twice", async () => {
    expect(await refusal("predict", "flowers.model", "a.csv", "--data", "b.csv")).toBe(
      "--data: expected the data once, got a.csv and b.csv.\n",
    );
  });
});

describe.concurrent("a test set", () => {
  test("is read with the training data's columns and classes", async () => {
    await write("test.csv", reordered(flowers(30, 3), [3, 1, 2, 0]));
    const args = ["train", "--data", "flowers.csv", "--label", "kind", "--test", "test.csv", "--out", "g.model"];
    const json = await runJson(...args);
    expect(json.testAccuracy).toBeGreaterThan(0.9);
    expect(await runJson("evaluate", "g.model", "test.csv")).toMatchObject({ testAccuracy: json.testAccuracy });
  });

  test("is refused with a class that the training data do not have", async () => {
    await write("more.csv", [...flowers(5), "1,2,3,tulip"]);
    const said = await refusal("train", "--data", "flowers.csv", "--label", "kind", "--test", "more.csv");
    expect(said).toMatch(/^more\.csv line 7, column "kind": expected one of the 3 classes/);
  });
});

test("check finds the gradient of a table's network right, for classes and for numbers", async () => {
  const few = ["--layers", "4", "--samples", "10"];
  for (const [file, label] of [
    ["flowers.csv", "kind"],
    ["houses.csv", "price"],
  ] as const) {
    expect(await runJson("check", "--data", file, "--label", label, ...few)).toMatchObject({ passed: true });
  }
});

test("a CSV file of images is no table: it is never scaled, and gives the weights that it has always given", async () => {
  const digits = (await mnist()).test.take(300);
  const names = Array.from({ length: 784 }, (_, j) => `pixel${j}`);
  const rows = Array.from({ length: 300 }, (_, i) => [digits.labels?.[i], ...digits.example(i)].join(","));
  await write("digits.csv", [["label", ...names].join(","), ...rows]);
  const args = ["--data", "digits.csv", "--epochs", "2", "--validation", "50", "--out", "digits.model"];
  expect(await runJson("train", ...args)).toMatchObject({
    weightsSha256: "cb9bc4488931c0b6e92b0998b5b463884162858d86f826a208ccae0e79057319",
    testAccuracy: null,
  });
});
