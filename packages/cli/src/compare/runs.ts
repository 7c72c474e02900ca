/**
 * The runs that are compared: of a model file, of a log (each run in it), of what `train --json` or `evaluate --json`
 * has printed. What is read is checked part by part: whatever is not there, or of another kind, is not known.
 */
import { basename } from "node:path";
import { DataError, Ensemble } from "inkling";
import { checkIntact, decodeAny } from "inkling/formats";
import { readWhole } from "inkling/node";
import type { EpochEvent, SetRecord, StepEvent } from "../following/events.ts";
import type { Model } from "../model.ts";
import { networkText } from "../report/training.ts";

/** What is known of one run. */
export interface ComparedRun {
  /** What it is called: its file, and of a log with several runs its number. */
  readonly name: string;
  readonly kind: "model" | "log" | "json";
  readonly network: string | undefined;
  readonly configuration: Readonly<Record<string, unknown>>;
  /** The sets that it learnt from and was tested on. */
  readonly data: Readonly<Partial<Record<"train" | "validation" | "test", SetRecord>>>;
  /** What was measured, by its name. */
  readonly results: Readonly<Record<string, number>>;
  /** How many epochs there were, how it ended, on what it was computed. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly weightsSha256: string | undefined;
  readonly epochs: readonly EpochEvent[];
  readonly steps: readonly StepEvent[];
  /** Of a model file. */
  readonly model: Model | undefined;
}

/** The largest file that is read: 1 GiB. */
const MOST = 2 ** 30;
/** The most runs of one log. */
const MOST_RUNS = 50;

type Json = Readonly<Record<string, unknown>>;

/** The runs of a file. Throws an InklingError for a file that cannot be read, or has none. */
export async function runsOf(path: string): Promise<ComparedRun[]> {
  const bytes = await readWhole(path, MOST);
  const name = basename(path);
  // JSON begins with a brace; the ninth byte of a safetensors file is the first that is one.
  if (bytes[0] !== 0x7b || bytes[8] === 0x7b) return [await ofModel(name, bytes)];
  return runsOfText(name, new TextDecoder().decode(bytes));
}

/** The runs of a log, or the one of what --json has printed. Throws a DataError for another text. */
export function runsOfText(name: string, text: string): ComparedRun[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const all = lines.map((line) => parsed(line));
  if (textOf(all[0]?.event) !== undefined) return ofLog(name, all);
  const [only] = all.length === 1 ? all : [parsed(text)];
  if (only === undefined || !("testAccuracy" in only || "weightsSha256" in only)) {
    const expected = "a model file, a log, or what train --json or evaluate --json has printed";
    throw new DataError(name, expected, "something else");
  }
  return [ofJson(name, only)];
}

async function ofModel(name: string, bytes: Uint8Array): Promise<ComparedRun> {
  const model = decodeAny(bytes, { name });
  await checkIntact(model);
  const first = model instanceof Ensemble ? model.members[0] : model;
  const { training } = model;
  const isEnsemble = model instanceof Ensemble;
  return {
    ...{ name, kind: "model", model, epochs: [], steps: [] },
    network: (isEnsemble ? `${model.members.length} networks: ` : "") + (first === undefined ? "" : networkText(first)),
    configuration: training?.configuration ?? {},
    data: {
      ...(training && { train: training.data }),
      ...(training?.validation && { validation: training.validation }),
    },
    results: isEnsemble ? {} : (training?.metrics ?? {}),
    facts: training === undefined ? {} : { epochs: training.epochs, seed: training.seed, version: training.version },
    weightsSha256: await model.weightsSha256(),
  };
}

/**
 * Every run of a log: from one start to the next, where that does not go on from a checkpoint of the one before. A line
 * that is damaged is left out: a run may have been killed in it.
 */
function ofLog(name: string, lines: readonly (Json | undefined)[]): ComparedRun[] {
  const runs: Json[][] = [];
  for (const line of lines) {
    if (line === undefined) continue;
    const before = runs.at(-1);
    const done = line.event === "start" ? numberOf(recordOf(line.resumed).epochs) : undefined;
    if (before === undefined || (line.event === "start" && done === undefined)) runs.push([line]);
    // What was done after the checkpoint is done again.
    else if (done !== undefined)
      before.splice(0, before.length, ...before.filter((event) => isWithin(event, done)), line);
    else before.push(line);
  }
  if (runs.length > MOST_RUNS) throw new DataError(name, `a log of at most ${MOST_RUNS} runs`, String(runs.length));
  return runs.map((events, i) => ofEvents(runs.length === 1 ? name : `${name}#${i + 1}`, events));
}

