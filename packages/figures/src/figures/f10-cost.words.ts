/** What the figure of the gradient's cost says. */
import { messages } from "../words/messages.ts";

export const words = messages("f10-cost", {
  question: (count: string) =>
    `All ${count} slopes are needed, at one digit. Measuring moves each number up and down: two forward passes each. How many multiplications does backpropagation take?`,
  half: "half as many",
  hundredth: "a hundredth",
  two: "about those of two forward passes",
  answer: (passes: string) =>
    `One forward pass and one backward pass, in place of ${passes} forward passes. Backpropagation changes no weight: it only computes the gradient, cheaply; gradient descent is what uses it.`,
  measured: "By measuring",
  passes: "forward passes",
  ofAll: (done: string, all: string) => `${done} of ${all}`,
  seconds: (seconds: string) => `${seconds} s`,
  milliseconds: (milliseconds: string) => `${milliseconds} ms`,
  time: "time",
  multiplications: "multiplications",
  note: (times: string) =>
    `In time, one pass there and back is as long as ${times} forward passes here: this code is written to be read, and it has to write down every slope. Pixels of 0 are left out of all counts.`,
  back: "By backpropagation",
  one: "1 forward, 1 backward",
  start: "Measure all of them",
  pause: "Pause",
  more: "Go on",
  once: "Do it once",
  factor: "measuring takes, times as long",
  worst: "largest difference between both",
  slopes: (neuron: number) => `∂C/∂w of neuron ${neuron}, as far as measured`,
  exact: (neuron: number) => `∂C/∂w of neuron ${neuron} by backpropagation`,
  progress: "Slopes that are measured",
});
