/** What the figure of both directions says. */
import { messages } from "../words/messages.ts";

export const words = messages("f13-directions", {
  question: "Many inputs, one output, and the slope of the output for each input. From which end does one multiply?",
  inputs: "from the inputs",
  output: "from the output",
  same: "no matter: it is the same product",
  answer: (forward: string, back: string) =>
    `From the output: one pass gives all slopes (here ${back} multiplications, from the inputs ${forward}). A network has 23,860 numbers and one loss, so this decides everything.`,
  forward: "From the inputs: one pass for each input",
  back: "From the outputs: one pass for each output",
  nInputs: "inputs",
  nOutputs: "outputs",
  graph: (inputs: number, outputs: number) => `${inputs} inputs, two layers of three, ${outputs} outputs`,
  done: "multiplications",
  of: (done: string, all: string) => `${done} of ${all}`,
  pass: (now: number, all: number) => `pass ${now} of ${all}`,
  known: "slopes that are known",
  agree: "Both give the same slopes. The largest difference is",
  note: "Each line is one slope, and passing it costs one multiplication. Drag the sliders to follow the passes.",
  swap: "Swap inputs and outputs",
  nowMeans: "a slope that this pass multiplies with",
  goneMeans: "a slope that a pass before it has used",
  stillMeans: "a slope that no pass has come along yet",
  startMeans: "where this pass begins",
  nodeMeans: "a number that is computed on the way",
});
