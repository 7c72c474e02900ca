/**
 * A data set from a column of pictures, as Hugging Face lays it out: a structure of the file's bytes (PNG or JPEG) and
 * its path, and beside it a column of labels, whole numbers or words.
 */
import { ArgumentError, DataError, Dataset } from "inkling";
import type { Picture } from "inkling/pictures";
import { type ClassOptions, classesOf } from "../images/class-folders.ts";
import { toColour } from "../images/fitting.ts";
import type { PictureOptions } from "../images/folder.ts";
import { PictureReader } from "../images/folder-pictures.ts";
import { pictureKind } from "../images/kinds.ts";
import type { ParquetColumn, ParquetFile } from "./file.ts";
import { classNamesIn } from "./hugging-face.ts";

/** What pictures are to become, and what is known of their labels. */
export interface ParquetPictureOptions extends PictureOptions, ClassOptions {
  /** The column that is to be learnt. If absent: the column "label", or the only one beside the pictures. */
  readonly label?: string | undefined;
  /** Whether pictures without labels are of no use. */
  readonly needsLabel?: boolean | undefined;
  /** How errors spell an option, as --label for a command. If absent: as it is. */
  readonly spelled?: ((option: string) => string) | undefined;
}

/** The column of pictures; undefined for a table. Throws a DataError for two of them. */
export async function pictureColumn(file: ParquetFile): Promise<string | undefined> {
  const found = file.columns.filter(({ kind }) => kind === "pictures").map(({ name }) => name);
  // Bytes by themselves are pictures if the first of them is one.
  for (const { name, kind } of file.columns) {
    if (kind !== "bytes" || file.rows === 0) continue;
    const first = Array.from(
      await file.read(
        name,
        file.groups.findIndex((rows) => rows > 0),
      ),
    ).find((value) => value !== null);
    if (first instanceof Uint8Array && pictureKind(first) !== undefined) found.push(name);
  }
  if (found.length < 2) return found[0];
  throw new DataError(file.name, "one column of pictures", `${found.length} (${found.join(", ")})`);
}

/** The pictures of several files, one after the other, as one data set. Throws a DataError; nothing is loaded then. */
export async function picturesFrom(
  name: string,
  files: readonly ParquetFile[],
  pictures: string,
  options: ParquetPictureOptions,
): Promise<{ only: Dataset; label: string | undefined }> {
  const [first] = files as [ParquetFile];
  const label = labelColumn(first, pictures, options);
  const reader = new PictureReader(name, options);
  const examples: Picture[] = [];
  const answers: unknown[] = [];
  for (const file of files) {
    for (const [group, rows] of file.groups.entries()) {
      if (rows === 0) continue;
      const values = await file.read(pictures, group);
      for (let i = 0; i < rows; i++)
        examples.push(await reader.read(`row ${examples.length}`, bytesIn(values[i], name, examples.length)));
      if (label !== undefined) answers.push(...Array.from(await file.read(label.name, group)));
    }
  }
  const [{ width, height }] = examples as [Picture];
  const step = width * height * reader.channels;
  const inputs = new Uint8Array(examples.length * step);
  for (const [i, example] of examples.entries()) {
    inputs.set((example.channels === reader.channels ? example : toColour(example)).pixels, i * step);
  }
  const note = `${name}: ${examples.length} ${examples.length === 1 ? "picture" : "pictures"} ${reader.sentence}.`;
  const learnt = label && labelsOf(name, label, classNamesIn(first, label.name), answers, options);
  if (learnt === undefined && options.needsLabel === true) {
    throw new DataError(name, "labels beside the pictures", label === undefined ? "no column of them" : "none");
  }
  const only = new Dataset({ name, shape: [height, width, reader.channels], inputs, ...learnt, note });
  return { only, label: learnt && label?.name };
}

/** The bytes of a picture: by themselves, or in a structure. */
function bytesIn(value: unknown, name: string, row: number): Uint8Array {
  const bytes =
    value instanceof Uint8Array || value === null || typeof value !== "object"
      ? value
      : (value as { bytes?: unknown }).bytes;
  if (bytes instanceof Uint8Array) return bytes;
  throw new DataError(`${name}, row ${row}`, "a picture", "none", "Nothing was loaded.");
}

function labelColumn(file: ParquetFile, pictures: string, options: ParquetPictureOptions): ParquetColumn | undefined {
  const { label, needsLabel = false, spelled = (option: string) => option } = options;
  const kinds = ["numbers", "truths", "words"];
  const others = file.columns.filter(({ name, kind }) => name !== pictures && kinds.includes(kind));
  const names = others.map(({ name }) => name).join(", ");
  if (label !== undefined) {
    const found =
      others.find(({ name }) => name === label) ?? (/^\d+$/.test(label) ? file.columns[Number(label)] : undefined);
    if (found !== undefined && others.includes(found)) return found;
    throw new ArgumentError(spelled("label"), `a column of ${file.name} (${names})`, JSON.stringify(label));
  }
  const usual = others.find(({ name }) => name === "label") ?? (others.length === 1 ? others[0] : undefined);
  if (usual !== undefined || !needsLabel || others.length === 0) return usual;
  throw new ArgumentError(
    spelled("label"),
    "the name of the column to learn",
    "none",
    `The columns of ${file.name} are ${names}.`,
  );
}

type Labels = {
  readonly labels: readonly number[];
  readonly classes: number;
  readonly classNames: readonly string[] | undefined;
};

/** Class numbers, or undefined where no example has one: Hugging Face writes −1 for what is kept secret. */
function labelsOf(
  name: string,
  { name: column, kind }: ParquetColumn,
  called: readonly string[] | undefined,
  answers: readonly unknown[],
  options: ClassOptions,
): Labels | undefined {
  const isAbsent = (answer: unknown) => answer === null || answer === undefined || Number(answer) === -1;
  if (kind !== "words" && answers.every(isAbsent)) return undefined;
  const where = (row: number) => `${name}, row ${row}, column ${JSON.stringify(column)}`;
  if (kind === "words")
    return byWords(
      name,
      answers.map((answer, row) => wordIn(answer, where(row))),
      options,
    );
  const numbers = answers.map((answer, row) => wholeIn(answer, where(row), called?.length));
  if (called !== undefined && options.classNames !== undefined) {
    return byWords(
      name,
      numbers.map((number) => called[number] ?? ""),
      options,
    );
  }
  const classNames = options.classNames ?? (called?.every((word, i) => word === String(i)) ? undefined : called);
  const highest = numbers.reduce((most, number) => Math.max(most, number), 0);
  const classes = classNames?.length ?? called?.length ?? options.classes ?? highest + 1;
  return { labels: numbers, classes, classNames };
}

function byWords(name: string, words: readonly string[], options: ClassOptions): Labels {
  const { numbers, classes, classNames } = classesOf(name, new Set(words), options);
  return { labels: words.map((word) => numbers.get(word) ?? 0), classes, classNames };
}

function wordIn(answer: unknown, where: string): string {
  if (typeof answer === "string" && answer !== "") return answer;
  throw new DataError(where, "a label", "none", "Nothing was loaded.");
}

function wholeIn(answer: unknown, where: string, count: number | undefined): number {
  const number = answer === null || answer === undefined ? Number.NaN : Number(answer);
  if (Number.isInteger(number) && number >= 0 && number < (count ?? 2 ** 20)) return number;
  const expected = count === undefined ? "a label, a whole number from 0 up" : `a label from 0 to ${count - 1}`;
  throw new DataError(where, expected, String(answer ?? "none"), "Nothing was loaded.");
}
