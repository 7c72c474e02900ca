/**
 * How a camera was held: the tag Orientation of the Exif data in a JPEG file (Exif 2.32, 4.6.4; the data are a TIFF
 * file). A phone stores the sensor's rows as they are and says here how they are to be turned.
 *
 *   1 as it is            2 mirrored left to right     3 turned by 180°          4 mirrored top to bottom
 *   5 transposed          6 to be turned clockwise     7 the other transpose     8 to be turned anticlockwise
 */
import type { Picture } from "inkling/pictures";

/** The number of the tag Orientation. */
const ORIENTATION = 0x0112;
/** A value of 16 bits. */
const SHORT = 3;

/** The orientation, 1 to 8, of an APP1 segment that begins with "Exif"; 1 for what cannot be read. */
export function orientationOf(segment: Uint8Array): number {
  // "Exif", two zeros, then the TIFF file: byte order, 42, where the first list of tags is.
  const tiff = new DataView(segment.buffer, segment.byteOffset + 6, Math.max(0, segment.length - 6));
  if (tiff.byteLength < 8) return 1;
  const isLittle = tiff.getUint16(0) === 0x4949;
  const list = tiff.getUint32(4, isLittle);
  if (list + 2 > tiff.byteLength) return 1;
  const count = tiff.getUint16(list, isLittle);
  for (let i = 0; i < count; i++) {
    const entry = list + 2 + 12 * i;
    if (entry + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(entry, isLittle) !== ORIENTATION) continue;
    const value = tiff.getUint16(entry + 8, isLittle);
    return tiff.getUint16(entry + 2, isLittle) === SHORT && value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** The picture as it is to be seen, from its rows as they are stored. */
export function upright(picture: Picture, orientation: number): Picture {
  if (orientation < 2 || orientation > 8) return picture;
  const { width: w, height: h, channels, pixels } = picture;
  const isTransposed = orientation > 4;
  const [width, height] = isTransposed ? [h, w] : [w, h];
  const turned = new Uint8Array(pixels.length);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += channels) {
      // Where the pixel at (x, y) is stored: along the stored row, and down the stored rows.
      const [u, v] = isTransposed ? [y, x] : [x, y];
      const column = [2, 3, 7, 8].includes(orientation) ? w - 1 - u : u;
      const row = [3, 4, 6, 7].includes(orientation) ? h - 1 - v : v;
      const from = (row * w + column) * channels;
      for (let c = 0; c < channels; c++) turned[to + c] = pixels[from + c] ?? 0;
    }
  }
  return { width, height, channels, pixels: turned };
}
