/**
 * A model as one JSON text and back, for people and for programs of any language. It holds what a model file does
 * (formats/model-file.ts), an ensemble's too (formats/ensemble-file.ts):
 *
 *   { "format": "inkling-json 1",
 *     "metadata": { "inkling.architecture": { "input": { "shape": [28, 28, 1], … }, "layers": [ … ], … }, … },
 *     "tensors": { "layers.0.weights": { "dtype": "float32", "shape": [784, 30], "values": [0.01, -0.2, … ] }, … } }
 *
 * The values of a tensor are one row-major list. Each is the shortest decimal that float32 reads back as the same
 * number ("float64": that float64 does), so that no bit is lost: a reader rounds to that precision.
 */
import { checkText } from "../checks.ts";
import { ArgumentError, ModelFileError } from "../errors.ts";
import type { Ensemble } from "../evaluation/ensemble.ts";
import type { Numbers } from "../matrix.ts";
import { checkNetwork, type Network } from "../network/network.ts";
import { shown } from "../shown.ts";
import { anyFileOf, anyOf } from "./ensemble-file.ts";
import { hasKeysOnce } from "./json-keys.ts";
import { type DecodeOptions, decoding } from "./model-file.ts";
import { brief, type Tensor, type Tensors } from "./safetensors.ts";
import { isObject } from "./texts.ts";

/** The version of this layout. */
export const JSON_FORMAT = "inkling-json 1";

/** How deep a model's JSON is nested at most: metadata, an architecture, and layers inside of layers. */
const MAX_DEPTH = 160;

/** The JSON text of a network or an ensemble. Throws an ArgumentError for a weight that is no finite number. */
export async function encodeJson(model: Network | Ensemble): Promise<string> {
  if (typeof (model as Partial<Ensemble>)?.combine !== "string") checkNetwork("encodeJson", model);
  const { metadata, tensors } = await anyFileOf(model);
  const texts = Object.entries(metadata).map(([name, text]) => `    ${JSON.stringify(name)}: ${valueText(text)}`);
  const entries = tensors.map((tensor) => `    ${JSON.stringify(tensor.name)}: ${tensorText(tensor)}`);
  return [
    `{\n  "format": ${JSON.stringify(JSON_FORMAT)},`,
    `  "metadata": {\n${texts.join(",\n")}\n  },`,
    `  "tensors": {\n${entries.join(",\n")}\n  }\n}\n`,
  ].join("\n");
}

/** The network or the ensemble of such a text. Throws a ModelFileError for anything else. */
export function decodeJson(json: string, options: DecodeOptions = {}): Network | Ensemble {
  const { where, ...given } = decoding("decodeJson", options);
  checkText("decodeJson", "json", json);
  return anyOf(readJson(json, where), where, given);
}

/** A text of the metadata: what is JSON itself stands there as JSON. */
function valueText(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    // A number or a word could be written otherwise than it was.
    if (typeof value === "object" && value !== null && JSON.stringify(value) === text) return text;
  } catch {}
  return JSON.stringify(text);
}

function tensorText({ name, shape, values }: Tensor): string {
  const dtype = values instanceof Float32Array ? "float32" : "float64";
  return `{ "dtype": "${dtype}", "shape": ${JSON.stringify(shape)}, "values": [${decimals(name, values)}] }`;
}

function decimals(name: string, values: Numbers): string {
  const text = values instanceof Float32Array ? shortestDecimal : String;
  return Array.from(values, (value, e) => {
    if (Number.isFinite(value)) return Object.is(value, -0) ? "-0" : text(value);
    throw new ArgumentError(`encodeJson, ${name}[${e}]`, "a finite number", String(value));
  }).join(",");
}

/** The shortest decimal that float32 reads back as this float32 number: "0.1" of 0.10000000149011612. */
export function shortestDecimal(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  // Nine digits tell all float32 numbers apart.
  return String(Number(value.toPrecision(9)));
}

function readJson(json: string, where: string): Tensors {
  const fail = (expected: string, got: string): never => {
    throw new ModelFileError(where, expected, got, "Nothing was loaded.");
  };
  const file = parsedOnce(json, where) as { format?: unknown; metadata?: unknown; tensors?: unknown };
  if (file.format !== JSON_FORMAT) fail(`a model with the format "${JSON_FORMAT}"`, shown(file.format));
  const { metadata, tensors } = file;
  if (!isObject(metadata) || !isObject(tensors)) return fail("metadata and tensors", "neither or one of them");
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [
        name,
        typeof value === "string" ? value : JSON.stringify(value),
      ]),
    ),
    tensors: Object.entries(tensors).map(([name, tensor]) => readTensor(name, tensor, where)),
  };
}

/** The object of a JSON text in which no key stands twice. */
export function parsedOnce(json: string, where: string): object {
  const fail = (got: string): never => {
    throw new ModelFileError(where, "a JSON object with every key once", got, "Nothing was loaded.");
  };
  try {
    const value: unknown = JSON.parse(json);
    if (!isObject(value)) return fail("another value");
    return hasKeysOnce(json, value, MAX_DEPTH) ? value : fail("a key twice");
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
    return fail(error instanceof RangeError ? "one that is nested too deep" : "a text that is no JSON");
  }
}

function readTensor(name: string, tensor: unknown, where: string): Tensor {
  const fail = (expected: string, got: unknown): never => {
    throw new ModelFileError(`${where}, tensor ${brief(name)}`, expected, shown(got), "Nothing was loaded.");
  };
  const { dtype, shape, values } = (tensor ?? {}) as { dtype?: unknown; shape?: unknown; values?: unknown };
  if (dtype !== "float32" && dtype !== "float64") return fail("dtype float32 or float64", dtype);
  if (!Array.isArray(shape) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    return fail("a shape of whole numbers", shape);
  }
  if (!Array.isArray(values)) return fail("values in one list", values);
  const needed = shape.reduce((product: number, length: number) => product * length, 1);
  if (needed !== values.length) return fail(`${needed} values`, values.length);
  const bad = values.find((value) => typeof value !== "number");
  if (bad !== undefined) return fail("values that are numbers", bad);
  return { name, shape, values: dtype === "float32" ? Float32Array.from(values) : Float64Array.from(values) };
}
