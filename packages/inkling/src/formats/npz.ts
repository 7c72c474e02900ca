/**
 * A model as the entries of an NPZ archive (NumPy's zip of NPY files) and back; packing and unpacking is done by
 * `inkling-formats/archives`. Each tensor is an array under its own name. What a model file holds as texts
 * (formats/model-file.ts, formats/ensemble-file.ts) is the entry inkling.json, which NumPy hands over as bytes:
 *
 *   np.load("model.npz")["layers.0.weights"]          an array, inputs × outputs
 *   json.loads(np.load("model.npz")["inkling.json"])  architecture, scaling, record
 */
import { encodeNpy, parseNpy } from "../data/npy.ts";
import { ModelFileError } from "../errors.ts";
import type { Ensemble } from "../evaluation/ensemble.ts";
import type { Network } from "../network/network.ts";
import { shown } from "../shown.ts";
import { anyFileOf, anyOf } from "./ensemble-file.ts";
import { parsedOnce } from "./json.ts";
import { type DecodeOptions, decoding } from "./model-file.ts";
import type { FileNumbers, Tensor, Tensors } from "./safetensors.ts";

/** The entry with a model's texts. */
const TEXTS = "inkling.json";

/** A file of an archive. */
export type NpzEntry = readonly [name: string, bytes: Uint8Array<ArrayBuffer>];

/** The entries of a network's or an ensemble's NPZ file. */
export async function encodeNpz(model: Network | Ensemble): Promise<NpzEntry[]> {
  const { metadata, tensors } = await anyFileOf(model);
  return [[TEXTS, new TextEncoder().encode(`${JSON.stringify(metadata)}\n`)], ...npyEntries(tensors)];
}

/** Tensors as files of an archive, in their order. */
export function npyEntries(tensors: readonly Tensor<FileNumbers>[]): NpzEntry[] {
  return tensors.map(({ name, shape, values }) => [`${name}.npy`, encodeNpy({ shape, values: asOwn(values) })]);
}

/** The network or the ensemble of such entries. Throws a ModelFileError for others, a DataError for damaged arrays. */
export function decodeNpz(entries: ReadonlyMap<string, Uint8Array>, options: DecodeOptions = {}): Network | Ensemble {
  const { where, ...given } = decoding("decodeNpz", options);
  const file = npzTensors(entries, where);
  return anyOf(file, where, given);
}

/**
 * The arrays of an archive, in its order, with the texts of inkling.json where it has them. Whole numbers become
 * float64.
 */
export function npzTensors(entries: ReadonlyMap<string, Uint8Array>, where: string): Tensors {
  const tensors: Tensor[] = [];
  for (const [file, bytes] of entries) {
    if (!file.endsWith(".npy")) continue;
    const { shape, values } = parseNpy(bytes, `${where}, ${file}`);
    const isOwn = values instanceof Float32Array || values instanceof Float64Array;
    tensors.push({
      name: file.slice(0, -".npy".length),
      shape,
      values: isOwn ? values : Float64Array.from(values, Number),
    });
  }
  return { metadata: textsOf(entries.get(TEXTS), where), tensors };
}

function textsOf(bytes: Uint8Array | undefined, where: string): Record<string, string> {
  if (bytes === undefined) return {};
  const fail = (got: string): never => {
    throw new ModelFileError(`${where}, ${TEXTS}`, "a JSON object of texts", got, "Nothing was loaded.");
  };
  let json: string;
  try {
    json = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return fail("bytes that are no text");
  }
  const texts = parsedOnce(json, `${where}, ${TEXTS}`);
  const bad = Object.values(texts).find((text) => typeof text !== "string");
  return bad === undefined ? (texts as Record<string, string>) : fail(shown(bad));
}

/** With a buffer of their own: a model's numbers may lie in memory that threads share. */
function asOwn(values: FileNumbers) {
  if (values instanceof BigInt64Array) return new BigInt64Array(values);
  return values instanceof Float64Array ? new Float64Array(values) : new Float32Array(values);
}
