/**
 * What a network reads in a picture: its digits, found and normalised by the library as `inkling predict` does it, and
 * beside them the picture as it was drawn, only made as small as the network's image.
 */
import { type ClassPrediction, type Familiar, familiarity, type Network } from "inkling";
import {
  type FoundDigit,
  findDigits,
  type NormalizationSteps,
  normalizationSteps,
  type Picture,
  resize,
  toGrey,
} from "inkling/pictures";

/** An image as a network takes it, with its answer. */
export interface Answer {
  readonly pixels: Uint8Array;
  readonly prediction: ClassPrediction;
  /** How familiar it is to the network; undefined where the network does not know. */
  readonly familiar: Familiar | undefined;
}

/** A digit of the picture. */
export interface ReadDigit extends Answer {
  readonly found: FoundDigit;
  readonly steps: NormalizationSteps;
}

export interface Reading {
  readonly picture: Picture;
  /** In reading order. */
  readonly digits: readonly ReadDigit[];
  readonly isLightOnDark: boolean;
  /** How many more digits there are than are read. */
  readonly more: number;
  readonly asDrawn: Answer;
}

/** More digits than these are not read: a page of a book would keep the page waiting. */
const MOST_DIGITS = 24;

/** The side of the grey square that a network reads; undefined for one that reads something else. */
export function sideOf({ inputs, inputShape, loss }: Network): number | undefined {
  const side = Math.sqrt(inputs);
  const isGrey = inputShape.length === 1 || (inputShape[0] === side && inputShape[2] === 1);
  return loss.task === "classes" && isGrey && Number.isInteger(side) && side >= 4 ? side : undefined;
}

/** Reads a picture, all of its digits and the whole. `side` is the network's (sideOf). */
export async function readPicture(model: Network, picture: Picture, side: number): Promise<Reading> {
  const { digits: found, isLightOnDark } = findDigits(picture, { side });
  const digits: ReadDigit[] = [];
  for (const digit of found.slice(0, MOST_DIGITS)) {
    const steps = normalizationSteps(digit.ink, side);
    if (steps !== undefined) digits.push({ found: digit, steps, ...(await answerOf(model, digit.pixels)) });
  }
  const asDrawn = await answerOf(model, wholeSheet(picture, side, isLightOnDark));
  return { picture, digits, isLightOnDark, more: found.length - digits.length, asDrawn };
}

/** What the network says of one image. */
export async function answerOf(model: Network, pixels: Uint8Array): Promise<Answer> {
  const prediction = (await model.predict(pixels)) as ClassPrediction;
  return { pixels, prediction, familiar: familiarity(model, pixels, prediction.label) };
}

/** The whole sheet as the network's image: 0 paper, 255 ink, without looking for a digit. */
export function wholeSheet(picture: Picture, side: number, isLightOnDark: boolean): Uint8Array {
  const { width, height, pixels } = toGrey(picture);
  const square = Math.max(width, height);
  const ink = new Uint8Array(square * square);
  const [left, top] = [(square - width) >> 1, (square - height) >> 1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const grey = pixels[i] as number;
      ink[(top + y) * square + left + x] = isLightOnDark ? grey : 255 - grey;
    }
  }
  return resize({ width: square, height: square, channels: 1, pixels: ink }, side, side).pixels;
}
