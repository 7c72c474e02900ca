/** What a PDF that Chromium has written is made of: its links, its pictures, and how many sheets it has. */
import { inflateSync } from "node:zlib";

export interface PdfImage {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel. */
  readonly pixels: Uint8Array;
}

export interface Pdf {
  readonly sheets: number;
  readonly links: readonly string[];
  readonly images: readonly PdfImage[];
}

const IMAGE =
  /\/Subtype \/Image\s+\/Width (\d+)\s+\/Height (\d+)\s[^>]*\/FlateDecode[^>]*\/Length (\d+)>>\s*stream\r?\n/g;

export function pdfOf(file: Buffer): Pdf {
  const text = file.toString("latin1");
  return {
    sheets: [...text.matchAll(/\/Type \/Page\b/g)].length,
    links: [...text.matchAll(/\/URI \((.*?)\)/g)].map(([, link]) => link ?? ""),
    images: [...text.matchAll(IMAGE)].flatMap((found): PdfImage[] => {
      const [width = 0, height = 0, length = 0] = found.slice(1).map(Number);
      const start = found.index + found[0].length;
      const pixels = inflateSync(file.subarray(start, start + length));
      return pixels.length === 3 * width * height ? [{ width, height, pixels }] : [];
    }),
  };
}

/** Whether a pixel of an image has this colour. */
export function hasColour({ pixels }: PdfImage, [red, green, blue]: readonly [number, number, number]): boolean {
  for (let i = 0; i < pixels.length; i += 3) {
    if (pixels[i] === red && pixels[i + 1] === green && pixels[i + 2] === blue) return true;
  }
  return false;
}
