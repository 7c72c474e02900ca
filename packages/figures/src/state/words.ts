/** What is said of an address and of an experiment. */
import { messages } from "../words/messages.ts";

export const words = messages("state", {
  newer: (version: string) =>
    `This address was made by another version of Inkling (v=${version}). What this version knows of it was read.`,
  refused: (key: string, expected: string, got: string, instead: string) =>
    `${key} in the address: expected ${expected}, got ${got}. It is ${instead} now.`,
  unnamed: (key: string, sentence: string, instead: string) =>
    `${key} in the address: ${sentence} It is ${instead} now.`,
  needs: (name: string) =>
    `This address is of a training on “${name}”, and an address cannot carry data. Choose the same files under “Bring ` +
    "your own”, or load the same drawings under “Draw”, and learn from them: then it is where the address says.",
  otherData: (name: string) =>
    `These examples of “${name}” are not those of the address: their digest is another. The training begins anew.`,
  usual: "left at its usual value",
  ofPreset: "the preset's",
  presetExpected: (names: string) => `one of ${names}`,
  wholeExpected: (most: string) => `a whole number from 0 to ${most}`,
  tabExpected: "the name of a pane",
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
