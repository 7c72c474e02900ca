// What a command line can have wrong: commands, options, places to write.
import { symlink, writeFile } from "node:fs/promises";
import { dense, flatten, network } from "inkling";
import { encodeModel } from "inkling/formats";
import { beforeAll, describe } from "vitest";
import { at, refuses, training } from "./refusals.ts";

refuses("a command line is refused with", [
  ["an unknown command", ["tran"], /^inkling: expected a command \(train, .*\), got tran\. Did you mean train\?/],
  ["a command like no other", ["xyzzy"], /^inkling: expected a command .* got xyzzy\. See inkling --help\./],
  ["help for an unknown command", ["help", "tran"], /^inkling: expected a command .* got tran\./],
  [
    "an unknown option",
    training("--lerning-rate", "1"),
    /^inkling train: expected a known option, got --lerning-rate\. Did you mean --learning-rate\?/,
  ],
  ["an option like no other", training("--xyzzy"), /expected a known option, got --xyzzy\. See inkling train --help\./],
  ["an unknown letter", ["-x"], /^inkling: expected a known option, got -x\./],
  [
    "an option of another command",
    ["evaluate", "model", "--epochs", "3"],
    /^inkling evaluate: expected a known option, got --epochs\./,
  ],
  [
    "an option without its value",
    ["train", "--epochs"],
    /^inkling train: expected a value after --epochs <n>, got none\./,
  ],
  ["an argument too many", ["train", "data", "more"], /^inkling train: expected no further argument, got 2\./],
  ["data named twice", training("more"), /^--data: expected the data once, got more and /],
  ["an argument too few", ["evaluate"], /^inkling evaluate: expected an argument MODEL, got none\./],
]);

