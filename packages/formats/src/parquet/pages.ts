/**
 * The pages of one column in one group of rows. Each is looked through before the library reads it: how large it
 * becomes, how many values it has, and how they are packed. The library then unpacks it again,
 * which takes little of its time.
 */
import type { ColumnMetaData, CompressionCodec, Compressors, SchemaElement } from "hyparquet";
import { compressors, decompressZstd } from "hyparquet-compressors";
import { type Place, walkDeltas, walkRuns, walkTexts } from "./runs.ts";
import { numberIn, structIn, ThriftReader, type ThriftStruct } from "./thrift.ts";

/** The most bytes that a page may unpack to: 2²⁸. Programs write pages of about one million. */
const MOST_PAGE = 2 ** 28;
/** The most bytes that the pages of a column in one group of rows may unpack to together. */
const MOST_COLUMN = 2 ** 31;
/** Pages that unpack to more than 2²⁴ bytes are not packed more than this many times: deflate's own limit. */
const MOST_RATIO = 1032;
const SMALL_PAGE = 2 ** 24;

/** Kinds of pages. */
const [DATA, DICTIONARY, DATA_2] = [0, 2, 3];
/** Encodings. */
const [PLAIN, PLAIN_DICTIONARY, RLE, DELTA, DELTA_LENGTHS, RLE_DICTIONARY, SPLIT] = [0, 2, 3, 5, 6, 8, 9];
/** How many bytes a value has, by its type. */
const WIDTHS: Readonly<Record<string, number>> = { INT32: 4, INT64: 8, INT96: 12, FLOAT: 4, DOUBLE: 8 };

/** A column as its description says. */
export interface ColumnPages {
  /** The bytes of its pages. */
  readonly bytes: Uint8Array;
  readonly about: ColumnMetaData;
  readonly element: SchemaElement;
  /** How many of the names in its path may be absent. */
  readonly levels: number;
  /** How many rows the group has. */
  readonly rows: number;
}

/** Looks through the pages. Throws an Error, whose sentence says what is wrong. */
export function checkPages(column: ColumnPages): void {
  const { bytes, rows } = column;
  let [values, total] = [0, 0];
  let hasDictionary = false;
  for (let at = 0; at < bytes.length - 1; ) {
    const reader = new ThriftReader(bytes, at);
    const header = reader.struct();
    const [type = -1, size = -1, packed = -1] = [1, 2, 3].map((id) => numberIn(header, id));
    const end = reader.at + packed;
    if (packed < 0 || end > bytes.length) throw new Error("a page that is cut off");
    total += size;
    const isBomb = size > SMALL_PAGE && size > MOST_RATIO * packed;
    if (size < 0 || size > MOST_PAGE || total > MOST_COLUMN || isBomb) throw new Error(`a page of ${size} bytes`);
    const page: Page = { bytes: bytes.subarray(reader.at, end), size, codec: column.about.codec };
    at = end;
    const [about, dictionary, about2] = [5, 7, 8].map((id) => structIn(header, id));
    if (type === DICTIONARY && dictionary) {
      if (hasDictionary || values > 0) throw new Error("a second dictionary");
      hasDictionary = true;
      checkPlain({ bytes: whole(page), at: 0 }, column.element, numberIn(dictionary, 1) ?? -1);
      continue;
    }
    const body =
      type === DATA && about
        ? first(page, about, column)
        : type === DATA_2 && about2
          ? second(page, about2, column)
          : undefined;
    if (body === undefined) throw new Error(`a page of kind ${type}`);
    values += body.rows;
    if (values > rows) throw new Error(`${values} values and more in ${rows} rows`);
    checkValues(body, column.element, hasDictionary);
  }
  if (values !== rows) throw new Error(`${values} values in ${rows} rows`);
}

interface Page {
  readonly bytes: Uint8Array;
  /** How many bytes it unpacks to. */
  readonly size: number;
  readonly codec: CompressionCodec;
}

/** The values of a page, behind its levels. */
interface Body extends Place {
  readonly rows: number;
  /** How many of the rows have a value. */
  readonly present: number;
  readonly encoding: number;
  readonly isSecond: boolean;
}

/** A page, unpacked. */
function whole({ bytes, size, codec }: Page): Uint8Array {
  const body = codec === "UNCOMPRESSED" ? bytes : unpackers[codec]?.(bytes, size);
  if (body === undefined) throw new Error(`pages packed by ${codec}`);
  if (body.length !== size) throw new Error(`${body.length} bytes for ${size}`);
  return body;
}

