/**
 * Data sets from arrays, as NumPy saves them. What an array is follows from its shape and its numbers:
 *
 *   n × height × width                images, grey; of whole numbers from 0 to 255, truth values, or numbers k / 255
 *   n × height × width × channels     images; n × channels × height × width where that alone can be meant
 *   n × pixels                        images, if it is bytes and a row is a square of at least 8 × 8
 *   n × columns, or n                 a table, and so is every other array of numbers
 *
 * and the answers n (or n × 1): classes or numbers to predict; n × classes with a single 1 in each row: classes; any
 * other n × outputs: numbers to predict.
 */
import { DataError } from "../errors.ts";
import { size } from "../shapes.ts";
import { shown } from "../shown.ts";
import { answersFrom } from "./array-answers.ts";
import { type ArrayOptions, finite, type NamedArray } from "./array-numbers.ts";
import { Dataset } from "./dataset.ts";
import type { Npy } from "./npy.ts";

/** A smaller square of bytes is a table. */
const LEAST_SIDE = 8;
/** More channels than these no image has. */
const MOST_CHANNELS = 4;

/** A data set from an array of examples and one of answers. Throws a DataError unless they fit each other. */
export function datasetFromArrays(
  name: string,
  examples: NamedArray,
  answers: NamedArray | undefined,
  options: ArrayOptions = {},
): Dataset {
  const [count = 0] = examples.shape;
  if (count === 0 || examples.values.length === 0) {
    const got = examples.shape.length === 0 ? "one number" : examples.shape.join(" × ");
    throw new DataError(examples.where, "an array of at least one example", got, "Nothing was loaded.");
  }
  if (answers !== undefined && answers.shape[0] !== count) {
    const expected = `${count} answers, one for each of ${examples.where}`;
    throw new DataError(answers.where, expected, answers.shape.join(" × ") || "one number", "Nothing was loaded.");
  }
  const images = imagesOf(examples);
  if (images !== undefined) {
    const { shape, inputs, note } = images;
    return new Dataset({ name, shape, inputs, ...answersFrom(answers, { ...options, areImages: true }), note });
  }
  return tableOf(name, examples, answers, options);
}

interface Images {
  readonly shape: readonly number[];
  readonly inputs: Uint8Array | Float32Array;
  readonly note?: string | undefined;
}

/** How images lie in an array: the shape of one, and whether its channels come first. Undefined for a table. */
export function layoutOf({
  where,
  shape,
  type,
}: Pick<NamedArray, "where" | "shape" | "type">):
  | { readonly shape: readonly number[]; readonly channelsFirst?: true; readonly note?: string }
  | undefined {
  const [, ...example] = shape;
  if (example.length === 1) {
    const side = Math.sqrt(example[0]);
    if (type !== "u1" || !Number.isInteger(side) || side < LEAST_SIDE) return undefined;
    const note = `${where}: ${example[0]} bytes a row are read as images of ${side} × ${side}.`;
    return { shape: [side, side, 1], note };
  }
  if (example.length === 2) return { shape: [...example, 1] };
  if (example.length !== 3) return undefined;
  const [first, height, last] = example;
  if (last <= MOST_CHANNELS || first > MOST_CHANNELS) return { shape: example };
  const note = `${where}: ${shape.join(" × ")} is read with the channels first.`;
  return { shape: [height, last, first], channelsFirst: true, note };
}

function imagesOf(array: NamedArray): Images | undefined {
  const layout = layoutOf(array);
  if (layout === undefined) return undefined;
  const { shape, channelsFirst, note } = layout;
  const pixels = pixelsOf(array.values, array.type, array.where);
  const [height, width, channels] = shape;
  const inputs = channelsFirst ? channelsLast(pixels, array.shape[0], channels, height * width) : pixels;
  return { shape, inputs, note };
}

/** Pixels as bytes where each number stands for one; numbers as they are elsewhere. */
function pixelsOf(values: Npy["values"], type: Npy["type"], where: string): Uint8Array | Float32Array {
  if (type === "u1") return values as Uint8Array;
  if (type === "b1") return (values as Uint8Array).map((bit) => 255 * bit);
  const numbers = finite(values, where);
  const most = numbers.reduce((largest, value) => Math.max(largest, value), 0);
  // Whole numbers up to 255 are bytes, and numbers up to 1 were made of bytes if each is k / 255.
  const factor = most <= 1 ? 255 : 1;
  const bytes = new Uint8Array(numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    bytes[i] = Math.round(numbers[i] * factor);
    if (Math.abs(bytes[i] - numbers[i] * factor) > 1e-4) return numbers;
  }
  return bytes;
}

/** n × channels × pixels as n × pixels × channels. */
function channelsLast<A extends Uint8Array | Float32Array>(
  from: A,
  count: number,
  channels: number,
  pixels: number,
): A {
  const to = from.slice() as A;
  for (let i = 0; i < count; i++) {
    const start = i * channels * pixels;
    for (let c = 0; c < channels; c++) {
      for (let p = 0; p < pixels; p++) to[start + p * channels + c] = from[start + c * pixels + p];
    }
  }
  return to;
}

/** A table: its columns are called by their places, as those of a CSV file without a header, or as a model's. */
function tableOf(
  name: string,
  { where, shape, values }: NamedArray,
  answers: NamedArray | undefined,
  options: ArrayOptions,
): Dataset {
  const [count, ...example] = shape;
  if (example.length > 1) {
    const expected = "images, n × height × width (× channels), or a table, n × columns";
    throw new DataError(where, expected, shape.join(" × "), "Nothing was loaded.");
  }
  const columns = size(example);
  const { label, columnNames } = options;
  const at = answers === undefined ? labelColumn(where, columns, label, columnNames) : undefined;
  const places = Array.from({ length: columns }, (_, j) => j).filter((j) => j !== at);
  if (places.length === 0) throw new DataError(where, "a column beside the label", "none", "Nothing was loaded.");
  if (columnNames !== undefined && columnNames.length !== places.length) {
    const expected = `the ${columnNames.length} columns of the model`;
    throw new DataError(where, expected, String(places.length), "Nothing was loaded.");
  }
  const numbers = finite(values, where, columns);
  const inputs = at === undefined ? numbers : columnsOf(numbers, columns, places);
  const learnt: NamedArray | undefined =
    at === undefined
      ? answers
      : { where: `${where}, column ${at}`, shape: [count], type: "f4", values: columnsOf(numbers, columns, [at]) };
  const names = columnNames ?? places.map((j) => `column ${j}`);
  const { note, ...found } = answersFrom(learnt, options);
  return new Dataset({ name, shape: [places.length], inputs, columnNames: names, ...found, note });
}

/** Which column is learnt, if one is. A model's data may lack it. */
function labelColumn(
  where: string,
  columns: number,
  label: string | number | undefined,
  columnNames: readonly string[] | undefined,
): number | undefined {
  if (label === undefined) return undefined;
  const at = Number(/^(?:column )?(\d+)$/.exec(String(label))?.[1]);
  if (columnNames !== undefined && columnNames.length === columns) return undefined;
  if (at < columns) return at;
  throw new DataError(where, `the index of a column, from 0 to ${columns - 1}, for a label`, shown(label));
}

function columnsOf(numbers: Float32Array, columns: number, places: readonly number[]): Float32Array<ArrayBuffer> {
  const rows = numbers.length / columns;
  const picked = new Float32Array(rows * places.length);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < places.length; j++) picked[i * places.length + j] = numbers[i * columns + places[j]];
  }
  return picked;
}
