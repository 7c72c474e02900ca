// How sure a model may be, from the command: measured by training and by calibrate, said by predict and evaluate.
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson } from "./running.ts";
import { flowers, fourFiles, idxOfImages, idxOfLabels, images, writeDirectory } from "./tiny-data.ts";

let directory = "";
const run = (...args: string[]) => inklingInTurn(directory, args);
const runJson = async (...args: string[]) => onlyJson(await run(...args, "--json"));
const small = ["--layers", "8", "--epochs", "2", "--batch-size", "20", "--threads", "1"];
/** Some labels are wrong, so that nobody can be right about all. */
const messy = (count: number) => {
  const { labels, ...all } = images(count, 6);
  return { ...all, labels: labels.map((label, i) => (i % 9 === 0 ? (label + 1) % 10 : label)) };
};

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "inkling-certainty-"));
  await writeDirectory(join(directory, "good"), fourFiles(messy(600), messy(200)));
  // Empty pages.
  const strange = { ...images(20, 6), pixels: new Uint8Array(20 * 36) };
  await writeDirectory(join(directory, "strange"), {
    "train-images-idx3-ubyte": idxOfImages(strange),
    "train-labels-idx1-ubyte": idxOfLabels(strange),
    "t10k-images-idx3-ubyte": idxOfImages(strange),
    "t10k-labels-idx1-ubyte": idxOfLabels(strange),
  });
});
afterAll(() => rm(directory, { recursive: true }));

test("a training with validation measures a temperature; predict and evaluate use it and say so", async () => {
  const trained = await runJson("train", "good", ...small, "--validation", "100", "--out", "sure");
  const calibration = trained.calibration as { temperature: number; data: { examples: number } };
  expect(calibration.temperature).toBeGreaterThan(0);
  expect(calibration.data.examples).toBe(100);
  expect(trained.familiarity).toMatchObject({ falseAlarms: 0.01, examples: { threshold: expect.any(Number) } });
  const { stdout } = await run("train", "good", ...small, "--validation", "100", "--out", "sure");
  const T = calibration.temperature.toFixed(3).replace(".", "\\.");
  expect(stdout).toMatch(new RegExp(`^Calibrated on 100 validation examples: T = ${T}, error \\d`, "m"));

  const predicted = await run("predict", "sure", "good", "--index", "3");
  expect(predicted.stdout).toMatch(/^Calibrated on 100 examples \(good train, held out\), T = \d+\.\d\d$/m);
  expect(predicted.stdout).not.toContain("unfamiliar");
  const json = await runJson("predict", "sure", "good", "--index", "3");
  expect(json.calibration).toEqual(calibration);
  expect(json.predictions).toMatchObject([{ familiarity: { isUnfamiliar: false } }]);
  const evaluated = await runJson("evaluate", "sure", "good");
  expect(evaluated.calibrationError).toMatchObject({ temperature: calibration.temperature, raw: expect.any(Number) });
  expect((await run("evaluate", "sure", "good")).stdout).toMatch(/^Calibration error \d.*; with T = \d\.\d\d, \d/m);
});

test("predict says what is unfamiliar, with the number, also with --quiet", async () => {
  const { stdout } = await run("predict", "sure", "strange", "--index", "0,1", "--quiet");
  expect(
    stdout.match(/^ {2}unfamiliar: redrawn as an? \d, 100 % of it is left over; 99 of 100 familiar ones/gm),
  ).toHaveLength(2);
  const { predictions } = await runJson("predict", "sure", "strange", "--index", "0");
  const [{ familiarity }] = predictions as { familiarity: { leftOver: number; threshold: number } }[];
  expect(familiarity.leftOver).toBeGreaterThan(familiarity.threshold);
});

test("calibrate finds the held-out examples again, and writes the same file", async () => {
  await copyFile(join(directory, "sure"), join(directory, "again"));
  const { stdout } = await run("calibrate", "again", "good");
  expect(stdout).toMatch(/^Data +100 examples \(good train, held out\)$/m);
  expect(stdout).toMatch(/^T = \d+\.\d{3}: /m);
  expect(await readFile(join(directory, "again"))).toEqual(await readFile(join(directory, "sure")));
});

