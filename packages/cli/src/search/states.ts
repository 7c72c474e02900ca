/**
 * The states of trainings that may become longer: what a trial of one rung goes on from in the next. A state that is
 * missing costs time alone: the trial is then trained anew, with the same bits. Numbers are kept as float64, because
 * JSON has no Infinity.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { TrainingState } from "inkling";
import { decodeTensors, encodeTensors } from "inkling/formats";
import { writeWhole } from "inkling/node";

/** Where the states stand in the directory of a search. */
const STATES = "states";
const NUMBERS = "numbers";

function pathOf(out: string, trial: number, part: number): string {
  return join(out, STATES, `${trial}.${part}.safetensors`);
}

/** The bytes of a state. */
export function encodeState({ tensors, numbers, ...rest }: TrainingState): Uint8Array {
  const values = { ...tensors, [NUMBERS]: Float64Array.from(Object.values(numbers)) };
  return encodeTensors({
    metadata: { state: JSON.stringify(rest), numbers: JSON.stringify(Object.keys(numbers)) },
    tensors: Object.entries(values).map(([name, value]) => ({ name, shape: [value.length], values: value })),
  });
}

/** The state of such bytes. Throws a ModelFileError for bytes of no such file. */
export function decodeState(bytes: Uint8Array, where: string): TrainingState {
  const { metadata, tensors } = decodeTensors(bytes, where);
  const names: string[] = JSON.parse(metadata.numbers ?? "[]");
  const all = Object.fromEntries(tensors.map(({ name, values }) => [name, values]));
  const { [NUMBERS]: numbers, ...own } = all;
  return {
    ...JSON.parse(metadata.state ?? "{}"),
    tensors: own,
    numbers: Object.fromEntries(names.map((name, i) => [name, numbers?.[i]])),
  };
}

export async function saveState(out: string, trial: number, part: number, state: TrainingState): Promise<void> {
  await mkdir(join(out, STATES), { recursive: true });
  await writeWhole(pathOf(out, trial, part), encodeState(state));
}

/** The states of a trial's trainings, on each part; undefined for one that is not there or cannot be read. */
export async function loadStates(
  out: string,
  trial: number,
  parts: number,
): Promise<readonly (TrainingState | undefined)[]> {
  return Promise.all(
    Array.from({ length: parts }, async (_, part) => {
      const path = pathOf(out, trial, part);
      try {
        return decodeState(await readFile(path), path);
      } catch {
        return undefined;
      }
    }),
  );
}

/** Forgets the states of trials that do not go on. */
export async function dropStates(out: string, trials: readonly number[], parts: number): Promise<void> {
  for (const trial of trials) {
    for (let part = 0; part < parts; part++) await rm(pathOf(out, trial, part), { force: true });
  }
}

/** Forgets all states: the search is over. */
export async function dropAllStates(out: string): Promise<void> {
  await rm(join(out, STATES), { recursive: true, force: true });
}
