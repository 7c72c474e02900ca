/**
 * Protobuf messages by tables of their fields. The bytes are read and written by @bufbuild/protobuf's wire functions;
 * which fields a message has stands in a table (schema.ts), and no code is made from it. What a table does not name is
 * skipped.
 *
 * A file is bounded by its length: a field never takes more bytes than are there. So that few bytes cannot become many
 * objects either, messages and numbers are counted.
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** What a field holds. An int64 is read as a number: those that matter are lengths and places. */
type Kind = "int32" | "int64" | "float" | "double" | "string" | "bytes";

/** A field: its number in the file, what it holds, and whether it can stand there many times. */
export interface Field {
  readonly number: number;
  readonly kind: Kind | Table;
  readonly isList: boolean;
}

/** The fields of a message by their names. */
export type Table = Readonly<Record<string, Field>>;

export const one = (number: number, kind: Kind | Table): Field => ({ number, kind, isList: false });
export const many = (number: number, kind: Kind | Table): Field => ({ number, kind, isList: true });

/** The most messages in a file, and the most numbers outside of raw bytes. */
const MOST_MESSAGES = 2 ** 20;
const MOST_NUMBERS = 2 ** 26;

/** How many more messages and numbers a file may have. */
interface Budget {
  messages: number;
  numbers: number;
}

/**
 * The message that these bytes hold; lists that are absent are empty. Throws an Error whose message says what is wrong
 * with the bytes.
 */
export function readMessage<T>(table: Table, bytes: Uint8Array): T {
  return read(table, bytes, { messages: MOST_MESSAGES, numbers: MOST_NUMBERS }) as T;
}

function read(table: Table, bytes: Uint8Array, budget: Budget): Record<string, unknown> {
  budget.messages -= 1;
  if (budget.messages < 0) throw new Error(`more than ${MOST_MESSAGES} messages`);
  const entries = Object.entries(table);
  const byNumber = new Map(entries.map((entry) => [entry[1].number, entry]));
  const message: Record<string, unknown> = {};
  for (const [name, { isList }] of entries) if (isList) message[name] = [];
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const [name, field] = byNumber.get(number) ?? [];
    if (name === undefined || field === undefined) {
      reader.skip(wireType, number);
    } else if (field.isList) {
      readInto(message[name] as unknown[], reader, field.kind, wireType, budget);
    } else {
      message[name] = readOne(reader, field.kind, wireType, budget);
    }
  }
  return message;
}

/** How each kind of value stands in a file. */
const wireTypes: Readonly<Record<Kind, WireType>> = {
  int32: WireType.Varint,
  int64: WireType.Varint,
  float: WireType.Bit32,
  double: WireType.Bit64,
  string: WireType.LengthDelimited,
  bytes: WireType.LengthDelimited,
};

function readOne(reader: BinaryReader, kind: Kind | Table, found: WireType, budget: Budget): unknown {
  const expected = typeof kind === "string" ? wireTypes[kind] : WireType.LengthDelimited;
  if (found !== expected) throw new Error(`a field of wire type ${found} in place of ${expected}`);
  if (typeof kind !== "string") return read(kind, reader.bytes(), budget);
  return readValue(reader, kind, budget);
}

function readValue(reader: BinaryReader, kind: Kind, budget: Budget): number | string | Uint8Array {
  budget.numbers -= 1;
  if (budget.numbers < 0) throw new Error(`more than ${MOST_NUMBERS} numbers`);
  const value = kind === "int64" ? Number(reader.int64()) : reader[kind]();
  if (reader.pos > reader.len) throw new Error("a number that goes past the end");
  return value;
}

/** Adds the next element of a list, or all that stand packed in one field. */
function readInto(list: unknown[], reader: BinaryReader, kind: Kind | Table, found: WireType, budget: Budget): void {
  const isPacked =
    found === WireType.LengthDelimited && typeof kind === "string" && wireTypes[kind] !== WireType.LengthDelimited;
  if (!isPacked) {
    list.push(readOne(reader, kind, found, budget));
    return;
  }
  const packed = new BinaryReader(reader.bytes());
  while (packed.pos < packed.len) list.push(readValue(packed, kind, budget));
}

/** The bytes of a message: its fields in the order of the table, those that are undefined left out. */
export function writeMessage(table: Table, message: object): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  write(writer, table, message);
  return writer.finish();
}

function write(writer: BinaryWriter, table: Table, message: object): void {
  for (const [name, { number, kind, isList }] of Object.entries(table)) {
    const value = (message as Record<string, unknown>)[name];
    if (value === undefined) continue;
    for (const item of isList ? (value as unknown[]) : [value]) {
      if (typeof kind === "string") {
        writer.tag(number, wireTypes[kind]);
        (writer[kind] as (item: unknown) => unknown).call(writer, item);
      } else {
        writer.tag(number, WireType.LengthDelimited).fork();
        write(writer, kind, item as object);
        writer.join();
      }
    }
  }
}
