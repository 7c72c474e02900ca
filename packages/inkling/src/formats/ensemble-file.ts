/**
 * An ensemble as one safetensors file and back. Each member is in it as a model file of its own would be
 * (formats/model-file.ts): its tensors and its texts, all names with its place before them.
 *
 *   members.0.layers.0.weights       a tensor of the first member
 *   members.0.inkling.architecture   in `__metadata__`: a text of the first member
 *   inkling.format                   "ensemble 1"
 *   inkling.ensemble                 { members: how many, combine: "mean" or "vote" }
 *   inkling.calibration              the temperature of their mean, where it was measured
 *   inkling.digests                  SHA-256 of all weights and of all texts (formats/digests.ts)
 *
 * A file says whether it holds a network or an ensemble, and a program mostly knows which it reads. So `decodeModel`
 * gives a Network and `decodeEnsemble` an Ensemble, and each refuses the other; `decodeAny` takes both.
 */
import { checkName, checkWithin } from "../checks.ts";
import { ModelFileError } from "../errors.ts";
import { type Combination, checkEnsemble, combinations, Ensemble, MOST_MEMBERS } from "../evaluation/ensemble.ts";
import type { Network } from "../network/network.ts";
import { certaintyTexts, readCertainty } from "./certainty-texts.ts";
import { keepTexts, withDigests } from "./digests.ts";
import { type DecodeOptions, type Decoding, decoding, fileOf, modelOf } from "./model-file.ts";
import { brief, decodeTensors, encodeTensors, type Tensors } from "./safetensors.ts";
import { blamingTheFile, parsed } from "./texts.ts";

/** The version of this layout. */
const FORMAT = "ensemble 1";

/** The bytes of an ensemble's file. Throws an ArgumentError for what is no ensemble. */
export async function encodeEnsemble(ensemble: Ensemble): Promise<Uint8Array<ArrayBuffer>> {
  checkEnsemble("encodeEnsemble", ensemble);
  return encodeTensors(await anyFileOf(ensemble));
}

/** What the file of a network or of an ensemble holds: tensors and texts, for files of any format. */
export async function anyFileOf(model: Network | Ensemble): Promise<Tensors> {
  return withDigests(await (model instanceof Ensemble ? ensembleFileOf(model) : fileOf(model)), model);
}

/** What the file of an ensemble holds. */
async function ensembleFileOf(ensemble: Ensemble): Promise<Tensors> {
  const { members, combine } = ensemble;
  const files = await Promise.all(members.map((member) => fileOf(member)));
  const texts = files.flatMap(({ metadata }, k) =>
    Object.entries(metadata).map(([name, text]) => [placed(k, name), text] as const),
  );
  return {
    metadata: {
      format: "inkling",
      "inkling.format": FORMAT,
      "inkling.ensemble": JSON.stringify({ members: members.length, combine }),
      ...certaintyTexts(ensemble, true),
      ...Object.fromEntries(texts),
    },
    tensors: files.flatMap(({ tensors }, k) => tensors.map((tensor) => ({ ...tensor, name: placed(k, tensor.name) }))),
  };
}

/** The ensemble of a file. Throws a ModelFileError for a file that is truncated, foreign or inconsistent. */
export function decodeEnsemble(bytes: Uint8Array, options: DecodeOptions = {}): Ensemble {
  const { where, ...given } = decoding("decodeEnsemble", options);
  return ensembleOf(decodeTensors(bytes, where), where, given);
}

/** The network or the ensemble of a file, whichever it holds. Throws a ModelFileError as the other two do. */
export function decodeAny(bytes: Uint8Array, options: DecodeOptions = {}): Network | Ensemble {
  const { where, ...given } = decoding("decodeAny", options);
  return anyOf(decodeTensors(bytes, where), where, given);
}

/** The network or the ensemble of tensors and texts, from a file of any format. */
export function anyOf(file: Tensors, where: string, given: Omit<Decoding, "where">): Network | Ensemble {
  return (file.metadata["inkling.ensemble"] === undefined ? modelOf : ensembleOf)(file, where, given);
}

/** The name of what belongs to member k. */
function placed(k: number, name: string): string {
  return `members.${k}.${name}`;
}

function ensembleOf(file: Tensors, where: string, given: Omit<Decoding, "where">): Ensemble {
  const { count, combine } = readHead(file, where);
  const parts = partsOf(file, count, where);
  const members: Network[] = [];
  try {
    for (const [k, part] of parts.entries()) members.push(modelOf(part, `${where}, members.${k}`, given));
    const ensemble = blamingTheFile(where, () => new Ensemble(members, { combine }));
    readCertainty(ensemble, file.metadata, where);
    keepTexts(ensemble, file.metadata, where);
    return ensemble;
  } catch (error) {
    // Nothing was loaded: what was read before the mistake gives its memory back.
    for (const member of members) member.close();
    throw error;
  }
}

/** How many members there are, and how they are combined. */
function readHead({ metadata }: Tensors, where: string): { readonly count: number; readonly combine: Combination } {
  const json = metadata["inkling.ensemble"];
  if (json === undefined) {
    const advice = "load and decodeModel read a network. Nothing was loaded.";
    throw new ModelFileError(where, "an ensemble (with inkling.ensemble in its __metadata__)", "another file", advice);
  }
  const format = metadata["inkling.format"];
  if (format !== FORMAT) {
    const got = format === undefined ? "none" : brief(JSON.stringify(format));
    throw new ModelFileError(where, `the format "${FORMAT}"`, got, "Take a newer Inkling. Nothing was loaded.");
  }
  const { members, combine } = (parsed(json) ?? {}) as { readonly members?: unknown; readonly combine?: unknown };
  return blamingTheFile(where, () => {
    checkWithin("inkling.ensemble", `members from 1 to ${MOST_MEMBERS}`, members, 1, MOST_MEMBERS);
    checkName("inkling.ensemble", "combine", combine, combinations);
    return { count: members as number, combine: combine as Combination };
  });
}

/** What belongs to each member, under the names that it has there. */
function partsOf({ metadata, tensors }: Tensors, count: number, where: string): Tensors[] {
  const split = (name: string) => {
    const [, k, rest = ""] = /^members\.(0|[1-9]\d*)\.(.+)$/s.exec(name) ?? [];
    return k !== undefined && Number(k) < count ? { k: Number(k), name: rest } : undefined;
  };
  const parts = Array.from({ length: count }, () => ({
    metadata: {} as Record<string, string>,
    tensors: [] as Tensors["tensors"][number][],
  }));
  for (const [name, text] of Object.entries(metadata)) {
    const at = split(name);
    if (at !== undefined) parts[at.k].metadata[at.name] = text;
  }
  for (const tensor of tensors) {
    const at = split(tensor.name);
    if (at === undefined) {
      const expected = `tensors of members 0 to ${count - 1}`;
      throw new ModelFileError(where, expected, brief(tensor.name), "Nothing was loaded.");
    }
    parts[at.k].tensors.push({ ...tensor, name: at.name });
  }
  return parts;
}
