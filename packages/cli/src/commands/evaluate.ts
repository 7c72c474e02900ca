/** `inkling evaluate`: how well a saved model does, class by class. */
import { Command } from "commander";
import { type Dataset, evaluate, type TrainingRecord } from "inkling";
import { load } from "inkling/node";
import { loadTestData } from "../data.ts";
import { addCommonOptions, backendFrom, type CommonOptions } from "../options.ts";
import { confusionLines, mistakeLines, perClassLines } from "../report/evaluation.ts";
import { count, percent, terminalOf } from "../report/terminal.ts";

interface EvaluateOptions extends CommonOptions {
  readonly data?: string;
}

export function evaluateCommand(): Command {
  const command = new Command("evaluate")
    .description("Test a saved model: on MNIST's 10,000 test images, or on other data.")
    .argument("<model>", "a model file, as train saves it")
    .option("--data <path>", "a directory with the four IDX files (its test images), or a CSV file (all rows)")
    .addHelpText("after", "\nExample:\n  inkling evaluate model.safetensors");
  return addCommonOptions(command).action((path: string, options: EvaluateOptions) => run(path, options));
}

async function run(path: string, options: EvaluateOptions): Promise<void> {
  const { backend } = backendFrom(options);
  const model = await load(path, { backend });
  const data = await loadTestData(options.data, model.outputs);
  const result = await evaluate(model, data);
  const { accuracy, loss, examples, confusion, perClass } = result;
  if (options.json) {
    const weightsSha256 = await model.weightsSha256();
    const { name: backendName, arithmetic, threads } = backend;
    const json = {
      testAccuracy: accuracy,
      loss,
      examples,
      confusion,
      perClass,
      data: data.name,
      model: path,
      weightsSha256,
    };
    console.log(JSON.stringify({ ...json, backend: backendName, arithmetic, threads }));
    return;
  }
  const terminal = terminalOf(process.stdout);
  if (!options.quiet) {
    const lines = [...confusionLines(result, terminal), "", ...perClassLines(result, terminal), ""];
    for (const line of [...lines, ...mistakeLines(result, data, terminal)]) console.log(line);
  }
  console.log(terminal.style(["bold", "green"], `Test accuracy ${percent(accuracy)}`));
  console.log(`Loss ${loss.toFixed(4)}, ${count(examples)} examples of ${data.name}${trainedOn(model.training, data)}`);
}

/** A hint where a model is tested on something else than it was trained on. */
function trainedOn(training: TrainingRecord | undefined, data: Dataset): string {
  const name = training?.data.name;
  return name === undefined || name.split(" ")[0] === data.name.split(" ")[0]
    ? ""
    : ` (the model was trained on ${name})`;
}
