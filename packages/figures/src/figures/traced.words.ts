/** What all figures of one digit's way say. */
import { messages } from "../words/messages.ts";

export const words = messages("traced", {
  digit: (digit: string) => `a handwritten ${digit}, 28 × 28 pixels`,
  which: (index: string) => `Test image ${index}`,
  is: (digit: string) => `It is a ${digit}.`,
  previous: "The test image before it",
  next: "The next test image",
  neuron: (neuron: string) => `Hidden neuron ${neuron}`,
  previousNeuron: "The hidden neuron before it",
  nextNeuron: "The next hidden neuron",
  source: "computed by",
  anotherKind:
    "figure: expected a network of two dense layers that ends in softmax, got another one. Give it the book's network.",
});
