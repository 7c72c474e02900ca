/** Pictures that other programs wrote (golden/pictures.py), read to the pixel; and what is refused. */
import { readFileSync } from "node:fs";
import { decodePicture } from "inkling-formats/images";
import { expect, test } from "vitest";

interface Case {
  readonly name: string;
  readonly file: string;
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: string;
  /** The largest difference that a decoder of JPEG may have; 0 for PNG. */
  readonly most: number;
}

const golden = JSON.parse(readFileSync(new URL("golden/pictures.json", import.meta.url), "utf8")) as {
  cases: Case[];
  refused: Record<string, string>;
};
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "base64"));

test.each(golden.cases)("$name is read as it was written", async ({ name, file, pixels, most, ...size }) => {
  const picture = await decodePicture(bytesOf(file), name);
  expect({ width: picture.width, height: picture.height, channels: picture.channels }).toEqual(size);
  const wanted = bytesOf(pixels);
  expect(picture.pixels.length).toBe(wanted.length);
  const differences = wanted.map((value, i) => Math.abs(value - picture.pixels[i]));
  expect(Math.max(...differences)).toBeLessThanOrEqual(most);
});

test.each([
  ["WEBP", "a WebP picture. Save it as PNG."],
  ["GIF", "a GIF picture. Save it as PNG."],
  ["BMP", "a BMP picture. Save it as PNG."],
  ["TIFF", "a TIFF picture. Save it as PNG."],
])("a %s file is named for what it is", async (kind, said) => {
  const reading = decodePicture(bytesOf(golden.refused[kind]), "photo.png");
  await expect(reading).rejects.toThrow(`photo.png: expected a PNG or JPEG picture, got ${said}`);
});

test("an interlaced picture of fewer than 8 bits is refused with what to do", async () => {
  await expect(decodePicture(bytesOf(golden.refused["interlaced, 1 bit"]), "a.png")).rejects.toThrow(
    "a.png: expected an interlaced PNG picture of 8 or 16 bits, got 1 bit. Save it without interlacing.",
  );
});
