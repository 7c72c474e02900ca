/** What is carried from figure to figure, as a notice calls it. */
import { messages } from "../words/messages.ts";

export const words = messages("carried", {
  digit: "The test digit",
  neuron: "The hidden neuron",
  weight: "The pixel",
});
