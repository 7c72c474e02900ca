/**
 * What is fuzzed: each parser that this project wrote. A target takes any bytes. It may refuse them with an error of
 * Inkling's; anything else that it throws is a find.
 */
import { readFile } from "node:fs/promises";
import { adam, batchNorm, conv2d, dense, dropout, Ensemble, flatten, maxPool2d, network, table, train } from "inkling";
import {
  collectIdx,
  datasetFromCsv,
  datasetFromIdx,
  datasetFromNpy,
  datasetFromNpz,
  decodeAny,
  decodeCheckpoint,
  decodeForeignTensors,
  decodeJson,
  decodeTensors,
  decodeTfjs,
  decodeTorch,
  denseWidths,
  encodeCheckpoint,
  encodeEnsemble,
  encodeJson,
  encodeModel,
  encodeNpy,
  encodeTensors,
  torchFileOf,
} from "inkling/formats";
import { sha256 } from "inkling/numbers";
import { Reference } from "inkling/proofs";
import { readBytes } from "inkling-formats/data";
import { decodePicture } from "inkling-formats/images";
import { decodeOnnx, encodeOnnx, externalFiles } from "inkling-formats/onnx";
import { readParquet } from "inkling-formats/parquet";

/**
 * @typedef {object} Target
 * @property {readonly string[]} instrumented The source files whose statements are counted, as the ends of their paths.
 * @property {(bytes: Uint8Array) => unknown} parse
 * @property {readonly string[]} words What inputs are made of: put in whole.
 * @property {() => Uint8Array[] | Promise<Uint8Array[]>} seeds Sound inputs to begin with.
 */

/** Kept by all: the numbers of a decoded model are computed nowhere. */
const backend = new Reference();
const text = (/** @type {string} */ words) => new TextEncoder().encode(words);

/** Files that other programs wrote. The bundle stands elsewhere, so they are found from the root. @type {(file: string) => Promise<any>} */
async function goldenFiles(file) {
  return JSON.parse(await readFile(`packages/formats/test/golden/${file}`, "utf8"));
}

/** @type {(text: string) => Uint8Array} */
const unpacked = (text) => new Uint8Array(Buffer.from(text, "base64"));

/** Sound pictures of one kind. @type {(kind: string) => Promise<Uint8Array[]>} */
async function pictures(kind) {
  const { cases } = await goldenFiles("pictures.json");
  /** @type {{ name: string, file: string }[]} */
  const all = cases;
  return all.filter(({ name }) => name.startsWith(kind)).map(({ file }) => unpacked(file));
}

/** Decoding takes time for each pixel: large ones are refused. */
const limits = { pixels: 1 << 16 };

/** The lines of a text, split at every comma: what a parser of CSV hands on. @type {(bytes: Uint8Array) => { line: number, cells: string[] }[]} */
function linesOf(bytes) {
  const lines = new TextDecoder().decode(bytes).split("\n");
  return lines
    .map((cells, i) => ({ line: i + 1, cells: cells.split(",") }))
    .filter(({ cells }) => cells[0] !== "" || cells.length > 1);
}

/** @type {<Item>(items: Item[]) => AsyncGenerator<Item>} */
async function* inTurn(items) {
  yield* items;
}

/** Where a checkpoint has its digest: behind the length of the header and the digest's name. */
const DIGEST_AT = 8 + '{"__metadata__":{"inkling.sha256":"'.length;

/** A checkpoint with the digest of its bytes, which were taken with zeros in its place. @type {(bytes: Uint8Array) => Promise<Uint8Array>} */
async function sealed(bytes) {
  const copy = new Uint8Array(bytes);
  if (copy.length < DIGEST_AT + 64) return copy;
  copy.set(text("0".repeat(64)), DIGEST_AT);
  copy.set(text(await sha256(copy)), DIGEST_AT);
  return copy;
}

/** A sound model file. @type {() => Promise<Uint8Array>} */
async function model() {
  const layers = [conv2d(2, 3, { activation: "relu" }), batchNorm(), maxPool2d(2), flatten(), dropout(0.5), dense(3)];
  return encodeModel(network([6, 6, 1], layers, { seed: 1, backend }));
}

const jsonWords = ['"', "{", "}", "[", "]", ":", ",", "-1", "1e99", "null", "true", "__proto__", "constructor"];

