/** The classes of pictures: the names of their folders, in which order, and which number each has. */
import { DataError } from "inkling";

/** What is known of the classes before the folders are looked at. */
export interface ClassOptions {
  /** A model's classes, class 0 first. */
  readonly classNames?: readonly string[] | undefined;
  /** How many there are. Of a model whose classes have no names, the folders are called by their numbers. */
  readonly classes?: number | undefined;
}

/** Classes with names, or numbers that are their own names. */
export interface Classes {
  readonly classNames: readonly string[] | undefined;
  readonly classes: number;
  /** Class numbers by the folder's name. */
  readonly numbers: ReadonlyMap<string, number>;
}

const quoted = (names: readonly string[]) => {
  const first = names.slice(0, 10).map((name) => JSON.stringify(name.slice(0, 40)));
  return first.join(", ") + (names.length > 10 ? ` … (${names.length} in all)` : "");
};

const isNumber = (name: string) => /^\d{1,6}$/.test(name);

/**
 * The classes of these folders. In the order of their values where all are whole numbers, otherwise of their
 * characters' codes; in a model's order where there is one. Folders "0" to "9" are the classes 0 to 9, which have no
 * other names. Throws a DataError for a folder that a model does not know.
 */
export function classesOf(name: string, folders: Iterable<string>, { classNames, classes }: ClassOptions): Classes {
  const found = [...new Set(folders)];
  if (classNames !== undefined)
    return { classNames, classes: classNames.length, numbers: known(name, found, classNames) };
  const areNumbers = found.every(isNumber) && new Set(found.map(Number)).size === found.length;
  const order = found.sort(areNumbers ? (a, b) => Number(a) - Number(b) : byCodeUnit);
  const most = classes ?? found.length;
  if (areNumbers && order.every((folder) => folder === String(Number(folder)) && Number(folder) < most)) {
    return { classNames: undefined, classes: most, numbers: new Map(order.map((folder) => [folder, Number(folder)])) };
  }
  if (classes !== undefined && classes !== found.length) {
    throw new DataError(name, `${classes} subfolders, one a class`, `${found.length} (${quoted(order)})`);
  }
  return { classNames: order, classes: order.length, numbers: new Map(order.map((folder, i) => [folder, i])) };
}

/** The order of characters' codes, so that no language changes it. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Folders matched to a model's classes by name, or as numbers: "07" is the class "7". */
function known(name: string, folders: readonly string[], classNames: readonly string[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const folder of folders) {
    const exact = classNames.indexOf(folder);
    const at = exact !== -1 || !isNumber(folder) ? exact : classNames.findIndex((c) => isNumber(c) && +c === +folder);
    if (at === -1) {
      const expected = `subfolders called as the ${classNames.length} classes (${quoted(classNames)})`;
      throw new DataError(name, expected, quoted([folder]));
    }
    numbers.set(folder, at);
  }
  return numbers;
}