/**
 * What unpacks pages: the library's, but where it would take more memory than a page has or not see that it is short.
 */
export const unpackers: Compressors = {
  ...compressors,
  ZSTD: (bytes, size) => decompressZstd(bytes, new Uint8Array(size)),
  GZIP(bytes, size) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    // Its last four bytes say how long it was.
    if (bytes.length < 18 || view.getUint32(bytes.length - 4, true) !== size)
      throw new Error("a page of another length than it says");
    return compressors.GZIP?.(bytes, size) ?? new Uint8Array();
  },
};

/** Bits that hold the numbers from 0 to `most`. */
const bitsFor = (most: number) => 32 - Math.clz32(most);

/** A page of the first kind: levels after their length, then values, all packed together. */
function first(page: Page, about: ThriftStruct, { levels, rows: most }: ColumnPages): Body {
  const [rows = -1, encoding = -1] = [1, 2].map((id) => numberIn(about, id));
  if (rows < 0 || rows > most) throw new Error(`${rows} values in ${most} rows`);
  const bytes = whole(page);
  if (levels === 0) return { bytes, at: 0, rows, present: rows, encoding, isSecond: false };
  if (bytes.length < 4) throw new Error("a page that is cut off");
  const at = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (at > bytes.length) throw new Error("a page that is cut off");
  const { found } = walkRuns({ bytes: bytes.subarray(0, at), at: 4 }, bitsFor(levels), rows, levels);
  return { bytes, at, rows, present: found, encoding, isSecond: false };
}

/** A page of the second kind: the levels are not packed, and their length stands in the header. */
function second(page: Page, about: ThriftStruct, { levels, rows: most }: ColumnPages): Body {
  const numbers = [1, 2, 3, 4, 5, 6].map((id) => numberIn(about, id));
  const [count = -1, nulls = -1, rows = -1, encoding = -1, length = -1, repeated = -1] = numbers;
  if (count < 0 || count > most || rows !== count || nulls < 0 || nulls > count) {
    throw new Error(`${count} values in ${most} rows`);
  }
  if (repeated !== 0 || length < 0 || length > Math.min(page.bytes.length, page.size))
    throw new Error("levels that are cut off");
  const runs = { bytes: page.bytes.subarray(0, length), at: 0 };
  const present = levels === 0 ? rows : walkRuns(runs, bitsFor(levels), rows, levels).found;
  if (present !== count - nulls) throw new Error(`${count - nulls} values where ${present} are present`);
  const codec = about.get(7) === false ? "UNCOMPRESSED" : page.codec;
  const bytes = whole({ bytes: page.bytes.subarray(length), size: page.size - length, codec });
  return { bytes, at: 0, rows, present, encoding, isSecond: true };
}

/** Throws an Error unless the page holds as many values as it says, packed in a known way. */
function checkValues(
  { bytes, at, present, encoding, isSecond }: Body,
  element: SchemaElement,
  hasDictionary: boolean,
): void {
  const { type } = element;
  if (encoding === PLAIN || encoding === SPLIT) checkPlain({ bytes, at }, element, present);
  else if (encoding === PLAIN_DICTIONARY || encoding === RLE_DICTIONARY) {
    const width = bytes[at];
    if (!hasDictionary || width === undefined) throw new Error("places in a dictionary that is not there");
    // Of one word, the first kind of page has no runs.
    if (width > 0 || isSecond) walkRuns({ bytes, at: at + 1 }, width, present);
  } else if (encoding === RLE && type === "BOOLEAN") walkRuns({ bytes, at: at + 4 }, 1, present);
  else if (encoding === DELTA && (type === "INT32" || type === "INT64")) walkDeltas({ bytes, at }, present);
  else if (encoding === DELTA_LENGTHS && type === "BYTE_ARRAY") walkDeltas({ bytes, at }, present);
  else throw new Error(`values of type ${type} in the encoding ${encoding}, which is not read`);
}

/** Throws an Error unless `count` values stand there, one after the other. */
function checkPlain(place: Place, { type, type_length = 0 }: SchemaElement, count: number): void {
  if (count < 0 || type === undefined) throw new Error(`${count} values`);
  if (type === "BYTE_ARRAY") {
    walkTexts(place, count);
    return;
  }
  const bits = type === "BOOLEAN" ? 1 : 8 * (type === "FIXED_LEN_BYTE_ARRAY" ? type_length : (WIDTHS[type] ?? 0));
  if (bits < 1 || place.at + Math.ceil((count * bits) / 8) > place.bytes.length) {
    throw new Error(`${count} values in ${place.bytes.length - place.at} bytes`);
  }
}
