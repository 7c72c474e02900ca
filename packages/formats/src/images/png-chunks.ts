/**
 * The chunks of a PNG file (https://www.w3.org/TR/png-3/): a length, a type of four letters, the data, a checksum. They
 * are looked through before a decoder sees them: the header says how large the picture is, and only the chunks that
 * make the pixels are kept. A text or a colour profile may unpack to any size, and nobody asks for it.
 */
import { DataError } from "inkling";
import { joined } from "../bytes.ts";
import { checkPixels, damaged, type PictureLimits } from "./limits.ts";

/** What the header of a PNG file says, and what the decoder gets to see of the file. */
export interface PngFile {
  readonly width: number;
  readonly height: number;
  /** Bits a sample: 1, 2, 4, 8 or 16. */
  readonly depth: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey and alpha, 6 RGB and alpha. */
  readonly colour: number;
  /** The signature and the chunks IHDR, PLTE, tRNS, IDAT, IEND, with their checksums. */
  readonly bytes: Uint8Array;
  /** The data of the chunks IDAT: the pixels, packed. */
  readonly packed: readonly Uint8Array[];
  /** How many bytes the pixels have once they are unpacked: a filter byte and the samples of each row. */
  readonly unpacked: number;
}

/** How many samples a pixel has, by colour type. */
const SAMPLES: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** The depths that each colour type may have. */
const DEPTHS: Readonly<Record<number, readonly number[]>> = {
  0: [1, 2, 4, 8, 16],
  2: [8, 16],
  3: [1, 2, 4, 8],
  4: [8, 16],
  6: [8, 16],
};

/** Where the seven passes of an interlaced picture begin, and their steps: x, y, along x, along y. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The most that deflate packs into a byte. */
const MOST_RATIO = 1032;

/** Looks through the chunks. Throws a DataError for a file that is cut off, out of order or above the limits. */
export function readChunks(bytes: Uint8Array, name: string, limits: PictureLimits): PngFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const kept = [bytes.subarray(0, 8)];
  const packed: Uint8Array[] = [];
  const seen = new Set<string>();
  let header: ReturnType<typeof readHeader> | undefined;
  for (let at = 8; !seen.has("IEND"); ) {
    const length = at + 12 <= bytes.length ? view.getUint32(at) : Number.POSITIVE_INFINITY;
    const end = at + 12 + length;
    if (end > bytes.length) throw damaged(name, "PNG", "one that is cut off");
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    if (header === undefined) {
      if (type !== "IHDR" || length !== 13) throw damaged(name, "PNG", "one that does not begin with its header");
      header = readHeader(view, at + 8, name, limits);
    }
    if (isKept(type, header.colour)) {
      if (type !== "IDAT" && seen.has(type)) throw damaged(name, "PNG", `two chunks ${type}`);
      seen.add(type);
      kept.push(bytes.subarray(at, end));
      if (type === "IDAT") packed.push(bytes.subarray(at + 8, at + 8 + length));
    } else if (/^[A-Z]/.test(type) && type !== "PLTE") {
      throw damaged(name, "PNG", `a chunk ${JSON.stringify(type)}, which only some programs know`);
    }
    at = end;
  }
  if (header === undefined) throw damaged(name, "PNG", "no header");
  const unpacked = unpackedSize(header);
  const total = packed.reduce((sum, { length }) => sum + length, 0);
  if (unpacked > MOST_RATIO * total + 64) throw damaged(name, "PNG", `${total} bytes packed for ${unpacked}`);
  return { ...header, bytes: joined(kept), packed, unpacked };
}

/** Whether a chunk makes the pixels. A palette beside colours is only advice for old screens. */
function isKept(type: string, colour: number): boolean {
  if (type === "PLTE") return colour === 3;
  if (type === "tRNS") return colour === 0 || colour === 2 || colour === 3;
  return type === "IHDR" || type === "IDAT" || type === "IEND";
}

function readHeader(view: DataView, at: number, name: string, limits: PictureLimits) {
  const [width, height] = [view.getUint32(at), view.getUint32(at + 4)];
  const [depth = 0, colour = 0, compression, filter, interlace = 0] = new Uint8Array(
    view.buffer,
    view.byteOffset + at + 8,
    5,
  );
  checkPixels(name, width, height, limits);
  if (DEPTHS[colour]?.includes(depth) !== true || compression !== 0 || filter !== 0 || interlace > 1) {
    throw damaged(name, "PNG", `colours of kind ${colour} with ${depth} bits`);
  }
  if (interlace === 1 && depth < 8) {
    const expected = "an interlaced PNG picture of 8 or 16 bits";
    throw new DataError(name, expected, `${depth} ${depth === 1 ? "bit" : "bits"}`, "Save it without interlacing.");
  }
  return { width, height, depth, colour, interlace };
}

function unpackedSize({ width, height, depth, colour, interlace }: ReturnType<typeof readHeader>): number {
  const bits = depth * (SAMPLES[colour] ?? 0);
  const size = (across: number, down: number) =>
    across > 0 && down > 0 ? down * (1 + Math.ceil((across * bits) / 8)) : 0;
  if (interlace === 0) return size(width, height);
  return PASSES.reduce(
    (sum, [x, y, dx, dy]) => sum + size(Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)),
    0,
  );
}
