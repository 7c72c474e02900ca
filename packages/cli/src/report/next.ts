/** What to do with a model that has just been saved: the commands, as they can be pasted. */
import type { Evaluation } from "inkling";
import { printable } from "../printable.ts";
import type { SetOptions, Sets } from "../training/sets.ts";
import type { Terminal } from "./terminal.ts";

export function nextLines(
  out: string,
  options: SetOptions,
  { train, test, testPath, isHeldOut }: Sets,
  tested: Evaluation | undefined,
  terminal: Terminal,
  isEnsemble = false,
): string[] {
  const ofMember = isEnsemble ? " --member 1" : "";
  const isTable = train.shape.length !== 3;
  const data = testPath === undefined ? "" : ` --data ${quoted(testPath)}`;
  const model = quoted(out);
  // The image that it was most sure of, and wrong; of examples that were held out the place in the file is not known.
  const mistake = tested?.task === "classes" && !isHeldOut ? tested.mistakes[0]?.index : undefined;
  const index = mistake ?? Math.min(7, (test ?? train).count - 1);
  // Of pictures a tenth of which was held out the model has seen the others.
  const evaluated = isHeldOut ? " other-pictures" : data;
  const commands: [string, string][] = isTable
    ? [
        // Of the training's own file the model has seen most rows.
        [`evaluate ${model} ${options.test === undefined ? "other.csv" : quoted(options.test)}`, "in full"],
        [`predict ${model} new.csv --out predictions.csv`, "new rows"],
        [`explain ${model} ${quoted(options.data ?? "")} --index 0${ofMember}`, "why"],
      ]
    : [
        [`evaluate ${model}${evaluated}`, mistake === undefined ? "in more detail" : "class by class"],
        [`predict ${model}${data} --index ${index}`, "what it sees in one image"],
        [`explain ${model}${data} --index ${index}${ofMember}`, "every number behind it"],
      ];
  const lines = commands.map(([command]) => `  ${prefix()}inkling ${command}`);
  const widest = Math.max(...lines.map(({ length }) => length));
  const hasRoom = widest + 3 + Math.max(...commands.map(([, what]) => what.length)) <= terminal.width;
  return lines.map((line, i) =>
    hasRoom ? `${line.padEnd(widest)}   ${terminal.style("dim", commands[i]?.[1] ?? "")}` : line,
  );
}

/** Whoever came by npm or npx finds the command by npx. */
export function prefix(): string {
  return process.env.npm_execpath === undefined ? "" : "npx ";
}

/** A path as a shell reads it. */
export function quoted(path: string): string {
  const text = printable(path);
  return /^[\w./@%+=:,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
