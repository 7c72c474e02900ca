/**
 * The units at both ends of a graph: raw values into what the first layer takes, and the last layer's outputs into
 * probabilities or into the units of the data.
 */
import { ArgumentError, type Network, type Scaling } from "inkling";
import type { PixelUnits } from "./encode.ts";
import type { GraphWriter } from "./graph-writer.ts";

/** The graph's input as the first layer takes it. */
export function scaleInputs(
  { scaling, inputShape }: Network,
  input: string,
  units: PixelUnits,
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

/** softmax(z), or σ(z) where each output is a yes or no of its own. */
function shares(loss: string, z: string, graph: GraphWriter, place: string): string {
  return loss === "crossEntropy" ? graph.add("Softmax", place, [z], { axis: -1 }) : graph.add("Sigmoid", place, [z]);
}

/**
 * The mean of an ensemble's probabilities, with its temperature T: softmax(ln p / T), or σ of ln(p / (1 − p)) / T. ln
 * is taken of what float32 can tell from 0 and from 1.
 */
export function tempered(p: string, temperature: number, loss: string, graph: GraphWriter): string {
  const place = "temperature";
  const isOfClasses = loss === "crossEntropy";
  const inside = graph.add("Clip", place, [p, graph.number(2 ** -149), graph.number(isOfClasses ? 1 : 1 - 2 ** -24)]);
  const logarithm = graph.add("Log", place, [inside]);
  const rest = () => graph.add("Log", place, [graph.add("Sub", place, [graph.number(1), inside])]);
  const z = isOfClasses ? logarithm : graph.add("Sub", place, [logarithm, rest()]);
  return shares(loss, graph.add("Mul", place, [z, graph.number(1 / temperature)]), graph, place);
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
  const { loss, targetScaling, calibration } = model;
  if (["crossEntropy", "sigmoidCrossEntropy", "binaryCrossEntropy"].includes(loss.type)) {
    // z / T, of a model that was calibrated
    const z = calibration && graph.add("Mul", place, [outputs, graph.number(1 / calibration.temperature)]);
    const p = shares(loss.type, z ?? outputs, graph, place);
    return { logits: outputs, [loss.task === "classes" ? "probabilities" : "values"]: p };
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
