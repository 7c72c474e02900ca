// Ensembles on the command line: trained, saved as one file, asked together and one by one, and interrupted.
import { existsSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { Ensemble, ensembleSeeds } from "inkling";
import { loadAny, loadEnsemble } from "inkling/node";
import { beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { at, inputs, refuses, training } from "./refusals.ts";
import { inkling, onlyJson } from "./running.ts";
import { flowers, houses } from "./tiny-data.ts";

const run = (...args: string[]) => inklingInTurn(inputs, args);
const runJson = async (...args: string[]) => onlyJson(await run(...args, "--json"));
interface MemberJson {
  readonly seed: number;
  readonly testAccuracy: number;
  readonly weightsSha256: string;
}

let trained: Record<string, unknown>;
beforeAll(async () => {
  await writeFile(at("flowers.csv"), `${flowers(60).join("\n")}\n`);
  await writeFile(at("houses.csv"), `${houses(60).join("\n")}\n`);
  trained = await runJson(...training("--ensemble", "3", "--seed", "4"), "--out", at("three"));
  await runJson(...training(), "--out", at("one"));
  const table = ["train", "--data", at("houses.csv"), "--label", "price", "--epochs", "3"];
  await runJson(...table, "--ensemble", "2", "--out", at("numbers"));
});

describe.concurrent("inkling train --ensemble", () => {
  test("trains networks from seeds that come from one; the first is the one of that seed alone", async () => {
    const members = trained.members as MemberJson[];
    expect(members.map(({ seed }) => seed)).toEqual(ensembleSeeds(4, 3));
    const alone = await runJson(...training("--seed", "4"), "--out", at("alone"));
    expect(members[0]?.weightsSha256).toBe(alone.weightsSha256);
    expect(members[0]?.testAccuracy).toBe(alone.testAccuracy);
    const third = await runJson(...training("--seed", String(members[2]?.seed)), "--out", at("third"));
    expect(members[2]?.weightsSha256).toBe(third.weightsSha256);
  });

  test("says in JSON what one training says, of all together, and its parts", async () => {
    const ensemble = await loadEnsemble(at("three"));
    expect(trained).toMatchObject({
      testAccuracy: expect.any(Number),
      trainAccuracy: expect.any(Number),
      loss: expect.any(Number),
      epochs: 1,
      seconds: expect.any(Number),
      weightsSha256: await ensemble.weightsSha256(),
      seed: 4,
      modelFile: at("three"),
      ensemble: { combine: "mean", seeds: ensembleSeeds(4, 3) },
      members: [{ epochs: 1, ended: "epochs" }, { history: [{ epoch: 1 }] }, { trainAccuracy: expect.any(Number) }],
    });
    expect(ensemble.members.map(({ training }) => training?.configuration.seed)).toEqual(ensembleSeeds(4, 3));
  });

  test("gives the same with the reference on one thread", async () => {
    const options = ["--ensemble", "3", "--seed", "4", "--backend", "reference"];
    const again = await runJson(...training(...options), "--out", at("again"));
    expect(again.weightsSha256).toBe(trained.weightsSha256);
    expect({ loss: again.loss, confusion: again.confusion }).toEqual({
      loss: trained.loss,
      confusion: trained.confusion,
    });
  });

  test("reports each network's score, and the score of all", async () => {
    const { code, stdout, stderr } = await run(...training("--ensemble", "2", "--combine", "vote"), "--out", at("two"));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Network 1 of 2, seed 1$/m);
    expect(stdout).toMatch(/^Network 1 of 2: test accuracy [\d.]+ %$/m);
    expect(stdout).toMatch(/^Network 2 of 2: test accuracy [\d.]+ %$/m);
    expect(stdout).toMatch(/^Together +2 networks, by vote$/m);
    expect(stdout).toMatch(/^Test accuracy [\d.]+ %$/m);
    expect(stdout).toMatch(/^ +(npx )?inkling explain .*two .*--index \d+ --member 1/m);
    expect((await loadEnsemble(at("two"))).combine).toBe("vote");
    const quiet = await run(...training("--ensemble", "2", "--quiet"), "--out", at("two-quiet"));
    expect(quiet.stdout.split("\n")).toHaveLength(4);
  });

  test("of numbers predicts their mean", async () => {
    const json = await runJson("evaluate", at("numbers"), at("houses.csv"));
    expect(json).toMatchObject({ testAccuracy: null, testR2: expect.any(Number), ensemble: { combine: "mean" } });
    const { stdout } = await run("evaluate", at("numbers"), at("houses.csv"));
    expect(stdout).toMatch(/^2 networks, by the mean of their predictions$/m);
    expect(stdout).toMatch(/^Test R² /m);
  });

  test("--diagnose and --verbose say it of every network", async () => {
    const { stdout } = await run(...training("--ensemble", "2", "--diagnose", "--verbose"), "--out", at("told"));
    expect(stdout.match(/^Doctor|^What the doctor|dead +slope/gm)?.length).toBeGreaterThanOrEqual(2);
    expect(stdout).toContain("Balanced accuracy");
  });
});

describe.concurrent("a file with an ensemble", () => {
  test("is evaluated together, combined as asked, or one member alone", async () => {
    const data = at("good");
    const all = await runJson("evaluate", at("three"), data);
    expect(all).toMatchObject({ testAccuracy: trained.testAccuracy, weightsSha256: trained.weightsSha256 });
    const vote = await runJson("evaluate", at("three"), data, "--combine", "vote");
    expect(vote).toMatchObject({ ensemble: { combine: "vote" }, loss: all.loss });
    const members = trained.members as MemberJson[];
    for (const [k, { testAccuracy, weightsSha256 }] of members.entries()) {
      const own = await runJson("evaluate", at("three"), data, "--member", String(k + 1));
      expect(own).toMatchObject({ testAccuracy, weightsSha256 });
      expect(own).not.toHaveProperty("ensemble");
    }
  });

  test("predicts, for people, as JSON and into files", async () => {
    const json = await runJson("predict", at("three"), at("good"), "--index", "0..3");
    const { predictions } = json as { predictions: { predicted: number; probabilities: number[] }[] };
    const model = await loadAny(at("three"));
    expect(model).toBeInstanceOf(Ensemble);
    expect(predictions).toHaveLength(4);
    for (const { predicted, probabilities } of predictions) {
      expect(predicted).toBe(probabilities.indexOf(Math.max(...probabilities)));
    }
    const { stdout } = await run("predict", at("three"), at("good"), "--out", at("predicted.csv"));
    expect(stdout).toContain("Predictions for 20 images written to");
  });

  test("is explained network by network", async () => {
    const { code, stdout } = await run("explain", at("three"), at("good"), "--member", "2", "--quiet");
    expect({ code, isTold: stdout.includes("changes its loss from") }).toEqual({ code: 0, isTold: true });
  });
});

describe.concurrent("an ensemble that is interrupted", () => {
  /** Runs, and sends SIGINT once when stdout matches. */
  const interrupted = async (pattern: RegExp, out: string) => {
    let sent = false;
    const args = [...training("--ensemble", "3"), "--epochs", "2000", "--out", at(out)];
    return inkling(inputs, args, {
      onOutput: (stdout, child) => {
        if (!sent && pattern.test(stdout)) sent = child.kill("SIGINT");
      },
    });
  };

  test("keeps the networks that are whole", async () => {
    const { code, stderr } = await interrupted(/^Network 2 of 3, seed/m, "cut");
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /^Interrupted (in epoch \d+|after epoch \d+|before the first step) of network 2 of 3.*\. The network that is whole is in .*cut\. To go on: .*inkling train --resume .*cut\.checkpoint\n$/,
    );
    const { members } = await loadEnsemble(at("cut"));
    expect(members).toHaveLength(1);
    expect(members[0]?.training?.epochs).toBe(2000);
  });

  test("saves nothing where none is whole", async () => {
    const { code, stderr } = await interrupted(/^Network 1 of 3, seed/m, "nothing");
    expect(code).toBe(130);
    expect(stderr).toMatch(
      /^(Interrupted .* of network 1 of 3.*\. No network was whole, so no model was saved\.( To go on: [^\n]+)?\n)?$/,
    );
    expect(existsSync(at("nothing"))).toBe(false);
  });

  test("says where it diverged, and saves no network that is not whole", async () => {
    const args = training("--ensemble", "2", "--learning-rate", "1e30", "--epochs", "9");
    const { code, stderr } = await run(...args, "--out", at("diverged"));
    expect(code).toBe(3);
    expect(stderr).toMatch(/It was network 1 of 2\. No network was whole, so no model was saved\.\n$/);
    expect(existsSync(at("diverged"))).toBe(false);
  });
});

