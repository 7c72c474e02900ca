/**
 * `train --from`: a new training that begins with a saved model. Layers, loss, scaling, columns and classes are the
 * model's; how it is trained is what its record says, if nothing else is named.
 */

import { basename } from "node:path";
import { ArgumentError, Ensemble, type Network } from "inkling";
import type { Backend } from "inkling/backends";
import { loadAny } from "inkling/node";
import {
  type Configuration,
  completed,
  fieldNames,
  fields,
  overridden,
  type PresetName,
  presets,
} from "inkling/presets";
import { flagOf, type Named, type NamedConfiguration } from "../configuring.ts";

/** Loads the model. Throws an ArgumentError for an ensemble, of which it is not clear which network is meant. */
export async function modelToStartWith(path: string, backend: Backend): Promise<Network> {
  const model = await loadAny(path, { backend });
  if (!(model instanceof Ensemble)) return model;
  throw new ArgumentError("--from", "a file with one network", `an ensemble of ${model.members.length}`);
}

/** The fields that say what the network is. The seed orders the examples, too, so it may be named. */
const ofNetwork = fieldNames.filter((name) => fields[name].isOfNetwork === true && name !== "seed");

/** How a model was trained, as this command's options; undefined where another program trained it. */
export function configurationOf(model: Network): NamedConfiguration | undefined {
  const record = model.training?.configuration ?? {};
  const { preset } = record;
  if (typeof preset !== "string" || !Object.hasOwn(presets, preset)) return undefined;
  const known = fieldNames.filter((name) => fields[name].holds(record[name]));
  const named = Object.fromEntries(known.map((name) => [name, record[name]])) as Partial<Configuration>;
  return { preset: preset as PresetName, ...completed(named, flagOf) };
}

/** The options of a training that begins with a model. Throws an ArgumentError for one that is the model's to say. */
export function namedFrom(model: Network, named: Named): Named {
  for (const name of ofNetwork) {
    if (named.fields[name] === undefined) continue;
    throw new ArgumentError(flagOf(name), "no --from beside it", "one", "Leave it out: the model has its own.");
  }
  const { loss, seed } = model;
  const { labelSmoothing, classWeights, delta } = loss.settings as Readonly<Record<string, unknown>>;
  const recorded = configurationOf(model);
  const own = {
    ...(recorded && Object.fromEntries(ofNetwork.map((name) => [name, recorded[name]]))),
    ...{ seed, loss: loss.type },
    ...(labelSmoothing !== undefined && { labelSmoothing }),
    ...(classWeights !== undefined && { classWeights }),
    ...(delta !== undefined && { huberDelta: delta }),
  } as Partial<Configuration>;
  // A preset that is named says how it is trained; otherwise the record does.
  if (named.preset !== undefined || recorded === undefined) {
    return { preset: named.preset, fields: { ...own, ...named.fields } };
  }
  return { preset: recorded.preset, fields: overridden({ ...recorded, ...own }, named.fields) };
}

/** A record of a training, without what the options would say of a network that they did not make. */
export function withoutNetwork(record: Readonly<Record<string, unknown>>, model: Network): Record<string, unknown> {
  if (configurationOf(model) !== undefined) return record;
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => !["layers", "activation", "init"].includes(name)),
  );
}

/** What the new model's record says of the one that it began with. */
export async function recordOfStart(path: string, model: Network): Promise<Readonly<Record<string, unknown>>> {
  const epochs = model.training?.epochs ?? 0;
  return { file: basename(path), weightsSha256: await model.weightsSha256(), epochs };
}
