/** `--report report.html`: keeps what happens, and writes the page at the end, also of a training that broke off. */
import { type Dataset, FileError, InklingError } from "inkling";
import { checkWritable, readWhole, writeWhole } from "inkling/node";
import { printable } from "../printable.ts";
import type { EpochEvent, StartEvent, StepEvent } from "./events.ts";
import type { Follower } from "./following.ts";
import { Thinned } from "./thinned.ts";

/** About what a page takes on the disk, in bytes. */
const SIZE = 2 ** 20;

/** So many epochs and steps are kept at least, where there are as many. */
const KEPT = 1000;

/** Throws a FileError where no page can be written, or where it would take the place of something else than a page. */
export async function checkReport(path: string): Promise<void> {
  await checkWritable(path, SIZE);
  const there = await readWhole(path).catch(() => undefined);
  if (there === undefined || there.length === 0) return;
  const begins = new TextDecoder().decode(there.subarray(0, 100)).toLowerCase();
  if (begins.startsWith("<!doctype html")) return;
  throw new FileError(path, "a new file, or a page to replace", "another file", "Name another file.");
}

/** Writes a page. Where that fails it is said: the work that it is about is not lost. Whether there is a page. */
export async function writeReport(path: string, html: () => Promise<string>): Promise<boolean> {
  try {
    await writeWhole(path, new TextEncoder().encode(await html()));
    return true;
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
    console.error(printable(`${error.message} There is no report; all else is done.`));
    process.exitCode = 2;
    return false;
  }
}

/** Follows a training for its report. `test`: the examples that it is tested on. */
export function reportInto(path: string, test: Dataset | undefined): Follower {
  const epochs = new Thinned<EpochEvent>(KEPT);
  const steps = new Thinned<StepEvent>(KEPT);
  let start: StartEvent | undefined;
  let isThere = false;
  return {
    async take(event, { model, found, history = [] }) {
      if (event.event === "start") {
        start = event;
        for (const record of history) {
          epochs.add({ event: "epoch", ...record, learningRate: Number.NaN, gradientNorms: {} });
        }
      } else if (event.event === "epoch") epochs.add(event);
      else if (event.event === "step") steps.add(event);
      else if (start !== undefined) {
        const run = { start, epochs: epochs.all, steps: steps.all, ended: event, model, found, test };
        const { trainingReport } = await import("../report/html/training-report.ts");
        isThere = await writeReport(path, () => trainingReport(run));
      }
    },
    lines: () => (isThere ? [`Report in ${printable(path)}`] : []),
    close: () => {},
  };
}
