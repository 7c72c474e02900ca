/** `inkling studio`: the book, the studio and the reference in the browser of this machine. */
import type { Command } from "commander";
import { ArgumentError } from "inkling";
import { interruptedCode, onInterrupt } from "../interrupt.ts";
import { addCommonOptions, type CommonOptions, wholeNumber } from "../options.ts";
import { printJson } from "../printable.ts";
import { hasDisplay, openInBrowser } from "../studio/browser.ts";
import { serveFolder } from "../studio/server.ts";
import { builtSite } from "../studio/site.ts";

interface StudioOptions extends CommonOptions {
  readonly port?: string;
  readonly open: boolean;
  readonly site?: string;
}

/** Declares options and action of the command. */
export function declareStudio(command: Command): void {
  command
    .option("--port <n>", "the port on 127.0.0.1; one that is free if absent")
    .option("--no-open", "do not open the browser, print the address alone")
    .option("--site <folder>", "a folder with a built site, in place of the sources' own")
    .addHelpText(
      "after",
      [
        "\nThe site is served to this machine alone, with the headers that threads need.",
        "Where it is missing, it is built first. Ctrl-C ends the command.",
        "\nExamples:",
        "  inkling studio",
        "  inkling studio --port 8080 --no-open",
      ].join("\n"),
    );
  addCommonOptions(command).action(async ({ port, open, site, json, quiet }: StudioOptions) => {
    const wanted = port === undefined ? 0 : portOf(port);
    const folder = await builtSite({ folder: site, quiet });
    const serving = await serveFolder(folder, wanted);
    onInterrupt(() => void serving.close().then(() => process.exit(interruptedCode())));
    if (json) printJson({ url: serving.url });
    else console.log(quiet ? serving.url : `The studio is at ${serving.url} (Ctrl-C ends it).`);
    if (open && hasDisplay(process.platform, process.env)) openInBrowser(serving.url);
  });
}

function portOf(word: string): number {
  const port = wholeNumber("--port", word);
  if (port > 65_535) throw new ArgumentError("--port", "a whole number from 0 to 65535", word);
  return port;
}
