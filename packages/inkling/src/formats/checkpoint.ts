/**
 * A training at one moment as a safetensors file, and back: everything that decides how it goes on. Its tensors are
 * those of `run.state()` under their names (model.layers.0.weights, optimizer.layers.0.weights.mean …), its numbers,
 * and those that the caller adds (values.NAME). `__metadata__` holds, beside what a model file has
 * (formats/model-file.ts):
 *
 *   inkling.sha256       SHA-256 of the whole file, in which these 64 characters are zeros
 *   inkling.checkpoint   1, the version of this layout
 *   inkling.state        the state without its tensors and numbers: options, network, data
 *   inkling.numbers      the names of its numbers, which are the tensor checkpoint.numbers
 *   inkling.seed         the network's seed
 *   inkling.notes        what the caller adds
 *
 * The digest is looked at before anything else: a file that lost or changed one bit is refused.
 */
import { ArgumentError, ModelFileError } from "../errors.ts";
import type { Numbers } from "../matrix.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { sha256 } from "../numbers/sha256.ts";
import { checkOptions, isOptions } from "../options.ts";
import { shown } from "../shown.ts";
import type { TrainingState } from "../training/state.ts";
import { exactJson, parsedExactly } from "./exact-json.ts";
import { type DecodeOptions, type Decoding, decoding, fileOf, modelOf } from "./model-file.ts";
import { brief, decodeTensors, encodeTensors, type Tensor, type Tensors } from "./safetensors.ts";
import { isCount, isObject } from "./texts.ts";

/** The version of this layout. */
const FORMAT = "1";
/** The longest header: that of the format itself. The notes of a long training are many. */
const MAX_HEADER = 100_000_000;
const NUMBERS = "checkpoint.numbers";
const ZEROS = "0".repeat(64);
/** The digest is the first thing in the header, so that it is found without reading the header. */
const BEFORE_DIGEST = new TextEncoder().encode('{"__metadata__":{"inkling.sha256":"');
const DIGEST_AT = 8 + BEFORE_DIGEST.length;

export interface CheckpointOptions {
  /** What the caller wants to find again: whatever JSON can hold, and numbers that it cannot (NaN, −0, infinities). */
  readonly notes?: Readonly<Record<string, unknown>>;
  /** Numbers that the caller wants to find again, by name. */
  readonly values?: Readonly<Record<string, Numbers>>;
}

export interface Checkpoint extends Required<CheckpointOptions> {
  /** The network as it was at that moment. */
  readonly model: Network;
  /** Where its training was: `train(model, data, { resume: state })` goes on from there. */
  readonly state: TrainingState;
}

/**
 * The bytes of a checkpoint: the state that `run.state()` has given of this model's training. Throws an ArgumentError
 * for what no file can hold, and in a page without https, which has no digests.
 */
export async function encodeCheckpoint(
  model: Network,
  state: TrainingState,
  options: CheckpointOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  checkNetwork("encodeCheckpoint", model);
  checkOptions("encodeCheckpoint", options, ["notes", "values"]);
  const { notes = {}, values = {} } = options;
  if (!isOptions(state) || !isOptions(state.tensors) || !isOptions(state.numbers)) {
    throw new ArgumentError("encodeCheckpoint", "a state, as run.state() gives one", shown(state));
  }
  const { tensors, numbers, ...rest } = state;
  const { metadata } = await fileOf(model);
  const shapes = new Map(model.tensors.map(({ name, shape }) => [`model.${name}`, shape]));
  const all: [name: string, values: Numbers][] = [
    ...Object.entries(tensors),
    [NUMBERS, Float64Array.from(Object.values(numbers))],
    ...Object.entries(values).map(([name, value]): [string, Numbers] => [`values.${name}`, value]),
  ];
  const file: Tensors = {
    metadata: {
      "inkling.sha256": ZEROS,
      ...metadata,
      "inkling.checkpoint": FORMAT,
      "inkling.state": exactJson(rest),
      "inkling.numbers": JSON.stringify(Object.keys(numbers)),
      "inkling.seed": String(model.seed),
      "inkling.notes": exactJson(notes),
    },
    tensors: all.map(([name, value]) => ({ name, shape: shapes.get(name) ?? [value.length], values: value })),
  };
  const bytes = encodeTensors(file, MAX_HEADER);
  bytes.set(new TextEncoder().encode(await sha256(bytes)), DIGEST_AT);
  return bytes;
}

/**
 * The checkpoint that such bytes are. Throws a ModelFileError for a file that is damaged, is none, or comes from a
 * newer Inkling.
 */
export async function decodeCheckpoint(bytes: Uint8Array, options: DecodeOptions = {}): Promise<Checkpoint> {
  const { where, ...given } = decoding("decodeCheckpoint", options);
  if (!(bytes instanceof Uint8Array)) throw new ArgumentError(where, "the bytes of a file", shown(bytes));
  await checkDigest(bytes, where);
  const { metadata, tensors } = decodeTensors(bytes, where, MAX_HEADER);
  const { "inkling.checkpoint": format, ...texts } = metadata;
  if (format !== FORMAT) {
    const advice = "Take a newer Inkling. Nothing was loaded.";
    throw new ModelFileError(where, `a checkpoint of format ${FORMAT}`, brief(JSON.stringify(format ?? "")), advice);
  }
  const state = stateOf(where, texts, tensors);
  const notes = parsedExactly(texts["inkling.notes"]);
  if (!isObject(notes)) throw damaged(where, "notes", texts["inkling.notes"]);
  const values = tensors.filter(({ name }) => name.startsWith("values."));
  return {
    model: networkOf(where, texts, tensors, given),
    state,
    notes: notes as Record<string, unknown>,
    values: Object.fromEntries(values.map(({ name, values }) => [name.slice("values.".length), values])),
  };
}

