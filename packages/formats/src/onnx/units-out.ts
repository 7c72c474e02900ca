/**
 * The units at both ends of a graph: raw values into what the first layer takes, and the last layer's outputs into
 * probabilities or into the units of the data.
 */
import { ArgumentError, type Network, type Scaling } from "inkling";
import type { InputUnits } from "./encode.ts";
import type { GraphWriter } from "./graph-writer.ts";

/** The graph's input as the first layer takes it. */
export function scaleInputs(
  { scaling, inputShape }: Network,
  input: string,
  units: InputUnits,
  graph: GraphWriter,
  prefix: string,
): string {
  // p / 255
  if (units === "bytes") return graph.add("Div", `${prefix}scaling`, [input, graph.number(255)]);
  if (scaling === undefined) return input;
  const { means, deviations } = checkedScaling(scaling);
  const place = `${prefix}scaling`;
  const column = (name: string, values: ArrayLike<number>) => graph.numbers(`${place}.${name}`, inputShape, values);
  // x − mean. The mean has 53 bits, which two float32 numbers hold: so a large mean takes nothing from small numbers.
  const high = means.map(Math.fround);
  const low = means.map((mean, j) => mean - (high[j] ?? 0));
  const part = graph.add("Sub", place, [input, column("means", high)]);
  const centred = low.some((rest) => rest !== 0) ? graph.add("Sub", place, [part, column("means, rest", low)]) : part;
  // (x − mean) / deviation
  return graph.add("Div", place, [centred, column("deviations", deviations)]);
}

/**
 * What the outputs mean: the values that the graph gives, by their names. `outputs` is a row of the last layer's
 * outputs.
 */
export function writeMeaning(
  model: Network,
  outputs: string,
  graph: GraphWriter,
  prefix: string,
): Partial<Record<"logits" | "probabilities" | "values", string>> {
  const place = `${prefix}outputs`;
  const { loss, targetScaling } = model;
  switch (loss.type) {
    case "crossEntropy":
      // p = softmax(z)
      return { logits: outputs, probabilities: graph.add("Softmax", place, [outputs], { axis: -1 }) };
    case "sigmoidCrossEntropy":
      // p = σ(z)
      return { logits: outputs, probabilities: graph.add("Sigmoid", place, [outputs]) };
    case "binaryCrossEntropy":
      // p = σ(z), the probability of yes
      return { logits: outputs, values: graph.add("Sigmoid", place, [outputs]) };
  }
  if (loss.task === "classes") return { probabilities: outputs };
  if (targetScaling === undefined) return { values: outputs };
  const { means, deviations } = checkedScaling(targetScaling);
  const column = (name: string, values: Float64Array) => graph.numbers(`${place}.${name}`, [values.length], values);
  // x = x′·σ + μ
  const grown = graph.add("Mul", place, [outputs, column("deviations", deviations)]);
  return { values: graph.add("Add", place, [grown, column("means", means)]) };
}

/** Throws an ArgumentError for a scaling that float32 cannot say. */
function checkedScaling(scaling: Scaling): { readonly means: Float64Array; readonly deviations: Float64Array } {
  const { means, deviations } = scaling;
  const isSmall = (value: number) =>
    !(Math.fround(value) >= 2 ** -126 && Math.fround(value) < Number.POSITIVE_INFINITY);
  const bad = deviations.findIndex(isSmall);
  if (bad !== -1) {
    const expected = `a deviation of column ${bad} that float32 can hold`;
    throw new ArgumentError("encodeOnnx, scaling", expected, String(deviations[bad]));
  }
  return { means, deviations };
}
