/** What a path holds: a directory or a file of any known format. Its content decides, not its name. */
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename } from "node:path";
import { FileError } from "inkling";
import { datasetFromStoredNpy, isNpy } from "inkling/formats";
import { FileRows, reasonOf, usualMemory } from "inkling/node";
import { type Data, fileFormats, openSource, type ReadOptions, readSource } from "inkling-formats/data";
import { directoryFormats } from "./directories.ts";

/** So many bytes hold the header of an NPY file. */
const HEAD = 2 ** 17;
/** What errors and reports call standard input. */
const STDIN = "standard input";

/**
 * Reads the data under a path, or from standard input where the path is "-": a directory of IDX files, a table (CSV,
 * TSV; with gzip or not) and whatever else is in the lists `directoryFormats` and `fileFormats`. A directory of IDX
 * files gives a pair { train, test }, a file gives { only } unless it holds both.
 *
 * Throws a FileError for what is not there, cannot be read or is a device, a DataError for data that are not what they
 * should be, and an ArgumentError for options that they have no use for.
 *
 * @example
 * const data = await readData("iris.csv", { label: "species" });
 */
export async function readData(path: string, options: ReadOptions = {}): Promise<Data> {
  if (path === "-") return readSource(await openSource(STDIN, process.stdin), options);
  const found = await stat(path).catch((error: unknown) => {
    throw new FileError(path || '""', "a directory or a file that can be read", reasonOf(error));
  });
  if (found.isDirectory()) return readDirectory(path, options);
  // A device may have no end, and nobody may ever write into a pipe.
  if (found.isCharacterDevice() || found.isBlockDevice() || found.isSocket()) throw refused(path, "a device");
  if (found.isFIFO()) throw refused(path, "a pipe", 'Write "-" for standard input.');
  const { memory = usualMemory() } = options;
  const stored = found.size > memory ? storedAt(path, options) : undefined;
  return stored ?? readSource(await openSource(basename(path), fileAt(path)), options);
}

/**
 * A large file that can stay where it is: an array of NumPy's whose numbers need not change. Undefined for others, and
 * where something is wrong with it: what that is, its reader says.
 */
function storedAt(path: string, given: ReadOptions): Data | undefined {
  const { labels, label, needsLabel, task, classes, classNames, columnNames } = given;
  if (labels !== undefined && label !== undefined) return undefined;
  const file = new FileRows(path);
  const head = file.bytes(0, HEAD);
  if (!isNpy(head)) return undefined;
  const name = basename(path);
  const options = { label, task, classes, classNames, columnNames };
  const only = datasetFromStoredNpy(name, { head, name, rows: (place) => file.rows(place) }, labels, options);
  if (only === undefined || (needsLabel && only.task === undefined)) return undefined;
  return { only, label: undefined };
}

function refused(path: string, got: string, advice = ""): FileError {
  const known = [...directoryFormats, ...fileFormats].map(({ what }) => what).join(", ");
  return new FileError(path || '""', known, got, advice);
}

async function* fileAt(path: string): AsyncGenerator<Uint8Array> {
  const stream = createReadStream(path, { highWaterMark: 1 << 18 });
  try {
    yield* stream;
  } catch (error) {
    throw new FileError(path, "a file that can be read", reasonOf(error));
  } finally {
    stream.destroy();
  }
}

async function readDirectory(path: string, options: ReadOptions): Promise<Data> {
  const names = await readdir(path).catch((error: unknown) => {
    throw refused(path, reasonOf(error));
  });
  for (const format of directoryFormats) if (await format.recognises(path, names)) return format.read(path, options);
  const known = directoryFormats.map(({ what }) => what).join(", ");
  const some = names.slice(0, 3).join(", ") + (names.length > 3 ? " …" : "");
  throw new FileError(path, known, names.length === 0 ? "an empty one" : `one with other files (${some})`);
}
