/** Data sets that a network learns in no time: small images whose class is the place of their ink. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface Images {
  readonly height: number;
  readonly width: number;
  readonly pixels: Uint8Array;
  readonly labels: Uint8Array;
}

/** So many images, of the classes 0, 1 … 9 over and over: pixel j is ink where j mod 10 is the class. */
export function images(count: number, height = 4, width = height): Images {
  const size = height * width;
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const pixels = Uint8Array.from({ length: count * size }, (_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return j % 10 === labels[i] ? 200 + ((i * 7 + j * 3) % 56) : (i * 13 + j * 5) % 60;
  });
  return { height, width, pixels, labels };
}

/** The bytes of an IDX file. */
export function idx(shape: readonly number[], values: Uint8Array, magic = 0x0800 + shape.length): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.writeUInt32BE(magic);
  for (const [d, length] of shape.entries()) header.writeUInt32BE(length, 4 + 4 * d);
  return Buffer.concat([header, values]);
}

export function idxOfImages({ height, width, pixels, labels }: Images): Buffer {
  return idx([labels.length, height, width], pixels);
}

export function idxOfLabels({ labels }: Images): Buffer {
  return idx([labels.length], labels);
}

/** A CSV file as Kaggle's, line by line. */
export function csv({ pixels, labels }: Images, labelled = true): string[] {
  const size = pixels.length / labels.length;
  const names = Array.from({ length: size }, (_, j) => `pixel${j}`);
  const rows = Array.from(labels, (label, i) => [label, ...pixels.subarray(i * size, (i + 1) * size)]);
  return [["label", ...names], ...rows].map((cells) => (labelled ? cells : cells.slice(1)).join(","));
}

/** The four IDX files of a training and a test set, by name. */
export function fourFiles(train: Images, test: Images): Record<string, Buffer> {
  return {
    "train-images-idx3-ubyte": idxOfImages(train),
    "train-labels-idx1-ubyte": idxOfLabels(train),
    "t10k-images-idx3-ubyte": idxOfImages(test),
    "t10k-labels-idx1-ubyte": idxOfLabels(test),
  };
}

/** Writes files into a new directory; those that are undefined are left out. */
export async function writeDirectory(path: string, files: Readonly<Record<string, Buffer | undefined>>): Promise<void> {
  await mkdir(path);
  for (const [name, bytes] of Object.entries(files)) if (bytes) await writeFile(join(path, name), bytes);
}
