/** What the figure of the pixels says. */
import { messages } from "../words/messages.ts";

export const words = messages("f01-pixels", {
  question: "Mix up all pixels, by one rule for every picture. Can the network still learn to read the digits?",
  no: "no: nobody could read that",
  worse: "yes, but worse",
  same: "yes, just as well",
  answer:
    "Just as well: it gets 784 numbers and is never told which of them are neighbours, so their order means nothing to it.",
  picture: "What you see",
  mixed: "What you see, mixed up by one rule",
  table: "What the network gets: 784 numbers",
  pictureLabel: (label: number) => `The pixels of a ${label}, each from 0 to 255`,
  paint: "Paint",
  erase: "Erase",
  mix: "Mix up all pixels",
  unmix: "Put them back",
  restore: "The digit as it was",
  reads: (first: string, share: string) => `The network reads a ${first} (${share}).`,
  same2: "Its weights were mixed up by the same rule, so its answer is the same.",
  place: (index: string, row: number, column: number, value: string) =>
    `number ${index} of 784 is row ${row}, column ${column}: ${value}`,
  brush: "Touch or drag over the picture to paint. With the keys: arrows move, Space paints.",
  pixelsMeans: "the digit as a picture, a cell for each of its 784 numbers: 0 is paper, 255 is ink",
});
