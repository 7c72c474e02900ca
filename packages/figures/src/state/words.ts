/** What is said of an address and of an experiment. */
import { messages } from "../words/messages.ts";

export const words = messages("state", {
  newer: (version: string) =>
    `This address was made by another version of Inkling (v=${version}). What this version knows of it was read.`,
  refused: (label: string, key: string, expected: string, got: string, instead: string) =>
    `${label} (${key} in the address): expected ${expected}, got ${got}. It is ${instead} now.`,
  needs: (name: string) =>
    `This address is of a training on “${name}”, and an address cannot carry data. Choose the same files under “Bring ` +
    "your own”, or load the same drawings under “Draw”, and learn from them: then it is where the address says.",
  otherData: (name: string) =>
    `These examples of “${name}” are not those of the address: their digest is another. The training begins anew.`,
  usual: "left at its usual value",
  ofPreset: "the preset's",
  wholeExpected: (from: string, to: string) => `a whole number from ${from} to ${to}`,
  numberExpected: (from: string, to: string) => `a number from ${from} to ${to}`,
  numbersExpected: (count: string, from: string, to: string) =>
    `${count} numbers from ${from} to ${to}, with _ between`,
  orderExpected: (last: string) => `the numbers from 0 to ${last}, each once, with _ between`,
  oneExpected: (names: string) => `one of ${names}`,
  someExpected: (names: string) => `none, or some of ${names}, with _ between`,
  preset: "The preset",
  stepsDone: "The steps that are done",
  rateChanges: "The changes of the learning rate",
  pane: "The pane",
  digit: "The digit",
  tabExpected: "train, draw, inside, judge or own",
  exampleExpected: "test.17 or train.17, up to the last digit of the set",
  changesExpected: "steps and learning rates, as 300:0.1,450:0.01",
  lossFor: (task: "classes" | "numbers") => (task === "classes" ? "a loss for classes" : "a loss for numbers"),
  classList: (count: string) => `${count} numbers, or "balanced"`,
  fewerThan: (count: string) => `fewer than the ${count} images`,
  needsValidation: "validation images (0 without)",
  layersFit: (size: string) => `layers that fit on images of ${size}`,
  layersFitRows: (count: string) => `layers that fit on rows of ${count} numbers`,
  fewerLayers: (most: string) => `at most ${most} layers`,
  fewerWeights: (most: string) => `a network of at most ${most} weights and biases`,
  lessWork: (most: string) => `a network of at most ${most} multiplications for an image`,
});
