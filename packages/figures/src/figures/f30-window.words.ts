/** What the figure of the sliding window says. */
import { messages } from "../words/messages.ts";

export const words = messages("f30-window", {
  question: (outputs: string) =>
    `The feature map has ${outputs} numbers, and each is computed of 25 pixels. How many weights and biases does that take?`,
  shared: (numbers: string) => `${numbers}: one filter for all places`,
  each: (numbers: string) => `${numbers}: one filter for each place`,
  dense: (numbers: string) => `${numbers}: one weight for each pixel and number`,
  answer: (own: string, dense: string) =>
    `${own} numbers: the same 25 weights and one bias at every place. A dense layer from 784 pixels to as many outputs has ${dense}.`,
  which: "Which filter",
  byNetwork: "learned",
  byPeople: "made by hand",
  learned: (filter: string) => `Learned filter ${filter}`,
  upright: "Upright edges",
  level: "Level edges",
  mean: "The mean",
  middle: "The middle pixel",
  own: "Your own",
  window: (row: number, column: number) => `The window at row ${row}, column ${column} of the map`,
  windowHelp: "Drag it, or use the arrow keys. Home and End go to the ends of a row.",
  picture: "Drag the window",
  filter: "The filter",
  map: "The feature map z",
  mapLabel: (seen: string, all: string) => `The feature map: ${seen} of ${all} numbers are computed`,
  notYet: "not computed yet",
  at: (row: number, column: number, value: string) => `row ${row}, column ${column}: z = ${value}`,
  slide: "Slide over all places",
  clear: "Clear",
  products: (row: number, column: number) => `At row ${row}, column ${column}: 25 pixels × 25 weights`,
  outside: "outside",
  sum: "The sum of 25 products",
  bias: "b, the bias",
  stride: "stride",
  padding: "padding",
  pixels: (count: string) => `${count} px`,
  size: (padding: number, stride: number, side: number) =>
    `⌊(28 + 2·${padding} − 5) / ${stride}⌋ + 1 = ${side} places down, and as many across.`,
  after: "a = ReLU(z)",
  pooled: "After max pooling",
  pooledNote: (side: number) => `Of each 2 × 2 numbers the largest: ${side} × ${side}.`,
});
