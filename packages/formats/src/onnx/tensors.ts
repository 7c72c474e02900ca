/**
 * The numbers of an ONNX tensor. They stand as raw little-endian bytes, or in a list of their kind (float_data for
 * float32, int32_data for whatever is at most 32 bits wide), or in another file.
 */
import { ModelFileError } from "inkling";
import { fromBfloat16, fromFloat16 } from "inkling/formats";
import { quoted } from "./quoted.ts";
import type { TensorProto } from "./schema.ts";

/** Numbers with a shape, row-major; a shape of no lengths is one number. Of a tensor of words the numbers are 0. */
export interface Constant {
  readonly kind: "constant";
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
  /** The words of a tensor of strings. */
  readonly words?: readonly string[];
}

/** What the standard calls its element types. */
export const FLOAT = 1;
const STRING = 8;

/** The element types that can be read: their width in bytes, and how one is taken out of raw bytes. */
const types: Readonly<
  Record<number, { readonly name: string; readonly bytes: number; readonly at: (view: DataView, i: number) => number }>
> = {
  1: { name: "float32", bytes: 4, at: (view, i) => view.getFloat32(i, true) },
  2: { name: "uint8", bytes: 1, at: (view, i) => view.getUint8(i) },
  3: { name: "int8", bytes: 1, at: (view, i) => view.getInt8(i) },
  4: { name: "uint16", bytes: 2, at: (view, i) => view.getUint16(i, true) },
  5: { name: "int16", bytes: 2, at: (view, i) => view.getInt16(i, true) },
  6: { name: "int32", bytes: 4, at: (view, i) => view.getInt32(i, true) },
  7: { name: "int64", bytes: 8, at: (view, i) => Number(view.getBigInt64(i, true)) },
  9: { name: "bool", bytes: 1, at: (view, i) => view.getUint8(i) },
  10: { name: "float16", bytes: 2, at: (view, i) => fromFloat16(view.getUint16(i, true)) },
  11: { name: "float64", bytes: 8, at: (view, i) => view.getFloat64(i, true) },
  12: { name: "uint32", bytes: 4, at: (view, i) => view.getUint32(i, true) },
  16: { name: "bfloat16", bytes: 2, at: (view, i) => fromBfloat16(view.getUint16(i, true)) },
};

/** The most numbers of a tensor: as many as a network may have parameters. */
const MOST_ELEMENTS = 2 ** 27;

/**
 * The numbers of a tensor. `external` has the bytes of other files by their names. Throws a ModelFileError, in the name
 * of `where` and the tensor, for lengths that its numbers do not have, for an element type without numbers (complex,
 * packed to 4 bits), and for another file that is not there.
 */
export function constantOf(
  tensor: TensorProto,
  where: string,
  external: ReadonlyMap<string, Uint8Array> = new Map(),
): Constant {
  const { dims: shape, data_type: type = 0 } = tensor;
  const fail = (expected: string, got: string, advice = "Nothing was loaded."): never => {
    throw new ModelFileError(`${where}, tensor ${quoted(tensor.name ?? "")}`, expected, got, advice);
  };
  const count = shape.reduce((product, length) => product * length, 1);
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0) || count > MOST_ELEMENTS) {
    fail(`lengths of at most ${MOST_ELEMENTS} numbers together`, shape.slice(0, 8).join(" × "));
  }
  if (type === STRING) {
    const words = (tensor.string_data ?? []).map((bytes) => new TextDecoder().decode(bytes));
    if (words.length !== count) fail(`${count} words`, String(words.length));
    return { kind: "constant", shape, values: new Float64Array(count), words };
  }
  const element = types[type];
  if (element === undefined) {
    const known = Object.values(types).map(({ name }) => name);
    return fail(`elements of ${known.join(", ")}`, `the element type ${type}`);
  }
  const raw = tensor.data_location === 1 ? externalBytes(tensor, external, fail) : tensor.raw_data;
  if (raw !== undefined) {
    if (raw.length !== count * element.bytes) fail(`${count * element.bytes} bytes`, String(raw.length));
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    const values = new (type === FLOAT ? Float32Array : Float64Array)(count);
    for (let i = 0; i < count; i++) values[i] = element.at(view, i * element.bytes);
    return { kind: "constant", shape, values };
  }
  const list = listOf(tensor, type);
  if (list.length !== count) fail(`${count} numbers`, String(list.length));
  return { kind: "constant", shape, values: list };
}

/** Numbers that do not stand as raw bytes: the list of their kind, those of 16 bits as the bits that they are. */
function listOf(tensor: TensorProto, type: number): ArrayLike<number> {
  const { float_data = [], int32_data = [], int64_data = [], double_data = [], uint64_data = [] } = tensor;
  if (type === 10) return int32_data.map((bits) => fromFloat16(bits & 0xffff));
  if (type === 16) return int32_data.map((bits) => fromBfloat16(bits & 0xffff));
  if (type === FLOAT) return Float32Array.from(float_data);
  if (type === 11) return double_data;
  if (type === 7) return int64_data;
  return type === 12 ? uint64_data : int32_data;
}

/** The part of another file that holds a tensor. */
function externalBytes(
  tensor: TensorProto,
  files: ReadonlyMap<string, Uint8Array>,
  fail: (expected: string, got: string, advice?: string) => never,
): Uint8Array {
  const entries = new Map((tensor.external_data ?? []).map(({ key = "", value = "" }) => [key, value]));
  const location = entries.get("location") ?? "";
  const file = files.get(location);
  if (file === undefined) {
    const advice = "Put it beside the model, and give its bytes. Nothing was loaded.";
    return fail(`the bytes of the other file ${quoted(location)}`, "none", advice);
  }
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? file.length - offset);
  const isInside = [offset, length].every((n) => Number.isSafeInteger(n) && n >= 0) && offset + length <= file.length;
  if (!isInside) fail(`bytes within the ${file.length} of ${quoted(location)}`, `${length} from ${offset} on`);
  return file.subarray(offset, offset + length);
}

/** A float32 tensor with these numbers, rounded, as raw bytes. */
export function floatTensor(name: string, dims: readonly number[], values: ArrayLike<number>): TensorProto {
  const raw = new Uint8Array(values.length * 4);
  const view = new DataView(raw.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i] ?? 0, true);
  return { name, dims, data_type: FLOAT, raw_data: raw };
}

/** A tensor of whole numbers of 64 bits. */
export function wholeTensor(name: string, dims: readonly number[], values: readonly number[]): TensorProto {
  const raw = new Uint8Array(values.length * 8);
  const view = new DataView(raw.buffer);
  for (const [i, value] of values.entries()) view.setBigInt64(8 * i, BigInt(value), true);
  return { name, dims, data_type: 7, raw_data: raw };
}
