/** A folder of pictures, one subfolder a class, among the formats of directories. */
import { basename, join, resolve } from "node:path";
import { ArgumentError, DataError, Dataset } from "inkling";
import { readWhole } from "inkling/node";
import type { DirectoryFormat } from "./directories.ts";
import { walk } from "./walk.ts";

/** The largest file of a picture: 2²⁹ bytes. */
const MOST_BYTES = 2 ** 29;
/** So many files are looked into where no name is that of a picture. */
const MOST_ASKED = 20;

export const pictureFolder: DirectoryFormat = {
  what: "a folder of pictures, one subfolder a class",
  async recognises(path) {
    const { hasPictureName, pictureKind } = await import("inkling-formats/images");
    const { paths } = await walk(path);
    if (paths.some(hasPictureName)) return true;
    // Without such names the first files say it by what they hold.
    for (const found of paths.slice(0, MOST_ASKED)) {
      if (pictureKind(await readWhole(join(path, found), MOST_BYTES)) !== undefined) return true;
    }
    return false;
  },
  async read(path, { label, needsLabel = false, spelled = (option: string) => option, ...options }) {
    const { imageFolderFrom } = await import("inkling-formats/images");
    const name = basename(resolve(path));
    if (label !== undefined) {
      throw new ArgumentError(spelled("label"), "a table, whose columns have names", `pictures (${name})`);
    }
    const { paths, links } = await walk(path);
    const files = paths.map((found) => ({ path: found, bytes: () => readWhole(join(path, found), MOST_BYTES) }));
    const { size, channels, limits, classNames, classes } = options;
    const folder = await imageFolderFrom(name, files, { size, channels, limits, classNames, classes });
    const { train, test } = folder;
    if (needsLabel && train.task === undefined) {
      throw new DataError(name, "pictures in subfolders, one a class", "pictures without subfolders");
    }
    if (test !== undefined) return { train: noting(train, links), test, paths: folder.paths.test };
    return { only: noting(train, links), label: undefined, paths: folder.paths.train, holdOut: true };
  },
};

/** Says how many links were left out. */
function noting(set: Dataset, links: number): Dataset {
  if (links === 0) return set;
  return new Dataset({ ...set, note: `${set.note} ${links} ${links === 1 ? "link" : "links"} left out.` });
}
