/** From a network and an example to a trace: what is looked at is made of nothing else. */
import type { Dataset, Network, Optimizer } from "inkling";
import { type Trace, type TraceOptions, trace } from "inkling/proofs";
import type { Example } from "../../state/example.ts";

export interface Wanted {
  readonly model: Network;
  readonly example: Example;
  /** Where the example is from, if it is from a data set: its numbers as they are stored. */
  readonly data: Dataset | undefined;
  /** The class that it should have, where it has none or another is tried. */
  readonly label: number | undefined;
  readonly learningRate: number;
  readonly optimizer: Optimizer | undefined;
}

/** What a network predicts without being told is taken as the answer, so that there is a way back to look at. */
export async function traced({ model, example, data, label, learningRate, optimizer }: Wanted): Promise<Trace> {
  const inputs = data?.example(example.index) ?? example.pixels;
  const step = optimizer === undefined ? { learningRate } : { optimizer };
  const answer = await answerOf(model, inputs, data, example, label);
  return trace(model, inputs, { ...answer, ...step });
}

async function answerOf(
  model: Network,
  inputs: ArrayLike<number>,
  data: Dataset | undefined,
  example: Example,
  label: number | undefined,
): Promise<Pick<TraceOptions, "label" | "target">> {
  if (model.loss.task === "numbers") {
    const from = example.index * model.outputs;
    return { target: data?.targets?.subarray(from, from + model.outputs) };
  }
  const known = label ?? example.label;
  if (known !== undefined && known < model.outputs) return { label: known };
  const prediction = await model.predict(inputs);
  return "label" in prediction ? { label: prediction.label } : {};
}
