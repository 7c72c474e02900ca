/**
 * A Parquet file (https://parquet.apache.org/docs/file-format/), column by column, by hyparquet. Its description stands
 * at its end; it is walked through before the library reads it, and so is each column (pages.ts).
 */
import { type FileMetaData, parquetMetadata, parquetScan, parquetSchema, type SchemaTree } from "hyparquet";
import { DataError, InklingError } from "inkling";
import { checkPages, unpackers } from "./pages.ts";
import { ThriftReader } from "./thrift.ts";

/** What the values of a column are. */
export type ColumnKind = "numbers" | "truths" | "words" | "bytes" | "pictures" | "dates" | "lists" | "structures";

export interface ParquetColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** The longest description that is read: 2²⁶ bytes. */
const MOST_DESCRIPTION = 2 ** 26;
const MOST_COLUMNS = 20_000;
const MOST_ROWS = 2 ** 31;
/** A run of equal values takes few bytes, however long it is. But not every column of a file has only one value. */
const MOST_ROWS_A_BYTE = 1024;

/** The error for a file that is not whole; `what` is the sentence of whatever found it. */
function damaged(name: string, what: unknown): DataError {
  const text = what instanceof Error ? what.message : String(what);
  return new DataError(name, "a Parquet file that is whole", text.slice(0, 160), "Nothing was loaded.");
}

/** A Parquet file that was opened: its columns, and what they hold. */
export class ParquetFile {
  /** What errors and reports call it. */
  readonly name: string;
  readonly columns: readonly ParquetColumn[];
  readonly rows: number;
  /** Notes of the program that wrote it, by their names. */
  readonly notes: ReadonlyMap<string, string>;
  readonly #bytes: Uint8Array;
  readonly #metadata: FileMetaData;
  readonly #tree: SchemaTree;

