/** The header of an NPY file: a Python dictionary of three entries, read by a strict grammar. npy.ts has the format. */
import { DataError } from "../errors.ts";
import { shown } from "../shown.ts";

/** What a header says. */
export interface NpyHeader {
  /** The numbers' type without the order of their bytes, as NumPy calls it: u1, f4 … Perhaps one that there is not. */
  readonly type: string;
  readonly isBigEndian: boolean;
  /** Whether the numbers are stored column-major. */
  readonly isFortran: boolean;
  readonly shape: readonly number[];
  /** Where the numbers begin in the file. */
  readonly offset: number;
}

/** The longest header that is read. NumPy itself takes up to 10,000 characters. */
const MAX_HEADER = 1 << 16;
const MOST_DIMENSIONS = 32;
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

/** Whether bytes begin as an NPY file does. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** The header of an NPY file, from its first bytes. Throws a DataError, in the name of `where`, if it is none. */
export function parseNpyHeader(bytes: Uint8Array, where: string): NpyHeader {
  const fail = (expected: string, got: string): never => {
    throw new DataError(where, expected, got, "Nothing was loaded.");
  };
  if (!isNpy(bytes)) fail("an NPY file (it begins with \\x93NUMPY)", bytes.length < 6 ? "less" : "something else");
  if (bytes.length < 12) fail("an NPY header", `${bytes.length} bytes (is it truncated?)`);
  const [major, minor] = [bytes[6], bytes[7]];
  if (major < 1 || major > 3 || minor !== 0) fail("NPY of version 1.0, 2.0 or 3.0", `${major}.${minor}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const begin = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) fail(`a header of at most ${MAX_HEADER} bytes`, String(length));
  const offset = begin + length;
  if (offset > bytes.length) fail(`a header of ${length} bytes`, `${bytes.length - begin} (is it truncated?)`);
  // Versions 1 and 2 are Latin-1, 3 is UTF-8. What is no ASCII fits no header that is read.
  const text = Array.from(bytes.subarray(begin, offset), (byte) => String.fromCharCode(byte)).join("");
  const entries = entriesOf(text) ?? fail("an NPY header (descr, fortran_order, shape)", shown(text));
  const { descr, fortran_order: order, shape } = entries;
  const { 1: endian, 2: type = "" } = /^'([<>|]?)([^']*)'$/.exec(descr) ?? [];
  if (endian === undefined) fail("numbers of one type", shown(descr));
  if (!/^[<>]/.test(descr.slice(1)) && /^[iuf][248]$/.test(type)) fail("the order of the bytes (< or >)", shown(descr));
  const lengths = (shape.match(/\d+/g) ?? []).map(Number);
  if (lengths.length > MOST_DIMENSIONS) fail(`at most ${MOST_DIMENSIONS} dimensions`, String(lengths.length));
  if (!lengths.every(Number.isSafeInteger)) fail("dimensions that fit in memory", shown(shape));
  return { type, isBigEndian: endian === ">", isFortran: order === "True", shape: lengths, offset };
}

/** What a value of each entry looks like. A descr may also be the list of a structure's fields, to be refused. */
const VALUES = {
  descr: /^(?:'[^'\\]*'|\[[^\]]*\])/,
  fortran_order: /^(?:True|False)/,
  shape: /^\((?:\d+L?, *(?:\d+L?(?:, *\d+L?)*,?)?)? *\)/,
} as const;

/** The texts of the three entries; undefined for any other text, and where one is missing or comes twice. */
function entriesOf(text: string): Record<keyof typeof VALUES, string> | undefined {
  const found: Partial<Record<keyof typeof VALUES, string>> = {};
  let rest = text.replaceAll('"', "'");
  const take = (pattern: RegExp): string | undefined => {
    const taken = pattern.exec(rest)?.[0];
    if (taken !== undefined) rest = rest.slice(taken.length);
    return taken;
  };
  if (take(/^\s*\{\s*/) === undefined) return undefined;
  for (;;) {
    const key = /^'(descr|fortran_order|shape)'$/.exec(take(/^'\w*'/) ?? "")?.[1] as keyof typeof VALUES | undefined;
    if (key === undefined || found[key] !== undefined || take(/^\s*:\s*/) === undefined) break;
    const value = take(VALUES[key]);
    if (value === undefined) break;
    found[key] = value;
    if (take(/^\s*,\s*/) === undefined) break;
  }
  const isWhole = take(/^\s*\}\s*$/) !== undefined && rest === "";
  const { descr, fortran_order, shape } = found;
  if (!isWhole || descr === undefined || fortran_order === undefined || shape === undefined) return undefined;
  return { descr, fortran_order, shape };
}
