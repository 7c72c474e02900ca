/**
 * A data set from a folder of pictures, one subfolder a class. Files come from anywhere: a disk, or a page in which
 * somebody has chosen a folder.
 */
import { ArgumentError, DataError, type Dataset } from "inkling";
import type { ClassOptions } from "./class-folders.ts";
import type { Size } from "./fitting.ts";
import { layoutOf } from "./folder-layout.ts";
import { PictureReader } from "./folder-pictures.ts";
import { type Found, setsOf } from "./folder-sets.ts";
import type { PictureLimits } from "./limits.ts";

/** So many files are read at a time. */
const READ_AHEAD = 16;

/** A file of a folder. */
export interface FolderFile {
  /** Its path inside of the folder, with "/" between the names. */
  readonly path: string;
  /** Its bytes, or what reads them: then a large folder is never in memory as a whole. */
  readonly bytes: Uint8Array | (() => Promise<Uint8Array> | Uint8Array);
}

/** What pictures are to become. */
export interface PictureOptions {
  /** Width and height of all examples; if absent all pictures have to have one size. */
  readonly size?: Size | undefined;
  /** 1 for grey, 3 for colours; if absent grey where all pictures are, otherwise colours. */
  readonly channels?: 1 | 3 | undefined;
  readonly limits?: FolderLimits | undefined;
}

/** What pictures are to become, and what is known of their classes. */
export interface FolderOptions extends PictureOptions, ClassOptions {}

/** What a folder may hold at most. */
export interface FolderLimits extends PictureLimits {
  /** How many files; 2,000,000 if absent. */
  readonly files?: number | undefined;
  /** How many bytes all examples have together; 2³¹ if absent. */
  readonly bytes?: number | undefined;
}

/** The pictures of a folder. */
export interface ImageFolder {
  /** What is to be learnt from: the part train/, or all pictures where there are no parts. */
  readonly train: Dataset;
  /** The part test/, or where there is none the part validation/; undefined where there are no parts. */
  readonly test: Dataset | undefined;
  /** The path of each example. */
  readonly paths: { readonly train: readonly string[]; readonly test: readonly string[] | undefined };
}

/**
 * The pictures of a folder. `name` is what errors and reports call the folder. Files that are
 * no pictures, by name and by content, are left out and counted in the note. Throws a DataError for a picture that
 * cannot be read, for pictures of several sizes where no size is given, for parts of which one has other classes, and
 * for more than the limits; nothing is loaded then.
 *
 * The classes are called as their folders, in the order of their characters' codes, or of their values where all are
 * whole numbers; folders "0" to "9" are the classes 0 to 9. Of each class in turn a picture is taken, so that the first
 * examples are of all classes.
 *
 * @example
 * const files = Array.from(input.files, (file) => ({
 *   path: file.webkitRelativePath.replace(/^[^/]+./, ""),
 *   bytes: async () => new Uint8Array(await file.arrayBuffer()),
 * }));
 * const { train, test } = await imageFolderFrom("pets", files, { size: [28, 28] });
 */
export async function imageFolderFrom(
  name: string,
  files: Iterable<FolderFile>,
  options: FolderOptions = {},
): Promise<ImageFolder> {
  const { limits: { files: most = 2_000_000 } = {} } = options;
  checkSize(options);
  const byPath = new Map<string, FolderFile>();
  for (const file of files) {
    byPath.set(file.path, file);
    if (byPath.size > most) throw new DataError(name, `a folder of at most ${most} files`, "more");
  }
  const layout = layoutOf(byPath.keys());
  const reader = new PictureReader(name, options);
  const found: Found[] = [];
  for (let from = 0; from < layout.places.length; from += READ_AHEAD) {
    const some = layout.places.slice(from, from + READ_AHEAD);
    // A disk answers many questions in the time of one.
    const bytes = await Promise.all(some.map(({ path }) => bytesOf(byPath.get(path))));
    for (const [i, place] of some.entries()) {
      const picture = await reader.readFile(place.path, bytes[i] ?? new Uint8Array());
      if (picture !== undefined) found.push({ ...place, picture });
    }
  }
  const others = layout.beside + layout.places.length - found.length;
  if (found.length > 0) return setsOf(name, found, { ...layout, others }, reader, options);
  const got = others === 0 ? "an empty folder" : `${others} ${others === 1 ? "file" : "files"} of other kinds`;
  throw new DataError(name, "pictures (PNG or JPEG), one subfolder a class", got);
}

async function bytesOf(file: FolderFile | undefined): Promise<Uint8Array | undefined> {
  return typeof file?.bytes === "function" ? file.bytes() : file?.bytes;
}

/** Throws an ArgumentError for a size, or a number of channels, that examples cannot have. */
function checkSize({ size, channels }: FolderOptions): void {
  const isLength = (side: unknown) => Number.isInteger(side) && (side as number) >= 1 && (side as number) <= 4096;
  if (size !== undefined && !(Array.isArray(size) && size.length === 2 && size.every(isLength))) {
    throw new ArgumentError("imageFolderFrom", "size to be [width, height], each from 1 to 4096", JSON.stringify(size));
  }
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw new ArgumentError("imageFolderFrom", "channels to be 1 (grey) or 3 (colours)", JSON.stringify(channels));
  }
}
