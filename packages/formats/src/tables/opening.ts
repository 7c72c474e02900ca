/**
 * How a table begins: lines of comment (#) and a spreadsheet's `sep=;` are left out, and the first lines say what
 * separates the cells. Nothing is decided by a file's name.
 */

/** What can separate cells, the surest first: a comma is in many texts, and in numbers of many countries. */
const SEPARATORS = ["\t", ";", "|", ","] as const;

export type Separator = (typeof SEPARATORS)[number];

/** What was found in the first lines. */
export interface Opening {
  readonly separator: Separator;
  /** What was read of the table, without what stands before it. */
  readonly text: string;
  /** How many lines stand before it. */
  readonly skipped: number;
}

/** So many lines are looked at, in so many characters. */
const LINES = 10;
const CHARACTERS = 1 << 16;
/** The longest comment before a table. */
const LONGEST_PREAMBLE = 1 << 20;

/** Reads the opening of a text that comes in pieces. However it is cut into pieces, the opening is the same. */
export async function openingOf(text: AsyncIterator<string>): Promise<Opening> {
  let read = "";
  for (;;) {
    const { done, value } = await text.next();
    if (!done) read += value;
    const { body, skipped, named } = withoutPreamble(read);
    const isEnough = body.length >= CHARACTERS || rowsOf(body).length > LINES || read.length >= LONGEST_PREAMBLE;
    if (done || isEnough) return { separator: named ?? separatorOf(body, done === true), text: body, skipped };
  }
}

function withoutPreamble(text: string): { body: string; skipped: number; named: Separator | undefined } {
  let [from, skipped, named]: [number, number, Separator | undefined] = [0, 0, undefined];
  for (;;) {
    const end = text.indexOf("\n", from);
    if (end === -1) break;
    const line = text.slice(from, end);
    const sep = skipped === 0 ? /^"?sep=([,;|\t])"?\r?$/i.exec(line)?.[1] : undefined;
    if (sep === undefined && !line.startsWith("#") && line.trim() !== "") break;
    named ??= sep as Separator | undefined;
    from = end + 1;
    skipped++;
  }
  return { body: text.slice(from), skipped, named };
}

/** The first one that divides all of the first lines into as many cells, two or more; else the header's own. */
function separatorOf(body: string, isWhole: boolean): Separator {
  const all = rowsOf(body.slice(0, CHARACTERS));
  // The last line may have been cut off.
  const rows = (isWhole && body.length <= CHARACTERS ? all : all.slice(0, -1)).filter((row) => row.trim() !== "");
  const first = rows.slice(0, LINES).filter((row, i) => i === 0 || !row.startsWith("#"));
  const counts = (separator: Separator) => first.map((row) => countOf(row, separator));
  const fitting = SEPARATORS.find((separator) => {
    const [header = 0, ...others] = counts(separator);
    return header > 0 && others.every((count) => count === header);
  });
  if (fitting !== undefined) return fitting;
  const inHeader = (separator: Separator) => countOf(first[0] ?? "", separator);
  return SEPARATORS.reduce((best, other) => (inHeader(other) > inHeader(best) ? other : best), ",");
}

/** The lines of a text, but for line ends in quotes. At most a few more than are looked at. */
function rowsOf(text: string): string[] {
  const rows: string[] = [];
  let [from, isQuoted] = [0, false];
  for (let i = 0; i < text.length && rows.length <= LINES; i++) {
    if (text[i] === '"') isQuoted = !isQuoted;
    if (text[i] !== "\n" || isQuoted) continue;
    rows.push(text.slice(from, i));
    from = i + 1;
  }
  return [...rows, text.slice(from)];
}

/** How often a separator stands in a line outside of quotes. */
function countOf(row: string, separator: Separator): number {
  let [count, isQuoted] = [0, false];
  for (const character of row) {
    if (character === '"') isQuoted = !isQuoted;
    else if (character === separator && !isQuoted) count++;
  }
  return count;
}
