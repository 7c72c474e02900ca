/**
 * The IDX format, in which MNIST comes:
 *
 *   bytes 0, 1   0
 *   byte 2       the numbers' type; 8 is unsigned bytes, the only one that images and labels have
 *   byte 3       how many dimensions
 *   then         each dimension, 4 bytes, big-endian
 *   then         the numbers, row-major
 *
 * Format: Yann LeCun, "The MNIST database of handwritten digits".
 */
import { checkText, checkWhole, has } from "../checks.ts";
import { ArgumentError, DataError } from "../errors.ts";
import { checkOptions } from "../options.ts";
import { size } from "../shapes.ts";
import { shown } from "../shown.ts";
import { Dataset } from "./dataset.ts";
import type { DatasetFields } from "./fields.ts";
import type { Rows } from "./rows.ts";

/** An array of bytes with its dimensions. */
export interface Idx {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/** A file's bytes, and what errors call it. */
export interface NamedBytes {
  readonly bytes: Uint8Array;
  readonly name: string;
}

/** A file of images that is not read: its header, and where its bytes lie. */
export interface StoredIdx {
  readonly header: Uint8Array;
  readonly name: string;
  /** The bytes after the header, in rows of so many columns. Throws where the file does not have exactly those. */
  readonly rows: (offset: number, count: number, columns: number) => Rows;
}

function fail(where: string, expected: string, got: string): never {
  throw new DataError(where, expected, got, "Nothing was loaded.");
}

function checkBytes(bytes: unknown, where: string): void {
  if (!(bytes instanceof Uint8Array)) throw new ArgumentError(where, "bytes in a Uint8Array", shown(bytes));
}

/** How long a header is: the magic number, and each dimension. */
function headerLength(dimensions: number): number {
  return 4 + 4 * dimensions;
}

/** The shape that a header promises. Throws a DataError for a header that is none, or not of so many dimensions. */
function readHeader(bytes: Uint8Array, dimensions: number, where: string): readonly number[] {
  const length = headerLength(dimensions);
  if (bytes.length < length) fail(where, `an IDX header of ${length} bytes`, `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const wanted = 0x0800 + dimensions;
  if (magic !== wanted) fail(where, `magic number ${wanted} (unsigned bytes, ${dimensions} dimensions)`, String(magic));
  const shape = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  if (shape.includes(0)) fail(where, "dimensions of at least 1", shape.join(" × "));
  return shape;
}

/**
 * Reads an IDX file of unsigned bytes with so many dimensions; nothing is copied. `where` names the file in errors.
 * Throws a DataError unless the file is exactly what its header says.
 */
export function parseIdx(bytes: Uint8Array, dimensions: number, where: string): Idx {
  checkText("parseIdx", "where", where);
  checkBytes(bytes, where);
  checkWhole("parseIdx", "dimensions", dimensions, 1);
  const shape = readHeader(bytes, dimensions, where);
  const got = bytes.length - headerLength(dimensions);
  if (got !== size(shape)) {
    const question = got < size(shape) ? "is it truncated?" : "is it over-long?";
    fail(where, `${size(shape)} bytes for ${shape.join(" × ")}`, `${got} (${question})`);
  }
  return { shape, values: bytes.subarray(headerLength(dimensions)) };
}

/** The most that a file may hold once unpacked: 2 GiB. */
const MOST_BYTES = 2 ** 31;

/**
 * The bytes of an IDX file that comes in pieces: unpacked from gzip, say, where a small file can become a huge one.
 * Takes no more of them than it needs: throws a DataError as soon as the header is refused, or more comes than it
 * promises.
 */
export async function collectIdx(
  pieces: AsyncIterable<Uint8Array>,
  dimensions: number,
  where: string,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!has(pieces) || !(Symbol.asyncIterator in pieces || Symbol.iterator in pieces)) {
    throw new ArgumentError("collectIdx", "pieces, an iterable of bytes", shown(pieces));
  }
  checkWhole("collectIdx", "dimensions", dimensions, 1);
  let bytes = new Uint8Array(1 << 16);
  let length = 0;
  let shape: readonly number[] | undefined;
  let promised = Number.POSITIVE_INFINITY;
  for await (const piece of pieces) {
    checkBytes(piece, where);
    const needed = length + piece.length;
    if (needed > bytes.length) {
      // The promise may be a lie: there is never room for more than twice of what has come.
      const larger = new Uint8Array(Math.max(needed, Math.min(2 * needed, promised)));
      larger.set(bytes.subarray(0, length));
      bytes = larger;
    }
    bytes.set(piece, length);
    length = needed;
    if (shape === undefined && length >= headerLength(dimensions)) {
      shape = readHeader(bytes.subarray(0, length), dimensions, where);
      promised = headerLength(dimensions) + size(shape);
      if (promised > MOST_BYTES) fail(where, `at most ${MOST_BYTES} bytes`, `${promised} for ${shape.join(" × ")}`);
    }
    if (length > promised) {
      fail(where, `${size(shape ?? [])} bytes for ${shape?.join(" × ")}`, "more (is it over-long?)");
    }
  }
  return bytes.length === length ? bytes : bytes.slice(0, length);
}

/** Reads a file of labels: one class an image. Throws a DataError unless there are `count`. */
function readLabels({ bytes, name }: NamedBytes, count: number, images: string): Uint8Array {
  const { values } = parseIdx(bytes, 1, name);
  if (values.length !== count) fail(name, `${count} labels, one for each image of ${images}`, String(values.length));
  return values;
}

/**
 * A data set from an IDX file of images and one of labels. `classes`: how many classes there are; if absent, one more
 * than the largest label. Throws a DataError unless both are sound and have the same count.
 *
 * @example
 * datasetFromIdx("letters", { bytes: imageBytes, name: "images" }, { bytes: labelBytes, name: "labels" });
 */
export function datasetFromIdx(
  name: string,
  images: NamedBytes | StoredIdx,
  labels: NamedBytes,
  options: { readonly classes?: number | undefined } = {},
): Dataset {
  checkOptions("datasetFromIdx", options, ["classes"]);
  for (const file of [images, labels]) {
    if (!has(file, "bytes", "name") && !(file === images && has(file, "header", "name", "rows"))) {
      throw new ArgumentError("datasetFromIdx", "{ bytes, name }", shown(file));
    }
  }
  const { shape, ...found } = imagesOf(images);
  const [count, height, width] = shape;
  const read = readLabels(labels, count, images.name);
  const { classes = read.reduce((most, label) => Math.max(most, label), 0) + 1 } = options;
  const outside = read.findIndex((label) => label >= classes);
  if (outside !== -1) {
    fail(`${labels.name}, label ${outside}`, `a class from 0 to ${classes - 1}`, String(read[outside]));
  }
  return new Dataset({ name, shape: [height, width, 1], classes, ...found, labels: read });
}

/** The images' shape, and their bytes or where these lie. */
function imagesOf(images: NamedBytes | StoredIdx): Pick<DatasetFields, "inputs" | "stored" | "shape"> {
  if ("bytes" in images) {
    const { shape, values } = parseIdx(images.bytes, 3, images.name);
    return { shape, inputs: values };
  }
  const shape = readHeader(images.header, 3, images.name);
  const [count, height, width] = shape;
  return { shape, stored: images.rows(headerLength(3), count, height * width) };
}
