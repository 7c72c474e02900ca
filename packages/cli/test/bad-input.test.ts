import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dense, flatten, network } from "inkling";
import { encodeModel, encodeTensors } from "inkling/formats";
import { buildNetwork, presets } from "inkling/presets";
import { Reference } from "inkling/proofs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inkling, onlyJson } from "./running.ts";
import { csv, fourFiles, idx, images, writeDirectory } from "./tiny-data.ts";

/**
 * Everything bad is written here once, and only read; every command runs in an empty directory of its own beside it.
 */
const inputs = await mkdtemp(join(tmpdir(), "inkling-bad-input-"));
const at = (name: string) => join(inputs, name);
afterAll(() => rm(inputs, { recursive: true }));

const [train, tests] = [images(40), images(20)];
const good = fourFiles(train, tests);
const table = csv(train);
const SMALL = ["--layers", "4", "--batch-size", "8", "--epochs", "1"];

/** `inkling train` on good data. */
const training = (...args: string[]) => ["train", "--data", at("good"), ...SMALL, ...args];
const trainingOn = (data: string, ...args: string[]) => ["train", "--data", at(data), ...SMALL, ...args];

/** Runs a command in an empty directory, expects a refusal in one sentence, and nothing written. */
async function expectRefusal(args: readonly string[], sentence: RegExp): Promise<void> {
  const directory = await mkdtemp(at("empty-"));
  const { code, stdout, stderr } = await inkling(directory, args);
  expect(stderr).toMatch(/^\S[^\n]*?: expected [^\n]+, got [^\n]+\.( [^\n]+[.?])?\n$/);
  expect(stderr).toMatch(sentence);
  expect({ code, stdout, written: await readdir(directory) }).toEqual({ code: 2, stdout: "", written: [] });
}

/** A table of commands, each with what its sentence says. */
function refuses(title: string, cases: [name: string, args: readonly string[], sentence: RegExp][]): void {
  describe.concurrent(title, () => {
    test.each(cases)("%s", (_, args, sentence) => expectRefusal(args, sentence));
  });
}

beforeAll(async () => {
  await writeDirectory(at("good"), good);
  await writeFile(at("a-file"), "a file");
});

