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

/** Small whole numbers that look random, the same every time. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}

/** A table of flowers, line by line: three columns of numbers, and the kind, which they tell. */
export function flowers(count: number, seed = 1): string[] {
  const random = pseudoRandom(seed);
  const kinds = [
    ["daisy", 1, 2, 10],
    ["rose", 3, 1, 40],
    ['"iris, blue"', 5, 4, 70],
  ] as const;
  const rows = Array.from({ length: count }, (_, i) => {
    const [kind, length, width, height] = kinds[i % 3] as (typeof kinds)[number];
    const cells = [length + random(), width + random(), height + 10 * random()].map((value) => value.toFixed(2));
    return [...cells, kind].join(",");
  });
  return ["length,width,height,kind", ...rows];
}

/** A table of houses, line by line: area, rooms and age, and the price, which they make. */
export function houses(count: number): string[] {
  const random = pseudoRandom(5);
  const rows = Array.from({ length: count }, () => {
    const [area, age] = [30 + 200 * random(), 80 * random()];
    const rooms = 1 + Math.floor(area / 30);
    const price = 3000 * area - 1200 * age + 5000 * rooms + 20_000 * random();
    return `${area.toFixed(1)},${rooms},${age.toFixed(0)},${price.toFixed(0)}`;
  });
  return ["area,rooms,age,price", ...rows];
}

/** A table of shirts, line by line: an id, two columns of words and the weight, and the price, which they make. */
export function shirts(count: number): string[] {
  const random = pseudoRandom(3);
  const rows = Array.from({ length: count }, (_, i) => {
    const [colour, size] = [i % 3, Math.floor(4 * random())];
    const weight = 150 + 100 * random();
    const price = 20 * colour + 10 * size + 0.1 * weight + random();
    return `s${i},${["red", "blue", "green"][colour]},${["S", "M", "L", "XL"][size]},${weight.toFixed(1)},${price.toFixed(2)}`;
  });
  return ["id,colour,size,weight,price", ...rows];
}
