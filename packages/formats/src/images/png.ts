/**
 * PNG pictures, in and out, by fast-png: grey, colours and palettes of 1 to 16 bits, with transparency. 16 bits are
 * rounded to 8. Checksums are compared.
 */
import { convertIndexedToRgb, type DecodedPng, decode, encode } from "fast-png";
import { InklingError } from "inkling";
import type { Picture } from "inkling/pictures";
import { checkPicture } from "inkling/pictures";
import { damaged, type PictureLimits } from "./limits.ts";
import { type PngFile, readChunks } from "./png-chunks.ts";

/** Packed pixels of this many bytes or fewer unpack to 67 million at most: they are not measured first. */
const MOST_UNMEASURED = 1 << 16;

/**
 * A PNG file as a picture of 8 bits: grey, grey and alpha, RGB, or RGBA. Throws a DataError for a file that is damaged,
 * larger than the limits, or that unpacks to more than its header says.
 */
export async function decodePng(bytes: Uint8Array, name: string, limits: PictureLimits = {}): Promise<Picture> {
  const file = readChunks(bytes, name, limits);
  const packed = file.packed.reduce((sum, { length }) => sum + length, 0);
  if (packed > MOST_UNMEASURED) await checkUnpacked(file, name);
  try {
    return pictureOf(decode(file.bytes, { checkCrc: true }), file);
  } catch (error) {
    if (error instanceof InklingError) throw error;
    throw damaged(name, "PNG", error);
  }
}

/** Unpacks without keeping anything, and stops where the pixels become more than the header says. */
async function checkUnpacked({ packed, unpacked }: PngFile, name: string): Promise<void> {
  const parts = packed.values();
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull(controller) {
      const { value, done } = parts.next();
      if (done) controller.close();
      else controller.enqueue(value.slice());
    },
  });
  const reader = source.pipeThrough(new DecompressionStream("deflate")).getReader();
  let total = 0;
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      total += part.value.length;
      if (total > unpacked) break;
    }
  } catch (error) {
    throw damaged(name, "PNG", error);
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  if (total !== unpacked) {
    throw damaged(name, "PNG", `${total > unpacked ? "more" : "fewer"} bytes than the ${unpacked} of its pixels`);
  }
}

function pictureOf(png: DecodedPng, { width, height, depth, colour }: PngFile): Picture {
  if (colour === 3) {
    const channels = png.palette?.[0]?.length === 4 ? 4 : 3;
    return { width, height, channels, pixels: convertIndexedToRgb(png) };
  }
  const samples = colour === 0 ? 1 : colour === 2 ? 3 : colour === 4 ? 2 : 4;
  const values = depth < 8 ? spread(png.data, width, height, depth) : png.data;
  const pixels = depth === 8 ? new Uint8Array(values) : toBytes(values, 2 ** depth - 1);
  const clear = png.transparency;
  if (clear === undefined || samples > 3) return { width, height, channels: samples, pixels };
  return { width, height, channels: samples === 1 ? 2 : 4, pixels: withAlpha(pixels, values, samples, clear) };
}

/** Samples from 0 to `highest` as bytes from 0 to 255, rounded. */
function toBytes(values: ArrayLike<number>, highest: number): Uint8Array {
  const bytes = new Uint8Array(values.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = Math.round(((values[i] ?? 0) * 255) / highest);
  return bytes;
}

/** Samples of fewer than 8 bits, each in a byte of its own. Every row begins with a whole byte. */
function spread(rows: ArrayLike<number>, width: number, height: number, depth: number): Uint8Array {
  const stride = Math.ceil((width * depth) / 8);
  const mask = 2 ** depth - 1;
  const values = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      values[y * width + x] = ((rows[y * stride + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & mask;
    }
  }
  return values;
}

/** The pixels with an alpha each: 0 where the samples are those of the one colour that is transparent, else 255. */
function withAlpha(pixels: Uint8Array, values: ArrayLike<number>, samples: number, clear: Uint16Array): Uint8Array {
  const count = pixels.length / samples;
  const all = new Uint8Array(count * (samples + 1));
  for (let i = 0; i < count; i++) {
    let isClear = true;
    for (let c = 0; c < samples; c++) {
      all[i * (samples + 1) + c] = pixels[i * samples + c] ?? 0;
      isClear &&= values[i * samples + c] === clear[c];
    }
    all[i * (samples + 1) + samples] = isClear ? 0 : 255;
  }
  return all;
}

/** A picture as the bytes of a PNG file. The same picture always makes the same bytes. Throws an ArgumentError. */
export function encodePng(picture: Picture): Uint8Array<ArrayBuffer> {
  checkPicture("encodePng", picture);
  const { width, height, channels, pixels } = picture;
  return Uint8Array.from(encode({ width, height, channels, data: pixels, depth: 8 }, { zlib: { level: 9 } }));
}
