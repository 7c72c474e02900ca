// Files that a command is given and cannot use: data, models, configurations.
import { mkdir, writeFile } from "node:fs/promises";
import { dense, flatten, network } from "inkling";
import { encodeModel, encodeTensors } from "inkling/formats";
import { beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { at, good, inputs, refuses, SMALL, table, tests, train, training, trainingOn } from "./refusals.ts";
import { onlyJson } from "./running.ts";
import { csv, idx, images, writeDirectory } from "./tiny-data.ts";

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
    [
      "nothing at its place",
      trainingOn("missing"),
      /missing: expected a directory or a file that can be read, got nothing there\.\n$/,
    ],
    ["an empty name", ["train", "--data", "", ...SMALL], /"": expected a directory/],
    ["nothing in it", trainingOn("nothing"), /nothing: expected a directory with IDX files.*, got an empty one\./],
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
      /^--label: expected the name of the column to learn, or its index from 0 to 16, got none\. The first line of no-header\.csv is all/,
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
    [
      "another file's content",
      trainingOn("good/train-images-idx3-ubyte"),
      /ubyte: expected .*, got a file that begins with the bytes 00 00 08 03 .* name their directory\./,
    ],
    [
      "a device without end",
      ["train", "--data", "/dev/zero", ...SMALL],
      /zero: expected a directory with IDX files, .*a CSV or TSV table, got a device/,
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
        await inklingInTurn(inputs, trainingOn(name, "--json", "--out", at(`${name}.model`))),
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
    [
      "with an unknown preset",
      from("unknown-preset"),
      /--preset: expected one of mlp, mlp-dropout, mlp-elastic, cnn-fast, cnn, cnn-tiny, table, original, got "best"/,
    ],
  ]);
});
