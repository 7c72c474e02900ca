/**
 * The NPY format, in which NumPy saves one array:
 *
 *   6 bytes   \x93NUMPY
 *   2 bytes   the format's version: 1.0, 2.0 or 3.0
 *   2 bytes   the header's length N, little-endian; 4 bytes in versions 2 and 3
 *   N bytes   a Python dictionary as text: {'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }
 *   the rest  the numbers: row-major, or column-major ("Fortran order")
 *
 * Format: numpy.lib.format. The header is read by a strict grammar (npy-header.ts) and never evaluated. Objects, which
 * only Python's pickle could read, are refused: a pickle may run any code.
 */
import { checkText, has } from "../checks.ts";
import { ArgumentError, DataError } from "../errors.ts";
import { size } from "../shapes.ts";
import { shown } from "../shown.ts";
import { type NpyHeader, parseNpyHeader } from "./npy-header.ts";

/** The arrays that NPY's numbers become. Truth values are bytes, 0 and 1; 64-bit whole numbers are bigints. */
export type NpyValues =
  | Uint8Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>;

/** An array with its dimensions: row-major, whatever the file's order. A shape of [] is one number. */
export interface Npy {
  readonly shape: readonly number[];
  readonly values: NpyValues;
  /** What NumPy calls the numbers' type, without the order of their bytes: u1, i8, f4, b1 … */
  readonly type: NpyType;
}

const KINDS = {
  b1: Uint8Array,
  u1: Uint8Array,
  i1: Int8Array,
  u2: Uint16Array,
  i2: Int16Array,
  u4: Uint32Array,
  i4: Int32Array,
  u8: BigUint64Array,
  i8: BigInt64Array,
  f4: Float32Array,
  f8: Float64Array,
} as const;

export type NpyType = keyof typeof KINDS;

/**
 * The array of an NPY file. `where` names the file in errors. Throws a DataError for anything that is not exactly such
 * a file, before memory is taken for its numbers. Bytes are not copied where they lie as they are wanted.
 *
 * @example
 * const { shape, values } = parseNpy(bytes, "x.npy"); // [60000, 28, 28], a Uint8Array
 */
export function parseNpy(bytes: Uint8Array, where: string): Npy {
  checkText("parseNpy", "where", where);
  if (!(bytes instanceof Uint8Array)) {
    const advice = (bytes as unknown) instanceof ArrayBuffer ? "Write new Uint8Array(buffer)." : "";
    throw new ArgumentError(where, "the bytes of a file, in a Uint8Array", shown(bytes), advice);
  }
  const header = parseNpyHeader(bytes, where);
  const type = typeOf(header, where);
  const { shape, offset, isFortran, isBigEndian } = header;
  const width = KINDS[type].BYTES_PER_ELEMENT;
  const needed = size(shape) * width;
  const got = bytes.length - offset;
  const text = `${shape.join(" × ") || "one number"} of ${width} byte${width === 1 ? "" : "s"}`;
  if (!Number.isSafeInteger(needed)) fail(where, "a shape that fits in memory", text);
  if (needed !== got) {
    const question = got < needed ? "is it truncated?" : "is it over-long?";
    fail(where, `${needed} bytes for ${text}`, `${got} (${question})`);
  }
  const data = asStored(bytes.subarray(offset), width, isBigEndian);
  const values = new KINDS[type](data.buffer as ArrayBuffer, data.byteOffset, size(shape));
  if (type === "b1" && !data.every((byte) => byte <= 1)) fail(where, "truth values, 0 or 1", "another byte");
  return { shape, type, values: isFortran && shape.length > 1 ? rowMajor(values, shape) : values };
}

function fail(where: string, expected: string, got: string, advice = ""): never {
  throw new DataError(where, expected, got, `Nothing was loaded.${advice}`);
}

function typeOf({ type }: NpyHeader, where: string): NpyType {
  if (Object.hasOwn(KINDS, type)) return type as NpyType;
  const what = `numbers of a type among ${Object.keys(KINDS).join(", ")}`;
  if (!type.startsWith("O")) fail(where, what, shown(type));
  return fail(where, what, "Python objects (O), which may hold any code", " Save it with astype(float32).");
}

/** The bytes in this machine's order, at a place where numbers of this width may lie. */
function asStored(bytes: Uint8Array, width: number, isBigEndian: boolean): Uint8Array {
  if (width === 1 || (!isBigEndian && bytes.byteOffset % width === 0)) return bytes;
  const copy = new Uint8Array(bytes);
  if (!isBigEndian) return copy;
  for (let i = 0; i < copy.length; i += width) copy.subarray(i, i + width).reverse();
  return copy;
}

/** A copy of a column-major array, row-major. Element (i₀, i₁, …) stands at i₀ + i₁·n₀ + i₂·n₀·n₁ … in the file. */
function rowMajor(values: NpyValues, shape: readonly number[]): NpyValues {
  const result = values.slice();
  const strides = shape.map((_, d) => size(shape.slice(0, d)));
  const index = new Uint32Array(shape.length);
  let from = 0;
  for (let to = 0; to < values.length; to++) {
    result[to] = values[from];
    // The next element in row-major order: the last index counts fastest.
    for (let d = shape.length - 1; d >= 0; d--) {
      from += strides[d];
      if (++index[d] < shape[d]) break;
      from -= strides[d] * shape[d];
      index[d] = 0;
    }
  }
  return result;
}

/**
 * The bytes of an NPY file (version 1.0, row-major, little-endian), as `numpy.save` writes it. Throws an ArgumentError
 * unless the shape is whole numbers and as many as there are values.
 *
 * @example
 * encodeNpy({ shape: [2, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) });
 */
export function encodeNpy(array: Pick<Npy, "shape" | "values">): Uint8Array<ArrayBuffer> {
  if (!has(array as unknown, "shape", "values"))
    throw new ArgumentError("encodeNpy", "{ shape, values }", shown(array));
  const { shape, values } = array;
  const type = Object.entries(KINDS).find(([name, kind]) => name !== "b1" && values instanceof kind)?.[0];
  if (type === undefined) throw new ArgumentError("encodeNpy", "values in a typed array", shown(values));
  const isShape =
    Array.isArray(shape) && shape.length <= 32 && shape.every((length) => Number.isSafeInteger(length) && length >= 0);
  if (!isShape || size(shape) !== values.length) {
    const got = Array.isArray(shape) ? `[${shape.slice(0, 8).map(shown).join(", ")}]` : shown(shape);
    throw new ArgumentError("encodeNpy", `a shape of ${values.length} numbers in all`, got);
  }
  const order = values.BYTES_PER_ELEMENT === 1 ? "|" : "<";
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${order}${type}', 'fortran_order': False, 'shape': (${tuple}), }`;
  // Padded with spaces and a line's end, so that the numbers begin at a multiple of 64.
  const begin = Math.ceil((10 + text.length + 1) / 64) * 64;
  const bytes = new Uint8Array(begin + values.byteLength);
  bytes.set([0x93, ...new TextEncoder().encode("NUMPY"), 1, 0, (begin - 10) & 255, (begin - 10) >> 8]);
  bytes.set(new TextEncoder().encode(text.padEnd(begin - 11)), 10);
  bytes[begin - 1] = 0x0a;
  bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), begin);
  return bytes;
}
