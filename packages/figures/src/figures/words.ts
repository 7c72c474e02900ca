/** What several figures of the book say. */
import { messages } from "../words/messages.ts";

export const words = messages("figures", {
  loading: "The network and the digits are on their way.",
  digit: (place: string, label: number) => `Test digit ${place}, a ${label}`,
  digitControl: "Which digit",
  neuronControl: "Which neuron",
  neuron: (place: number) => `Neuron ${place}`,
  before: "the one before",
  next: "the next one",
  kernel: "The filter’s weights. Click one, or press the space bar, to set it.",
  brush: "Set weights to",
  noConvolution: "figure: expected a network that begins with a convolution, got another one. Give it one.",
  pixel: (row: number, column: number) => `row ${row}, column ${column}`,
});
