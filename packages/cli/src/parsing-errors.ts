/** What the argument parser finds wrong, in the grammar of Inkling's errors. */
import type { Command, CommanderError } from "commander";
import { ArgumentError } from "inkling";

/** One sentence for a parsing error, with the nearest known name where there is one. */
export function explainParsing(error: CommanderError, program: Command): string {
  const command = program.commands.find((known) => known.name() === process.argv[2]);
  const where = command ? `inkling ${command.name()}` : "inkling";
  const quoted = /'([^']*)'/.exec(error.message)?.[1] ?? "";
  const suggestion = /Did you mean (?:one of )?([^?)]*)/.exec(error.message)?.[1];
  const nearest = suggestion ? `Did you mean ${suggestion}?` : `See ${where} --help.`;
  const sentence = (expected: string, got: string, advice = nearest) =>
    new ArgumentError(where, expected, got, advice).message;
  const commands = `a command (${program.commands.map((known) => known.name()).join(", ")})`;
  switch (error.code) {
    case "commander.unknownOption":
      return sentence("a known option", quoted);
    case "commander.unknownCommand":
      return sentence(commands, quoted);
    // `inkling help` of a command that there is not.
    case "commander.help":
      return sentence(commands, process.argv[3] ?? "none");
    case "commander.optionMissingArgument":
      return sentence(`a value after ${quoted}`, "none");
    case "commander.missingArgument":
      return sentence(`an argument ${quoted.toUpperCase()}`, "none");
    case "commander.excessArguments":
      return sentence("no further argument", /got (\d+)/.exec(error.message)?.[1] ?? "one too many");
    default:
      return sentence("arguments as its help says", error.message.replace(/^error: /, ""));
  }
}
