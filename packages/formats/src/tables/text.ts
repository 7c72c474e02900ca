/**
 * The text of a file that comes as bytes. Tables are UTF-8, or UTF-16 where a byte-order mark says so (what a
 * spreadsheet calls "Unicode text"). Any other encoding is refused: its words would be learnt with wrong letters.
 */
import { DataError } from "inkling";
import { joined } from "../bytes.ts";

/**
 * The text, piece by piece, without a byte-order mark. Throws a DataError with the line where the bytes are no text.
 */
export async function* textOf(name: string, pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let encoding = "utf-8";
  let waiting = new Uint8Array();
  let line = 1;
  const decoded = (bytes: Uint8Array, isLast: boolean): string => {
    if (decoder === undefined) {
      encoding = encodingOf(bytes);
      decoder = new TextDecoder(encoding, { fatal: true });
    }
    try {
      return decoder.decode(bytes, { stream: !isLast });
    } catch {
      const [readable = ""] = new TextDecoder(encoding).decode(bytes).split("\ufffd", 1);
      const where = `${name} line ${line + lineEnds(readable)}`;
      const advice = 'Nothing was loaded. Save it as UTF-8 (in a spreadsheet: "CSV UTF-8").';
      throw new DataError(where, "text in UTF-8", "bytes that are none", advice);
    }
  };
  for await (const piece of pieces) {
    // The first three bytes say what the encoding is.
    const bytes = waiting.length === 0 ? piece : joined([waiting, piece]);
    if (decoder === undefined && bytes.length < 3) {
      waiting = new Uint8Array(bytes);
      continue;
    }
    waiting = new Uint8Array();
    const text = decoded(bytes, false);
    line += lineEnds(text);
    yield text;
  }
  yield decoded(waiting, true);
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return "utf-8";
}

function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}