/** Whether an event is of the first epochs, or of none. */
function isWithin({ event, epoch }: Json, epochs: number): boolean {
  return event === "start" || ((event === "epoch" || event === "step") && (numberOf(epoch) ?? Number.NaN) <= epochs);
}

function ofEvents(name: string, events: readonly Json[]): ComparedRun {
  const start = events.find(({ event }) => event === "start") ?? {};
  const end =
    events.findLast(({ event }) => ["end", "diverged", "interrupted", "failed"].includes(textOf(event) ?? "")) ?? {};
  const epochs = events.filter(({ event }) => event === "epoch").flatMap(epochOf);
  const steps = events.filter(({ event }) => event === "step").flatMap(stepOf);
  const ended = end.event === undefined ? "still running, or killed" : end.event === "end" ? end.ended : end.event;
  const last = epochs.at(-1);
  const data = recordOf(start.data);
  return {
    ...{ name, kind: "log", model: undefined, epochs, steps },
    network: textOf(start.network),
    configuration: recordOf(start.configuration),
    data: setsOf(data),
    results: end.event === "end" ? numbersOf(end) : last === undefined ? {} : numbersOf({ ...last }),
    facts: factsOf({ ...start, ...end, ended, epochs: last?.epoch ?? 0 }),
    weightsSha256: textOf(end.weightsSha256),
  };
}

function ofJson(name: string, result: Json): ComparedRun {
  const history = Array.isArray(result.history) ? result.history.map(recordOf) : [];
  return {
    ...{ name, kind: "json", model: undefined, steps: [], epochs: history.flatMap(epochOf) },
    network: undefined,
    configuration: recordOf(result.configuration),
    data: {},
    results: numbersOf(result),
    facts: factsOf(result),
    weightsSha256: textOf(result.weightsSha256),
  };
}

/** What is a result: the numbers of a run that are not about how it was computed. */
const RESULT = /^(?:loss|accuracy|examples|(?:test|train|validation)[A-Z]\w*)$/;

function numbersOf(result: Json): Record<string, number> {
  const known = Object.entries(result).flatMap(([name, value]) => {
    return RESULT.test(name) && typeof value === "number" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(known);
}

const FACTS = [
  "epochs",
  "bestEpoch",
  "ended",
  "seconds",
  "seed",
  "version",
  "backend",
  "threads",
  "arithmetic",
  "precision",
];

function factsOf(result: Json): Record<string, string | number> {
  const known = FACTS.flatMap((name) => {
    const value = result[name];
    return typeof value === "string" || typeof value === "number" ? [[name, value] as const] : [];
  });
  return Object.fromEntries(known);
}

function setsOf(data: Json): ComparedRun["data"] {
  const known = (["train", "validation", "test"] as const).flatMap((part) => {
    const { name, examples, sha256 } = recordOf(data[part]);
    if (typeof name !== "string" || typeof examples !== "number") return [];
    return [[part, { name, examples, sha256: textOf(sha256) ?? null }] as const];
  });
  return Object.fromEntries(known);
}

/** An epoch, if it has a number. */
function epochOf(event: Json): EpochEvent[] {
  const epoch = numberOf(event.epoch);
  if (epoch === undefined) return [];
  const optional = ["accuracy", "validationLoss", "validationAccuracy", "validationRmse", "validationR2", "member"];
  const known = optional.flatMap((name) => {
    const value = numberOf(event[name]);
    return value === undefined ? [] : [[name, value] as const];
  });
  return [
    {
      ...{ event: "epoch", epoch, loss: numberOf(event.loss) ?? Number.NaN },
      ...{ seconds: numberOf(event.seconds) ?? Number.NaN, learningRate: numberOf(event.learningRate) ?? Number.NaN },
      gradientNorms: {},
      ...Object.fromEntries(known),
    },
  ];
}

/** A step, as far as curves need it. */
function stepOf(event: Json): StepEvent[] {
  const [totalSteps, learningRate] = [numberOf(event.totalSteps), numberOf(event.learningRate)];
  if (totalSteps === undefined || learningRate === undefined) return [];
  const number = (name: string) => numberOf(event[name]) ?? Number.NaN;
  return [
    {
      ...{
        event: "step",
        totalSteps,
        learningRate,
        epoch: number("epoch"),
        step: number("step"),
        steps: number("steps"),
      },
      ...{ loss: number("loss"), examplesPerSecond: number("examplesPerSecond"), seconds: number("seconds") },
    },
  ];
}

function parsed(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
