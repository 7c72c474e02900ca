/**
 * How values are packed inside of a page (https://parquet.apache.org/docs/file-format/data-pages/encodings/), walked
 * through without keeping any: a run that says that it repeats two thousand million times is found here, before
 * memory is taken for it. Every function returns where the values end, and throws an Error for what does not fit.
 */

/** Bytes, and where to read on. */
export interface Place {
  readonly bytes: Uint8Array;
  readonly at: number;
}

const cutOff = () => new Error("a page that is cut off");

function varint({ bytes, at }: Place, most: number): { value: number; at: number } {
  let value = 0;
  for (let i = 0; i < most; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) throw cutOff();
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, at: at + i + 1 };
  }
  throw new Error(`a number of more than ${most} bytes`);
}

/**
 * Runs of `count` values of `width` bits: repeated ones, and packed ones in eights. Returns where they end, and how
 * many of them are `wanted`, where that is asked.
 */
export function walkRuns(place: Place, width: number, count: number, wanted?: number): { at: number; found: number } {
  if (width > 32) throw new Error(`values of ${width} bits`);
  const { bytes } = place;
  let { at } = place;
  let found = 0;
  for (let seen = 0; seen < count; ) {
    const header = varint({ bytes, at }, 5);
    const isPacked = header.value % 2 === 1;
    const times = Math.floor(header.value / 2);
    const values = isPacked ? 8 * times : times;
    // The last eight may be filled up.
    if (times === 0 || seen + values > count + (isPacked ? 7 : 0))
      throw new Error("a run of more values than its page");
    at = header.at + (isPacked ? times * width : Math.ceil(width / 8));
    if (at > bytes.length) throw cutOff();
    const some = Math.min(values, count - seen);
    if (wanted !== undefined && isPacked) found += packedOnes(bytes, header.at, width, some, wanted);
    // Levels have few bits: one byte holds them.
    if (wanted !== undefined && !isPacked) found += (bytes[header.at] ?? 0) === wanted ? some : 0;
    seen += values;
  }
  return { at, found };
}

/** How many of `count` packed values of at most 8 bits are `wanted`. */
function packedOnes(bytes: Uint8Array, at: number, width: number, count: number, wanted: number): number {
  let found = 0;
  for (let i = 0; i < count; i++) {
    const bit = i * width;
    const both = (bytes[at + (bit >> 3)] ?? 0) | ((bytes[at + (bit >> 3) + 1] ?? 0) << 8);
    if (((both >> (bit & 7)) & (2 ** width - 1)) === wanted) found++;
  }
  return found;
}

/** Differences of `count` whole numbers, in blocks (DELTA_BINARY_PACKED). */
export function walkDeltas(place: Place, count: number): number {
  const { bytes } = place;
  const block = varint(place, 5);
  const parts = varint({ bytes, at: block.at }, 5);
  const total = varint({ bytes, at: parts.at }, 5);
  let { at } = varint({ bytes, at: total.at }, 10);
  const each = block.value / parts.value;
  if (block.value > 1 << 20 || parts.value > 1 << 10 || !Number.isInteger(each) || each % 32 !== 0 || each === 0) {
    throw new Error(`blocks of ${block.value} differences in ${parts.value} parts`);
  }
  if (total.value !== count) throw new Error(`${total.value} differences for ${count} values`);
  for (let seen = 1; seen < count; ) {
    at = varint({ bytes, at }, 10).at;
    const widths = bytes.subarray(at, at + parts.value);
    at += parts.value;
    for (const width of widths) {
      if (seen >= count) break;
      if (width > 64) throw new Error(`differences of ${width} bits`);
      seen += each;
      at += (each * width) / 8;
    }
    if (at > bytes.length) throw cutOff();
  }
  return at;
}

/** `count` texts one after the other, each after its length in four bytes. */
export function walkTexts(place: Place, count: number): number {
  const view = new DataView(place.bytes.buffer, place.bytes.byteOffset, place.bytes.length);
  let { at } = place;
  for (let i = 0; i < count; i++) {
    if (at + 4 > view.byteLength) throw cutOff();
    at += 4 + view.getUint32(at, true);
  }
  if (at > view.byteLength) throw cutOff();
  return at;
}
