// Tables as people have them: words, empty cells, columns that say nothing; and NumPy's arrays.
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeTensors, encodeNpy, fillMissing } from "inkling/formats";
import { readData } from "inkling-formats/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson, refusalOf } from "./running.ts";
import { shirts } from "./tiny-data.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-words-"));
afterAll(() => rm(directory, { recursive: true }));
const at = (name: string) => join(directory, name);
const write = (name: string, lines: readonly string[]) => writeFile(at(name), `${lines.join("\n")}\n`);
const run = (...args: string[]) => inklingInTurn(directory, args);
const runJson = async (...args: string[]) => onlyJson(await run(...args, "--json"));
const refusal = async (...args: string[]) => refusalOf(await run(...args));
/** What a model file says of its inputs. */
const inputOf = async (model: string) => {
  const { metadata } = decodeTensors(new Uint8Array(await readFile(at(model))), model);
  return JSON.parse(metadata["inkling.architecture"] ?? "").input;
};
/** The same table with a cell of the row replaced. */
const withCell = (lines: readonly string[], row: number, column: number, cell: string) =>
  lines.with(row, (lines[row] ?? "").split(",").with(column, cell).join(","));

const table = shirts(120);
const holed = withCell(withCell(table, 5, 1, ""), 9, 2, "NA");
const learn = ["--label", "price", "--ignore", "id", "--epochs", "30"];

beforeAll(async () => {
  await write("shirts.csv", table);
  await write("holed.csv", holed);
  await runJson("train", "shirts.csv", ...learn, "--out", "plain.model");
  await runJson("train", "holed.csv", ...learn, "--missing", "mean", "--out", "mean.model");
});

describe.concurrent("a table with words", () => {
  test("learns from them, says so, and the model keeps them", async () => {
    const { code, stdout } = await run("train", "shirts.csv", ...learn, "--out", "a.model");
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      'The columns "colour" (3), "size" (4) hold words: an input for each word.',
    );
    expect(stdout).toMatch(/^Test R² 0\.9/m);
    expect(await inputOf("a.model")).toMatchObject({
      columnNames: ["colour=blue", "colour=green", "colour=red", "size=L", "size=M", "size=S", "size=XL", "weight"],
      tableColumns: [{ name: "colour", words: ["blue", "green", "red"] }, { name: "size" }, { name: "weight" }],
    });
  });

  test("is evaluated and predicted from the same kind of file, in any order of columns, without the ignored one", async () => {
    const same = await runJson("evaluate", "plain.model", "shirts.csv");
    await write(
      "turned.csv",
      table.map((line) => line.split(",").slice(1).reverse().join(";").replaceAll(".", ",")),
    );
    expect(await runJson("evaluate", "plain.model", "turned.csv")).toMatchObject({ testRmse: same.testRmse });
    await write("new.csv", ["weight,size,colour", "200,M,red"]);
    expect((await run("predict", "plain.model", "new.csv")).stdout).toMatch(/^Row 0: /);
    expect((await run("explain", "plain.model", "new.csv")).stdout).toContain("colour=red");
  });

  test("names a word that it has not seen; --unknown zero reads it as none, and says so", async () => {
    await write("unseen.csv", ["colour,size,weight", "gren,M,200", "red,XXL,200"]);
    expect(await refusal("predict", "plain.model", "unseen.csv")).toMatch(
      /^unseen\.csv line 2, column "colour": expected a word that the model knows \("blue", "green", "red"\), got "gren"\. Did you mean "green"\?/,
    );
    const { code, stdout } = await run("predict", "plain.model", "unseen.csv", "--unknown", "zero");
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain("2 words are unknown to the model and read as none of its words.");
    expect(await refusal("predict", "plain.model", "unseen.csv", "--unknown", "skip")).toBe(
      '--unknown: expected zero, got "skip".\n',
    );
  });

  test("refuses a column of names, and says how to leave it out", async () => {
    const few = ["train", "shirts.csv", "--label", "price", "--epochs", "1", "--out", "b.model"];
    expect(await refusal(...few)).toMatch(
      /^shirts\.csv, column "id": expected words that come again, got 120 different/,
    );
    expect(await refusal(...few, "--ignore", "ids")).toContain('got "ids". Did you mean "id"?');
    expect(await refusal(...few, "--ignore", "id,")).toBe('--ignore: expected names of columns, as a,b, got "id,".\n');
  });

  test("is searched, with folds of their own means, and checked", async () => {
    const few = [...learn.slice(0, 4), "--missing", "mean"];
    const tried = ["--try", "learning-rate=0.01|0.001", "--epochs", "2", "--folds", "3", "--test-best"];
    const json = await runJson("search", "holed.csv", ...few, ...tried, "--out", "found");
    expect(json.best).toMatchObject({ score: expect.any(Number) });
    expect(await runJson("check", "holed.csv", ...few, "--samples", "5")).toMatchObject({ passed: true });
    expect(await runJson("check", "--model", "mean.model", "holed.csv", "--samples", "5")).toMatchObject({
      passed: true,
    });
  });
});

