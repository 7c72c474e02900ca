/**
 * The safetensors format, written and strictly read.
 *
 *   8 bytes   N, the header's length, little-endian
 *   N bytes   JSON: { "__metadata__": { text: text }, name: { dtype, shape, data_offsets: [begin, end) }, … }
 *   the rest  the tensors' numbers, row-major and little-endian, without holes
 *
 * Format: huggingface/safetensors, README. A file from elsewhere is not trusted: every size is checked before anything
 * is allocated, a key may stand only once, and the tensors must cover the data exactly.
 */

import { checkText } from "../checks.ts";
import { ArgumentError, ModelFileError } from "../errors.ts";
import type { Numbers } from "../matrix.ts";
import { escaped, shown } from "../shown.ts";
import { fromBfloat16, fromFloat16 } from "./float16.ts";
import { hasKeysOnce } from "./json-keys.ts";

/** What a file may hold: numbers, and whole numbers of 64 bits, which other programs count with. */
export type FileNumbers = Numbers | BigInt64Array;

export interface Tensor<Values extends FileNumbers = Numbers> {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Values;
}

export interface Tensors<Values extends FileNumbers = Numbers> {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly Tensor<Values>[];
}

/** The longest header that is read. Ours have some kilobytes. */
const MAX_HEADER = 1 << 20;
/** The deepest nesting that is read: header, entry, shape, and a few levels more, so that an error can name them. */
const MAX_DEPTH = 8;

