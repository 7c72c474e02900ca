/** What a file is by its first bytes: a picture that can be read, or a kind that can be named. */
import { DataError } from "inkling";

/** The kinds of picture that are read. */
export type PictureKind = "png" | "jpeg";

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** What the first bytes say: "png", "jpeg", or undefined for everything else. */
export function pictureKind(bytes: Uint8Array): PictureKind | undefined {
  if (PNG.every((byte, i) => bytes[i] === byte)) return "png";
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff ? "jpeg" : undefined;
}

/** Whether a file has a name that only pictures have. */
export function hasPictureName(path: string): boolean {
  return /\.(png|jpe?g|jpe|jfif|gif|webp|hei[cf]|avif|bmp|tiff?|jxl)$/i.test(path);
}

/** Other pictures by how they begin, "?" standing for any character. */
const OTHERS: readonly (readonly [beginning: string, what: string])[] = [
  ["RIFF????WEBP", "a WebP picture"],
  ["GIF87a", "a GIF picture"],
  ["GIF89a", "a GIF picture"],
  ["????ftypavif", "an AVIF picture"],
  ["????ftyphei", "a HEIC picture, as iPhones take them"],
  ["????ftyphev", "a HEIC picture, as iPhones take them"],
  ["????ftypmif", "a HEIC picture, as iPhones take them"],
  ["????ftyp", "a film"],
  ["BM", "a BMP picture"],
  ["II*\0", "a TIFF picture"],
  ["MM\0*", "a TIFF picture"],
  ["\xff\x0a", "a JPEG XL picture"],
  ["\0\0\0\x0cJXL ", "a JPEG XL picture"],
  ["\0\0\0\x0cjP  ", "a JPEG 2000 picture"],
  ["8BPS", "a Photoshop picture"],
  ["\0\0\x01\0", "an icon"],
  ["%PDF", "a PDF document"],
];

/** Whether the first bytes are those of a picture, of whatever kind. */
export function looksLikePicture(bytes: Uint8Array): boolean {
  return pictureKind(bytes) !== undefined || otherKind(bytes) !== undefined;
}

function otherKind(bytes: Uint8Array): string | undefined {
  const begins = (text: string) => {
    return Array.from(text).every((character, i) => character === "?" || bytes[i] === character.charCodeAt(0));
  };
  const found = OTHERS.find(([beginning]) => begins(beginning))?.[1];
  if (found !== undefined) return found;
  const start = String.fromCharCode(...bytes.subarray(0, 256)).toLowerCase();
  return start.includes("<svg") ? "an SVG drawing" : undefined;
}

/** Throws the DataError for what is no PNG and no JPEG, with what it is and what to do. */
export function refuseKind(bytes: Uint8Array, name: string): never {
  const other = otherKind(bytes);
  if (other !== undefined) throw new DataError(name, "a PNG or JPEG picture", other, "Save it as PNG.");
  if (bytes.length === 0) throw new DataError(name, "a PNG or JPEG picture", "an empty file");
  const isText = bytes.subarray(0, 64).every((byte) => byte >= 32 || (byte >= 9 && byte <= 13));
  throw new DataError(name, "a PNG or JPEG picture", isText ? "text" : "something else");
}
