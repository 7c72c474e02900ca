/**
 * Zip archives, in and out, by zip.js. Every entry's checksum is compared, and its size is known before it is unpacked:
 * an archive is refused before memory is taken for it.
 */
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader, ZipWriter } from "@zip.js/zip.js";
import { ArgumentError, DataError, InklingError } from "inkling";

// Archives here are small: starting a thread takes longer than it saves. And a page's rules may forbid workers.
configure({ useWebWorkers: false });

/** What an archive may hold at most. */
export interface ZipLimits {
  /** How many files; 1,000 if absent. */
  readonly entries?: number;
  /** How many bytes all files have together once they are unpacked; 2³¹ if absent. */
  readonly bytes?: number;
}

/**
 * Every entry of a real archive is smaller than this many times what it was packed to: deflate's own limit is 1,032.
 */
const MOST_RATIO = 1040;

/**
 * The files of a zip archive by their names, unpacked. `name` is what errors call the archive. Throws a DataError for
 * what is no whole archive, for one that is encrypted or damaged, or that has two entries of one name, or more than the
 * limits allow.
 *
 * @example
 * const files = await unzip(bytes, "mnist.npz");
 * files.get("x_train.npy"); // its bytes
 */
export async function unzip(
  bytes: Uint8Array,
  name: string,
  { entries: mostEntries = 1000, bytes: mostBytes = 2 ** 31 }: ZipLimits = {},
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const refuse = (expected: string, got: string): never => {
    throw new DataError(name, expected, got, "Nothing was loaded.");
  };
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const reader = new ZipReader(new Uint8ArrayReader(bytes), { checkSignature: true, strictness: "strict" });
  let total = 0;
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      const { filename, uncompressedSize, compressedSize } = entry;
      if (entry.directory) continue;
      if (entry.encrypted) refuse("an archive without a password", `${filename}, encrypted`);
      if (files.size === mostEntries) refuse(`an archive of at most ${mostEntries} files`, "more");
      if (files.has(filename)) refuse("one file of a name", `two ${filename}`);
      total += uncompressedSize;
      if (total > mostBytes) refuse(`at most ${mostBytes} bytes unpacked`, `at least ${total}`);
      if (uncompressedSize > compressedSize * MOST_RATIO + 64) {
        refuse("sizes that deflate can reach", `${filename}, ${compressedSize} bytes packed from ${uncompressedSize}`);
      }
      const data = await entry.getData(new Uint8ArrayWriter());
      if (data.length !== uncompressedSize) refuse(`${uncompressedSize} bytes in ${filename}`, String(data.length));
      files.set(filename, data as Uint8Array<ArrayBuffer>);
    }
  } catch (error) {
    if (error instanceof InklingError) throw error;
    refuse("a zip archive that is whole", error instanceof Error ? error.message : String(error));
  } finally {
    await reader.close();
  }
  return files;
}

/** The longest comment of an archive: its length has 16 bits. */
const MOST_COMMENT = 65_535;

/** The comment of an archive; empty where it has none, or one that is no text. */
export async function zipComment(bytes: Uint8Array): Promise<string> {
  const reader = new ZipReader(new Uint8ArrayReader(bytes));
  try {
    await reader.getEntries();
    return new TextDecoder("utf-8", { fatal: true }).decode(reader.comment);
  } catch {
    return "";
  } finally {
    await reader.close();
  }
}

/** The earliest date that a zip archive can hold: so the same files always make the same bytes. */
const NO_DATE = new Date(1980, 0, 1);

export interface ZipOptions {
  /** A text of at most 65,535 bytes that belongs to the whole archive; none if absent. `zipComment` reads it. */
  readonly comment?: string;
}

/**
 * A zip archive of these files. The same files in the same order give the same bytes, whatever the day. Throws an
 * ArgumentError for a comment that is too long.
 */
export async function zip(
  files: Iterable<readonly [name: string, bytes: Uint8Array]>,
  { comment = "" }: ZipOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const text = new TextEncoder().encode(comment);
  if (text.length > MOST_COMMENT) {
    throw new ArgumentError("zip", `a comment of at most ${MOST_COMMENT} bytes`, String(text.length));
  }
  const writer = new ZipWriter(new Uint8ArrayWriter(), { extendedTimestamp: false, lastModDate: NO_DATE });
  for (const [name, bytes] of files) await writer.add(name, new Uint8ArrayReader(bytes));
  return (await writer.close(text)) as Uint8Array<ArrayBuffer>;
}
