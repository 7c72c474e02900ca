/** `inkling inspect`: everything that is in a model file, a checkpoint, or a safetensors file from elsewhere. */
import type { Command } from "commander";
import { inspect } from "../inspect/inspection.ts";
import { inspectionLines } from "../inspect/lines.ts";
import { addCommonOptions, type CommonOptions } from "../options.ts";
import { printJson } from "../printable.ts";
import { terminalOf } from "../report/terminal.ts";

/** Declares arguments, options and action of the command. */
export function declareInspect(command: Command): void {
  command
    .argument("<file>", "a model file, a checkpoint or a directory of some, or any safetensors file")
    .addHelpText(
      "after",
      [
        "\nExamples:",
        "  inkling inspect model.safetensors",
        "  inkling inspect model.safetensors.checkpoint",
        "  inkling inspect model.safetensors --json",
      ].join("\n"),
    );
  addCommonOptions(command).action(async (path: string, { json }: CommonOptions) => {
    const found = await inspect(path);
    if (json) return printJson(found);
    for (const line of inspectionLines(found, terminalOf(process.stdout))) console.log(line);
  });
}
