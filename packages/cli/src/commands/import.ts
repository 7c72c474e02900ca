/** `inkling import`: makes a model file of what another program saved. */
import type { Command } from "commander";
import { ArgumentError } from "inkling";
import { encodeEnsemble, encodeModel } from "inkling/formats";
import { writeWhole } from "inkling/node";
import { fields } from "inkling/presets";
import { importFrom } from "../exchange/import-formats.ts";
import type { Imported, ImportWords } from "../exchange/import-words.ts";
import { addCommonOptions, backendFrom, type CommonOptions } from "../options.ts";
import { printable, printJson } from "../printable.ts";
import { count, terminalOf, titled } from "../report/terminal.ts";
import { networkText } from "../report/training.ts";
import { isTaken } from "../training/saving.ts";

type ImportOptions = CommonOptions & ImportWords & { readonly out: string };

/** Where the model is saved if no place is named: where the other commands look for it. */
const USUAL = "model.safetensors";

/** Declares arguments, options and action of the command. */
export function declareImport(command: Command): void {
  command
    .argument("<file>", "what another program saved, or `inkling export`; what it is, its content says")
    .option("--layers <list>", `of a state dict: ${fields.layers.help.replace(" (see below)", ", as for train")}`)
    .option("--activation <name>", "of a state dict's hidden layers; relu if absent")
    .option("--input <shape>", "the shape of one example: 784, or height x width x channels as 28x28x1")
    .option("--loss <name>", "what training makes small and what the outputs mean; crossEntropy if nothing says it")
    .option("--like <model>", "of a state dict: a model file with the same layers, in place of the options above")
    .option(
      "--normalize <list>",
      "of images: means/deviations of the channels that it was trained with, as 0.1307/0.3081",
    )
    .option("--pixels <kind>", "of onnx: what it takes for a pixel, bytes (0 to 255) or numbers (0 to 1)")
    .option("--output <name>", "of onnx: which of several outputs")
    .option("--out <file>", `where the model is saved; ${USUAL} if absent and there is none yet`)
    .addHelpText(
      "after",
      [
        "\nFiles:",
        "  state dict   PyTorch's, saved as safetensors or NPZ: safetensors.torch.save_file(model.state_dict(), …)",
        "  onnx         as PyTorch, tf2onnx (Keras) and skl2onnx (scikit-learn) export it",
        "  tfjs         model.json of TensorFlow.js, with its shards beside it",
        "  our own      what `inkling export` wrote as safetensors, npz or json",
        "\nExamples:",
        "  inkling import mlp.safetensors --layers 128,64",
        "  inkling import cnn.safetensors --layers 20c5,p2,40c5,p2,100 --input 28x28x1",
        "  inkling import cnn.safetensors --layers 32c3,64c3,p2,128 --input 28x28x1 --normalize 0.1307/0.3081",
        "  inkling import trained-on.safetensors --like model.safetensors --out better.safetensors",
        "  inkling import mnist.onnx --normalize 0.1307/0.3081",
        "  inkling import tfjs/model.json --out digits.safetensors",
      ].join("\n"),
    );
  addCommonOptions(command).action((path: string, options: ImportOptions) => run(path, options));
}

async function run(path: string, options: ImportOptions): Promise<void> {
  const out = options.out ?? (await usualPlace());
  const { backend } = await backendFrom({ threads: "1", ...options });
  const { model, format, notes, sources } = await importFrom(path, options, backend);
  const bytes = await ("members" in model ? encodeEnsemble(model) : encodeModel(model));
  const wasThere = await isTaken(out);
  await writeWhole(out, bytes);
  const members = "members" in model ? model.members : [model];
  const parameters = members
    .flatMap(({ tensors }) => tensors)
    .reduce((sum, { value }) => sum + value.rows * value.columns, 0);
  if (options.json) {
    printJson({
      file: path,
      format,
      modelFile: out,
      layers: members[0]?.specs,
      inputShape: model.inputShape,
      loss: model.loss.type,
      numbers: parameters,
      weightsSha256: await model.weightsSha256(),
      notes,
      ...(sources && { sources }),
    });
    return;
  }
  const terminal = terminalOf(process.stdout);
  const say = (title: string, text: string) => {
    if (!options.quiet) for (const line of titled(title, printable(text), terminal)) console.log(line);
  };
  say("Read", `${path}: ${format}`);
  if (members[0] !== undefined) say("Network", `${networkText(members[0])}; ${model.loss.type}`);
  if (sources) say("Tensors", sourcesText(sources));
  for (const note of notes) say("Note", note);
  const over = wasThere ? ", over what was there" : "";
  console.log(`Saved to ${printable(out)}${over}: ${count(parameters)} numbers`);
  say("Next", `inkling evaluate ${out}`);
}

/** A model that was trained here is never lost to one from elsewhere, unless it is named. */
async function usualPlace(): Promise<string> {
  if (!(await isTaken(USUAL))) return USUAL;
  throw new ArgumentError("--out", "a name for the model", `none, and ${USUAL} is there already`, "Add --out.");
}

/** "layers.0 from fc1; layers.2 from fc2 (no bias: 0)" */
function sourcesText(sources: NonNullable<Imported["sources"]>): string {
  const places = new Map<string, { from: string; missing: string[] }>();
  for (const { name, from } of sources) {
    const [place, part] = split(name);
    const known = places.get(place) ?? { from: "", missing: [] };
    places.set(place, known);
    if (from === undefined) known.missing.push(part);
    else known.from = split(from)[0];
  }
  return Array.from(places, ([place, { from, missing }]) => {
    const without = missing.length === 0 ? "" : ` (without ${missing.join(" and ")})`;
    return `${place} from ${from}${without}`;
  }).join("; ");
}

function split(name: string): [before: string, last: string] {
  const dot = name.lastIndexOf(".");
  return [name.slice(0, Math.max(0, dot)), name.slice(dot + 1)];
}
