/** The files under a directory, by their paths in it. */
import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, sep } from "node:path";
import { DataError, FileError } from "inkling";
import { reasonOf } from "inkling/node";

export interface Walked {
  /** Paths with "/" between the names, however the system writes them. */
  readonly paths: readonly string[];
  /** How many links were left out: those to directories, and those that lead out of the directory. */
  readonly links: number;
}

/** Directories inside of one another, and files, at most. */
const [MOST_DEPTH, MOST_FILES] = [16, 2_000_000];

/**
 * All files under a directory, but hidden ones. Links are followed to files inside of the directory only. Devices,
 * pipes and sockets are no files. Throws a FileError for a directory that cannot be read.
 */
export async function walk(directory: string): Promise<Walked> {
  const root = await realpath(directory);
  const paths: string[] = [];
  let links = 0;
  const enter = async (names: readonly string[]): Promise<void> => {
    const here = join(directory, ...names);
    if (names.length > MOST_DEPTH)
      throw new DataError(here, `at most ${MOST_DEPTH} directories in one another`, "more");
    for (const entry of await entriesOf(here)) {
      if (entry.name.startsWith(".")) continue;
      const inside = [...names, entry.name];
      if (entry.isDirectory()) await enter(inside);
      else if (entry.isFile() || (entry.isSymbolicLink() && (await isFileInside(root, join(here, entry.name))))) {
        paths.push(inside.join("/"));
      } else if (entry.isSymbolicLink()) links++;
      if (paths.length > MOST_FILES) throw new DataError(directory, `at most ${MOST_FILES} files`, "more");
    }
  };
  await enter([]);
  return { paths, links };
}

function entriesOf(directory: string): Promise<Dirent[]> {
  return readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    throw new FileError(directory, "a directory that can be read", reasonOf(error));
  });
}

async function isFileInside(root: string, path: string): Promise<boolean> {
  const target = await realpath(path).catch(() => undefined);
  return target?.startsWith(root + sep) === true && (await stat(target)).isFile();
}