test("explain shows the raw probabilities, and what predict makes of them", async () => {
  const { predictions } = await runJson("predict", "sure", "good", "--index", "3");
  const [{ predicted, probabilities }] = predictions as { predicted: number; probabilities: number[] }[];
  const { stdout } = await run("explain", "sure", "good", "--index", "3", "--quiet");
  const said = ((probabilities[predicted] ?? 0) * 100).toFixed(2);
  expect(stdout.replaceAll("\n", " ")).toMatch(
    new RegExp(`predict divides z by T = \\d+\\.\\d\\d first, and says ${said} %\\.`),
  );
});

test("without validation predict says not calibrated, and calibrate takes the test images that are named", async () => {
  const before = await runJson("train", "good", ...small, "--out", "plain");
  expect(before.calibration).toBeNull();
  expect((await run("predict", "plain", "good")).stdout).toMatch(/^Not calibrated: /m);
  expect((await run("evaluate", "plain", "good")).stdout).toMatch(/^Calibration error \d+\.\d\d %, not calibrated$/m);
  const found = await runJson("calibrate", "plain", "good", "--out", "calibrated");
  expect(found).toMatchObject({ examples: 200, data: "good test", modelFile: "calibrated", note: null });
  expect(found.weightsSha256).toBe(before.weightsSha256);
  const [raw, calibrated] = [
    await runJson("evaluate", "plain", "good"),
    await runJson("evaluate", "calibrated", "good"),
  ];
  expect([calibrated.loss, calibrated.testAccuracy]).toEqual([raw.loss, raw.testAccuracy]);
  expect(calibrated.calibrationError).toMatchObject(found.expectedCalibrationError as object);
});

test("examples that the model knows by heart are refused, and so is a guess", async () => {
  const own = await run("calibrate", "plain");
  expect(own).toMatchObject({ code: 2, stdout: "" });
  expect(own.stderr).toBe(
    "--data: expected examples that the model has not learned from, got a training that held none out. " +
      "Name some, or train with --validation 5000.\n",
  );
  const learned = messy(600);
  await writeDirectory(join(directory, "learned"), {
    "train-images-idx3-ubyte": idxOfImages(learned),
    "train-labels-idx1-ubyte": idxOfLabels(learned),
    "t10k-images-idx3-ubyte": idxOfImages(learned),
    "t10k-labels-idx1-ubyte": idxOfLabels(learned),
  });
  expect((await run("calibrate", "plain", "learned")).stderr).toBe(
    "--data: expected examples that the model has not learned from, got those that it has. " +
      "It knows these by heart. Name others.\n",
  );
});

test("of a table the held-out rows are found again; whole files of training rows are warned of", async () => {
  const rows = flowers(200).map((line, i) =>
    i > 0 && i % 7 === 0 ? line.replace(/,(?:"[^"]*"|[^",]*)$/, ",rose") : line,
  );
  await writeFile(join(directory, "flowers.csv"), `${rows.join("\n")}\n`);
  const words = ["train", "flowers.csv", "--label", "kind", "--epochs", "3", "--threads", "1"];
  const { calibration } = await runJson(...words, "--validation", "40", "--out", "table");
  const again = await runJson("calibrate", "table", "flowers.csv", "--out", "table-2");
  expect(again).toMatchObject({ examples: 40, temperature: (calibration as { temperature: number }).temperature });
  await run(...words, "--out", "bare");
  expect((await run("calibrate", "bare", "flowers.csv")).stdout).toContain(
    "The model was trained on rows of flowers.csv. If these are among them, T is too",
  );
});

test("an ensemble has one temperature; each of its networks knows what is unfamiliar", async () => {
  const words = ["train", "good", ...small, "--ensemble", "2", "--validation", "100", "--out", "two"];
  const { calibration } = await runJson(...words);
  expect(calibration).toMatchObject({ data: { examples: 100 } });
  expect((await run("predict", "two", "strange")).stdout).toContain("unfamiliar");
  const alone = await run("predict", "two", "strange", "--member", "2");
  expect(alone.stdout).toContain("unfamiliar");
  expect(alone.stdout).toContain("Not calibrated");
});
