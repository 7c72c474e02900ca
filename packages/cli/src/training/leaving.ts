/** The end of a training that was interrupted: what is saved, what is said, exit 130 or 143. */
import { writeSync } from "node:fs";
import type { Network } from "inkling";
import { encodeModel } from "inkling/formats";
import { interruptedCode } from "../interrupt.ts";
import type { Machines } from "../machines/machines.ts";
import { printable } from "../printable.ts";
import type { Keeper } from "./keeper.ts";
import type { Member } from "./learn.ts";
import type { Standing } from "./notes.ts";
import { saveSomewhere } from "./saving.ts";

interface Place {
  /** Undefined before the first step. */
  readonly latest: Standing | undefined;
  /** Where the model is, if the training is over. */
  readonly out: string | undefined;
  readonly member: Member | undefined;
}

interface Keeping {
  readonly keeper: Keeper;
  readonly encode: () => Promise<Uint8Array>;
}

/**
 * Saves the model as it stands, with its place in its record, and a checkpoint, says where and how to go on, and exits.
 * Of an ensemble the networks that are whole are saved already. Of several machines the first does all that, and the
 * others wait for it.
 */
export async function leave(
  model: Network,
  run: { note(): Promise<void> },
  place: Place,
  out: string,
  keeping: Keeping | undefined,
  machines?: Machines,
): Promise<never> {
  // The signal that one machine got is everybody's, and so is the exit code.
  const isTerminated = interruptedCode() === 143;
  const code = (model.backend.sharing?.any(isTerminated) ?? isTerminated) ? 143 : 130;
  if (machines?.isFirst === false) {
    machines.leave();
    process.exit(code);
  }
  const { latest, member } = place;
  const sentences = [`Interrupted ${placeOf(place)}.`];
  // The first step was not done: there is nothing to keep, unless networks before this one.
  const isWorthIt = latest !== undefined || (member !== undefined && !member.isFirst);
  if (isWorthIt && keeping) await keeping.keeper.write(keeping.encode);
  if (member !== undefined) sentences.push(place.out === undefined ? member.before : wholeIn(place.out));
  else sentences.push(await savedModel(model, run, place, out));
  const command = keeping?.keeper.command;
  await keeping?.keeper.close();
  if (command !== undefined) sentences.push(`To go on: ${command}`);
  writeSync(2, `${sentences.map(printable).join(" ")}\n`);
  machines?.leave();
  process.exit(code);
}

function placeOf({ latest, member }: Place): string {
  const inside = (of: string) => (latest === undefined ? `before the first step${of}` : whereOf(latest, of));
  return inside(member === undefined ? "" : ` of ${member.name}`);
}

function whereOf({ epoch, step, steps, epochEnded, ended }: Standing, of: string): string {
  if (ended !== undefined) return `after the training${of}`;
  return epochEnded ? `after epoch ${epoch}${of}` : `in epoch ${epoch}${of}, step ${step} of ${steps}`;
}

async function savedModel(model: Network, run: { note(): Promise<void> }, place: Place, out: string): Promise<string> {
  if (place.out !== undefined) return `The model is in ${place.out}.`;
  if (place.latest === undefined) return "Nothing was learnt, so no model was saved.";
  try {
    await run.note();
    return `The model as it stands is in ${await saveSomewhere(await encodeModel(model), out)}.`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function wholeIn(out: string): string {
  return `The networks that are whole are in ${out}.`;
}
