/** What the figure of the moved digit says. */
import { messages } from "../words/messages.ts";

export const words = messages("f32-shift", {
  question: (count: string, pixels: string) =>
    `${count} test digits are moved to the left by ${pixels} pixels. Which of three networks still reads most of them: a dense one, a convolutional one, a convolutional one that has learnt from moved digits?`,
  all: "all three",
  conv: "both convolutional ones",
  taught: "only the last one",
  answer: (shift: string, shares: readonly string[]) =>
    `Only the last: ${shares[2]}. Moved by ${shift} pixels, the convolutional network without such lessons reads ${shares[1]}, the dense one ${shares[0]}. Feature maps move along with the digit, but the last layer has a weight for each place.`,
  waiting: "The networks are still being measured.",
  picture: "Drag the digit",
  pictureLabel: (right: number, down: number) => `The digit, moved to the right by ${right} and down by ${down} pixels`,
  help: "Drag it, or use the arrow keys.",
  right: "to the right",
  rightName: "How far the digit is moved to the right",
  down: "down",
  downName: "How far the digit is moved down",
  pixels: (count: string) => `${count} px`,
  maps: (filter: number) => `Feature map of filter ${filter}`,
  whichMap: "Which filter’s map",
  map: "the feature map of the moved digit",
  equal: (equal: string, of: string) =>
    `The maps move along: of the ${of} numbers whose place the map of the unmoved digit has too, ${equal} are equal to the last bit.`,
  says: (label: string, share: string, isRight: boolean) => `${label}, with ${share}${isRight ? "" : ": wrong"}`,
  dense: (numbers: string) => `Dense, ${numbers} numbers`,
  convolution: (numbers: string) => `Convolutional, ${numbers} numbers`,
  shiftedName: (numbers: string) => `${numbers}, taught on moved digits`,
  chart: (count: string) => `How many of ${count} test digits are read right, over how far they are moved to the right`,
  chartTitle: (count: string) => `The first ${count} test digits, moved to the right`,
  share: "read right",
  axis: "moved to the right, in pixels",
  measuring: (done: string, all: string) => `${done} of ${all} moves are measured.`,
  seenMeans: "what the networks see: the moved digit",
  readingMeans: "what a network says, and with which probability",
  denseShareMeans: "the share of digits that the dense network reads right",
  convolutionShareMeans: "the share that the convolutional network reads right",
  taughtShareMeans: "the share that the convolutional network taught on moved digits reads right",
  summary: (right: number, down: number, said: readonly string[]) =>
    `Moved by ${right} to the right and ${down} down. Dense: ${said[0]}. Convolutional: ${said[1]}. Taught on moved digits: ${said[2]}.`,
});
