/** What the fields of an experiment are called, where they are set and where an address is wrong about one. */
import { dashed } from "inkling/presets";
import { messages } from "../words/messages.ts";
import type { FieldName } from "./experiment.ts";

/** The fields that everybody meets; the others have their names from the command line. */
export const labels = messages("labels", {
  layers: "Hidden layers",
  activation: "Activation",
  loss: "Loss",
  init: "First weights",
  optimizer: "Optimizer",
  learningRate: "Learning rate η",
  schedule: "Schedule",
  batchSize: "Batch",
  epochs: "Epochs",
  examples: "Training examples",
  seed: "Seed",
});

export function labelOf(name: FieldName): string {
  return (labels() as Partial<Record<FieldName, string>>)[name] ?? dashed(name);
}
