/**
 * The command `inkling`: its commands, and what their ends mean to a shell.
 *
 *   0 done · 2 the caller's mistake, one sentence · 3 training diverged or a check failed · 130 interrupted · 1 our bug
 */
import { Command, CommanderError } from "commander";
import { DivergenceError, InklingError, version } from "inkling";
import { checkCommand } from "./commands/check.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { explainCommand } from "./commands/explain.ts";
import { predictCommand } from "./commands/predict.ts";
import { trainCommand } from "./commands/train.ts";
import { onInterrupt } from "./interrupt.ts";
import { explainParsing } from "./parsing-errors.ts";

const program = new Command("inkling")
  .description("A neural network from scratch: train it, test it, and see every number it computes.")
  .version(version)
  .addHelpText("after", "\nExamples:\n  inkling train\n  inkling evaluate model.safetensors\n  inkling train --help");

for (const command of [trainCommand(), evaluateCommand(), predictCommand(), explainCommand(), checkCommand()]) {
  program.addCommand(command);
}
for (const command of [program, ...program.commands]) {
  command
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .showSuggestionAfterError();
}

// Whoever pipes into `head` has seen enough; what the command was to do is still done.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") return;
  console.error(`stdout: expected a place that can be printed to, got ${error.code}.`);
  process.exit(2);
});
onInterrupt();

try {
  if (process.argv.length === 2) {
    program.outputHelp();
  } else {
    await program.parseAsync();
  }
} catch (error) {
  process.exitCode = report(error);
}

/** Says what went wrong on stderr and returns the exit code. */
function report(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    console.error(explainParsing(error, program));
    return 2;
  }
  if (error instanceof DivergenceError) {
    console.error(error.message);
    return 3;
  }
  if (error instanceof InklingError) {
    console.error(error.message);
    return 2;
  }
  if (error instanceof RangeError && /allocation failed|typed array length|memory/i.test(error.message)) {
    console.error(`inkling: expected data and network that fit in memory, got more (${error.message}).`);
    return 2;
  }
  const debug = process.argv.includes("--debug");
  console.error(debug ? error : `Bug in inkling: ${error instanceof Error ? error.message : String(error)}`);
  if (!debug) console.error("Please report it, with the output of the same command and --debug.");
  return 1;
}
