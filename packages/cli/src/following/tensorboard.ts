/**
 * `--tensorboard DIR`: event files for TensorBoard. DIR is what `tensorboard --logdir` is given; each run has a
 * directory in it, named by its start, and in that, as Keras does it, one for the training and one for the validation
 * examples, so that both have their curve in one chart. Of an ensemble each network has its own.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { FileError, type Network } from "inkling";
import { reasonOf } from "inkling/node";
import { type EventValue, encodeEvent, eventFileHeader, histogramOf } from "inkling-formats/tensorboard";
import { printable } from "../printable.ts";
import { pngOf } from "../report/html/png.ts";
import { firstWeights, onOneSheet } from "../report/html/weights.ts";
import { quoted } from "../report/next.ts";
import { Appending } from "./appending.ts";
import type { EpochEvent, OfMember, RunEvent, StartEvent, StepEvent } from "./events.ts";
import type { Follower, Moment } from "./following.ts";

type Part = "train" | "validation" | "test";

/** Makes the run's directory. Throws a FileError where it cannot be made. */
export function tensorBoardInto(directory: string, now = new Date()): Follower {
  const run = newDirectory(directory, now);
  // What cannot be written is found out now, not after the first epoch.
  const files = new Map<string, Appending | undefined>([["train", newFile(join(run, "train"))]]);
  const write = (part: Part, { member }: OfMember, step: number, values: readonly EventValue[]) => {
    const key = member === undefined ? part : join(`network-${member}`, part);
    if (!files.has(key)) files.set(key, newFileOrNone(join(run, key)));
    files.get(key)?.append(encodeEvent({ wallTime: Date.now() / 1000, step, values }));
  };
  let lastEpoch = 0;
  return {
    async take(event: RunEvent, { model }: Moment) {
      if (event.event === "start") {
        write("train", {}, 0, [{ tag: "run", text: startText(event) }]);
      } else if (event.event === "step") {
        write("train", event, event.totalSteps, stepValues(event));
      } else if (event.event === "epoch") {
        lastEpoch = event.epoch;
        write("train", event, event.epoch, [...epochValues(event), ...(await tensorValues(model, event.epoch))]);
        const validation = validationValues(event);
        if (validation.length > 0) write("validation", event, event.epoch, validation);
      } else if (event.event === "end") {
        const { testLoss, testAccuracy, testRmse } = event;
        const values = Object.entries({
          "epoch/loss": testLoss,
          "epoch/accuracy": testAccuracy,
          "epoch/rmse": testRmse,
        });
        const scalars = values.flatMap(([tag, scalar]) => (typeof scalar === "number" ? [{ tag, scalar }] : []));
        if (scalars.length > 0) write("test", {}, lastEpoch, scalars);
      }
    },
    lines: () => [`TensorBoard shows it: tensorboard --logdir ${quoted(directory)}`],
    close() {
      for (const file of files.values()) if (file?.close() === false) process.exitCode = 2;
    },
  };
}

/** A directory that no run has yet, as 2026-01-31_12-00-00 and where that is taken with -2, -3 … */
function newDirectory(directory: string, now: Date): string {
  const name = now.toISOString().slice(0, 19).replace("T", "_").replaceAll(":", "-");
  const expected = "a directory that can be written";
  if (directory === "") throw new FileError('""', expected, "no name", "Name a directory.");
  try {
    mkdirSync(directory, { recursive: true });
    for (let i = 1; ; i++) {
      const path = join(directory, i === 1 ? name : `${name}-${i}`);
      try {
        mkdirSync(path);
        return path;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST" || i === 1000) throw error;
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FileError(directory, expected, code === "EEXIST" ? "a file" : reasonOf(error));
  }
}

/** A new file in a new directory of the run. Throws a FileError where it cannot be made. */
function newFile(path: string): Appending {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw new FileError(path, "a directory that can be written", reasonOf(error));
  }
  const seconds = Date.now() / 1000;
  const name = `events.out.tfevents.${Math.floor(seconds)}.inkling.${process.pid}`;
  const file = Appending.open(join(path, name), "The training goes on without it.");
  file.append(eventFileHeader(seconds));
  return file;
}

/** The same in the middle of a training, which goes on without it. */
function newFileOrNone(path: string): Appending | undefined {
  try {
    return newFile(path);
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    console.error(printable(`${error.message} The training goes on without it.`));
    process.exitCode = 2;
    return undefined;
  }
}

/** As Markdown: what is trained, and the command that repeats it. */
function startText({ command, network, data, version, seed, backend, threads }: StartEvent): string {
  const sets = Object.entries(data).map(([part, { name, examples, sha256 }]) => {
    return `- ${part}: ${name}, ${examples} examples, SHA-256 ${sha256 ?? "unknown"}`;
  });
  return [
    `    ${command}`,
    "",
    `Network: ${network}`,
    "",
    ...sets,
    "",
    `Seed ${seed}, ${backend}, threads: ${threads}, Inkling ${version}`,
  ].join("\n");
}

function stepValues({ loss, accuracy, learningRate, examplesPerSecond }: StepEvent): EventValue[] {
  return [
    { tag: "step/loss", scalar: loss },
    ...(accuracy === undefined ? [] : [{ tag: "step/accuracy", scalar: accuracy }]),
    { tag: "step/learning_rate", scalar: learningRate },
    { tag: "step/examples_per_second", scalar: examplesPerSecond },
  ];
}

function epochValues({ loss, accuracy, learningRate, gradientNorms }: EpochEvent): EventValue[] {
  return [
    { tag: "epoch/loss", scalar: loss },
    ...(accuracy === undefined ? [] : [{ tag: "epoch/accuracy", scalar: accuracy }]),
    { tag: "epoch/learning_rate", scalar: learningRate },
    ...Object.entries(gradientNorms).map(([layer, scalar]) => ({ tag: `gradient_norm/${layer}`, scalar })),
  ];
}

function validationValues({
  validationLoss,
  validationAccuracy,
  validationRmse,
  validationR2,
}: EpochEvent): EventValue[] {
  const values = {
    "epoch/loss": validationLoss,
    "epoch/accuracy": validationAccuracy,
    "epoch/rmse": validationRmse,
    "epoch/r2": validationR2,
  };
  return Object.entries(values).flatMap(([tag, scalar]) => (scalar === undefined ? [] : [{ tag, scalar }]));
}

/** Histograms of the tensors, and what the first layer looks for as a picture. */
async function tensorValues(model: Network, epoch: number): Promise<EventValue[]> {
  const values: EventValue[] = [];
  for (const { name, value } of model.tensors) {
    values.push({ tag: `tensors/${name}`, histogram: histogramOf(await model.backend.read(value)) });
  }
  const found = isDrawn(epoch) ? await firstWeights(model) : undefined;
  if (found !== undefined) {
    const picture = onOneSheet(found);
    values.push({ tag: "first_layer/weights", picture: { ...picture, png: await pngOf(picture) } });
  }
  return values;
}

/** Of many epochs every tenth: TensorBoard itself shows ten pictures of a run. */
function isDrawn(epoch: number): boolean {
  return epoch <= 10 || epoch % 10 === 0;
}
