/** Data sets of the pictures of a folder: their parts, their classes, their order. */
import { DataError, Dataset } from "inkling";
import type { Picture } from "inkling/pictures";
import { type Classes, classesOf } from "./class-folders.ts";
import { toColour } from "./fitting.ts";
import type { FolderOptions, ImageFolder } from "./folder.ts";
import type { Place } from "./folder-layout.ts";

/** A picture as it is to be learnt, and where it was found. */
export interface Found extends Place {
  readonly picture: Picture;
}

/** What is known of all files together. */
interface Folder {
  readonly hasParts: boolean;
  /** Files that are not used. */
  readonly others: number;
}

/** What is known of all pictures together. */
interface Seen {
  readonly channels: 1 | 3;
  readonly sentence: string;
}

const counted = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;

/** Throws a DataError for a part without pictures, for one class alone, and for a class that is only in one part. */
export function setsOf(
  name: string,
  found: readonly Found[],
  { hasParts, others }: Folder,
  { channels, sentence }: Seen,
  options: FolderOptions,
): ImageFolder {
  const isLabelled = found.some(({ folder }) => folder !== undefined);
  const used = isLabelled ? found.filter(({ folder }) => folder !== undefined) : found;
  const of = (part: Place["part"]) => inTurns(used.filter((one) => one.part === part));
  const [train, test, validation] = [of("train"), of("test"), of("validation")];
  if (train.length === 0) throw new DataError(name, "pictures in train", "none");
  const classes = isLabelled ? sharedClasses(name, train, [...test, ...validation], options) : undefined;
  const tested = test.length > 0 ? test : validation;
  const beside = found.length - used.length;
  const notes = [
    `${name}: ${counted(used.length, "picture")} ${sentence}.`,
    beside > 0 && `${counted(beside, "picture")} beside the subfolders left out.`,
    others > 0 && `${counted(others, "other file")} left out.`,
    validation.length > 0 && test.length === 0 && "Those for validation are tested on.",
    validation.length > 0 &&
      test.length > 0 &&
      `The ${validation.length} for validation are left out: --validation N holds some of train out.`,
  ];
  const note = notes.filter((text) => text !== false).join(" ");
  const make = (called: string, examples: readonly Found[]) => datasetOf(called, examples, channels, classes, note);
  return {
    train: make(hasParts ? `${name} train` : name, train),
    test: tested.length > 0 ? make(`${name} test`, tested) : undefined,
    paths: {
      train: train.map(({ path }) => path),
      test: tested.length > 0 ? tested.map(({ path }) => path) : undefined,
    },
  };
}

/** The classes of what is trained on, which are those of the other parts too. */
function sharedClasses(
  name: string,
  train: readonly Found[],
  others: readonly Found[],
  options: FolderOptions,
): Classes {
  const folders = (found: readonly Found[]) => new Set(found.flatMap(({ folder }) => folder ?? []));
  const [learnt, tested] = [folders(train), folders(others)];
  if (options.classNames === undefined && options.classes === undefined) {
    if (learnt.size < 2) {
      const got = [...learnt].map((folder) => `1 (${JSON.stringify(folder)})`)[0] ?? "none";
      throw new DataError(name, "at least 2 subfolders with pictures, one a class", got);
    }
    const stranger = [...tested].find((folder) => !learnt.has(folder));
    if (stranger !== undefined) {
      const got = `${JSON.stringify(stranger)}, which is not in train`;
      throw new DataError(name, "the same classes in all parts", got);
    }
  }
  return classesOf(name, [...learnt, ...tested], options);
}

/** Of each class in turn one, as long as there are some. */
function inTurns(found: readonly Found[]): Found[] {
  const groups = new Map<string | undefined, Found[]>();
  for (const one of found) {
    const group = groups.get(one.folder);
    if (group === undefined) groups.set(one.folder, [one]);
    else group.push(one);
  }
  const all = [...groups.values()];
  const longest = all.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: longest }, (_, i) => all.flatMap((group) => group[i] ?? [])).flat();
}

function datasetOf(
  name: string,
  found: readonly Found[],
  channels: 1 | 3,
  classes: Classes | undefined,
  note: string,
): Dataset {
  const { width = 0, height = 0 } = found[0]?.picture ?? {};
  const step = width * height * channels;
  const inputs = new Uint8Array(found.length * step);
  for (const [i, { picture }] of found.entries()) {
    inputs.set((picture.channels === channels ? picture : toColour(picture)).pixels, i * step);
  }
  return new Dataset({
    name,
    shape: [height, width, channels],
    inputs,
    ...(classes && {
      labels: found.map(({ folder = "" }) => classes.numbers.get(folder) ?? 0),
      classes: classes.classes,
      classNames: classes.classNames,
    }),
    note,
  });
}