  /** Reads the description. Throws a DataError for what is no whole Parquet file, or has more than the limits. */
  constructor(name: string, bytes: Uint8Array) {
    this.name = name;
    this.#bytes = bytes;
    if (String.fromCharCode(...bytes.subarray(0, 4)) === "PARE") {
      throw new DataError(name, "a Parquet file that is not encrypted", "an encrypted one");
    }
    try {
      this.#metadata = metadataOf(bytes);
      this.#tree = parquetSchema(this.#metadata);
      checkGroups(this.#metadata, this.#tree, bytes.length);
    } catch (error) {
      throw error instanceof InklingError ? error : damaged(name, error);
    }
    this.columns = this.#tree.children.map((child) => ({ name: child.element.name, kind: kindOf(child) }));
    this.rows = Number(this.#metadata.num_rows);
    this.notes = new Map(this.#metadata.key_value_metadata?.map(({ key, value = "" }) => [key, value]));
    const names = new Set(this.columns.map((column) => column.name));
    if (names.size < this.columns.length) throw damaged(name, "two columns of one name");
  }

  /** How many rows each group has. A group is read at once. */
  get groups(): readonly number[] {
    return this.#metadata.row_groups.map((group) => Number(group.num_rows));
  }

  /** The values of a column in group `index`: one a row, null where there is none. Throws a DataError. */
  async read(column: string, index: number): Promise<ArrayLike<unknown>> {
    const group = this.#metadata.row_groups[index];
    const top = this.#tree.children.find((child) => child.element.name === column);
    if (group === undefined || top === undefined) throw damaged(this.name, `no column ${column}`);
    const rows = Number(group.num_rows);
    if (rows === 0) return [];
    try {
      const ranges = leavesOf(top).map((leaf) => this.#checked(leaf, index));
      const file = {
        byteLength: this.#bytes.length,
        slice: (start: number, end = this.#bytes.length): ArrayBuffer => {
          const isKnown = ranges.some((range) => start >= range.start) && ranges.some((range) => end <= range.end);
          if (!isKnown) throw new Error("bytes outside of the column");
          return this.#bytes.slice(start, end).buffer as ArrayBuffer;
        },
      };
      const rowStart = this.groups.slice(0, index).reduce((sum, count) => sum + count, 0);
      const scan = await parquetScan({
        ...{ file, metadata: this.#metadata, columns: [column], compressors: unpackers },
        ...{ utf8: false, geoparquet: false, useOffsetIndex: false },
      });
      const values = await scan.readColumn({ column, rowStart, rowEnd: rowStart + rows });
      if (values.length !== rows) throw new Error(`${values.length} values in ${rows} rows`);
      return values as ArrayLike<unknown>;
    } catch (error) {
      throw error instanceof InklingError ? error : damaged(`${this.name}, column ${JSON.stringify(column)}`, error);
    }
  }

  /** Where the pages of a leaf are, after they were looked through. */
  #checked(leaf: SchemaTree, index: number): { start: number; end: number } {
    const group = this.#metadata.row_groups[index];
    const path = leaf.path.join("\0");
    const about = group?.columns.find((column) => column.meta_data?.path_in_schema.join("\0") === path)?.meta_data;
    if (group === undefined || about === undefined) throw new Error("pages that are not there");
    const [data, dictionary] = [Number(about.data_page_offset), Number(about.dictionary_page_offset ?? 0)];
    const start = dictionary > 0 && dictionary < data ? dictionary : data;
    const end = start + Number(about.total_compressed_size);
    if (!(start >= 4 && end > start && end <= this.#bytes.length)) throw new Error("pages outside of the file");
    const steps = this.#stepsTo(leaf);
    const levels = steps.filter(({ element }) => element.repetition_type !== "REQUIRED").length;
    if (about.type !== leaf.element.type) throw new Error("pages of another type");
    const bytes = this.#bytes.subarray(start, end);
    checkPages({ bytes, about, element: leaf.element, levels, rows: Number(group.num_rows) });
    return { start, end };
  }

  /** From the column down to one of its leaves. */
  #stepsTo(leaf: SchemaTree): SchemaTree[] {
    const steps: SchemaTree[] = [];
    let at: SchemaTree | undefined = this.#tree;
    for (const name of leaf.path) {
      at = at?.children.find((child) => child.element.name === name);
      if (at !== undefined) steps.push(at);
    }
    return steps;
  }
}

function metadataOf(bytes: Uint8Array): FileMetaData {
  const { length } = bytes;
  const end = String.fromCharCode(...bytes.subarray(Math.max(0, length - 4)));
  if (length < 12 || end !== "PAR1") throw new Error("one that is cut off");
  const size = new DataView(bytes.buffer, bytes.byteOffset, length).getUint32(length - 8, true);
  if (size > length - 12) throw new Error(`a description of ${size} bytes in a file of ${length}`);
  if (size > MOST_DESCRIPTION) throw new Error(`a description of ${size} bytes`);
  const footer = bytes.subarray(length - 8 - size);
  const reader = new ThriftReader(footer.subarray(0, size));
  reader.struct();
  return parquetMetadata(footer.slice(), { geoparquet: false });
}

function checkGroups({ schema, num_rows, row_groups }: FileMetaData, tree: SchemaTree, length: number): void {
  if (schema.length > MOST_COLUMNS) throw new Error(`${schema.length} columns`);
  if (!schema.every(({ name }) => typeof name === "string")) throw new Error("a column without a name");
  if (tree.count !== schema.length) throw new Error("columns that belong to nothing");
  const total = row_groups.reduce((sum, group) => sum + (group.num_rows >= 0n ? group.num_rows : -(2n ** 64n)), 0n);
  if (total !== num_rows || num_rows > MOST_ROWS) throw new Error(`${num_rows} rows in groups of ${total}`);
  if (num_rows > MOST_ROWS_A_BYTE * length) throw new Error(`${num_rows} rows in ${length} bytes`);
}

function leavesOf(tree: SchemaTree): SchemaTree[] {
  return tree.children.length === 0 ? [tree] : tree.children.flatMap(leavesOf);
}

const isRepeated = (tree: SchemaTree): boolean =>
  tree.element.repetition_type === "REPEATED" || tree.children.some(isRepeated);

function kindOf(tree: SchemaTree): ColumnKind {
  const { children, element } = tree;
  if (isRepeated(tree)) return "lists";
  if (children.length > 0) {
    const bytes = children.find((child) => child.element.name === "bytes");
    const isPicture =
      children.length <= 2 && bytes?.element.type === "BYTE_ARRAY" && children.every((c) => c.children.length === 0);
    return isPicture ? "pictures" : "structures";
  }
  const { type, converted_type: converted = "", logical_type: logical } = element;
  const said = logical?.type ?? "";
  if (type === "INT96" || /^(DATE|TIME)/.test(converted) || /^(DATE|TIME)/.test(said)) return "dates";
  if (type === "BOOLEAN") return "truths";
  if (/^(JSON|BSON|INTERVAL|UUID|VARIANT|GEO)/.test(converted + said)) return "structures";
  if (converted === "DECIMAL" || said === "FLOAT16") return "numbers";
  if (type === "BYTE_ARRAY") return /^(UTF8|ENUM)/.test(converted) || /^(STRING|ENUM)/.test(said) ? "words" : "bytes";
  return type === "FIXED_LEN_BYTE_ARRAY" || said === "DECIMAL" ? "bytes" : "numbers";
}
