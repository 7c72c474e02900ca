/** The formats of files, in the order in which they are asked: whatever is text is a table, so that comes last. */
import { DataError } from "inkling";
import { readTable } from "../tables/index.ts";
import { npy, npz } from "./arrays.ts";
import { type Data, type FileFormat, type ReadOptions, refuseAnswersFile } from "./format.ts";
import { parquet } from "./parquet-format.ts";
import { picture } from "./picture-format.ts";
import { type FileSource, openSource } from "./source.ts";

const table: FileFormat = {
  what: "a CSV or TSV table",
  // Text has no byte 0, but in UTF-16, which a byte-order mark announces.
  recognises: ({ head }) => {
    const isUtf16 = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
    return isUtf16 || !head.includes(0);
  },
  read(source, options) {
    refuseAnswersFile(options, "a table, which has its answers in a column");
    return readTable(source.name, source.pieces(), options);
  },
};

export const fileFormats: readonly FileFormat[] = [npz, npy, parquet, picture, table];

/** Reads an opened file: its first bytes say what it holds. Throws a DataError where they say nothing that is known. */
export async function readSource(source: FileSource, options: ReadOptions = {}): Promise<Data> {
  const format = fileFormats.find((known) => known.recognises(source));
  if (format !== undefined) return format.read(source, options);
  const bytes = Array.from(source.head.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  const known = fileFormats.map(({ what }) => what).join(", ");
  const isIdx = /^00 00 08 0[1-9]/.test(bytes);
  const advice = isIdx ? " It is one file of an IDX data set: name their directory." : "";
  const got = `a file that begins with the bytes ${bytes}`;
  throw new DataError(source.name, known, got, `Nothing was loaded.${advice}`);
}

/**
 * Reads the data of a file from its bytes: a Blob (so a File, too), or the bytes themselves, packed by gzip or not.
 * What they hold decides, not the name: `name` is what errors and reports call it. Throws a DataError for bytes that
 * are of no known format or not what they should be.
 *
 * @example
 * const [file] = input.files;
 * const data = await readBytes(file.name, file, { label: "species" });
 */
export async function readBytes(name: string, bytes: Blob | Uint8Array, options: ReadOptions = {}): Promise<Data> {
  return readSource(await openSource(name, piecesOf(bytes)), options);
}

async function* piecesOf(bytes: Blob | Uint8Array): AsyncGenerator<Uint8Array> {
  if (bytes instanceof Uint8Array) {
    yield bytes;
    return;
  }
  // A reader, as not every browser can loop over a stream.
  const reader = bytes.stream().getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}
