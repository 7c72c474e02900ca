/** Models on the disk. */
import { basename } from "node:path";
import { type DecodeOptions, decodeModel, type EncodeOptions, encodeModel } from "../../src/formats/index.ts";
import type { Network } from "../../src/index.ts";
import { checkNetwork } from "../../src/network/network.ts";
import { checkOptions } from "../../src/options.ts";
import { checkPath, readWhole, writeWhole } from "./files.ts";

/** The largest model file that is read: 1 GiB. */
const MAX_MODEL = 2 ** 30;

/**
 * Writes a model to a safetensors file, as one act: the old file stays until the new one is whole. `metrics` are added
 * to its training record. Throws a FileError if it cannot be written.
 */
export async function save(model: Network, path: string, options: EncodeOptions = {}): Promise<void> {
  checkNetwork("save", model);
  checkPath("save", path);
  await writeWhole(path, await encodeModel(model, options));
}

/**
 * Reads a model that `save` has written. `backend`: what it computes with; if absent, the fastest that runs here, on
 * one thread. `kinds`: the kinds of its layers that are not Inkling's. Throws a FileError if it cannot be read, a
 * ModelFileError if it is not a model.
 */
export async function load(path: string, options: Omit<DecodeOptions, "name"> = {}): Promise<Network> {
  checkPath("load", path);
  checkOptions("load", options, ["backend", "kinds"]);
  return decodeModel(await readWhole(path, MAX_MODEL), { ...options, name: basename(path) });
}
