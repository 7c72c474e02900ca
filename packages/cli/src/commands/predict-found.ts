/** `inkling predict MODEL photo.png`: the digits of somebody's own picture, in reading order. */
import { type Predictions, predictAll } from "inkling";
import { type Found, someOf } from "../found.ts";
import { type LookOptions, looksFrom } from "../looks.ts";
import type { Model } from "../model.ts";
import { printJson } from "../printable.ts";
import { calibrationText, familiarAt } from "../report/certainty.ts";
import { type FoundReport, foundLines, foundTitle, readLines, texts } from "../report/found.ts";
import { type Terminal, terminalOf, wrap } from "../report/terminal.ts";

interface FoundOptions extends LookOptions {
  readonly json?: true;
  readonly quiet?: true;
}

/** How the rest of `predict` says something of one example. */
interface Saying {
  /** Its prediction for --json. */
  json(predictions: Predictions, i: number): object;
  /** The image with a bar for each class. */
  bars(predictions: Predictions, i: number, terminal: Terminal): string[];
}

/** More digits than this are not drawn unless they are named. */
const MOST_DRAWN = 20;

/** Reads the digits of a picture and prints them: those of --index, or all. */
export async function predictFound(
  path: string,
  model: Model,
  found: Found,
  indices: readonly number[] | undefined,
  options: FoundOptions,
  saying: Saying,
): Promise<void> {
  const { json, quiet } = options;
  const terminal = terminalOf(process.stdout);
  if (found.set === undefined && !json) {
    console.log(foundTitle(found));
    return;
  }
  const predictions = found.set && (await predictAll(model, someOf(found), looksFrom(options)));
  const chosen = indices ?? found.digits.map((_, i) => i);
  if (json) {
    const { calibration = null } = model;
    printJson({
      model: path,
      data: found.name,
      calibration,
      ...pictureJson(model, predictions, found, chosen, saying),
    });
    return;
  }
  if (predictions === undefined) return;
  const drawn = indices === undefined && found.digits.length > MOST_DRAWN ? [] : chosen;
  const report: FoundReport = {
    ...{ found, model, predictions, drawn },
    remark: (i) => (familiarAt(model, someOf(found), predictions, i)?.isUnfamiliar ? "unfamiliar" : undefined),
    bars: (i, where) => saying.bars(predictions, i, where),
  };
  const lines = quiet ? readLines(report, terminal) : foundLines(report, terminal);
  const calibrated = quiet ? undefined : calibrationText(model);
  const how = calibrated === undefined ? [] : wrap(calibrated, terminal.width, "");
  console.log([...lines, ...how.map((line) => terminal.style("dim", line))].join("\n"));
}

function pictureJson(
  model: Model,
  predictions: Predictions | undefined,
  found: Found,
  chosen: readonly number[],
  saying: Saying,
) {
  const { digits, width, height, isLightOnDark, leftOut } = found;
  return {
    picture: { width, height, isLightOnDark, digits: digits.length, leftOut },
    lines: predictions === undefined ? [] : texts(model, predictions, found),
    predictions: chosen.map((i) => {
      const { box, line, isWide, strokes, pixels } = digits[i] ?? {};
      const said = predictions === undefined ? {} : saying.json(predictions, i);
      return { ...said, box, line, isWide, strokes, pixels: Array.from(pixels ?? []) };
    }),
  };
}
