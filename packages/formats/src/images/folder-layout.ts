/**
 * What the paths of a folder say: which files are of which part (train, test, validation) and of which class.
 *
 *   cats/001.png   dogs/001.jpg                      one subfolder a class; folders inside of it are the same class
 *   train/cats/001.png   test/cats/001.png           the same, twice
 *   001.png   002.png                                pictures without classes, which can only be predicted
 *
 * A folder that holds nothing but one folder is opened, as zip archives often have one.
 */
import { byCodeUnit } from "./class-folders.ts";
import { hasPictureName } from "./kinds.ts";

/** A file's part of the data, and the folder that is its class; undefined for a file beside the folders. */
export interface Place {
  readonly path: string;
  readonly part: "train" | "test" | "validation";
  readonly folder: string | undefined;
}

export interface Layout {
  /** In the order of their paths. */
  readonly places: readonly Place[];
  /** Whether the folder is divided into parts. If not, all files are of the part "train". */
  readonly hasParts: boolean;
  /** Files beside the parts. */
  readonly beside: number;
}

const PARTS: ReadonlyMap<string, Place["part"]> = new Map([
  ["train", "train"],
  ["training", "train"],
  ["test", "test"],
  ["testing", "test"],
  ["val", "validation"],
  ["valid", "validation"],
  ["validation", "validation"],
]);

/** What systems leave behind. */
const isHidden = (name: string) => name.startsWith(".") || /^(__MACOSX|Thumbs\.db|desktop\.ini)$/i.test(name);

interface File {
  readonly path: string;
  /** The names of the path that count: those of folders around all pictures do not. */
  readonly rest: readonly string[];
}

const partOf = (folder: string) => PARTS.get(folder.toLowerCase());

/** Sorts paths, whose folders are divided by "/". Hidden files and folders are left out. */
export function layoutOf(paths: Iterable<string>): Layout {
  const visible = [...paths].filter((path) => !path.split("/").some(isHidden)).sort(byCodeUnit);
  let files: readonly File[] = visible.map((path) => ({ path, rest: path.split("/") }));
  for (;;) {
    const tops = topsOf(files);
    const parts = new Set([...tops].map(partOf));
    if (parts.has("train") && (parts.has("test") || parts.has("validation"))) return divided(files, visible.length);
    const [only] = tops;
    // One folder is opened if it holds folders only, or if it is a part by itself.
    const pictures = picturesOf(files);
    const isAround =
      pictures.every(({ rest }) => rest.length > 2) ||
      (only !== undefined && parts.size === 1 && !parts.has(undefined));
    if (tops.size !== 1 || only === undefined || !isAround || pictures.some(({ rest }) => rest.length < 2)) break;
    files = files
      .filter(({ rest }) => rest.length > 1 && rest[0] === only)
      .map(({ path, rest }) => ({ path, rest: rest.slice(1) }));
  }
  const places = files.map(({ path, rest }) => place(path, "train", rest));
  return { places, hasParts: false, beside: visible.length - places.length };
}

/** The files whose names are those of pictures; all files where none has such a name. */
function picturesOf(files: readonly File[]): readonly File[] {
  const pictures = files.filter(({ path }) => hasPictureName(path));
  return pictures.length > 0 ? pictures : files;
}

/** The folders at the top in which there are pictures. */
function topsOf(files: readonly File[]): Set<string> {
  return new Set(picturesOf(files).flatMap(({ rest: [top = "", ...more] }) => (more.length > 0 ? top : [])));
}

function divided(files: readonly File[], count: number): Layout {
  const places = files.flatMap(({ path, rest: [top = "", ...rest] }) => {
    const part = rest.length > 0 ? partOf(top) : undefined;
    return part === undefined ? [] : place(path, part, rest);
  });
  return { places, hasParts: true, beside: count - places.length };
}

function place(path: string, part: Place["part"], rest: readonly string[]): Place {
  return { path, part, folder: rest.length > 1 ? rest[0] : undefined };
}
