/** Somebody's own digits: a picture on the disk, and what is found in it for a model that reads digits one by one. */
import { mkdir, open, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { ArgumentError, DataError, Dataset, FileError } from "inkling";
import { readWhole, reasonOf, writeWhole } from "inkling/node";
import { type FoundDigits, findDigits } from "inkling/pictures";
import type { Model } from "./model.ts";

/** A picture and its digits. */
export interface Found extends FoundDigits {
  /** The picture's own name, without the way to it. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** The digits as the model's inputs; undefined where there are none. */
  readonly set: Dataset | undefined;
}

/** A larger file is no picture of digits. */
const MOST_BYTES = 2 ** 28;

/**
 * The digits in a PNG or JPEG picture, where the model reads images of one digit or letter; undefined for other data
 * and other models, which take a picture as a whole. Throws a FileError or a DataError.
 */
export async function digitsAt(path: string | undefined, model: Model): Promise<Found | undefined> {
  if (path === undefined || !readsDigits(model)) return undefined;
  const { decodePicture, pictureKind } = await import("inkling-formats/images");
  if (pictureKind(await firstBytes(path)) === undefined) return undefined;
  const name = basename(path);
  const picture = await decodePicture(await readWhole(path, MOST_BYTES), name);
  const [side = 28] = model.inputShape;
  const found = findDigits(picture, { side });
  const inputs = new Uint8Array(found.digits.length * side * side);
  for (const [i, { pixels }] of found.digits.entries()) inputs.set(pixels, i * side * side);
  const set = inputs.length === 0 ? undefined : new Dataset({ name, shape: [side, side, 1], inputs });
  return { ...found, name, width: picture.width, height: picture.height, set };
}

/** Whether a model's input is one grey square, and its classes are digits or letters: others do not stand in lines. */
export function readsDigits({ inputShape, loss, classNames, outputs }: Model): boolean {
  const [height = 0, width, channels] = inputShape;
  if (loss.task !== "classes" || inputShape.length !== 3) return false;
  if (height !== width || channels !== 1 || height < 4 || height > 1024) return false;
  return classNames === undefined ? outputs <= 10 : classNames.every((name) => Array.from(name).length === 1);
}

/** Enough bytes to tell what a file is; none where there is no file, which is for others to say. */
async function firstBytes(path: string): Promise<Uint8Array> {
  // A device may have no end, and what is read from a pipe is gone.
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  const file = isFile ? await open(path).catch(() => undefined) : undefined;
  if (file === undefined) return new Uint8Array(0);
  try {
    const { buffer, bytesRead } = await file.read(new Uint8Array(16), 0, 16, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The digits of a picture. Throws a DataError where there are none. */
export function someOf({ name, set }: Found): Dataset {
  if (set !== undefined) return set;
  const advice = "Is the page empty? --raw takes the picture as it is.";
  throw new DataError(name, "a picture with a digit in it", "none that stands out of the paper", advice);
}

/** Writes each digit, as the model sees it, as DIRECTORY/1.png … */
export async function writeCuts(directory: string, { digits, side }: Found): Promise<void> {
  if (directory === "") throw new ArgumentError("--cut", "a directory to write to", '""');
  const { encodePng } = await import("inkling-formats/images");
  try {
    await mkdir(directory, { recursive: true });
  } catch (error) {
    throw new FileError(directory, "a directory that can be made", reasonOf(error));
  }
  const places = String(digits.length).length;
  for (const [i, { pixels }] of digits.entries()) {
    const name = `${String(i + 1).padStart(places, "0")}.png`;
    await writeWhole(join(directory, name), encodePng({ width: side, height: side, channels: 1, pixels }));
  }
}
