/** What the figure of sure nonsense says. */
import { messages } from "../words/messages.ts";

export const words = messages("f25-sure", {
  question:
    "A digit is moved out of the middle, or the picture shows no digit at all. The training had no such pictures. " +
    "Does the network notice, and become unsure?",
  low: "yes: all ten become small",
  often: "no: it is often very sure, of something wrong",
  never: "no, but its answer stays right",
  answer:
    "It does not notice. The ten always add up to 1, so that something is always likely. 99 % means: of the ten, this one by far. It does not mean: I know this picture.",
  kinds: "What is done with the picture",
  whole: "as it is",
  turned: "upside down",
  negative: "white on black",
  right: "moved to the right by",
  down: "moved down by",
  noise: "noise",
  pixels: (count: string) => `${count} px`,
  seen: "What the network sees",
  p: "p, what it says",
  reading: (truth: string, label: string, share: string, isRight: boolean) =>
    `It is a ${truth}. The network says ${label}, with ${share}${isRight ? "" : ": wrong"}.`,
  seenMeans: "the picture as the network gets it: 0 is paper, 1 is ink",
  readingMeans: "the class with the largest probability",
});
