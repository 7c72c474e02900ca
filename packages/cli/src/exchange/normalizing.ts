/** --normalize of `inkling import`: what another program did to the pixels of an image before its model saw them. */
import { ArgumentError, type Network } from "inkling";
import { withNormalizedInputs } from "inkling/formats";
import type { Imported } from "./import-words.ts";

/** The model with its inputs normalized as the option says it; as it is without the option. */
export async function normalized(found: Imported, word: string | undefined): Promise<Imported> {
  if (word === undefined) return found;
  const model = found.model as Network;
  const { mean: means, deviation: deviations } = normalizationFrom(word);
  const channels = model.inputShape[2];
  if (channels === undefined) {
    const got = `${model.inputs} numbers in a row`;
    throw new ArgumentError("--normalize", "a model of images", got, "Say --input, as 28x28x1.");
  }
  if (means.length !== channels) {
    throw new ArgumentError("--normalize", `${channels} means (one a channel)`, String(means.length));
  }
  const whole = await withNormalizedInputs(model, means, deviations);
  model.close();
  // The tensors stand one layer further on.
  const sources = found.sources?.map(({ name, from }) => ({ name: moved(name), from }));
  const note = "A frozen convolution of 1 × 1 in front normalizes bytes / 255.";
  const notes = [...found.notes.filter((text) => !text.startsWith("Inputs enter")), note];
  return { ...found, model: whole, notes, ...(sources && { sources }) };
}

function moved(name: string): string {
  return name.replace(/^layers\.(\d+)/, (_, i) => `layers.${Number(i) + 1}`);
}

/** "0.1307/0.3081", or one mean and one deviation a channel: "0.5,0.4,0.3/0.2,0.2,0.1" */
export function normalizationFrom(word: string): { readonly mean: number[]; readonly deviation: number[] } {
  const parts = word
    .split("/")
    .map((list) => list.split(",").map((text) => (text.trim() === "" ? Number.NaN : Number(text))));
  const [means = [], deviations = []] = parts;
  const isSound =
    parts.length === 2 &&
    means.length === deviations.length &&
    [...means, ...deviations].every(Number.isFinite) &&
    deviations.every((deviation) => deviation > 0);
  if (isSound) return { mean: means, deviation: deviations };
  const expected = "means/deviations, one a channel, as 0.1307/0.3081 (transforms.Normalize)";
  throw new ArgumentError("--normalize", expected, JSON.stringify(word));
}
