/** What the figure of digests says. */
import { messages } from "../words/messages.ts";

export const words = messages("f36-digest", {
  question:
    "The network has 23,860 weights and biases. One of them changes by its last bit. How many of the 256 bits of its SHA-256 change?",
  one: "one",
  few: "a few",
  half: "about half of them",
  answer:
    "About half, as if all of them were drawn anew. So two digests are equal only if every bit of every weight is. The digest says whether two networks are the same one; it does not say whether they are good.",
  weight: (pixel: string) => `Its weight from pixel ${pixel}. Choose the bit that is the other way round:`,
  bits: "The 32 bits of the weight; the one that is chosen is the other way round",
  bit: (part: string, place: string) => `${part}, bit ${place}`,
  sign: "sign",
  exponent: "exponent",
  mantissa: "mantissa",
  parts: "Orange: the sign. Blue: eight bits of the exponent. The others: 23 bits of the mantissa.",
  digestMeans: "a digest: each of its 256 bits is a field, filled for 1",
  bitMeans: "a bit of the weight; the filled one is the other way round",
  before: "As it was trained",
  after: "With one bit changed",
  picture: "The 256 bits of the digest, as a picture",
  reads: (weight: string, accuracy: string, digits: string) =>
    `The weight is ${weight}. The network reads ${accuracy} of ${digits} test digits.`,
  differing: (bits: string, by: string) =>
    `The weight has changed by ${by}. ${bits} of the digest's 256 bits have changed.`,
  trainTitle: "One training, several ways",
  train: (digits: string) =>
    `784-30-10 learns ${digits} digits in three epochs, always from seed 1. Each way below is computed here, when you ask.`,
  go: "Train in all these ways",
  running: "training …",
  reference: "The reference: plain loops in TypeScript",
  wasm: "WebAssembly, four lanes, one thread",
  threads: "WebAssembly, three threads",
  resumed: "Stopped after the first epoch, resumed in another network",
  fewer: "One thing changed: the last digit is missing",
  noThreads: "This page may not share memory between threads.",
  took: (milliseconds: string) => `${milliseconds} ms`,
});
