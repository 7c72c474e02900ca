/** The options that say how tables and arrays are read: in training, and where a model is asked. */
import type { Command } from "commander";
import { ArgumentError, type Dataset } from "inkling";
import type { Reading } from "./data.ts";
import { printable } from "./printable.ts";
import { type Terminal, wrap } from "./report/terminal.ts";

export interface TableOptions {
  readonly missing?: string;
  readonly words?: string;
  readonly ignore?: string;
  readonly unknown?: string;
  readonly labels?: string;
  readonly memory?: string;
}

const MISSING = "empty cells of a table: mean (of the training rows), or drop (leave the rows out)";
const LABELS = "the answers, where --data is an NPY file of examples: an NPY file of their own";

const MEMORY = "IDX and NPY files of more than so much (500M, 2G) stay on the disk; ¼ of what is free, 1G at most";

/** Options of the commands that learn from a table. */
export function addTableOptions(command: Command): Command {
  return command
    .option("--missing <how>", MISSING)
    .option("--words <columns>", "columns that hold words even where they look like numbers, as month,zip")
    .option("--ignore <columns>", "columns of a table that are left out, as id,name")
    .option("--labels <file>", LABELS)
    .option("--memory <size>", MEMORY);
}

/** Options of the commands that ask a model about a table. */
export function addAskingOptions(command: Command): Command {
  return command
    .option("--missing <how>", MISSING)
    .option("--unknown <how>", "words that the model has not seen: zero (read them as none of its words)")
    .option("--ignore <columns>", "columns of a table that are left out, besides those of the training")
    .option("--labels <file>", LABELS)
    .option("--memory <size>", MEMORY);
}

/** What these options say about the data. Throws an ArgumentError for a word that says nothing. */
export function tableReading(options: TableOptions): Reading {
  const { missing, unknown, labels, memory } = options;
  if (missing !== undefined && missing !== "mean" && missing !== "drop") {
    throw new ArgumentError("--missing", "mean or drop", JSON.stringify(missing));
  }
  if (unknown !== undefined && unknown !== "zero") {
    throw new ArgumentError("--unknown", "zero", JSON.stringify(unknown));
  }
  const words = listFrom("--words", options.words);
  const ignore = listFrom("--ignore", options.ignore);
  return {
    ...(missing !== undefined && { missing }),
    ...(unknown !== undefined && { unknown }),
    ...(words !== undefined && { words }),
    ...(ignore !== undefined && { ignore }),
    ...(labels !== undefined && { labelsFile: labels }),
    ...(memory !== undefined && { memory: bytesFrom("--memory", memory) }),
  };
}

/** How many bytes a word such as 500M stands for; K, M and G are 2¹⁰, 2²⁰ and 2³⁰. */
function bytesFrom(flag: string, word: string): number {
  const [, digits, unit = ""] = /^(\d+)([KMG]?)B?$/i.exec(word) ?? [];
  const bytes = Number(digits) * 1024 ** ["", "K", "M", "G"].indexOf(unit.toUpperCase());
  if (Number.isSafeInteger(bytes)) return bytes;
  throw new ArgumentError(flag, "a size, as 500M or 2G", JSON.stringify(word));
}

function listFrom(flag: string, list: string | undefined): readonly string[] | undefined {
  const names = list?.split(",").map((name) => name.trim());
  if (names?.includes("")) throw new ArgumentError(flag, "names of columns, as a,b", JSON.stringify(list));
  return names;
}

/** What became of empty cells and unknown words, where an option or the model lets them pass. */
export function tableNotes(data: Dataset, { missing, unknown }: TableOptions, terminal: Terminal): string[] {
  const isFilled = data.tableColumns?.some((column) => column.missing !== undefined) === true;
  if (data.note === undefined || !(isFilled || missing !== undefined || unknown !== undefined)) return [];
  // That there is nothing to learn from is no news here.
  const note = data.note.replace(/^.*no column is the label, so there is nothing to learn from\. ?/, "");
  return note === "" ? [] : wrap(printable(note), terminal.width, "");
}