/** Whether such bytes begin as a checkpoint does. */
export function isCheckpoint(bytes: Uint8Array): boolean {
  return bytes.length >= DIGEST_AT + 64 && BEFORE_DIGEST.every((byte, i) => bytes[8 + i] === byte);
}

/** Whether bytes are a checkpoint that lost and changed nothing: its digest fits. */
export async function isWholeCheckpoint(bytes: Uint8Array): Promise<boolean> {
  return isCheckpoint(bytes) && namedDigest(bytes) === (await digestOf(bytes));
}

/** The digest that stands in a checkpoint. */
function namedDigest(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes.subarray(DIGEST_AT, DIGEST_AT + 64));
}

/** The digest of a checkpoint's bytes, in which the digest itself is zeros. */
async function digestOf(bytes: Uint8Array): Promise<string> {
  const blank = new Uint8Array(bytes);
  blank.set(new TextEncoder().encode(ZEROS), DIGEST_AT);
  return sha256(blank);
}

/** Throws a ModelFileError unless the bytes begin as a checkpoint does and have the digest that they name. */
async function checkDigest(bytes: Uint8Array, where: string): Promise<void> {
  if (!isCheckpoint(bytes)) {
    const [got, advice] = whatElse(bytes, where);
    throw new ModelFileError(where, "a checkpoint of a training", got, `${advice}Nothing was loaded.`);
  }
  const [named, found] = [namedDigest(bytes), await digestOf(bytes)];
  if (found === named) return;
  const expected = `a checkpoint with the SHA-256 that stands in it (${brief(named.slice(0, 16))}…)`;
  throw new ModelFileError(where, expected, `${found.slice(0, 16)}…`, "It is damaged. Nothing was loaded.");
}

/** What bytes are that do not begin as a checkpoint does. */
function whatElse(bytes: Uint8Array, where: string): [got: string, advice: string] {
  try {
    const { metadata } = decodeTensors(bytes, where);
    if (metadata["inkling.checkpoint"] !== undefined) {
      return ["one that another program has changed", "Its SHA-256 is no longer in its place. "];
    }
    if (metadata["inkling.architecture"] !== undefined || metadata["inkling.ensemble"] !== undefined) {
      return ["a model", "inkling train --from begins a new training with it. "];
    }
    return ["a safetensors file from elsewhere", ""];
  } catch {
    return [bytes.length < DIGEST_AT + 64 ? `${bytes.length} bytes` : "something else", "It is damaged, or none. "];
  }
}

function damaged(where: string, what: string, got: string | undefined): ModelFileError {
  return new ModelFileError(where, `a checkpoint with its ${what}`, brief(got ?? "nothing"), "Nothing was loaded.");
}

/** The state of a file, whose parts have their kinds; `train` checks whether it fits a network and data. */
function stateOf(where: string, texts: Readonly<Record<string, string>>, tensors: readonly Tensor[]): TrainingState {
  const state = parsedExactly(texts["inkling.state"]);
  if (!isState(state)) throw damaged(where, "state (version, options, network, data)", texts["inkling.state"]);
  const names = parsedExactly(texts["inkling.numbers"]);
  const numbers = tensors.find(({ name }) => name === NUMBERS)?.values;
  const areNames = Array.isArray(names) && names.every((name) => typeof name === "string");
  if (!areNames || numbers === undefined || numbers.length !== names.length) {
    throw damaged(where, "numbers and their names", texts["inkling.numbers"]);
  }
  const own = tensors.filter(({ name }) => name !== NUMBERS && !name.startsWith("values."));
  return {
    ...state,
    tensors: Object.fromEntries(own.map(({ name, values }) => [name, values])),
    numbers: Object.fromEntries(names.map((name, i) => [name, numbers[i]])),
  };
}

function isState(value: unknown): value is Omit<TrainingState, "tensors" | "numbers"> {
  const { version, options, network, data } = (value ?? {}) as Partial<TrainingState>;
  if (typeof version !== "string" || typeof network !== "string" || !isObject(options) || !isObject(data)) return false;
  const { epochs, batchSize, seed, shuffle, optimizer, schedule } = options;
  const isNamed = (part: unknown) => {
    const { name, settings } = (part ?? {}) as { name?: unknown; settings?: unknown };
    return typeof name === "string" && isObject(settings);
  };
  const { name, examples, columns, sha256: digest } = data;
  return (
    [epochs, seed, examples, columns].every(isCount) &&
    (batchSize === "full" || isCount(batchSize)) &&
    typeof shuffle === "boolean" &&
    [optimizer, schedule].every(isNamed) &&
    typeof name === "string" &&
    (digest === null || typeof digest === "string")
  );
}

/** The network of a file, with the tensors of that moment. */
function networkOf(
  where: string,
  texts: Readonly<Record<string, string>>,
  tensors: readonly Tensor[],
  given: Omit<Decoding, "where">,
): Network {
  const seed = Number(texts["inkling.seed"]);
  if (!isCount(seed)) throw damaged(where, "seed", texts["inkling.seed"]);
  const own = tensors.filter(({ name }) => name.startsWith("model."));
  const model = own.map((tensor) => ({ ...tensor, name: tensor.name.slice("model.".length) }));
  return modelOf({ metadata: texts, tensors: model }, where, { ...given, seed });
}
