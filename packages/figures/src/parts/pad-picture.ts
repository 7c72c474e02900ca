/** A picture from a file, the clipboard or a drop, as pixels: the browser decodes it. */
import type { Picture } from "inkling/pictures";
import { inDigits } from "../words/messages.ts";
import { words } from "./pad.words.ts";

/** A larger file is not read. */
const MOST_BYTES = 50e6;
/** A longer side is made shorter: digits are found as well, and a page stays quick. */
const LONGEST_SIDE = 1200;

/** A picture with what people call it. */
export interface NamedPicture {
  readonly name: string;
  readonly picture: Picture;
}

/** The first picture among dropped or pasted things; undefined where there is no file. */
export function fileIn(data: DataTransfer | null): File | undefined {
  const files = Array.from(data?.files ?? []);
  return files.find(({ type }) => type.startsWith("image/")) ?? files[0];
}

/** Decodes a picture. Throws an Error with a sentence for people. */
export async function decoded(file: File): Promise<NamedPicture> {
  const name = file.name === "" ? words().pasted : file.name;
  const fail = (found: string) => new Error(words().broken(name, found));
  if (file.size === 0) throw fail(words().emptyFile);
  if (file.size > MOST_BYTES) throw fail(words().tooLarge(inDigits(file.size / 1e6)));
  const bitmap = await createImageBitmap(file).catch(() => {
    if (file.type.startsWith("image/")) throw fail(words().brokenPicture);
    throw fail(file.type === "" ? words().unknownFile : words().notPicture(file.type));
  });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = new OffscreenCanvas(width ?? 1, height ?? 1);
  const context = canvas.getContext("2d");
  if (context === null) throw fail(words().brokenPicture);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const pixels = new Uint8Array(data.buffer);
  return { name, picture: { width: canvas.width, height: canvas.height, channels: 4, pixels } };
}