test("images can be looked at several times by predict too, as by evaluate", async () => {
  const looks = ["--augmentation", "shift=1", "--copies", "3", "--seed", "5"];
  const path = at("for-looks");
  await copyFile(at("one"), path);
  const of = async (...more: string[]) => {
    const json = await runJson("predict", path, at("good"), "--index", "0..19", ...more);
    return json.predictions as { label: number; predicted: number; probabilities: number[] }[];
  };
  const [plain, several] = [await of(), await of(...looks)];
  expect(several).not.toEqual(plain);
  expect(await of(...looks.slice(0, 2), "--copies", "1")).toEqual(plain);
  expect(await of(...looks)).toEqual(several);
  const { testAccuracy } = await runJson("evaluate", path, at("good"), ...looks);
  expect(several.filter(({ label, predicted }) => label === predicted).length / 20).toBe(testAccuracy);
});

test("class weights go by the names of the classes", async () => {
  const table = ["train", "--data", at("flowers.csv"), "--label", "kind", "--epochs", "2"];
  const weights = async (word: string, out: string) => {
    const { configuration } = await runJson(...table, "--class-weights", word, "--out", at(out));
    return (configuration as { classWeights: unknown }).classWeights;
  };
  expect(await weights("rose=2,daisy=0.5", "named")).toEqual([0.5, 1, 2]);
  expect(await weights("iris, blue=3,rose=2", "named-2")).toEqual([1, 3, 2]);
  await writeFile(at("weights.json"), '{"classWeights": {"daisy": 4}}');
  const json = await runJson(...table, "--config", at("weights.json"), "--out", at("named-3"));
  expect(json.configuration).toMatchObject({ classWeights: [4, 1, 1] });
  const digits = await runJson(...training("--class-weights", "7=2"), "--out", at("named-4"));
  expect(digits.configuration).toMatchObject({ classWeights: [1, 1, 1, 1, 1, 1, 1, 2, 1, 1] });
});

