/**
 * Data from files that somebody has chosen: what they hold decides, not their names. The library and `inkling-formats`
 * read them; here it is found out which files belong together.
 */
import { DataError, type Dataset } from "inkling";
import { datasetFromIdx, type IdxFile, readPair } from "inkling/formats";
import type { Data } from "inkling-formats/data";
import type { OwnData } from "../../state/own-data.ts";

/** A file, and its path in the folder that was chosen. */
export interface Chosen {
  readonly path: string;
  readonly file: Blob;
}

export interface ReadingOptions {
  /** Of a table: the column with the answers, by name or number. */
  readonly label?: string | undefined;
  /** Of pictures: what they become; their own size if absent. */
  readonly size?: readonly [width: number, height: number] | undefined;
  /** Of a table: what empty cells are; a mistake if absent. */
  readonly missing?: "mean" | "drop" | undefined;
  /** Of a table or of arrays: what the answers are; what they look like if absent. */
  readonly task?: "classes" | "numbers" | undefined;
  /** Of a table: columns that are left out. */
  readonly ignore?: readonly string[] | undefined;
  /** Of a table: columns that hold words even where they look like numbers. */
  readonly words?: readonly string[] | undefined;
}

/** Data of one's own that have a test of their own, or one that was held out. */
export interface ReadData extends OwnData {
  readonly test: Dataset;
}

const IDX_NAMES: readonly IdxFile[] = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];

/** Reads what was chosen. Throws an error of Inkling's, in one sentence, for what is damaged or of no known format. */
export async function readOwn(chosen: readonly Chosen[], options: ReadingOptions): Promise<ReadData> {
  const [first] = chosen;
  if (first === undefined) throw new DataError("files", "at least one", "none", "Choose some.");
  const heads = await Promise.all(chosen.slice(0, 4).map(headOf));
  if (chosen.length <= 4 && heads.every(isIdx)) return readIdx(chosen);
  if (chosen.length > 1 || first.path.includes("/")) return readFolder(chosen, options);
  const { readBytes } = await import("inkling-formats/data");
  const given = optionsFor(heads[0] as Uint8Array, options);
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  const data = await readBytes(first.path, first.file, { ...Object.fromEntries(named), needsLabel: true });
  const isTable = !(("only" in data ? data.only : data.train).inputs instanceof Uint8Array);
  // Of images in one file the command line holds out no test.
  const isAlike = isTable || !("only" in data);
  return {
    ...divided(first.path, data),
    ...(isAlike && { command: commandFor(first.path, given, isTable) }),
    ...(given.task !== undefined && { isTaskSaid: true }),
  };
}

/** What concerns a file that begins so: arrays have no columns with names, and the answers are an array beside them. */
function optionsFor(head: Uint8Array, { label, size, missing, task, ignore, words }: ReadingOptions): ReadingOptions {
  const starts = (...start: readonly number[]) => start.every((byte, i) => head[i] === byte);
  if (starts(0x50, 0x4b)) return { size, task };
  // One array, "\x93NUMPY", may be a table whose answers are in a column: by its number.
  if (starts(0x93, 0x4e)) return { size, task, label: /^(column )?\d+$/.test(label ?? "") ? label : undefined };
  return { label, size, missing, task, ignore, words };
}

/** How the command line is told to read the same; undefined for a name that would need more than quotes. */
function commandFor(
  path: string,
  { label, size, missing, ignore, words }: ReadingOptions,
  isTable: boolean,
): readonly string[] | undefined {
  const ofTable = [
    ...(label ? ["--label", label] : []),
    ...(missing ? ["--missing", missing] : []),
    ...(words ? ["--words", words.join(",")] : []),
    ...(ignore ? ["--ignore", ignore.join(",")] : []),
  ];
  const named = isTable ? ofTable : size ? ["--size", size.join("x")] : [];
  const spelled = [path, ...named].map(quoted);
  return spelled.every((word) => word !== undefined) ? spelled : undefined;
}

function quoted(word: string): string | undefined {
  if (/^[\w.,:/@%+=-]+$/.test(word)) return word;
  return /^[^'"\\$`!\n]+$/.test(word) ? `"${word}"` : undefined;
}

async function headOf({ file }: Chosen): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(0, 4).arrayBuffer());
}

/** IDX of bytes; packed files are told by their names, since gzip says nothing of what is inside. */
function isIdx(head: Uint8Array): boolean {
  return head[0] === 0 && head[1] === 0 && head[2] === 8 && (head[3] === 1 || head[3] === 3);
}

/** Four files under MNIST's names, or images and labels. */
async function readIdx(chosen: readonly Chosen[]): Promise<ReadData> {
  const named = (name: IdxFile) => chosen.find(({ path }) => path.split("/").at(-1)?.replace(".", "-") === name);
  const bytes = async ({ path, file }: Chosen) => ({ name: path, bytes: new Uint8Array(await file.arrayBuffer()) });
  if (IDX_NAMES.every((name) => named(name) !== undefined)) {
    const pair = await readPair((name) => bytes(named(name) as Chosen), { name: "IDX files", isMnist: false });
    return { name: "IDX files", ...pair, isAdded: false, isHeldOut: false };
  }
  const all = await Promise.all(chosen.map(bytes));
  // The fourth byte of an IDX file is the number of its dimensions.
  const of = (dimensions: number) => all.filter(({ bytes }) => bytes[3] === dimensions);
  const [[images], [labels]] = [of(3), of(1)];
  if (images === undefined || labels === undefined || chosen.length !== 2) {
    const expected = "images and labels, or the four files of a set under MNIST's names";
    throw new DataError("IDX files", expected, all.map(({ name }) => name).join(", "));
  }
  return divided("IDX files", { only: datasetFromIdx("IDX files", images, labels), label: undefined });
}

async function readFolder(chosen: readonly Chosen[], options: ReadingOptions): Promise<ReadData> {
  const { imageFolderFrom } = await import("inkling-formats/images");
  // A browser puts the folder's own name before each path.
  const root = chosen[0]?.path.split("/")[0] ?? "";
  const isWithin = chosen.every(({ path }) => path.startsWith(`${root}/`));
  const files = chosen.map(({ path, file }) => ({
    path: isWithin ? path.slice(root.length + 1) : path,
    bytes: async () => new Uint8Array(await file.arrayBuffer()),
  }));
  const name = isWithin ? root : "pictures";
  const { train, test } = await imageFolderFrom(name, files, options.size ? { size: options.size } : {});
  if (train.task === undefined) {
    const advice = "Put the pictures of each class into a folder of its own, and choose the folder around them.";
    throw new DataError(name, "pictures in subfolders, one a class", "pictures without subfolders", advice);
  }
  const data = test === undefined ? { only: train, label: undefined } : { train, test };
  return { ...divided(name, data), ...(isWithin && { command: commandFor(name, options, false) }) };
}

/** Without a test of their own, a tenth of the examples is held out, as the command line does it. */
function divided(name: string, data: Data): ReadData {
  if (!("only" in data)) return { name, train: data.train, test: data.test, isAdded: false, isHeldOut: false };
  const { only } = data;
  if (only.task === undefined || only.count < 2) {
    throw new DataError(
      name,
      "at least two examples with answers",
      `${only.count} ${only.task ? "" : "without"}`.trim(),
    );
  }
  const { train, validation: test } = only.split(Math.max(1, Math.floor(only.count / 10)), { seed: 1 });
  return { name, train, test, isAdded: false, isHeldOut: true };
}