/** @type {Readonly<Record<string, Target>>} */
export const targets = {
  idx: {
    instrumented: ["data/idx.js"],
    // The first byte says how long the labels are; the images come in pieces.
    parse: async (bytes) => {
      const [end] = bytes;
      const labels = { bytes: bytes.subarray(1, 1 + end), name: "labels" };
      const pieces = [bytes.subarray(1 + end, 9 + end), bytes.subarray(9 + end)];
      const images = { bytes: await collectIdx(inTurn(pieces), 3, "images"), name: "images" };
      return datasetFromIdx("a", images, labels);
    },
    words: ["\0\0\b\x01", "\0\0\b\x03", "\0\0\0\x01"],
    seeds: () => [
      Uint8Array.of(10, 0, 0, 8, 1, 0, 0, 0, 2, 0, 1, 0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 5, 6, 7, 8),
    ],
  },
  npy: {
    instrumented: ["npy", "npy-header", "npz", "arrays", "array-answers", "array-numbers"].map(
      (file) => `data/${file}.js`,
    ),
    // The first byte says how long the file of answers is, and how the examples are read.
    parse: (bytes) => {
      const [end = 0] = bytes;
      const [answers, examples] = [bytes.subarray(1, 1 + end), bytes.subarray(1 + end)];
      const label = end % 3 === 0 ? { label: String(end % 4) } : {};
      if (answers.length === 0) return datasetFromNpy("a", { bytes: examples, name: "x.npy" }, undefined, label);
      const entries = {
        "x_train.npy": examples,
        "y_train.npy": answers,
        "x_test.npy": examples,
        "y_test.npy": answers,
      };
      return datasetFromNpz("a.npz", new Map(Object.entries(entries)));
    },
    words: [
      "\x93NUMPY\x01\0",
      "'descr': '<f4'",
      "'|u1'",
      "'<i8'",
      "'>f8'",
      "'|b1'",
      "True",
      "False",
      "(3,)",
      "(2, 2, 2, 1)",
      "|O",
    ],
    seeds: () => {
      const x = encodeNpy({ shape: [3, 2, 2], values: Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255) });
      const y = encodeNpy({ shape: [3], values: BigInt64Array.of(0n, 2n, 1n) });
      const table = encodeNpy({ shape: [3, 2], values: Float64Array.of(1, 2, 3, 4, 5.5, 6) });
      return [
        new Uint8Array([y.length, ...y, ...x]),
        new Uint8Array([y.length, ...y, ...table]),
        new Uint8Array([0, ...table]),
      ];
    },
  },
  table: {
    instrumented: [
      ...["csv.js", "csv-table.js", "csv-columns.js", "csv-answers.js", "cells.js", "missing.js", "columns.js"].map(
        (file) => `data/${file}`,
      ),
      ...["split.js", "table.js"].map((file) => `tables/${file}`),
    ],
    // The first byte says with which options.
    parse: (bytes) => {
      const [how = 0] = bytes;
      const missing = /** @type {const} */ ([undefined, "mean", "drop"])[how % 3];
      const words = how % 2 === 0 ? {} : { words: ["a"] };
      return readBytes("a.csv", bytes.slice(1), {
        label: how % 5 === 4 ? "2" : "c",
        ...words,
        ...(missing && { missing }),
      });
    },
    words: [
      "\n",
      "\r\n",
      ",",
      ";",
      "\t",
      "|",
      '"',
      "#",
      "sep=;",
      "\xef\xbb\xbf",
      "NA",
      "1,5",
      "1.5",
      "red",
      "a",
      "c",
      "1e400",
      "__proto__",
    ],
    seeds: () => [
      text("0a,b,c\n1,red,x\n3,blue,y\n4,red,x\n"),
      text('1a;b;c\r\n1,5;"re;d";2,5\r\n3;;4,5\r\n4,1;green;1\r\n'),
      text("2a\tb\tc\n# a comment\n1\t2\tx\n\t4\ty\n"),
    ],
  },
  checkpoint: {
    instrumented: ["formats/checkpoint.js", "formats/exact-json.js", "formats/texts.js"],
    // The digest is made to fit, or nothing else would ever be seen.
    parse: async (bytes) => decodeCheckpoint(await sealed(bytes), { backend }),
    words: [...jsonWords, "inkling.checkpoint", "options", "numbers", "tensors", "training.epoch", "optimizer", "NaN"],
    seeds: async () => {
      const one = network([2], [dense(3, "relu"), dense(2)], { seed: 1, backend });
      const data = table(
        [
          [0, 1],
          [1, 0],
          [1, 1],
        ],
        [0, 1, 1],
      );
      const run = train(one, data, { epochs: 2, batchSize: 2, optimizer: adam(), every: "step" });
      await run.next();
      return [await encodeCheckpoint(one, await run.state(), { notes: { epoch: 1, loss: Number.NaN } })];
    },
  },
  safetensors: {
    instrumented: ["formats/safetensors.js", "formats/texts.js"],
    parse: (bytes) => decodeTensors(bytes, "a.safetensors"),
    words: [
      ...jsonWords,
      '"dtype"',
      '"shape"',
      '"data_offsets"',
      '"__metadata__"',
      '"F32"',
      '"F64"',
      '"I64"',
      '"BF16"',
    ],
    seeds: async () => [
      encodeTensors({ metadata: { a: "b" }, tensors: [{ name: "w", shape: [2], values: Float32Array.of(1, 2) }] }),
      await model(),
    ],
  },
  model: {
    instrumented: ["formats/model-file.js", "formats/ensemble-file.js", "formats/texts.js", "layers/kinds.js"],
    parse: (bytes) => decodeAny(bytes, { backend }),
    words: [...jsonWords, "inkling.format", "inkling.architecture", '\\"type\\"', '\\"dense\\"', '\\"units\\"'],
    seeds: async () => {
      const one = network([4], [dense(3, "relu"), dense(2)], { seed: 1, backend });
      const two = network([4], [dense(3, "relu"), dense(2)], { seed: 2, backend });
      return [await model(), await encodeModel(one), await encodeEnsemble(new Ensemble([one, two]))];
    },
  },
  json: {
    instrumented: ["formats/json.js", "formats/json-keys.js", "formats/texts.js"],
    parse: (bytes) => decodeJson(new TextDecoder().decode(bytes), { backend }),
    words: [...jsonWords, '"dtype"', '"shape"', '"values"', '"float32"', '"float64"', '"format"', '"metadata"'],
    seeds: async () => {
      const one = network([4], [dense(3, "relu"), dense(2)], { seed: 1, backend });
      return [text(await encodeJson(one)), text(await encodeJson(new Ensemble([one])))];
    },
  },
  torch: {
    instrumented: [
      "safetensors",
      "torch-layout",
      "torch-matching",
      "torch-modules",
      "torch-windows",
      "torch-shapes",
    ].map((file) => `formats/${file}.js`),
    // With the layers of its own texts; then, where the widths are plain, with those.
    parse: async (bytes) => {
      const file = decodeForeignTensors(bytes, "a.safetensors");
      const widths = denseWidths(file.tensors);
      if (widths === undefined) return decodeTorch(file, { backend });
      const layers = widths.slice(1).map((width) => dense(width));
      return decodeTorch(file, { backend, input: [widths[0] ?? 1], layers });
    },
    words: [
      ...[...jsonWords, '"dtype"', '"shape"', '"data_offsets"', '"I64"', '"F16"', '"BF16"', '"BOOL"', "inkling.layout"],
      ...["0.weight", "0.bias", "running_mean", "num_batches_tracked", "module.", '\\"residual\\"', '\\"same\\"'],
    ],
    seeds: async () => {
      const layers = [
        conv2d(2, 3, { activation: "relu" }),
        batchNorm(),
        maxPool2d(2),
        flatten(),
        dropout(0.5),
        dense(3),
      ];
      const files = [
        await torchFileOf(network([6, 6, 2], layers, { seed: 1, backend })),
        await torchFileOf(network([4], [dense(3, "relu"), dense(2)], { seed: 1, backend })),
      ];
      return [...files.map((file) => encodeTensors(file)), encodeTensors({ ...files[1], metadata: {} })];
    },
  },
  tfjs: {
    instrumented: ["tfjs", "tfjs-layers", "tfjs-topology", "tfjs-weights"].map((file) => `formats/${file}.js`),
    parse: (bytes) => decodeTfjs(new TextDecoder().decode(bytes), async () => new Uint8Array(60), { backend }),
    words: [
      ...[
        ...jsonWords,
        "Dense",
        "Conv2D",
        "Flatten",
        "BatchNormalization",
        "InputLayer",
        "Softmax",
        "Reshape",
        "Rescaling",
      ],
      ...[
        "Sequential",
        "Functional",
        "inbound_nodes",
        "keras_history",
        "quantization",
        "float16",
        "../",
        "relu",
        "activation",
      ],
    ],
    seeds: () => {
      const input = {
        class_name: "InputLayer",
        config: { name: "x", batch_input_shape: [null, 4] },
        inbound_nodes: [],
      };
      const layer = (/** @type {string} */ kind, config = {}) => ({
        class_name: kind,
        config: { name: kind, ...config },
      });
      const layers = [
        input,
        layer("Dense", { units: 3, activation: "linear" }),
        layer("Dropout", { rate: 0.5 }),
        layer("Softmax"),
      ];
      const weights = [
        { name: "Dense/kernel", shape: [4, 3], dtype: "float32" },
        { name: "Dense/bias", shape: [3], dtype: "float32" },
      ];
      const weightsManifest = [{ paths: ["a.bin"], weights }];
      const chain = layers.map((one, i) => ({
        ...one,
        name: one.config.name,
        inbound_nodes: i === 0 ? [] : [[[layers[i - 1]?.config.name, 0, 0, {}]]],
      }));
      const files = [
        { modelTopology: { class_name: "Sequential", config: { layers } }, weightsManifest },
        { modelTopology: { model_config: { class_name: "Functional", config: { layers: chain } } }, weightsManifest },
      ];
      return files.map((file) => text(JSON.stringify(file)));
    },
  },
  png: {
    instrumented: ["images/png.js", "images/png-chunks.js"],
    parse: (bytes) => decodePicture(bytes, "a", limits),
    words: ["IHDR", "PLTE", "tRNS", "IDAT", "IEND", "iCCP", "\0\0\0\r", "\0\0\0\0"],
    seeds: () => pictures("png"),
  },
  jpeg: {
    instrumented: ["images/jpeg.js", "images/jpeg-segments.js", "images/exif.js"],
    parse: (bytes) => decodePicture(bytes, "a", limits),
    words: ["Exif\0\0", "II*\0", "MM\0*", "Adobe", "\x12\x01", "RGB"],
    seeds: () => pictures("jpeg"),
  },
  parquet: {
    instrumented: ["file.js", "pages.js", "runs.js", "thrift.js", "table.js", "pictures.js", "hugging-face.js"].map(
      (file) => `parquet/${file}`,
    ),
    parse: (bytes) => readParquet("a", [{ name: "a", bytes }], { label: "label" }),
    words: ["PAR1", "huggingface", ...jsonWords],
    seeds: async () => {
      const { small } = await goldenFiles("parquet.json");
      return Object.values(small).map(unpacked);
    },
  },
  csv: {
    instrumented: ["data/csv.js", "data/csv-table.js", "data/csv-images.js", "data/csv-answers.js", "data/cells.js"],
    parse: (bytes) => {
      const lines = linesOf(bytes.subarray(1));
      const label = [undefined, "b", 0, "label"][(bytes[0] ?? 0) % 4];
      return datasetFromCsv("a.csv", lines, label === undefined ? {} : { label });
    },
    words: ["\n", ",", "a", "b", "label", "pixel0", "0.5", "1e400", "-", "yes", "NaN", "", " ", "1,5"],
    seeds: () => [
      text("1a,b,c\n1,x,2\n3,y,4\n"),
      text("0label,pixel0,pixel1,pixel2,pixel3\n1,0,255,3,4\n0,1,2,3,4\n"),
      text("21,1.5,2\n1,2.5,3\n0,2,7\n"),
    ],
  },
  onnx: {
    instrumented: [
      ...["protobuf", "tensors", "graph-in", "constants", "flow", "input-memory", "inputs-in", "shape-operators"],
      ...["arithmetic", "layer-operators", "output-operators", "trace", "decode", "own-file", "assemble", "units-in"],
    ].map((file) => `onnx/${file}.js`),
    parse: async (bytes) => {
      externalFiles(bytes);
      return decodeOnnx(bytes, { backend });
    },
    words: [
      ...["Conv", "Gemm", "MatMul", "Add", "Mul", "Sub", "Div", "Relu", "Sigmoid", "MaxPool", "AveragePool", "Reshape"],
      ...[
        "Transpose",
        "Flatten",
        "BatchNormalization",
        "Softmax",
        "Shape",
        "Gather",
        "Concat",
        "Constant",
        "ReduceMean",
      ],
      ...["ai.onnx.ml", "LinearClassifier", "pads", "strides", "perm", "axis", "__proto__", "inkling.pixels", "N"],
    ],
    seeds: async () => {
      const image = [
        conv2d(2, 3, { activation: "gelu" }),
        batchNorm(),
        maxPool2d(2),
        flatten(),
        dropout(0.5),
        dense(2),
      ];
      const table = network([2], [dense(2, "silu"), dense(2)], { seed: 1, backend });
      const files = [await encodeOnnx(network([4, 4, 1], image, { seed: 1, backend })), await encodeOnnx(table)];
      return files.map(({ bytes }) => bytes);
    },
  },
};