// What each field may be is tested beside the table of fields (inkling/src/presets/fields.test.ts).
refuses("an option is refused:", [
  ["--learning-rate", training("--learning-rate", "fast"), /^--learning-rate: expected a number above 0, got "fast"\./],
  ["--epochs", training("--epochs", "-1"), /^--epochs: expected a whole number of at least 1, got -1\./],
  [
    "--batch-size",
    training("--batch-size", ""),
    /^--batch-size: expected a whole number of at least 1, or "full", got ""/,
  ],
  ["--layers", training("--layers", "8,,8"), /^--layers: expected hidden layers, as 128,64 .* got/],
  ["one of --layers", training("--layers", "8,foo,8"), /, got 8,foo,8\. "foo" is none\./],
  ["--loss", training("--loss", "hinge"), /^--loss: expected one of crossEntropy, .*, quadratic, .*, got "hinge"/],
  ["--activation", training("--activation", "__proto__"), /^--activation: expected one of identity, relu, .* got/],
  [
    "--optimizer",
    training("--optimizer", "adm"),
    /^--optimizer: expected one of sgd, .* got "adm"\. Did you mean adam\?/,
  ],
  [
    "--momentum of another optimizer",
    training("--momentum", "0.5"),
    /^--momentum: expected the optimizer momentum, got adam\. Add --optimizer momentum\./,
  ],
  [
    "--huber-delta of another loss",
    training("--huber-delta", "0.5"),
    /^--huber-delta: expected the loss huber, got crossEntropy\. Add --loss huber\./,
  ],
  [
    "--label-smoothing of another loss",
    training("--loss", "quadratic", "--label-smoothing", "0.1"),
    /^--label-smoothing: expected the loss crossEntropy, got quadratic\. Add --loss crossEntropy\./,
  ],
  [
    "--class-weights of the wrong count",
    training("--class-weights", "1,2,3"),
    /^crossEntropy, classWeights: expected 10 numbers \(one for each class\), got 3\./,
  ],
  [
    "--class-weights below 0",
    training("--class-weights", "1,-2"),
    /^--class-weights: expected numbers of at least 0, one a class, .* got 1,-2/,
  ],
  [
    "--step-every of another schedule",
    training("--step-every", "2"),
    /^--step-every: expected the schedule step, got oneCycle\. Add --schedule step\./,
  ],
  [
    "a schedule that never falls",
    training("--schedule", "step"),
    /^train, schedule, step: expected every below 1 \(the training's epochs\), got 10\. The learning rate would never/,
  ],
  [
    "a warm-up longer than the training",
    training("--schedule", "cosine", "--warm-up", "5"),
    /^train, schedule, warmUp: expected fewer steps than the training's 5, got 5\. Take a shorter warm-up/,
  ],
  [
    "a warm-up before one cycle",
    training("--warm-up", "0.1"),
    /^warmUp: expected a schedule without a warm-up, got oneCycle, which has its own\./,
  ],
  [
    "--patience without validation",
    training("--patience", "3"),
    /^--patience: expected validation examples, got none\. Add --validation 4\./,
  ],
  ["--average 1", training("--average", "1"), /^--average: expected a number from 0 to below 1, got 1\./],
  [
    "--augmentation",
    training("--augmentation", "rotate=5"),
    /^--augmentation: expected changes, as shift=2,.* or "none", got "rotate=5"\./,
  ],
  ["--seed", training("--seed", "lucky"), /^--seed: expected a whole number of at least 0, got "lucky"/],
  ["--threads", training("--threads", "many"), /^--threads: expected a whole number of at least 1, got "many"/],
  ["--threads 0", training("--threads", "0"), /^--threads: expected a whole number of at least 1, got "0"/],
  [
    "--threads 1000000",
    training("--threads", "1000000"),
    /^threads: expected a whole number from 1 to 64, got 1000000/,
  ],
  ["--classes", training("--classes", "ten"), /^--classes: expected a whole number of at least 1, got "ten"/],
  ["--backend", training("--backend", "gpu"), /backend: expected .*reference.*, got/],
  ["--precision", training("--precision", "float16"), /^--precision: expected float32 or float64, got "float16"/],
  [
    "--preset",
    training("--preset", ""),
    /^--preset: expected one of mlp, mlp-dropout, mlp-elastic, cnn-fast, cnn, cnn-tiny, table, original, got ""/,
  ],
  [
    "--preset seed",
    training("--preset", "seed"),
    /^--preset: expected one of .* got "seed"\. It is called original now\./,
  ],
  ["--label for images", training("--label", "3"), /^--label: expected a table, .* got images \(good train\)/],
  [
    "numbers to predict in images with labels",
    training("--loss", "mean-squared"),
    /^--loss: expected crossEntropy, sigmoidCrossEntropy or quadratic for classes \(good train\), got meanSquared/,
  ],
]);

refuses("options that do not fit the data are refused:", [
  ["a batch larger than the data", training("--batch-size", "41"), /expected [^\n]*at most 40 [^\n]*got 41/],
  ["a batch larger than what --examples leaves", training("--examples", "7"), /expected [^\n]*at most 7 [^\n]*got 8/],
  [
    "a batch larger than what --validation leaves",
    training("--validation", "33"),
    /expected [^\n]*at most 7 [^\n]*got 8/,
  ],
  [
    "a layer larger than any memory",
    training("--layers", "99999999999"),
    /expected at most 134217728 parameters, got /,
  ],
  [
    "all examples for validation",
    training("--validation", "40"),
    /^--validation: expected fewer than the 40 training examples, got 40/,
  ],
  [
    "test-time augmentation that is none",
    ["evaluate", at("good.model"), "--data", at("good"), "--augmentation", "shft=1"],
    /^--augmentation: expected changes, as .*, got "shft=1"/,
  ],
  [
    "copies without augmentation",
    ["evaluate", at("good.model"), "--data", at("good"), "--copies", "3"],
    /^--copies: expected --augmentation beside it, got none\. Add --augmentation shift=1\./,
  ],
  [
    "no copy",
    ["evaluate", at("good.model"), "--data", at("good"), "--augmentation", "shift=1", "--copies", "0"],
    /^--copies: expected a whole number of at least 1, got "0"/,
  ],
  [
    "an index beyond the images",
    ["explain", at("good.model"), "--data", at("good"), "--index", "20"],
    /expected an index from 0 to 19, got 20/,
  ],
]);
beforeAll(async () => {
  await writeFile(at("good.model"), await encodeModel(network([4, 4, 1], [flatten(), dense(10)])));
});

describe("places to write", () => {
  beforeAll(() => symlink("/dev/full", at("device")));

  refuses("before training begins, --out is refused when it is", [
    [
      "in a missing directory",
      training("--out", at("missing/model")),
      /expected a place that can be written, got nothing there\. Make the directory .*missing first\./,
    ],
    [
      "a directory",
      training("--out", at("good")),
      /expected a place that can be written, got a directory\. Name a file\./,
    ],
    [
      "a directory that is missing",
      training("--out", "models/"),
      /^models\/: expected a place that can be written, got a directory\./,
    ],
    ["a path through a file", training("--out", at("a-file/model")), /got a path through a file\./],
    ["a device", training("--out", at("device")), /got a device\. Name a file\./],
    [
      "in /proc",
      training("--out", "/proc/model.safetensors"),
      /^\/proc\/model\.safetensors: expected a place that can be written/,
    ],
    ["no name", training("--out", ""), /^"": expected a place that can be written, got no name\./],
  ]);

  refuses("--submission is refused when it is", [
    [
      "in a missing directory",
      ["predict", at("good.model"), "--data", at("good"), "--submission", at("missing/out.csv")],
      /expected a place that can be written, got nothing there/,
    ],
    [
      "a directory",
      ["predict", at("good.model"), "--data", at("good"), "--submission", at("good")],
      /got a directory\. Name a file\./,
    ],
  ]);
});