describe.concurrent("a table with empty cells", () => {
  test("is refused with line, column and what can be done", async () => {
    expect(await refusal("train", "holed.csv", ...learn, "--out", "c.model")).toMatch(
      /^holed\.csv line 6, column "colour": expected a word, got an empty cell\. .* --missing mean, which fills .* --missing drop, which leaves/,
    );
    expect(await refusal("train", "holed.csv", ...learn, "--missing", "zero")).toBe(
      '--missing: expected mean or drop, got "zero".\n',
    );
  });

  test("is learnt with the means of the training rows, which prediction repeats", async () => {
    const { tableColumns } = await inputOf("mean.model");
    expect(tableColumns).toMatchObject([
      { missing: [expect.any(Number), 0, 0].fill(expect.any(Number)) },
      {},
      { missing: [expect.any(Number)] },
    ]);
    await write("gaps.csv", ["colour,size,weight", ",,", "red,M,200"]);
    const { code, stdout } = await run("predict", "mean.model", "gaps.csv");
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain("3 empty cells are read as the mean of the training rows.");
    expect((await run("evaluate", "mean.model", "holed.csv")).stdout).toMatch(/^Test R² 0\.9/m);
  });

  test("has means that rows held out have no part in", async () => {
    const lines = Array.from({ length: 40 }, (_, i) => `${i === 7 ? "" : 2 ** (i % 20)},${i % 2}`);
    await write("powers.csv", ["x,y", ...lines]);
    const few = ["--label", "y", "--missing", "mean", "--epochs", "1", "--validation", "5", "--seed", "3"];
    await runJson("train", "powers.csv", ...few, "--out", "powers.model");
    const { tableColumns } = await inputOf("powers.model");
    const data = await readData(at("powers.csv"), { label: "y", missing: "mean" });
    if (!("only" in data)) throw new Error("a pair");
    const { train } = data.only.split(4, { seed: 3 }).train.split(5, { seed: 3 });
    expect(tableColumns).toEqual(fillMissing(train).tableColumns);
    expect(tableColumns).not.toEqual(fillMissing(data.only).tableColumns);
  });

  test("is learnt without the rows that have some", async () => {
    const json = await runJson("train", "holed.csv", ...learn, "--missing", "drop", "--out", "drop.model");
    const wanted = holed.filter((_, i) => i !== 5 && i !== 9);
    await write("dropped.csv", wanted);
    const same = await runJson("train", "dropped.csv", ...learn, "--out", "dropped.model");
    expect(json.weightsSha256).toBe(same.weightsSha256);
  });

  test("may be predicted by a model that was trained on a table without any", async () => {
    await write("gap.csv", ["colour,size,weight", "red,M,"]);
    expect(await refusal("predict", "plain.model", "gap.csv")).toContain("expected a number, got an empty cell.");
    expect((await run("predict", "plain.model", "gap.csv", "--missing", "mean")).code).toBe(0);
  });
});

