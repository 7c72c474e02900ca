/** The model that a command is given: a network, or an ensemble, of which one member can be meant. */
import type { Command } from "commander";
import { ArgumentError, type Combination, Ensemble, type Network } from "inkling";
import type { Backend } from "inkling/backends";
import { loadAny } from "inkling/node";
import { wholeNumber } from "./options.ts";

/** A network, or several that are asked together. */
export type Model = Network | Ensemble;

export interface ModelOptions {
  readonly member?: string;
  readonly combine?: string;
}

/** The option that means one network of an ensemble. */
export function addMemberOption(command: Command): Command {
  return command.option("--member <k>", "of an ensemble: its network k alone, from 1");
}

/** The option that says how an ensemble's networks decide. */
export function addCombineOption(command: Command, usual: string): Command {
  return command.option("--combine <way>", `how an ensemble decides: mean (of the probabilities) or vote; ${usual}`);
}

/** The way that a word names. Throws an ArgumentError for another word. */
export function combinationFrom(word: string): Combination {
  if (word === "mean" || word === "vote") return word;
  throw new ArgumentError("--combine", "mean or vote", JSON.stringify(word));
}

/** Loads a model file; of an ensemble the member that is meant, or all of them, combined as it is asked for. */
export async function modelFrom(path: string, options: ModelOptions, backend: Backend): Promise<Model> {
  const { member, combine } = options;
  if (member !== undefined && combine !== undefined) {
    throw new ArgumentError("--combine", "a whole ensemble", "--member too");
  }
  const model = await loadAny(path, { backend });
  if (!(model instanceof Ensemble)) {
    const flag = member !== undefined ? "--member" : combine !== undefined ? "--combine" : undefined;
    if (flag === undefined) return model;
    throw new ArgumentError(flag, "a file with an ensemble", "one network", `Leave ${flag} out.`);
  }
  if (member !== undefined) return memberOf(model, member);
  if (combine === undefined) return model;
  const way = combinationFrom(combine);
  if (way === "vote" && model.loss.task === "numbers") {
    throw new ArgumentError("--combine", "mean (the networks predict numbers)", way);
  }
  return new Ensemble(model.members, { combine: way });
}

/** Loads a network: one that is alone in its file, or the member that is meant. Throws an ArgumentError otherwise. */
export async function networkFrom(path: string, { member }: ModelOptions, backend: Backend): Promise<Network> {
  const model = await modelFrom(path, member === undefined ? {} : { member }, backend);
  if (!(model instanceof Ensemble)) return model;
  const expected = `a network of the ensemble, from 1 to ${model.members.length}`;
  throw new ArgumentError("--member", expected, "none", "Add --member 1.");
}

function memberOf({ members }: Ensemble, word: string): Network {
  const member = members[wholeNumber("--member", word, 1) - 1];
  if (member !== undefined) return member;
  throw new ArgumentError("--member", `a whole number from 1 to ${members.length} (the ensemble's networks)`, word);
}

/** "5 networks, by the mean of their probabilities"; undefined for a network that is alone. */
export function ensembleText(model: Model): string | undefined {
  if (!(model instanceof Ensemble)) return undefined;
  const { members, combine, loss } = model;
  const what = loss.task === "numbers" ? "predictions" : "probabilities";
  const how = combine === "vote" ? "by vote" : `by the mean of their ${what}`;
  return `${members.length === 1 ? "1 network" : `${members.length} networks`}, ${how}`;
}

/** What --json says of an ensemble; nothing of a network that is alone. */
export function ensembleJson(model: Model): object {
  if (!(model instanceof Ensemble)) return {};
  return { ensemble: { combine: model.combine, seeds: model.members.map(({ seed }) => seed) } };
}