describe("data", () => {
  const changed: Record<string, Record<string, Buffer | undefined>> = {
    "no-test-labels": { "t10k-labels-idx1-ubyte": undefined },
    truncated: { "train-images-idx3-ubyte": good["train-images-idx3-ubyte"].subarray(0, -1) },
    "other-size": { "t10k-images-idx3-ubyte": idx([20, 2, 8], tests.pixels) },
    "bad-gzip": { "train-images-idx3-ubyte": undefined, "train-images-idx3-ubyte.gz": Buffer.from("no gzip") },
  };
  const tables: Record<string, string[]> = {
    "short-row.csv": table.with(7, table[7].slice(0, table[7].lastIndexOf(","))),
    "word.csv": table.with(40, table[40].replace(/\d+$/, "ink")),
    "open-quote.csv": table.with(7, `"${table[7]}`),
    "no-class.csv": table.with(8, table[8].replace(/^\d+/, "1.5")),
    "empty.csv": [],
    "no-header.csv": table.slice(1),
    "unlabelled.csv": csv(train, false),
    "five-by-five.csv": csv(images(20, 5)),
    "control.csv": table.with(7, `\u001b[31m"${table[7]}`),
  };
  beforeAll(async () => {
    for (const [name, files] of Object.entries(changed)) await writeDirectory(at(name), { ...good, ...files });
    for (const [name, lines] of Object.entries(tables)) await writeFile(at(name), lines.join("\n"));
    await mkdir(at("nothing"));
  });

  refuses("a directory is refused with", [
    ["nothing at its place", trainingOn("missing"), /missing: expected a directory with IDX files, or a \.csv file/],
    ["an empty name", ["train", "--data", "", ...SMALL], /"": expected a directory/],
    ["nothing in it", trainingOn("nothing"), /expected a file train-images-idx3-ubyte/],
    ["a missing file", trainingOn("no-test-labels"), /expected a file t10k-labels-idx1-ubyte .* got none/],
    ["a truncated file", trainingOn("truncated"), /expected 640 bytes for 40 × 4 × 4, got 639 \(is it truncated\?\)/],
    ["a label outside --classes", training("--classes", "9"), /label 9: expected a class from 0 to 8, got 9/],
    [
      "test images of another shape",
      trainingOn("other-size"),
      /expected test images of 4 × 4 × 1, as in training, got 2 × 8 × 1/,
    ],
    ["a .gz that is none", trainingOn("bad-gzip"), /\.gz: expected gzip data/],
  ]);

  refuses("a CSV file is refused with", [
    [
      "a short row",
      trainingOn("short-row.csv"),
      /short-row\.csv line 8: expected 17 columns, got 16\. Nothing was loaded\./,
    ],
    [
      "a word where a number belongs",
      trainingOn("word.csv"),
      /word\.csv line 41, column 17: expected a whole number from 0 to 255, got "ink"/,
    ],
    [
      "a quote that does not close",
      trainingOn("open-quote.csv"),
      /expected comma-separated values, got Quote Not Closed/,
    ],
    [
      "a label that is no class",
      trainingOn("no-class.csv"),
      /no-class\.csv line 9, label: expected a whole number from 0 to 1048575, got "1\.5"/,
    ],
    ["nothing in it", trainingOn("empty.csv"), /expected a header and rows, got an empty file/],
    [
      "no header, and no --label",
      trainingOn("no-header.csv"),
      /^--label: expected the name of the column to learn, or its index from 0 to 16, got none\. The columns of/,
    ],
    [
      "no labels to learn from",
      trainingOn("unlabelled.csv"),
      /--data: expected examples with labels, got unlabelled\.csv without/,
    ],
    [
      "control characters",
      trainingOn("control.csv"),
      /control\.csv line 8: expected comma-separated values, got Invalid Opening Quote/,
    ],
    ["another file's content", trainingOn("good/train-images-idx3-ubyte"), /ubyte line \d+: expected/],
    [
      "a device without end",
      ["train", "--data", "/dev/zero", ...SMALL],
      /zero: expected a directory with IDX files, or a \.csv file, got a device/,
    ],
  ]);

  refuses("a test set is refused before training begins when it has", [
    [
      "no labels",
      training("--test", at("unlabelled.csv")),
      /unlabelled\.csv.*: expected labels|expected examples with labels/,
    ],
    ["images of another size", training("--test", at("five-by-five.csv")), /16[^\n]*25|25[^\n]*16|4 × 4[^\n]*5 × 5/],
    ["nothing at its place", training("--test", at("missing.csv")), /missing\.csv: expected a directory/],
  ]);

  test("line ends of Windows and a byte-order mark change nothing", async () => {
    const variants = { "unix.csv": table.join("\n"), "windows.csv": `\uFEFF${table.join("\r\n")}\r\n` };
    const digests = [];
    for (const [name, text] of Object.entries(variants)) {
      await writeFile(at(name), text);
      const { weightsSha256 } = onlyJson(
        await inkling(inputs, trainingOn(name, "--json", "--out", at(`${name}.model`))),
      );
      digests.push(weightsSha256);
    }
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
  });
});

