/** What a file of Inkling, or a safetensors file from elsewhere, has in it: as `inspect --json` prints it. */
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Ensemble, type Network, type TrainingRecord } from "inkling";
import {
  type Checkpoint,
  checkIntact,
  decodeAny,
  decodeForeignTensors,
  isCheckpoint,
  type Tensor,
} from "inkling/formats";
import { loadCheckpoint, readWhole } from "inkling/node";
import { networkText } from "../report/training.ts";
import { statisticsOf, type TensorStatistics } from "./statistics.ts";

/** A network, whatever file it is in. */
export interface NetworkInspection {
  /** In one line. */
  readonly network: string;
  /** The table of its layers. */
  readonly summary: string;
  readonly layers: readonly object[];
  readonly parameters: number;
  readonly input: {
    readonly shape: readonly number[];
    /** How a number enters: bytes as p / 255, or (x − mean) / deviation, column by column. */
    readonly scaling:
      | "byte / 255"
      | { readonly means: readonly number[]; readonly deviations: readonly number[] }
      | null;
    readonly columnNames: readonly string[] | null;
  };
  readonly output: {
    readonly task: "classes" | "numbers";
    readonly outputs: number;
    readonly classNames: readonly string[] | null;
    readonly targetNames: readonly string[] | null;
  };
  readonly loss: { readonly type: string };
  readonly training: TrainingRecord | null;
  /** The temperature of its probabilities, and what its examples looked like; null where it was not measured. */
  readonly calibration: Network["calibration"] | null;
  readonly familiarity: Omit<NonNullable<Network["familiarity"]>, "bases"> | null;
  readonly seed: number;
  readonly weightsSha256: string;
  readonly tensors: readonly TensorStatistics[];
}

interface OfFile {
  readonly file: string;
  readonly bytes: number;
}

interface OfModelFile extends OfFile {
  /** Whether weights and texts are those that were written, by the file's digests; null where it has none. */
  readonly isIntact: boolean | null;
}

export interface ModelInspection extends OfModelFile, NetworkInspection {
  readonly kind: "model";
  readonly format: string;
  /** What else the file says, by its names. */
  readonly notes: Readonly<Record<string, unknown>>;
}

export interface EnsembleInspection extends OfModelFile {
  readonly kind: "ensemble";
  readonly combine: string;
  readonly calibration: Network["calibration"] | null;
  readonly weightsSha256: string;
  readonly members: readonly NetworkInspection[];
}

export interface CheckpointInspection extends OfFile, NetworkInspection {
  readonly kind: "checkpoint";
  /** Where its training stands. */
  readonly position: Readonly<Record<string, number>>;
  readonly options: Checkpoint["state"]["options"];
  readonly version: string;
  readonly data: Checkpoint["state"]["data"];
  readonly notes: Readonly<Record<string, unknown>>;
  /** Newer ones in the same directory that cannot be used: why. */
  readonly damaged: readonly string[];
}

export interface TensorsInspection extends OfFile {
  readonly kind: "tensors";
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly TensorStatistics[];
}

export type Inspection = ModelInspection | EnsembleInspection | CheckpointInspection | TensorsInspection;

/** The largest file that is read: 1 GiB. */
const MOST = 2 ** 30;

/**
 * What is in a file, or in the newest checkpoint of a directory. Throws a FileError for what cannot be read, a
 * ModelFileError for what is damaged or no safetensors file.
 */
export async function inspect(path: string): Promise<Inspection> {
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return ofCheckpoint(path);
  const bytes = await readWhole(path, MOST);
  if (isCheckpoint(bytes)) return ofCheckpoint(path);
  const name = basename(path);
  const file = decodeForeignTensors(bytes, name);
  const of = { file: path, bytes: bytes.length };
  const { metadata } = file;
  if (metadata["inkling.architecture"] === undefined && metadata["inkling.ensemble"] === undefined) {
    return { kind: "tensors", ...of, metadata, tensors: file.tensors.map(statisticsOf) };
  }
  const model = decodeAny(bytes, { name });
  const isIntact = await checkIntact(model).then(
    (hasDigests) => hasDigests || null,
    () => false,
  );
  if (model instanceof Ensemble) {
    const members = await Promise.all(model.members.map(ofNetwork));
    const { combine, calibration = null } = model;
    return {
      kind: "ensemble",
      ...of,
      isIntact,
      combine,
      calibration,
      weightsSha256: await model.weightsSha256(),
      members,
    };
  }
  const known = ["architecture", "roles", "training", "format", "calibration", "familiarity", "digests"].map(
    (name) => `inkling.${name}`,
  );
  const notes = Object.entries(metadata).filter(([key]) => key.startsWith("inkling.") && !known.includes(key));
  return {
    ...{ kind: "model", ...of, isIntact, format: metadata["inkling.format"] ?? "1" },
    ...(await ofNetwork(model)),
    notes: Object.fromEntries(notes.map(([key, text]) => [key.slice("inkling.".length), parsed(text)])),
  };
}

async function ofCheckpoint(path: string): Promise<CheckpointInspection> {
  const { path: file, damaged, model, state, notes } = await loadCheckpoint(path);
  const { options, version, data, numbers } = state;
  return {
    ...{ kind: "checkpoint", file, bytes: (await stat(file)).size },
    ...(await ofNetwork(model)),
    ...{ position: numbers, options, version, data, notes, damaged: damaged.map(({ message }) => message) },
  };
}

async function ofNetwork(model: Network): Promise<NetworkInspection> {
  const { specs, inputShape, outputs, loss, scaling, columnNames, classNames, targetNames, training, seed } = model;
  const values = async ({ name, shape, value }: Network["tensors"][number]): Promise<Tensor> => {
    return { name, shape, values: await model.backend.read(value) };
  };
  return {
    network: networkText(model),
    summary: model.summary(),
    layers: specs,
    parameters: model.parameters.reduce((sum, { value }) => sum + value.rows * value.columns, 0),
    input: {
      shape: inputShape,
      scaling:
        scaling === undefined
          ? "byte / 255"
          : { means: Array.from(scaling.means), deviations: Array.from(scaling.deviations) },
      columnNames: columnNames ?? null,
    },
    output: { task: loss.task, outputs, classNames: classNames ?? null, targetNames: targetNames ?? null },
    loss: { type: loss.type, ...loss.settings },
    training: training ?? null,
    calibration: model.calibration ?? null,
    familiarity: withoutBases(model.familiarity),
    seed,
    weightsSha256: await model.weightsSha256(),
    tensors: (await Promise.all(model.tensors.map(values))).map(statisticsOf),
  };
}

function withoutBases(familiarity: Network["familiarity"]): NetworkInspection["familiarity"] {
  if (familiarity === undefined) return null;
  const { bases: _, ...others } = familiarity;
  return others;
}

/** JSON as a value; any other text as it is. */
function parsed(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return text;
  }
}
