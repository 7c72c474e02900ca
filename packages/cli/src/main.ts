/**
 * The command `inkling`: its commands, and what their ends mean to a shell.
 *
 *   0 done · 2 the caller's mistake, one sentence · 3 training diverged or a check failed · 1 our bug
 *   130 interrupted by Ctrl-C, 143 by SIGTERM
 */
import { setTimeout as sleep } from "node:timers/promises";
import { Command, CommanderError } from "commander";
import { DivergenceError, InklingError, version } from "inkling";
import { reasonOf } from "inkling/node";
import { addCommands } from "./commands/commands.ts";
import { onInterrupt } from "./interrupt.ts";
import { isIdle, rankFrom } from "./machines/launched.ts";
import { exitCodeOf, MachineError } from "./machines/machines.ts";
import { explainParsing } from "./parsing-errors.ts";
import { printable } from "./printable.ts";
import { remarkOf } from "./training/saving.ts";

const program = new Command("inkling")
  .description("A neural network from scratch: train it, test it, and see every number it computes.")
  .version(version)
  .addHelpText("after", "\nExamples:\n  inkling train\n  inkling evaluate model.safetensors\n  inkling train --help")
  // In a narrow window, too, what an option does stands in a column of its own.
  .configureHelp({ minWidthToWrap: 20, subcommandTerm: (command) => `${command.name()} ${command.usage()}` });

// Whoever pipes into `head` has seen enough, and a report that finds a full disk is lost. What the command was to do is
// still done: a training goes on, and its model is saved.
let isCutOff = false;
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE" || isCutOff) return;
  isCutOff = true;
  process.exitCode = 2;
  console.error(
    `stdout: expected a place that can be printed to, got ${reasonOf(error)}. The work goes on without it.`,
  );
});
process.stderr.on("error", () => {});
onInterrupt();
// Of several machines the first does what cannot be shared.
if (isIdle(process.env, process.argv)) process.exit(0);

try {
  await addCommands(program, process.argv);
  for (const command of [program, ...program.commands]) {
    command
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .showSuggestionAfterError();
  }
  if (process.argv.length === 2) {
    program.outputHelp();
  } else {
    await program.parseAsync();
  }
} catch (error) {
  process.exitCode = await report(error);
}

/** Says what went wrong on stderr and returns the exit code. */
async function report(error: unknown): Promise<number> {
  const rank = rankFrom(process.env, process.argv) ?? 0;
  // The first machine says what all have. Its end ends the others, which give it the time for that.
  if (rank > 0 && (error instanceof CommanderError || isOfAll(error))) await sleep(2000);
  if (rank > 0 && isOfAll(error)) return exitCodeOf(error);
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0;
    console.error(printable(whose(rank) + explainParsing(error, program)));
    return 2;
  }
  const remark = remarkOf(error);
  if (error instanceof InklingError) {
    console.error(printable(whose(rank) + error.message + remark));
    return exitCodeOf(error);
  }
  if (error instanceof RangeError && /allocation failed|typed array length|memory/i.test(error.message)) {
    const expected = "data and network that fit in memory";
    console.error(printable(`inkling: expected ${expected}, got more (${error.message}).${remark}`));
    return 2;
  }
  const debug = process.argv.includes("--debug");
  console.error(debug ? error : whose(rank) + said(error) + printable(remark));
  if (!debug) console.error("Please report it, with the output of the same command and --debug.");
  return 1;
}

function isOfAll(error: unknown): boolean {
  return error instanceof MachineError || error instanceof DivergenceError;
}

/** Of another machine than the first, which one it is. */
function whose(rank: number): string {
  return rank === 0 ? "" : `Rank ${rank}: `;
}

function said(error: unknown): string {
  const text = printable(error instanceof Error ? error.message : error);
  return text.startsWith("Bug in inkling: ") ? text : `Bug in inkling: ${text}`;
}