describe("models", () => {
  beforeAll(async () => {
    const model = await encodeModel(network([4, 4, 1], [flatten(), dense(10)]));
    const other = await encodeModel(network([5, 5, 1], [flatten(), dense(10)]));
    const tensor = { name: "layers.0.weights", shape: [2], values: new Float32Array(2) };
    const files: Record<string, Uint8Array> = {
      "truncated.safetensors": model.subarray(0, -1),
      "empty.safetensors": new Uint8Array(0),
      "text.safetensors": Buffer.from("These are not the weights that you are looking for.\n"),
      "foreign.safetensors": encodeTensors({ metadata: { format: "pt" }, tensors: [tensor] }),
      "five-by-five.safetensors": other,
    };
    for (const [name, bytes] of Object.entries(files)) await writeFile(at(name), bytes);
  });
  const evaluating = (name: string) => ["evaluate", at(name), "--data", at("good")];

  refuses("a model is refused when it is", [
    [
      "missing",
      evaluating("missing.safetensors"),
      /missing\.safetensors: expected a file that can be read, got nothing there/,
    ],
    ["a directory", evaluating("good"), /good: expected a file that can be read, got a directory/],
    [
      "a device without end",
      ["evaluate", "/dev/zero", "--data", at("good")],
      /zero: expected a file that can be read, got a device/,
    ],
    [
      "truncated",
      evaluating("truncated.safetensors"),
      /truncated\.safetensors: expected 680 bytes of numbers, as its header says, got 679/,
    ],
    ["empty", evaluating("empty.safetensors"), /expected a safetensors file of at least 8 bytes, got 0 bytes/],
    ["a text", evaluating("text.safetensors"), /text\.safetensors: expected a safetensors file/],
    [
      "from elsewhere",
      evaluating("foreign.safetensors"),
      /expected a model of Inkling .* got a safetensors file from elsewhere/,
    ],
    [
      "for another size of images",
      evaluating("five-by-five.safetensors"),
      /expected examples of 25 numbers .* got 16 \(4 × 4 × 1\)/,
    ],
    ["bad for predict", ["predict", at("truncated.safetensors")], /expected 680 bytes of numbers/],
    ["bad for explain", ["explain", at("text.safetensors")], /expected a safetensors file/],
  ]);
});

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
  ["an argument too many", ["train", "data"], /^inkling train: expected no further argument, got 1\./],
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
  ["--layers", training("--layers", "8,,8"), /^--layers: expected hidden widths from 1 up, .* got/],
  ["--loss", training("--loss", "hinge"), /^--loss: expected one of crossEntropy, quadratic, meanSquared, got "hinge"/],
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
  ["--preset", training("--preset", ""), /^--preset: expected one of mlp, table, original, got ""/],
  [
    "--preset seed",
    training("--preset", "seed"),
    /^--preset: expected one of .* got "seed"\. It is called original now\./,
  ],
  ["--label for images", training("--label", "3"), /^--label: expected a CSV file, .* got images \(good train\)/],
  [
    "numbers to predict in images with labels",
    training("--loss", "mean-squared"),
    /^--loss: expected crossEntropy or quadratic for classes \(good train\), got meanSquared/,
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

describe("configuration files", () => {
  // What such a file may hold is tested beside its reader (inkling/src/presets/configuration-file.test.ts).
  const contents: Record<string, string | Uint8Array> = {
    empty: "",
    "same-key-twice": '{"epochs": 1, "epochs": 2}',
    "unknown-key": '{"epoch": 10}',
    "bad-rate": '{"learningRate": -1}',
    "word-rate": '{"learning-rate": "fast"}',
    "unknown-preset": '{"preset": "best"}',
    "not-utf8": Uint8Array.of(0x7b, 0xff, 0xfe, 0x7d),
    "too-large": `{"seed": 1${" ".repeat(2 ** 20)}}`,
  };
  beforeAll(async () => {
    for (const [name, content] of Object.entries(contents)) await writeFile(at(`${name}.json`), content);
  });
  const from = (name: string) => ["train", "--data", at("good"), "--batch-size", "8", "--config", at(`${name}.json`)];

  refuses("--config is refused when it is", [
    ["missing", from("missing"), /missing\.json: expected a file that can be read, got nothing there/],
    ["a directory", ["train", "--config", at("good")], /good: expected a file that can be read, got a directory/],
    [
      "a device without end",
      ["train", "--config", "/dev/zero"],
      /zero: expected a file that can be read, got a device/,
    ],
    ["larger than any configuration", from("too-large"), /expected a file of at most 1048576 bytes, got 1048587 bytes/],
    ["empty", from("empty"), /empty\.json: expected JSON, got Unexpected end of JSON input/],
    ["not UTF-8", from("not-utf8"), /not-utf8\.json: expected JSON, got /],
    ["with the same key twice", from("same-key-twice"), /expected every option once, got epochs twice/],
    ["with an unknown key", from("unknown-key"), /unknown-key\.json: expected keys among preset, .* got "epoch"\. Did/],
    ["with a negative number", from("bad-rate"), /--learning-rate: expected a number above 0, got -1/],
    ["with a word for a number", from("word-rate"), /--learning-rate: expected a number above 0, got "fast"/],
    ["with an unknown preset", from("unknown-preset"), /--preset: expected one of mlp, table, original, got "best"/],
  ]);
});

describe("divergence", () => {
  const SENTENCE =
    /^train: [^\n]+ in epoch (\d+), step (\d+)\. The usual cause is a large step: learningRate is [^\n]+; try [^\n]+\. The weights from before epoch \1 are in model\.safetensors\.\n$/;

  /** Runs a training that diverges; returns its epoch and the digest of the model that it leaves. */
  async function diverged(...args: string[]): Promise<{ epoch: number; weightsSha256: unknown }> {
    const directory = await mkdtemp(at("diverges-"));
    const { code, stderr } = await inkling(directory, training(...args));
    expect(stderr).toMatch(SENTENCE);
    expect(code).toBe(3);
    expect(await readdir(directory)).toEqual(["model.safetensors"]);
    const evaluated = await inkling(directory, ["evaluate", "model.safetensors", "--data", at("good"), "--json"]);
    const { loss, weightsSha256 } = onlyJson(evaluated);
    expect(loss).toBeTypeOf("number");
    return { epoch: Number(SENTENCE.exec(stderr)?.[1]), weightsSha256 };
  }

  test("in the first epoch exits 3, says where and why, and leaves the weights that it began with", async () => {
    const { epoch, weightsSha256 } = await diverged("--learning-rate", "1e30");
    const untrained = buildNetwork({ ...presets.mlp, layers: [4] }, [4, 4, 1], 10, { backend: new Reference() });
    expect(epoch).toBe(1);
    expect(weightsSha256).toBe(await untrained.weightsSha256());
  });

  test("in a later epoch leaves the weights from before it", async () => {
    // W ← W − 0.1·1000·W in each of five steps: 99⁵ times larger in every epoch, until float32 ends.
    const growing = [
      "--optimizer",
      "sgd",
      "--learning-rate",
      "0.1",
      "--weight-decay",
      "1000",
      "--loss",
      "quadratic",
      "--layers",
      "none",
    ];
    const { epoch, weightsSha256 } = await diverged(...growing, "--epochs", "50");
    expect(epoch).toBeGreaterThan(1);
    const until = training(...growing, "--epochs", String(epoch - 1), "--json", "--out", at("until.model"));
    expect(onlyJson(await inkling(inputs, until)).weightsSha256).toBe(weightsSha256);
  });

  test("in the only step of the full batch exits 3 too", async () => {
    const directory = await mkdtemp(at("diverges-"));
    const args = training("--batch-size", "full", "--learning-rate", "1e30");
    const { code, stderr } = await inkling(directory, args);
    expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringMatching(/^train: [^\n]+ in epoch 1[^\n]+\n$/) });
  });
});

test("an older model stays as it was when a training is refused", async () => {
  const directory = await mkdtemp(at("older-"));
  await writeFile(join(directory, "model.safetensors"), "older");
  expect((await inkling(directory, training("--epochs", "0"))).code).toBe(2);
  expect((await inkling(directory, ["train", "--data", at("missing")])).code).toBe(2);
  expect(await readdir(directory)).toEqual(["model.safetensors"]);
  expect(await readFile(join(directory, "model.safetensors"), "utf8")).toBe("older");
});
