/**
 * Thrift's compact protocol (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md), in
 * which a Parquet file describes itself: read with limits, before the library reads it. A number has at most 10 bytes,
 * a list no more elements than there are bytes, and structures are at most 16 deep.
 */

/** A structure: its fields by their numbers. */
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;
export type ThriftValue = boolean | number | bigint | Uint8Array | ThriftStruct | readonly ThriftValue[];

const MOST_DEPTH = 16;

/** Reads values one after the other. Throws an Error, whose sentence says what is wrong. */
export class ThriftReader {
  readonly #bytes: Uint8Array;
  /** Where the next value begins. */
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.at = at;
  }

  #byte(): number {
    const byte = this.#bytes[this.at++];
    if (byte === undefined) throw new Error("a description that is cut off");
    return byte;
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error("a number of more than 10 bytes");
  }

  #zigzag(): bigint {
    const value = this.#varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  /** A structure, to its end. */
  struct(depth = 0): ThriftStruct {
    if (depth > MOST_DEPTH) throw new Error(`structures more than ${MOST_DEPTH} deep`);
    const fields = new Map<number, ThriftValue>();
    for (let id = 0; ; ) {
      const byte = this.#byte();
      const type = byte & 15;
      if (type === 0) return fields;
      id = byte >> 4 === 0 ? Number(this.#zigzag()) : id + (byte >> 4);
      // A truth is in the field's own type.
      fields.set(id, type === 1 || type === 2 ? type === 1 : this.#value(type, depth));
    }
  }

  #value(type: number, depth: number): ThriftValue {
    switch (type) {
      case 1:
      case 2:
        return this.#byte() === 1;
      case 3:
        return this.#byte();
      case 4:
      case 5:
      case 6:
        return this.#zigzag();
      case 7:
        return this.#taken(8);
      case 8:
        return this.#taken(Number(this.#varint()));
      case 9:
        return this.#list(depth);
      case 12:
        return this.struct(depth + 1);
      default:
        throw new Error(`a value of type ${type}`);
    }
  }

  #taken(length: number): Uint8Array {
    const end = this.at + length;
    if (end > this.#bytes.length) throw new Error("a description that is cut off");
    const taken = this.#bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  #list(depth: number): ThriftValue[] {
    const byte = this.#byte();
    const count = byte >> 4 === 15 ? Number(this.#varint()) : byte >> 4;
    if (count > this.#bytes.length - this.at) throw new Error("a list of more elements than bytes");
    return Array.from({ length: count }, () => this.#value(byte & 15, depth + 1));
  }
}

/** A field that is a whole number; undefined where it is absent or something else. */
export function numberIn(fields: ThriftStruct | undefined, id: number): number | undefined {
  const value = fields?.get(id);
  return typeof value === "bigint" || typeof value === "number" ? Number(value) : undefined;
}

/** A field that is a structure. */
export function structIn(fields: ThriftStruct | undefined, id: number): ThriftStruct | undefined {
  const value = fields?.get(id);
  return value instanceof Map ? value : undefined;
}
