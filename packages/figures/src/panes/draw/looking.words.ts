/** What the parts say that look into an answer. */
import { messages } from "../../words/messages.ts";

export const words = messages("draw-looking", {
  exact:
    "Each pixel times its weight: x·W. The network is one dense layer on the pixels, so that these numbers and the bias are all of the score.",
  gradient:
    "Each pixel times the slope of the score there: x·∂z/∂x. The network has more than one layer, so that this is true near this drawing; what is left over is said below.",
  contributionsTo: (name: string) => `What each pixel contributed to the score of ${name}`,
  whichClass: "The class whose score is looked at",
  classWord: "class",
  sum: (name: string, score: string, sum: string, rest: string) =>
    `Score of ${name}: z = ${score} = ${sum} from the pixels and ${rest} from the rest.`,
  restExact: "The rest is the bias.",
  rest: "The rest are the biases, and the bends of the layers between.",
  noTraining: "The training images are not loaded yet.",
  distanceIn: "Where distance is measured",
  byPixels: "In pixels",
  byLayer: (width: string) =>
    width === "0" ? "In the last hidden layer (there is none)" : `In the last hidden layer (${width} numbers)`,
  compared: (done: string, all: string) => `Compared with ${done} of the first ${all} training images.`,
  alike: (count: string, all: string, name: string) => `${count} of the ${all} nearest are labelled ${name}.`,
  neighbour: (index: string) => ` from the drawing, training image ${index}`,
  wavers: (first: string, p: string, second: string, q: string) =>
    `Nearest to each other are ${first} (${p}) and ${second} (${q}).`,
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
    "Found step by step, each time the pixel that promises most by the gradient; then every change that is not needed is taken back. Fewer pixels may be enough.",
});
