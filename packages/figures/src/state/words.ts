/** What is said of an address and of an experiment. */
import { messages } from "../words/messages.ts";

export const words = messages("state", {
  newer: (version: string) =>
    `This address was made by another version of Inkling (v=${version}). What this version knows of it was read.`,
  refused: (key: string, expected: string, got: string, instead: string) =>
    `${key} in the address: expected ${expected}, got ${got}. It is ${instead} now.`,
  unnamed: (key: string, sentence: string, instead: string) =>
    `${key} in the address: ${sentence} It is ${instead} now.`,
  usual: "left at its usual value",
  ofPreset: "the preset's",
  presetExpected: (names: string) => `one of ${names}`,
  wholeExpected: (most: string) => `a whole number from 0 to ${most}`,
  tabExpected: "the name of a pane",
  exampleExpected: "test.17 or train.17, up to the last digit of the set",
  changesExpected: "steps and learning rates, as 300:0.1,450:0.01",
  classLoss: "a loss for classes",
  classList: 'ten numbers, or "balanced"',
  fewerThan: (count: string) => `fewer than the ${count} images`,
  needsValidation: "validation images (0 without)",
  layersFit: "layers that fit on images of 28 × 28",
  fewerLayers: (most: string) => `at most ${most} layers`,
  fewerWeights: (most: string) => `a network of at most ${most} weights and biases`,
  lessWork: (most: string) => `a network of at most ${most} multiplications for an image`,
});