const flowersTable = () => ["train", "--data", at("flowers.csv"), "--label", "kind"];
refuses("with ensembles is refused:", [
  ["no network", training("--ensemble", "0"), /^--ensemble: expected a whole number of at least 1, got "0"\./],
  ["too many", training("--ensemble", "101"), /^--ensemble: expected a whole number from 1 to 100, got 101\./],
  ["a word", training("--ensemble", "some"), /^--ensemble: expected a whole number of at least 1, got "some"\./],
  ["another way", training("--ensemble", "2", "--combine", "best"), /^--combine: expected mean or vote, got "best"\./],
  [
    "a way alone",
    training("--combine", "vote"),
    /^--combine: expected --ensemble beside it, got none\. Add --ensemble 5/,
  ],
  [
    "a vote about numbers",
    ["train", "--data", at("houses.csv"), "--label", "price", "--ensemble", "2", "--combine", "vote"],
    /^--combine: expected mean \(the networks predict numbers\), got vote\./,
  ],
  [
    "a vote about numbers, later",
    ["evaluate", at("numbers"), at("houses.csv"), "--combine", "vote"],
    /^--combine: expected mean \(the networks predict numbers\), got vote\./,
  ],
  [
    "NumPy's draws",
    ["train", "--data", at("good"), "--preset", "original", "--init", "numpy", "--ensemble", "2"],
    /^--ensemble: expected another --init, got numpy\./,
  ],
  [
    "an explanation of all",
    ["explain", at("three"), at("good")],
    /^--member: expected a network of the ensemble, from 1 to 3, got none\. Add --member 1\./,
  ],
  [
    "a member too far",
    ["evaluate", at("three"), at("good"), "--member", "4"],
    /^--member: expected a whole number from 1 to 3 \(the ensemble's networks\), got 4\./,
  ],
  [
    "member 0",
    ["predict", at("three"), at("good"), "--member", "0"],
    /^--member: expected a whole number of at least 1, got "0"\./,
  ],
  [
    "a member of one network",
    ["explain", at("one"), at("good"), "--member", "1"],
    /^--member: expected a file with an ensemble, got one network\. Leave --member out\./,
  ],
  [
    "a way for one network",
    ["predict", at("one"), at("good"), "--combine", "mean"],
    /^--combine: expected a file with an ensemble, got one network\. Leave --combine out\./,
  ],
  [
    "a member and a way",
    ["predict", at("three"), at("good"), "--member", "1", "--combine", "mean"],
    /^--combine: expected a whole ensemble, got --member too\./,
  ],
  [
    "copies without changes",
    ["predict", at("one"), at("good"), "--copies", "3"],
    /^--copies: expected --augmentation beside it, got none\./,
  ],
  [
    "a change that is none",
    ["predict", at("one"), at("good"), "--augmentation", "x=1"],
    /^--augmentation: expected changes, .* got "x=1"\./,
  ],
  [
    "a weight for no class",
    [...flowersTable(), "--class-weights", "tulip=2"],
    /^--class-weights: expected one of the 3 classes \("daisy", .*\), got "tulip"\./,
  ],
  ["a misspelt class", [...flowersTable(), "--class-weights", "dasy=2"], /got "dasy"\. Did you mean daisy\?/],
  [
    "a weight below 0",
    [...flowersTable(), "--class-weights", "daisy=-2"],
    /^--class-weights: expected numbers of at least 0, .* got daisy=-2\./,
  ],
  [
    "a class twice",
    [...flowersTable(), "--class-weights", "daisy=2,daisy=3"],
    /^--class-weights: .* got "daisy=2,daisy=3"\./,
  ],
]);
