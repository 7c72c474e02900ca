/** The columns of a table, by the first lines of its file: before it is known which of them is to be learnt. */
import { isImageHeader } from "inkling/formats";
import type { Chosen } from "./reading.ts";

/** So many names are offered. */
const MOST = 200;
/** A file is read in pieces of so many bytes. */
const PIECE = 2 ** 16;

/**
 * The names of a table's columns, as the library calls them: without a header "column 0", "column 1" … None where the
 * file is no text, or holds images.
 */
export async function columnsOf({ path, file }: Chosen): Promise<readonly string[]> {
  const { fileFormats, openSource } = await import("inkling-formats/data");
  const source = await openSource(path, piecesOf(file));
  // Whatever is text is a table, so that it is the last one.
  if (fileFormats.find((format) => format.recognises(source)) !== fileFormats.at(-1)) return [];
  const { csvLines } = await import("inkling-formats/tables");
  const lines = csvLines(path, source.pieces());
  try {
    const [first, second] = [await lines.next(), await lines.next()];
    if (first.done || isImageHeader(first.value.cells)) return [];
    const cells = first.value.cells.slice(0, MOST);
    const isHeader = !isRow(cells, second.done ? [] : second.value.cells);
    return cells.map((cell, i) => (isHeader ? cell.trim() : `column ${i}`));
  } finally {
    await lines.return(undefined);
  }
}

/** Whether a first line is an example and no header: all numbers, or all but one that is a word below it, too. */
function isRow(first: readonly string[], second: readonly string[]): boolean {
  const isWord = (cell: string) => cell.trim() === "" || Number.isNaN(Number(cell));
  const words = first.flatMap((cell, i) => (isWord(cell) ? [i] : []));
  const [at] = words;
  return at === undefined || (words.length === 1 && second[at] !== undefined && isWord(second[at]));
}

async function* piecesOf(file: Blob): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < file.size; start += PIECE) {
    yield new Uint8Array(await file.slice(start, start + PIECE).arrayBuffer());
  }
}
