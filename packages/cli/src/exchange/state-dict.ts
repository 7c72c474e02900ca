/** State dicts of PyTorch: which layers they belong to, as the options say it, another model, or the file itself. */
import { ArgumentError, type Network, type Shape } from "inkling";
import type { Backend } from "inkling/backends";
import { decodeTorch, denseWidths, endsOf, type Tensors } from "inkling/formats";
import { buildNetwork, type Configuration, completed, fields } from "inkling/presets";
import { flagOf } from "../configuring.ts";
import { networkFrom } from "../model.ts";
import { type Imported, type ImportWords, importWords } from "./import-words.ts";
import { normalized } from "./normalizing.ts";

const CHANGED =
  "The weights are not those that Inkling wrote. What was measured of the old ones (results, calibration) is left out.";

interface StateDict {
  readonly format: string;
  readonly isOrdered: boolean;
  readonly name: string;
  readonly words: ImportWords;
  readonly backend: Backend;
}

/**
 * Reads a state dict. Throws an ArgumentError for options that do not go with it, a ModelFileError for other tensors.
 */
export async function readStateDict(file: Tensors, given: StateDict): Promise<Imported> {
  const { format, isOrdered, name, words, backend } = given;
  const isDescribed =
    file.metadata["inkling.layout"] === "torch" && file.metadata["inkling.architecture"] !== undefined;
  if (isDescribed && importWords.every((word) => words[word] === undefined)) {
    const { model, sources, isChanged } = await decodeTorch(file, { name, backend });
    return { model, sources, format: `${format}, from Inkling`, notes: isChanged ? [CHANGED] : [] };
  }
  const { like, notes } = await likeOf(file, given);
  try {
    const { model, sources } = await decodeTorch(file, { like, isOrdered, name, backend });
    return await normalized({ model, sources, format, notes }, words.normalize);
  } finally {
    like.close();
  }
}

/** A network of the layers that the tensors belong to, and what was assumed of it. */
async function likeOf(
  file: Tensors,
  { words, backend, name }: StateDict,
): Promise<{ readonly like: Network; readonly notes: readonly string[] }> {
  const { like, ...others } = words;
  if (like !== undefined) {
    const other = (["layers", "activation", "input", "loss"] as const).find((word) => others[word] !== undefined);
    if (other !== undefined) throw new ArgumentError("--like", `no --${other} beside it`, String(others[other]));
    return { like: await networkFrom(like, {}, backend), notes: [] };
  }
  const widths = words.layers === undefined ? denseWidths(file.tensors) : undefined;
  if (words.layers === undefined && widths === undefined) {
    const advice = "Write them as for train, or --like with a model of the same layers.";
    throw new ArgumentError("--layers", `the hidden layers of ${name}, which does not say them`, "none", advice);
  }
  const configuration = configurationOf(words, widths?.slice(1, -1));
  const { layers } = configuration;
  const ends = endsOf(
    file.tensors,
    layers.filter((layer) => typeof layer === "number"),
  );
  if (ends === undefined) {
    const expected = `the hidden layers of ${name}, and one dense layer that follows them`;
    throw new ArgumentError("--layers", expected, layers.join(",") || "none");
  }
  const input = inputFrom(words, layers, ends.inputs);
  return {
    like: buildNetwork(configuration, input, ends.outputs, { backend }),
    notes: notesOf(words, configuration, widths),
  };
}

function configurationOf(words: ImportWords, widths: readonly number[] | undefined): Configuration {
  const named: Record<string, unknown> = {};
  for (const field of ["layers", "activation", "loss"] as const) {
    const word = words[field];
    if (word !== undefined) named[field] = fields[field].parse(word);
  }
  if (widths !== undefined) named.layers = widths;
  return completed(named as Partial<Configuration>, flagOf);
}

/** The shape of one example. Throws an ArgumentError for none where there are layers for images. */
function inputFrom({ input }: ImportWords, layers: Configuration["layers"], inputs: number): Shape {
  const isOfImages = layers.some((layer) => typeof layer === "string" && !/^(?:bn|d.*)$/.test(layer));
  if (input !== undefined) return shapeFrom(input);
  if (!isOfImages) return [inputs];
  throw new ArgumentError("--input", "height x width x channels, as 28x28x1", "none", "Images need it.");
}

/** 28x28x1 as [28, 28, 1]. */
export function shapeFrom(word: string): Shape {
  const shape = word.split(/[x×,]/).map(Number);
  const isShape = (shape.length === 1 || shape.length === 3) && shape.every((n) => Number.isSafeInteger(n) && n > 0);
  if (isShape) return shape;
  const expected = "a number of columns, or height x width x channels, as 28x28x1";
  throw new ArgumentError("--input", expected, JSON.stringify(word));
}

/** What neither the file nor an option says. */
function notesOf(words: ImportWords, { activation, loss }: Configuration, widths?: readonly number[]): string[] {
  return [
    ...(widths === undefined ? [] : [`Widths from the shapes: ${widths.join(", ")}.`]),
    ...(words.activation === undefined ? [`Activation ${activation}, which --activation changes.`] : []),
    ...(words.loss === undefined ? [`Loss ${loss}, which --loss changes.`] : []),
    "Inputs enter as numbers, bytes as byte / 255.",
  ];
}
