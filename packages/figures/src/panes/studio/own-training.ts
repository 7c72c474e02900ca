/** Trainings on data of one's own: begun anew, or where an address says that asks for these data. */
import { experimentNeeded, type Needs, type StudioState } from "../../state/address.ts";
import { experimentOn } from "../../state/experiment.ts";
import { digestOf, type OwnData } from "../../state/own-data.ts";
import { words } from "../../state/words.ts";

export interface OwnTraining extends Pick<StudioState, "experiment" | "changes" | "at"> {
  readonly notices: readonly string[];
}

/** What is trained when these data have come. */
export async function trainingOn(data: OwnData, needs: Needs | undefined): Promise<OwnTraining> {
  const digest = await digestOf(data.train);
  const known: OwnData = { ...data, digest };
  const anew = { experiment: experimentOn(known), changes: [], at: 0 };
  if (needs === undefined) return { ...anew, notices: [] };
  const isOther = needs.isAdded !== data.isAdded || (digest !== undefined && (needs.digest ?? digest) !== digest);
  if (isOther) return { ...anew, notices: [words().otherData(needs.name)] };
  return { ...experimentNeeded(needs, known), changes: needs.changes, at: needs.at };
}

/** The drawings that this browser keeps, if they are what an address needs. */
export async function keptDrawings({ digest, isAdded }: Needs): Promise<OwnData | undefined> {
  if (digest === undefined) return undefined;
  const { drawingsToLearn, kept } = await import("../draw/collection.ts");
  const data = drawingsToLearn(kept(), isAdded);
  return data !== undefined && (await digestOf(data.train)) === digest ? data : undefined;
}
