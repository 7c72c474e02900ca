/**
 * Whether a model file says what it said when it was written. One of its texts holds the digests of all else:
 *
 *   inkling.digests   { weights, texts }: SHA-256 of the weights (`model.weightsSha256()`), and of the other texts
 *
 * They are digests of what the file says and not of its bytes, so they are the same in safetensors, NPZ, JSON and ONNX,
 * and a program that only writes the file again leaves them true. A digest has to be waited for, and decoding does not
 * wait: it keeps the texts, and `checkIntact` compares. Where a platform has no digests (a page without https), none
 * are written and none compared.
 */
import { ModelFileError } from "../errors.ts";
import type { Ensemble } from "../evaluation/ensemble.ts";
import type { Network } from "../network/network.ts";
import { sha256 } from "../numbers/sha256.ts";
import type { Tensors } from "./safetensors.ts";
import { parsed } from "./texts.ts";

const DIGESTS = "inkling.digests";

type Texts = Tensors["metadata"];
type Model = Network | Ensemble;

/** The texts that a model was decoded from, until they are compared. */
const readFrom = new WeakMap<Model, { readonly texts: Texts; readonly where: string }>();

/** The file of a model with its digests. */
export async function withDigests(file: Tensors, model: Model): Promise<Tensors> {
  if (globalThis.crypto?.subtle === undefined) return file;
  const digests = { weights: await model.weightsSha256(), texts: await textsSha256(file.metadata) };
  return { ...file, metadata: { ...file.metadata, [DIGESTS]: JSON.stringify(digests) } };
}

/** Keeps what a model was decoded from, for `checkIntact`. */
export function keepTexts(model: Model, texts: Texts, where: string): void {
  if (texts[DIGESTS] !== undefined) readFrom.set(model, { texts, where });
}

/**
 * Compares a network or an ensemble that was just decoded with the digests of its file, once; a file without them (of
 * an older Inkling, or from elsewhere) is taken as it is. Resolves to whether there were digests. `load` does it for
 * you. Throws a ModelFileError for weights or texts that are not what was written. To be called before the weights are
 * trained on.
 */
export async function checkIntact(model: Model): Promise<boolean> {
  const kept = readFrom.get(model);
  readFrom.delete(model);
  if (kept === undefined || globalThis.crypto?.subtle === undefined) return false;
  const { texts, where } = kept;
  const { weights, texts: others } = (parsed(texts[DIGESTS] ?? "") ?? {}) as { weights?: unknown; texts?: unknown };
  const found = [
    ["weights", weights, await model.weightsSha256()],
    ["texts", others, await textsSha256(texts)],
  ];
  for (const [what, written, read] of found) {
    if (written === read) continue;
    const advice = `Take another copy; if the change was meant, take ${DIGESTS} out of its metadata. Nothing was loaded.`;
    throw new ModelFileError(where, `the ${what} that were written to it (by ${DIGESTS})`, "others", advice);
  }
  return true;
}

/** The digest of all texts of Inkling's but the digests; other programs may add texts of their own. */
function textsSha256(texts: Texts): Promise<string> {
  const own = Object.entries(texts).filter(([name]) => /^(?:members\.\d+\.)?inkling\./.test(name) && name !== DIGESTS);
  const sorted = own.sort(([a], [b]) => (a < b ? -1 : 1));
  return sha256(new TextEncoder().encode(JSON.stringify(sorted)));
}
