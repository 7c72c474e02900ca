/** Models on the disk. */
import { basename } from "node:path";
import { type Backend, decodeModel, encodeModel, type Network } from "../../src/index.ts";
import { readWhole, writeWhole } from "./files.ts";

/** The largest model file that is read: 1 GiB. */
const MAX_MODEL = 2 ** 30;

/** Writes a model to a safetensors file, as one act: the old file stays until the new one is whole. */
export async function save(model: Network, path: string): Promise<void> {
  await writeWhole(path, await encodeModel(model));
}

/**
 * Reads a model that `save` has written. `backend`: what it computes with, if absent, the fastest that runs here, on one thread. Throws a
 * FileError if it cannot be read, a ModelFileError if it is not a model.
 */
export async function load(path: string, options: { readonly backend?: Backend } = {}): Promise<Network> {
  return decodeModel(await readWhole(path, MAX_MODEL), { ...options, name: basename(path) });
}
