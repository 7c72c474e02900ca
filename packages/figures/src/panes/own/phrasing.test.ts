// What goes wrong with a file is said with the names of the page's controls: no option of a program, no flag.
import { encodeNpy } from "inkling/formats";
import { expect, test } from "vitest";
import { noteIn, sentenceOf } from "./phrasing.ts";
import { type ReadingOptions, readOwn } from "./reading.ts";
import { words } from "./words.ts";

async function refusal(lines: readonly string[], options: ReadingOptions): Promise<string> {
  const file = new Blob([lines.join("\n")]);
  const error = await readOwn([{ path: "houses.csv", file }], options).then(
    () => new Error("It was read."),
    (reason: unknown) => reason,
  );
  return words().failed(sentenceOf(error));
}

const rows = ["id,rooms,price", "1,2,10.5", "2,3,20.5", "3,4,30.5"];
const named = ["id,name,price", ...Array.from({ length: 20 }, (_, i) => `${i},n${i}e,${i}.5`)];

test.each<[string, readonly string[], ReadingOptions, string]>([
  [
    "a word among numbers",
    [...rows, "4,many,40.5"],
    { label: "price" },
    'houses.csv line 5, column "rooms": expected a number, as "2" in line 2, got "many". ' +
      "If all its cells are words, name the column under “Columns of words”. Nothing was changed.",
  ],
  [
    "an empty cell",
    [...rows, "4,NaN,40.5"],
    { label: "price" },
    'houses.csv line 5, column "rooms": expected a number, got "NaN". ' +
      "Fill it in, or choose under “Empty cells” what becomes of such cells. Nothing was changed.",
  ],
  [
    "an empty answer",
    [...rows, "4,5,"],
    { label: "price" },
    'houses.csv line 5, column "price": expected a label, got an empty cell. ' +
      "Under “Empty cells” you can choose that they drop their row. Nothing was changed.",
  ],
  [
    "a column of names",
    named,
    { label: "price" },
    'houses.csv, column "name": expected words that come again, got 20 different words in as many rows. ' +
      "Names say nothing about other rows: name the column under “Columns to leave out”. Nothing was changed.",
  ],
  [
    "a label that is no column",
    rows,
    { label: "prize" },
    'houses.csv: expected “Column with the answers” to be one of its columns ("id", "rooms", "price"), ' +
      'got "prize". Did you mean "price"? Nothing was changed.',
  ],
  [
    "a column to leave out that there is not",
    rows,
    { label: "price", ignore: ["room"] },
    'houses.csv: expected “Columns to leave out” to be among its columns ("id", "rooms", "price"), ' +
      'got "room". Did you mean "rooms"? Nothing was changed.',
  ],
  [
    "a column of words that there is not",
    rows,
    { label: "price", words: ["month"] },
    'houses.csv: expected “Columns of words” to be among its columns ("id", "rooms", "price"), ' +
      'got "month". Nothing was changed.',
  ],
  [
    "words to be predicted",
    ["size,kind", "1,big", "2,small"],
    { label: "kind", task: "numbers" },
    'houses.csv line 2, column "kind": expected a number, got "big". To learn classes choose them under ' +
      "“The answers are”. Nothing was changed.",
  ],
  [
    "no label",
    rows,
    {},
    "“Column with the answers”: expected the name of the column to learn, or its index from 0 to 2, got none. " +
      "The columns of houses.csv are id, rooms, price. Nothing was changed.",
  ],
])("%s", async (_, lines, options, sentence) => {
  expect(await refusal(lines, options)).toBe(sentence);
});

test("one array is a table: its answers are a column that has a number, and a name says nothing", async () => {
  const bytes = encodeNpy({ shape: [3, 2], values: Float32Array.of(1, 0, 2, 1, 3, 0) });
  const file = new Blob([bytes]);
  const refused = await readOwn([{ path: "rows.npy", file }], { label: "price" }).catch((reason: unknown) => reason);
  expect(sentenceOf(refused)).toBe(
    "“Column with the answers”: expected answers for rows.npy, got none. " +
      "Name the column by its number, from 0, or choose an NPZ file that has the answers too.",
  );
  expect((await readOwn([{ path: "rows.npy", file }], { label: "1" })).train.columns).toBe(1);
});

test("what a folder says of its pictures for validation names no flag", () => {
  expect(noteIn("pets: 9 pictures. The 3 for validation are left out: --validation N holds some of train out.")).toBe(
    "pets: 9 pictures. The 3 for validation are left out.",
  );
});
