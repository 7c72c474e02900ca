/** What the parts say that look into an answer. */
import { messages } from "../../words/messages.ts";

const distance = "Under each digit: its label, and its distance from the drawing, √Σ(aᵢ − bᵢ)²";

export const words = messages("draw-looking", {
  exact:
    "Each pixel times its weight: x·W. The network is one dense layer on the pixels, so that these numbers and the bias are all of the score.",
  integrated: (points: string) =>
    `Each pixel times the mean slope of the score on the way from blank paper to this drawing, in ${points} steps (integrated gradients; Sundararajan, Taly and Yan, 2017). Together they are what the drawing adds to the score of blank paper.`,
  contributionsTo: (name: string) => `What each pixel contributed to the score of ${name}`,
  whichClass: "The class whose score is looked at",
  classWord: "class",
  sumExact: (name: string, score: string, sum: string, rest: string) =>
    `Score of ${name}: z = ${score} = ${sum} from the pixels and ${rest}, the bias.`,
  sum: (name: string, score: string, blank: string, sum: string, rest: string) =>
    `Score of ${name}: z = ${score} = ${blank} of blank paper, ${sum} from the pixels and ${rest}, which the steps leave over.`,
  noTraining: "The training images are not loaded yet.",
  distanceIn: "Where distance is measured",
  byPixels: "In pixels",
  byLayer: (width: string) =>
    width === "0" ? "In the last hidden layer (there is none)" : `In the last hidden layer (${width} numbers)`,
  compared: (done: string, all: string) => `Compared with ${done} of the ${all} training images that this page has.`,
  comparedAll: (all: string) => `Compared with all ${all} training images that this page has.`,
  inPixels: (count: string) => `${distance} over the ${count} pixels from 0 to 1.`,
  inLayer: (count: string) => `${distance} over the ${count} activations.`,
  rest: (count: string, megabytes: string) => `Look among all ${count} (loads ${megabytes} MB)`,
  restComes: "The others are coming …",
  alike: (count: string, all: string, name: string) => `${count} of the ${all} nearest are labelled ${name}.`,
  neighbour: (index: string) => ` from the drawing, training image ${index}`,
  wavers: (first: string, p: string, second: string, q: string) =>
    `Its first two answers are ${first} (${p}) and ${second} (${q}).`,
  target: "To be read as",
  anyClass: "whatever takes the fewest pixels",
  flipped: (count: string, all: string, was: string, is: string) =>
    `${count} of ${all} pixels are enough: ${was} becomes ${is}.`,
  notFlipped: (count: string, target: string) =>
    `${count} changed pixels are not enough for it to be read as ${target}.`,
  before: (name: string, share: string) => `Before: ${name} (${share})`,
  after: (name: string, share: string) => `After: ${name} (${share})`,
  difference: "What was changed: blue became ink, orange paper",
  greedy:
    "Found step by step, each time the pixel that promises most by the gradient; then every change that is not " +
    "needed is taken back. Fewer pixels may be enough. The answer that takes the fewest pixels need not be its second one.",
});
