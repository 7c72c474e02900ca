/** The formats of directories, in the order in which they are asked. */
import { basename, resolve } from "node:path";
import { ArgumentError, type DataPair, Dataset } from "inkling";
import { idxDirectory } from "inkling/node";
import { type Data, type ReadOptions, refuseAnswersFile } from "inkling-formats/data";
import { parquetDirectory } from "./parquet-directory.ts";
import { pictureFolder } from "./picture-folder.ts";

/** A format of directories. */
export interface DirectoryFormat {
  /** What it is called among others: "expected a directory with IDX files, …". */
  readonly what: string;
  /** Whether a directory with these names is of this format. */
  recognises(path: string, names: readonly string[]): boolean | Promise<boolean>;
  /** Reads it. Throws a FileError for what cannot be read, a DataError for what is not what it should be. */
  read(path: string, options: ReadOptions): Promise<Data>;
}

/** The four files that MNIST comes in, also as EMNIST and others call them: `idxDirectory` knows their names. */
const idx: DirectoryFormat = {
  what: "a directory with IDX files",
  recognises: (_, names) => names.some((name) => /-idx\d-ubyte|\.idx\d-ubyte/.test(name)),
  async read(path, options) {
    refuseAnswersFile(options, "a directory of IDX files");
    const { classes, label, memory, spelled = (option: string) => option } = options;
    const pair = shortNames(path, await idxDirectory(path, { classes, memory }));
    if (label === undefined) return pair;
    const expected = "a table, whose columns have names";
    throw new ArgumentError(spelled("label"), expected, `images (${pair.train.name})`);
  },
};

export const directoryFormats: readonly DirectoryFormat[] = [idx, parquetDirectory, pictureFolder];

/** Records and reports have the directory's own name, without the way to it. */
function shortNames(path: string, { train, test }: DataPair): DataPair {
  const name = basename(resolve(path));
  const named = (set: Dataset, part: string) => new Dataset({ ...set, name: `${name} ${part}` });
  return { train: named(train, "train"), test: named(test, "test") };
}