describe.concurrent("NumPy's arrays", () => {
  const golden = new URL("../../formats/test/golden/", import.meta.url);
  beforeAll(async () => {
    for (const name of ["keras.npz", "table.npy", "table.npz", "images.npy", "labels.npy"]) {
      await copyFile(new URL(name, golden), at(name));
    }
  });

  test("train, test and predict, whatever holds the answers", async () => {
    const few = ["--epochs", "2", "--batch-size", "5"];
    const json = await runJson("train", "keras.npz", ...few, "--out", "keras.model");
    expect(json).toMatchObject({ testAccuracy: expect.any(Number), trainAccuracy: expect.any(Number) });
    expect(await runJson("evaluate", "keras.model", "keras.npz")).toMatchObject({ testAccuracy: json.testAccuracy });
    expect(await runJson("predict", "keras.model", "images.npy")).toMatchObject({ predictions: [{ index: 0 }] });
    const { stdout } = await run("train", "images.npy", "--labels", "labels.npy", ...few, "--out", "images.model");
    expect(stdout).toContain("Test accuracy unknown: images.npy has no examples to test on. Name some with --test.");
    await runJson("train", "table.npy", "--label", "2", ...few, "--out", "table.model");
    expect(await runJson("evaluate", "table.model", "table.npy")).toMatchObject({ testAccuracy: expect.any(Number) });
    expect(await runJson("train", "table.npz", ...few, "--out", "numbers.model")).toMatchObject({
      testR2: expect.any(Number),
    });
  });

  test("with numbers to predict in a file of their own are trained, tested and predicted by the same options", async () => {
    const x = Float32Array.from({ length: 60 }, (_, i) => Math.sin(12 * i));
    await writeFile(at("x.npy"), encodeNpy({ shape: [20, 3], values: x }));
    await writeFile(at("y.npy"), encodeNpy({ shape: [20], values: x.filter((_, i) => i % 3 === 0) }));
    const learned = await run("train", "x.npy", "--labels", "y.npy", "--epochs", "2", "--out", "y.model");
    expect(learned.code).toBe(0);
    const tested = await runJson("evaluate", "y.model", "x.npy", "--labels", "y.npy");
    expect(tested).toMatchObject({ testR2: expect.any(Number) });
    expect(await runJson("predict", "y.model", "x.npy", "--index", "0")).toMatchObject({
      predictions: [{ truth: null }],
    });
  });

  test("calibrate a model, and compare several", async () => {
    const few = ["--labels", "labels.npy", "--epochs", "1"];
    for (const name of ["one", "two"]) {
      expect(
        (await run("train", "images.npy", ...few, "--seed", String(name.length + 4), "--out", `${name}.net`)).code,
      ).toBe(0);
    }
    const measured = await runJson("compare", "one.net", "two.net", "--data", "images.npy", "--labels", "labels.npy");
    expect(measured).toMatchObject({ measurement: { examples: 30 } });
    // Calibrated is on other examples than those of the training: with one byte changed they are others.
    const others = await readFile(at("images.npy"));
    others[others.length - 1] = (others.at(-1) ?? 0) ^ 1;
    await writeFile(at("others.npy"), others);
    const json = await runJson("calibrate", "one.net", "others.npy", "--labels", "labels.npy", "--out", "sure.net");
    expect(json).toMatchObject({ examples: 30, temperature: expect.any(Number) });
    expect(await refusal("compare", "one.net", "two.net", "--data", "images.npy", "--missing", "drop")).toBe(
      "--missing: expected mean (each model would leave out rows of its own), got drop.\n",
    );
    expect(await refusal("compare", "one.net", "two.net", "--labels", "labels.npy")).toBe(
      "--labels: expected --data beside it, got none. Add --data examples.npy.\n",
    );
  });

  test("of images without any to test on say so", async () => {
    const { stdout } = await run(
      "train",
      "images.npy",
      "--labels",
      "labels.npy",
      "--epochs",
      "1",
      "--out",
      "few.model",
    );
    expect(stdout).toContain("Test accuracy unknown: images.npy has no examples to test on. Name some with --test.");
  });

  test("need answers to learn from", async () => {
    expect(await refusal("train", "images.npy")).toBe(
      "--labels: expected answers for images.npy, got none. Name a file of answers, or the column of a table by its index.\n",
    );
    expect(await refusal("train", "labels.npy", "--labels", "images.npy")).toContain("images.npy: expected one answer");
    expect(await refusal("train", "shirts.csv", ...learn, "--labels", "labels.npy")).toContain("--labels: expected ");
  });
});
