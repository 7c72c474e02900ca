/** The formats of `inkling import`: how each is known by its content, and what reads it. */
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ModelFileError } from "inkling";
import type { Backend } from "inkling/backends";
import { checkIntact, decodeAny, decodeForeignTensors, decodeJson, decodeNpz, npzTensors } from "inkling/formats";
import { readWhole } from "inkling/node";
import { unzip, zipComment } from "inkling-formats/archives";
import { checkNoWords, type Given, type Imported, type ImportWords } from "./import-words.ts";
import { readOnnx } from "./onnx-files.ts";
import { readStateDict } from "./state-dict.ts";
import { readTfjs } from "./tfjs-files.ts";

interface ImportFormat {
  readonly fits: (bytes: Uint8Array) => boolean;
  readonly read: (given: Given) => Promise<Imported>;
}

/** The largest file that is read: 1 GiB. */
const MOST_BYTES = 2 ** 30;

const startsWith = (bytes: Uint8Array, ...start: readonly number[]) => start.every((byte, i) => bytes[i] === byte);
const utf8 = (bytes: Uint8Array) => new TextDecoder("utf-8").decode(bytes);

const PYTORCH = "safetensors: from safetensors.torch import save_file; save_file(model.state_dict(), path)";

/** Asked in this order; the first that fits reads the file. */
const importFormats: readonly ImportFormat[] = [
  { fits: (bytes) => startsWith(bytes, 0x50, 0x4b), read: readArchive },
  {
    fits: (bytes) => startsWith(bytes, 0x89, 0x48, 0x44, 0x46),
    read: refuse("Keras's HDF5", "tfjs, or ONNX by tf2onnx"),
  },
  { fits: (bytes) => startsWith(bytes, 0x80) && (bytes[1] ?? 9) <= 5, read: refuse("a pickle", PYTORCH) },
  // 8 bytes of a length, then JSON
  { fits: (bytes) => bytes[8] === 0x7b && startsWith(bytes.subarray(4), 0, 0, 0, 0), read: readSafetensors },
  { fits: (bytes) => utf8(bytes.subarray(0, 64)).trimStart().startsWith("{"), read: readJson },
  // Protobuf: field 1, the version of ONNX, is a small number.
  { fits: (bytes) => startsWith(bytes, 0x08) && (bytes[1] ?? 99) < 32, read: readOnnx },
];

/**
 * Reads a model that another program saved. Throws a FileError, a ModelFileError, or an ArgumentError for an option.
 */
export async function importFrom(path: string, words: ImportWords, backend: Backend): Promise<Imported> {
  const isDirectory = (await stat(path).catch(() => undefined))?.isDirectory() === true;
  const file = isDirectory ? join(path, "model.json") : path;
  const bytes = await readWhole(file, MOST_BYTES);
  const format = importFormats.find(({ fits }) => fits(bytes));
  if (format === undefined) {
    const expected = "ONNX, a state dict in safetensors or NPZ, a tfjs model.json, or what `inkling export` wrote";
    throw new ModelFileError(basename(file), expected, "something else", "Nothing was loaded.");
  }
  const imported = await format.read({ path: file, name: basename(file), bytes, words, backend });
  await checkIntact(imported.model);
  return imported;
}

/** Refuses a format that is known and cannot be read: a pickle may run any code. */
function refuse(what: string, instead: string): ImportFormat["read"] {
  return async ({ name }) => {
    throw refused(name, what, instead);
  };
}

async function readArchive({ bytes, name, words, backend }: Given): Promise<Imported> {
  const entries = await unzip(bytes, name, { bytes: MOST_BYTES });
  const names = [...entries.keys()];
  const isPickle = names.some((entry) => /(?:^|\/)data\.pkl$/.test(entry));
  if (isPickle) throw refused(name, "a pickle, as torch.save writes it", PYTORCH);
  if (names.includes("model.weights.h5")) throw refused(name, "Keras's archive with HDF5", "tfjs, or ONNX by tf2onnx");
  if (!names.some((entry) => entry.endsWith(".npy"))) {
    throw new ModelFileError(name, "an NPZ file (with arrays in it)", "another archive", "Nothing was loaded.");
  }
  if (entries.has("inkling.json")) {
    checkNoWords(words, name);
    return { model: decodeNpz(entries, { backend, name }), format: "a model of Inkling in NPZ", notes: [] };
  }
  const file = { ...npzTensors(entries, name), metadata: textsIn(await zipComment(bytes)) };
  return readStateDict(file, { format: "a state dict in NPZ", isOrdered: true, name, words, backend });
}

function refused(name: string, what: string, instead: string): ModelFileError {
  const advice = `Save it as ${instead}. Nothing was loaded.`;
  return new ModelFileError(name, "a file that can be read without running its code", what, advice);
}

/** The texts that an NPZ's comment holds; none where it is something else. */
function textsIn(comment: string): Readonly<Record<string, string>> {
  try {
    const texts: unknown = JSON.parse(comment);
    const isTexts = typeof texts === "object" && texts !== null && !Array.isArray(texts);
    return isTexts && Object.values(texts).every((text) => typeof text === "string")
      ? (texts as Record<string, string>)
      : {};
  } catch {
    return {};
  }
}

async function readSafetensors({ bytes, name, words, backend }: Given): Promise<Imported> {
  const file = decodeForeignTensors(bytes, name);
  const isOwn = file.metadata["inkling.format"] !== undefined && file.metadata["inkling.layout"] === undefined;
  if (isOwn) {
    checkNoWords(words, name);
    return { model: decodeAny(bytes, { backend, name }), format: "a model of Inkling in safetensors", notes: [] };
  }
  return readStateDict(file, { format: "a state dict in safetensors", isOrdered: false, name, words, backend });
}

async function readJson(given: Given): Promise<Imported> {
  const { bytes, name, words, backend } = given;
  const text = utf8(bytes);
  if (/"(?:modelTopology|weightsManifest)"/.test(text)) return readTfjs(text, given);
  checkNoWords(words, name);
  return { model: decodeJson(text, { backend, name }), format: "a model of Inkling in JSON", notes: [] };
}