/** How many bytes a number has: of the kinds that a model of ours has, then of those that other programs write. */
const BYTES = {
  F32: 4,
  F64: 8,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;
type Kind = keyof typeof BYTES;
const OWN: readonly Kind[] = ["F32", "F64"];

/**
 * The bytes of a safetensors file: wider numbers first, then by name, as the format's own writer orders them.
 * `longest`: of the header, in bytes; 1 MiB if absent. Throws an ArgumentError for tensors that `decodeTensors` would
 * not give back.
 */
export function encodeTensors(file: Tensors<FileNumbers>, longest = MAX_HEADER): Uint8Array<ArrayBuffer> {
  checkTensors(file);
  const { metadata, tensors } = file;
  const sorted = tensors.toSorted(
    (a, b) => b.values.BYTES_PER_ELEMENT - a.values.BYTES_PER_ELEMENT || (a.name < b.name ? -1 : 1),
  );
  const entries = new Map<string, unknown>([["__metadata__", metadata]]);
  let end = 0;
  for (const { name, shape, values } of sorted) {
    if (entries.has(name)) throw new ArgumentError("encodeTensors", "every name once", `${brief(name)} twice`);
    const size = shape.reduce((product, length) => product * length, 1);
    if (size !== values.length) {
      const expected = `${size} numbers for [${shape.join(", ")}] in ${brief(name)}`;
      throw new ArgumentError("encodeTensors", expected, String(values.length));
    }
    const begin = end;
    end += values.byteLength;
    entries.set(name, { dtype: kindOf(values), shape, data_offsets: [begin, end] });
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(entries)));
  // Padded with spaces, so that the numbers begin at a multiple of 8.
  const padded = Math.ceil(json.length / 8) * 8;
  if (padded > longest) {
    throw new ArgumentError("encodeTensors", `names and metadata of at most ${longest} bytes`, String(padded));
  }
  const bytes = new Uint8Array(8 + padded + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.fill(0x20, 8, 8 + padded);
  bytes.set(json, 8);
  let at = 8 + padded;
  for (const { values } of sorted) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return bytes;
}

/**
 * The tensors of a safetensors file with F32 and F64 numbers. `where` names the file in errors; `longest`: of the
 * header, in bytes; 1 MiB if absent. Throws a ModelFileError for anything that is not exactly such a file.
 */
export function decodeTensors(bytes: Uint8Array, where: string, longest = MAX_HEADER): Tensors {
  return decode(bytes, where, OWN, longest);
}

/**
 * As `decodeTensors`, of a file that another program wrote: numbers of 16 bits become float32, whole numbers float64.
 */
export function decodeForeignTensors(bytes: Uint8Array, where: string): Tensors {
  return decode(bytes, where, Object.keys(BYTES) as Kind[], MAX_HEADER);
}

function decode(bytes: Uint8Array, where: string, kinds: readonly Kind[], longest: number): Tensors {
  checkText("decodeTensors", "where", where);
  if (!(bytes instanceof Uint8Array)) {
    const advice = (bytes as unknown) instanceof ArrayBuffer ? "Write new Uint8Array(buffer)." : "";
    throw new ArgumentError(where, "the bytes of a file, in a Uint8Array", shown(bytes), advice);
  }
  const fail = (expected: string, got: string): never => {
    throw new ModelFileError(where, expected, got, "Nothing was loaded.");
  };
  if (bytes.length < 8) fail("a safetensors file of at least 8 bytes", `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const declared = view.getBigUint64(0, true);
  if (declared > longest) {
    // A PNG, a CSV or a JSON file begins with other bytes, which read as a number larger than any file.
    const got = declared > bytes.length ? `another kind of file (its first 8 bytes say ${declared})` : String(declared);
    fail(`a safetensors file with a header of at most ${longest} bytes`, got);
  }
  const length = Number(declared);
  if (8 + length > bytes.length) fail(`a header of ${length} bytes`, `${bytes.length - 8} bytes (is it truncated?)`);

  const header = parseHeader(bytes.subarray(8, 8 + length), where);
  const { __metadata__: metadata = {}, ...entries } = header;
  if (!isTexts(metadata)) {
    fail("__metadata__ from text to text", brief(JSON.stringify(metadata)));
  }
  const data = bytes.subarray(8 + length);
  const found = Object.entries(entries).map(([name, entry]) => ({ name, ...checkEntry(name, entry, where, kinds) }));
  found.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of found) {
    if (begin !== covered)
      fail(`tensor ${brief(name)} to begin at byte ${covered}, after the one before`, String(begin));
    covered = end;
  }
  if (covered !== data.length) {
    fail(`${covered} bytes of numbers, as its header says`, `${data.length} (is it truncated?)`);
  }
  return {
    metadata: metadata as Record<string, string>,
    tensors: found.map(({ name, dtype, shape, begin, end }) => {
      // Copied, because numbers must lie at a multiple of their size. (A Buffer's own slice would not copy.)
      const { buffer } = new Uint8Array(data.subarray(begin, end));
      return { name, shape, values: numbersOf(dtype, buffer) };
    }),
  };
}

function kindOf(values: FileNumbers): Kind {
  if (values instanceof BigInt64Array) return "I64";
  return values instanceof Float64Array ? "F64" : "F32";
}

/** Little-endian numbers of a kind: float32 for those of 16 bits, float64 for whole numbers. */
function numbersOf(kind: Kind, buffer: ArrayBuffer): Numbers {
  switch (kind) {
    case "F32":
      return new Float32Array(buffer);
    case "F64":
      return new Float64Array(buffer);
    case "F16":
      return Float32Array.from(new Uint16Array(buffer), fromFloat16);
    case "BF16":
      return Float32Array.from(new Uint16Array(buffer), fromBfloat16);
    case "I64":
      return Float64Array.from(new BigInt64Array(buffer), Number);
    case "U64":
      return Float64Array.from(new BigUint64Array(buffer), Number);
    default:
      return Float64Array.from(new whole[kind](buffer));
  }
}

const whole = {
  ...{ I32: Int32Array, U32: Uint32Array, I16: Int16Array, U16: Uint16Array, I8: Int8Array, U8: Uint8Array },
  BOOL: Uint8Array,
};

function isOneOf(kinds: readonly Kind[], word: unknown): word is Kind {
  return (kinds as readonly unknown[]).includes(word);
}

/** Throws an ArgumentError for what the types of `encodeTensors` do not allow. */
function checkTensors(file: unknown): void {
  const refuse: (expected: string, got: unknown) => never = (expected, got) => {
    throw new ArgumentError("encodeTensors", expected, shown(got));
  };
  if (!isRecord(file)) refuse("{ metadata, tensors }", file);
  const { metadata, tensors } = file;
  if (!isTexts(metadata)) refuse("metadata from text to text", metadata);
  if (!Array.isArray(tensors)) refuse("tensors to be an array", tensors);
  for (const tensor of tensors) {
    if (!isRecord(tensor) || typeof tensor.name !== "string") refuse("tensors of { name, shape, values }", tensor);
    const { name, shape, values } = tensor;
    if (!isSizes(shape)) refuse(`a shape of whole numbers in ${brief(name)}`, shape);
    if ([Float32Array, Float64Array, BigInt64Array].some((kind) => values instanceof kind)) continue;
    refuse(`a Float32Array or Float64Array in ${brief(name)}`, values);
  }
}

interface Entry {
  readonly dtype: Kind;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** One tensor's entry, if it is sound in itself. */
function checkEntry(name: string, entry: unknown, where: string, kinds: readonly Kind[]): Entry {
  const fail = (expected: string, got: unknown, advice = ""): never => {
    const shown = brief(JSON.stringify(got) ?? "nothing");
    throw new ModelFileError(`${where}, tensor ${brief(name)}`, expected, shown, `${advice}Nothing was loaded.`);
  };
  if (!isRecord(entry)) return fail("dtype, shape and data_offsets", entry);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (!isOneOf(kinds, dtype)) {
    const isForeign = typeof dtype === "string" && Object.hasOwn(BYTES, dtype);
    const advice = isForeign ? "`inkling import` reads what other programs wrote. " : "";
    return fail(`dtype ${kinds.join(" or ")}`, dtype, advice);
  }
  if (!isSizes(shape)) return fail("a shape of whole numbers", shape);
  if (!isSizes(offsets) || offsets.length !== 2) return fail("data_offsets [begin, end]", offsets);
  const [begin = 0, end = 0] = offsets;
  // Checked before it is multiplied out: a product beyond 2⁵³ would be inexact, but it is far above any real range.
  const needed = shape.reduce((product, length) => product * length, BYTES[dtype]);
  if (end - begin !== needed) return fail(`${needed} bytes for [${brief(shape.join(", "))}] of ${dtype}`, end - begin);
  return { dtype, shape, begin, end };
}

function parseHeader(bytes: Uint8Array, where: string): Record<string, unknown> {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const header: unknown = text.startsWith("{") ? JSON.parse(text) : undefined;
    if (isRecord(header) && hasKeysOnce(text, header, MAX_DEPTH)) return header;
    if (isRecord(header))
      throw new ModelFileError(where, "every name once in its header", "one twice", "Nothing was loaded.");
  } catch (error) {
    if (error instanceof ModelFileError) throw error;
  }
  throw new ModelFileError(
    where,
    "a safetensors file (8 bytes, then a JSON header)",
    "something else",
    "Nothing was loaded.",
  );
}

/** Text from a file as part of a sentence: short, on one line whatever it holds, and nothing in it is invisible. */
export function brief(text: string): string {
  return escaped(text.slice(0, 60).replace(/\p{Cc}/gu, " "));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTexts(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every((text) => typeof text === "string");
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}
