/** Models on the disk. */
import { basename } from "node:path";
import {
  checkIntact,
  type DecodeOptions,
  decodeAny,
  decodeEnsemble,
  decodeModel,
  type EncodeOptions,
  encodeEnsemble,
  encodeModel,
} from "../../src/formats/index.ts";
import { Ensemble, type Network } from "../../src/index.ts";
import { checkNetwork } from "../../src/network/network.ts";
import { checkOptions } from "../../src/options.ts";
import { checkPath, readWhole, writeWhole } from "./files.ts";

/** The largest model file that is read: 1 GiB. */
const MAX_MODEL = 2 ** 30;

type LoadOptions = Omit<DecodeOptions, "name">;

/**
 * Writes a network, or an ensemble, to a safetensors file, as one act: the old file stays until the new one is whole.
 * `metrics` are added to a network's training record. Throws a FileError if it cannot be written.
 */
export async function save(model: Network | Ensemble, path: string, options: EncodeOptions = {}): Promise<void> {
  if (!(model instanceof Ensemble)) checkNetwork("save", model);
  checkPath("save", path);
  if (model instanceof Ensemble) checkOptions("save, of an ensemble", options, []);
  await writeWhole(path, await (model instanceof Ensemble ? encodeEnsemble(model) : encodeModel(model, options)));
}

/**
 * Reads a network that `save` has written. `backend`: what it computes with; if absent, the fastest that runs here, on
 * one thread. `kinds`: the kinds of its layers that are not Inkling's. Throws a FileError if it cannot be read, a
 * ModelFileError if it is not a model, or an ensemble, or if its weights or texts are not those that were written.
 */
export async function load(path: string, options: LoadOptions = {}): Promise<Network> {
  return loaded("load", decodeModel, path, options);
}

/** Reads an ensemble that `save` has written, as `load` reads a network. Throws a ModelFileError for a network. */
export async function loadEnsemble(path: string, options: LoadOptions = {}): Promise<Ensemble> {
  return loaded("loadEnsemble", decodeEnsemble, path, options);
}

/** Reads a network or an ensemble, whichever the file holds: for programs that take both. */
export async function loadAny(path: string, options: LoadOptions = {}): Promise<Network | Ensemble> {
  return loaded("loadAny", decodeAny, path, options);
}

async function loaded<Model extends Network | Ensemble>(
  where: string,
  decode: (bytes: Uint8Array, options: DecodeOptions) => Model,
  path: string,
  options: LoadOptions,
): Promise<Model> {
  checkPath(where, path);
  checkOptions(where, options, ["backend", "kinds"]);
  const model = decode(await readWhole(path, MAX_MODEL), { ...options, name: basename(path) });
  try {
    await checkIntact(model);
    return model;
  } catch (error) {
    model.close();
    throw error;
  }
}
