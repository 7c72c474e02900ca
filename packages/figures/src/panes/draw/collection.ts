/**
 * Drawings with the digit that their writer meant: kept in this browser (localStorage), and as files that other
 * programs read. Nothing of them leaves the machine.
 *
 *   localStorage   { "v": 1, "drawings": [{ "label": 7, "pixels": base64 of 784 bytes }, …] }
 *   IDX            two files, images and labels, as MNIST's
 *   NPZ            x.npy (n × side × side bytes) and y.npy (n bytes)
 */
import { DataError, Dataset } from "inkling";
import { datasetFromIdx, datasetFromNpz, encodeNpy } from "inkling/formats";
import type { OwnData } from "../../state/own-data.ts";
import { words } from "./drawings.words.ts";

/** A drawing as a network sees it, and the digit that was meant. */
export interface Labelled {
  readonly label: number;
  readonly pixels: Uint8Array;
}

const KEY = "inkling-drawings";
const NPZ = "drawings.npz";
const DIGITS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
/** A browser keeps about 5 MB for a page, and a drawing takes about 1 kB. */
export const MOST = 3000;

/** What was kept; none where nothing was, or where the browser keeps nothing. */
export function kept(): Labelled[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? "null");
    const { v, drawings } = (found ?? {}) as { v?: unknown; drawings?: unknown };
    if (v !== 1 || !Array.isArray(drawings)) return [];
    const sound = drawings.flatMap(({ label, pixels }: { label?: unknown; pixels?: unknown }) => {
      if (typeof label !== "number" || !DIGITS.includes(label) || typeof pixels !== "string") return [];
      return [{ label, pixels: bytesFrom(pixels) }];
    });
    const size = sound[0]?.pixels.length ?? 0;
    return sound.filter(({ pixels }) => pixels.length === size && Number.isInteger(Math.sqrt(size)));
  } catch {
    return [];
  }
}

/** Keeps these in place of those before. False where the browser keeps nothing for pages. */
export function keep(drawings: readonly Labelled[]): boolean {
  const list = drawings.map(({ label, pixels }) => ({ label, pixels: textFrom(pixels) }));
  try {
    if (list.length === 0) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, JSON.stringify({ v: 1, drawings: list }));
    return true;
  } catch {
    return false;
  }
}

/** The drawings as a data set; undefined where there are none. All have to have the same size. */
export function datasetOf(drawings: readonly Labelled[], classes = 10): Dataset | undefined {
  const [first] = drawings;
  if (first === undefined) return undefined;
  const side = Math.sqrt(first.pixels.length);
  const inputs = joined(drawings);
  const labels = drawings.map(({ label }) => label);
  return new Dataset({ name: words().title, shape: [side, side, 1], classes, inputs, labels });
}

/** What a training learns: MNIST and the drawings, or these alone, as the command line reads their NPZ file. */
export function drawingsToLearn(drawings: readonly Labelled[], isAdded: boolean): OwnData | undefined {
  const train = datasetOf(drawings);
  if (train === undefined) return undefined;
  const command = isAdded ? undefined : [NPZ, "--classes 10"];
  return { name: words().title, train, isAdded, isHeldOut: false, command };
}

/** Files to save, by their names. */
export type Files = readonly (readonly [name: string, bytes: Uint8Array<ArrayBuffer>])[];

/** The two IDX files. */
export function idxFiles(drawings: readonly Labelled[]): Files {
  const side = Math.sqrt(drawings[0]?.pixels.length ?? 784);
  return [
    ["drawings-images-idx3-ubyte", idx([drawings.length, side, side], joined(drawings))],
    ["drawings-labels-idx1-ubyte", idx([drawings.length], labelBytes(drawings))],
  ];
}

/** The NPZ file. */
export async function npzFiles(drawings: readonly Labelled[]): Promise<Files> {
  const { zip } = await import("inkling-formats/archives");
  const side = Math.sqrt(drawings[0]?.pixels.length ?? 784);
  const x = encodeNpy({ shape: [drawings.length, side, side], values: joined(drawings) });
  const y = encodeNpy({ shape: [drawings.length], values: labelBytes(drawings) });
  const archive = await zip([
    ["x.npy", x],
    ["y.npy", y],
  ]);
  return [[NPZ, archive]];
}

/** The drawings in files: an NPZ, or two of IDX. Throws an error with a sentence for people. */
export async function drawingsFrom(files: readonly File[], side = 28): Promise<Labelled[]> {
  const read = await Promise.all(
    files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
  );
  const data = await datasetFrom(read);
  const name = read.map((file) => file.name).join(", ");
  const { labels, inputs, classes, count, columns } = data;
  const isGrey = columns === side * side && inputs instanceof Uint8Array;
  if (!isGrey)
    throw new DataError(name, `images of ${side} × ${side} bytes`, data.shape.join(" × "), words().unchanged);
  if (labels === undefined || classes > 10) {
    throw new DataError(
      name,
      "a label from 0 to 9 for each image",
      labels ? `${classes} classes` : "none",
      words().unchanged,
    );
  }
  return Array.from({ length: count }, (_, i) => ({
    label: labels[i] as number,
    pixels: inputs.slice(i * columns, (i + 1) * columns),
  }));
}

async function datasetFrom(read: readonly { name: string; bytes: Uint8Array<ArrayBuffer> }[]): Promise<Dataset> {
  const [first, second] = read;
  if (first !== undefined && second === undefined && first.bytes[0] === 0x50 && first.bytes[1] === 0x4b) {
    const { unzip } = await import("inkling-formats/archives");
    const found = datasetFromNpz(first.name, await unzip(first.bytes, first.name), { task: "classes" });
    return found instanceof Dataset ? found : found.train;
  }
  if (first !== undefined && second !== undefined && read.length === 2) {
    const [images, labels] = first.bytes[3] === 3 ? [first, second] : [second, first];
    return datasetFromIdx(images.name, images, labels);
  }
  const got = read.map(({ name }) => name).join(", ") || "none";
  throw new DataError(words().theFiles, "one NPZ file, or two of IDX: images and labels", got, words().unchanged);
}

function joined(drawings: readonly Labelled[]): Uint8Array<ArrayBuffer> {
  const size = drawings[0]?.pixels.length ?? 0;
  const all = new Uint8Array(drawings.length * size);
  for (const [i, { pixels }] of drawings.entries()) all.set(pixels, i * size);
  return all;
}

function labelBytes(drawings: readonly Labelled[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(drawings, ({ label }) => label);
}

/** The header that inkling/formats reads (data/idx.ts of the library), and the bytes. */
function idx(shape: readonly number[], values: Uint8Array): Uint8Array<ArrayBuffer> {
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + values.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x0800 + shape.length);
  for (const [i, length] of shape.entries()) view.setUint32(4 + 4 * i, length);
  bytes.set(values, header);
  return bytes;
}

function textFrom(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function bytesFrom(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
