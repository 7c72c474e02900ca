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
import { DataError } from "../errors.ts";
import { Dataset } from "./dataset.ts";

/** An array of bytes with its dimensions. */
export interface Idx {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes with so many dimensions; nothing is copied. `where` names the file in errors.
 * Throws a DataError unless the file is exactly what its header says.
 */
export function parseIdx(bytes: Uint8Array, dimensions: number, where: string): Idx {
  const fail = (expected: string, got: string): never => {
    throw new DataError(where, expected, got, "Nothing was loaded.");
  };
  const headerLength = 4 + 4 * dimensions;
  if (bytes.length < headerLength) fail(`an IDX header of ${headerLength} bytes`, `${bytes.length} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = view.getUint32(0);
  const wanted = 0x0800 + dimensions;
  if (magic !== wanted) fail(`magic number ${wanted} (unsigned bytes, ${dimensions} dimensions)`, String(magic));
  const shape = Array.from({ length: dimensions }, (_, d) => view.getUint32(4 + 4 * d));
  if (shape.includes(0)) fail("dimensions of at least 1", shape.join(" × "));
  const size = shape.reduce((product, length) => product * length, 1);
  const got = bytes.length - headerLength;
  if (got !== size) {
    fail(`${size} bytes for ${shape.join(" × ")}`, `${got} (${got < size ? "is it truncated?" : "is it over-long?"})`);
  }
  return { shape, values: bytes.subarray(headerLength) };
}

/**
 * A data set from an IDX file of images and one of labels. `classes`: labels go from 0 to classes − 1. Throws a
 * DataError unless both are sound and have the same count.
 */
export function datasetFromIdx(
  name: string,
  images: { readonly bytes: Uint8Array; readonly name: string },
  labels: { readonly bytes: Uint8Array; readonly name: string },
  classes: number,
): Dataset {
  const { shape, values } = parseIdx(images.bytes, 3, images.name);
  const [count, height, width] = shape;
  const read = parseIdx(labels.bytes, 1, labels.name);
  if (read.values.length !== count) {
    throw new DataError(
      labels.name,
      `${count} labels, one for each image of ${images.name}`,
      String(read.values.length),
      "Nothing was loaded.",
    );
  }
  const outside = read.values.findIndex((label) => label >= classes);
  if (outside !== -1) {
    throw new DataError(
      `${labels.name}, label ${outside}`,
      `a class from 0 to ${classes - 1}`,
      String(read.values[outside]),
      "Nothing was loaded.",
    );
  }
  return new Dataset({ name, shape: [height, width, 1], classes, inputs: values, labels: read.values });
}
