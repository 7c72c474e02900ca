/**
 * Parquet files in a directory among the formats of directories, as Hugging Face lays them out:
 *
 *   train-00000-of-00002.parquet   train-00001-of-00002.parquet   test-00000-of-00001.parquet
 *   train/0000.parquet   test/0000.parquet
 *
 * Files of one part are read one after the other, in the order of their paths. Other files do not matter.
 */
import { basename, join, resolve } from "node:path";
import { type DataPair, Dataset } from "inkling";
import { readWhole } from "inkling/node";
import type { Data, ReadOptions } from "inkling-formats/data";
import type { DirectoryFormat } from "./directories.ts";
import { walk } from "./walk.ts";

type Part = "train" | "test" | "validation";

export const parquetDirectory: DirectoryFormat = {
  what: "a directory of Parquet files",
  recognises: async (path) => (await parquetIn(path)).length > 0,
  async read(path, options) {
    const paths = await parquetIn(path);
    const name = basename(resolve(path));
    const of = (part: Part) => paths.filter((found) => partOf(found) === part);
    const [train, tested] = [of("train"), of("test").length > 0 ? of("test") : of("validation")];
    if (train.length === 0 || tested.length === 0)
      return readAll(path, name, train.length > 0 ? train : paths, options);
    const learnt = await readAll(path, `${name} train`, train, options);
    if (!("only" in learnt)) return learnt;
    const test = await readAll(path, `${name} test`, tested, like(learnt, options));
    if (!("only" in test)) return test;
    // What is kept secret cannot be tested on.
    if (test.only.task === undefined && learnt.only.task !== undefined) return learnt;
    return pairOf(learnt.only, test.only);
  },
};

async function parquetIn(path: string): Promise<string[]> {
  return (await walk(path)).paths.filter((found) => /\.parquet$/i.test(found)).sort();
}

/** The part that the nearest name says: a file's beginning, or a directory's name. */
function partOf(path: string): Part | undefined {
  for (const name of path.split("/").reverse()) {
    const [word = ""] = name.toLowerCase().split(/[-_.]/);
    if (word === "train" || word === "training") return "train";
    if (word === "test" || word === "testing") return "test";
    if (word === "val" || word === "valid" || word === "validation") return "validation";
  }
  return undefined;
}

async function readAll(path: string, name: string, paths: readonly string[], options: ReadOptions): Promise<Data> {
  const { readParquet } = await import("inkling-formats/parquet");
  const parts = paths.map(async (found) => ({ name: found, bytes: await readWhole(join(path, found)) }));
  return readParquet(name, await Promise.all(parts), options);
}

/** How examples to test on are read: as those that were learnt from. */
function like({ only, label }: { only: Dataset; label: string | undefined }, options: ReadOptions): ReadOptions {
  const { shape, columnNames, classNames, classes, task } = only;
  const [height = 0, width = 0, channels] = shape;
  return {
    ...options,
    needsLabel: false,
    label,
    ...(shape.length === 3
      ? { size: [width, height], channels: channels === 1 ? 1 : 3 }
      : { columnNames, tableColumns: only.tableColumns }),
    ...(task === "numbers" ? { task } : classNames ? { classNames } : { classes }),
  };
}

function pairOf(train: Dataset, test: Dataset): DataPair {
  if (train.classNames !== undefined || train.classes === test.classes) return { train, test };
  const classes = Math.max(train.classes, test.classes);
  return { train: new Dataset({ ...train, classes }), test: new Dataset({ ...test, classes }) };
}
