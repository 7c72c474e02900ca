import { afterEach, expect, test, vi } from "vitest";
import { ModelFileError } from "../src/errors.ts";
import { Ensemble } from "../src/evaluation/ensemble.ts";
import { checkIntact } from "../src/formats/digests.ts";
import { decodeEnsemble, encodeEnsemble } from "../src/formats/ensemble-file.ts";
import { decodeModel, encodeModel } from "../src/formats/model-file.ts";
import { decodeTensors, encodeTensors } from "../src/formats/safetensors.ts";
import { decodeTorch, torchFileOf } from "../src/formats/torch-layout.ts";
import type { Network } from "../src/network/network.ts";
import { contentOf, exchangedNetwork } from "./exchanged-models.ts";

const model = exchangedNetwork("names of classes");
const written = await encodeModel(model);

afterEach(() => vi.unstubAllGlobals());

test("no flipped bit changes a model unseen: the file is refused, or gives the same model", async () => {
  const content = await contentOf(model);
  const outcomes = { refused: 0, digests: 0, same: 0 };
  for (let bit = 0; bit < 8 * written.length; bit += 5) {
    const bytes = written.slice();
    bytes[bit >>> 3] = (bytes[bit >>> 3] ?? 0) ^ (1 << (bit & 7));
    let read: Network;
    try {
      read = decodeModel(bytes);
    } catch (error) {
      expect(error).toBeInstanceOf(ModelFileError);
      outcomes.refused++;
      continue;
    }
    try {
      await checkIntact(read);
    } catch (error) {
      expect(String(error)).toMatch(
        /^ModelFileError: model file: expected the (?:weights|texts) that were written to /,
      );
      outcomes.digests++;
      continue;
    }
    // Texts without digests are those of a file from elsewhere: the name of the text itself was hit.
    expect(await contentOf(read)).toEqual(content);
    outcomes.same++;
  }
  // Most of what decoding accepts, the digests refuse.
  expect(outcomes.digests).toBeGreaterThan(10 * outcomes.same);
});

test("a file is compared once, and one without digests is taken as it is", async () => {
  const read = decodeModel(written);
  expect(await checkIntact(read)).toBe(true);
  expect(await checkIntact(read)).toBe(false);
  const { metadata, tensors } = decodeTensors(written, "model");
  const { "inkling.digests": _, ...others } = metadata;
  expect(await checkIntact(decodeModel(encodeTensors({ metadata: others, tensors })))).toBe(false);
});

test("texts of another program beside ours change nothing", async () => {
  const { metadata, tensors } = decodeTensors(written, "model");
  const bytes = encodeTensors({ metadata: { note: "mine", ...metadata }, tensors });
  expect(await checkIntact(decodeModel(bytes))).toBe(true);
});

test("an ensemble's weights and texts are compared, too", async () => {
  const ensemble = new Ensemble([model, exchangedNetwork("names of classes")]);
  const { metadata, tensors } = decodeTensors(await encodeEnsemble(ensemble), "model");
  expect(await checkIntact(decodeEnsemble(encodeTensors({ metadata, tensors })))).toBe(true);
  const vote = metadata["inkling.ensemble"]?.replace("mean", "vote") ?? "";
  const changed = encodeTensors({ metadata: { ...metadata, "inkling.ensemble": vote }, tensors });
  await expect(checkIntact(decodeEnsemble(changed))).rejects.toThrow("expected the texts that were written to it");
  const last = tensors.at(-1)?.values;
  if (last !== undefined) last[0] = 0.25;
  const others = decodeEnsemble(encodeTensors({ metadata, tensors }));
  await expect(checkIntact(others)).rejects.toThrow("expected the weights that were written to it");
});

test("a platform without digests writes none and compares none", async () => {
  vi.stubGlobal("crypto", {});
  const bytes = await encodeModel(model);
  expect(decodeTensors(bytes, "model").metadata["inkling.digests"]).toBeUndefined();
  expect(await checkIntact(decodeModel(written))).toBe(false);
});

test("a state dict that PyTorch trained on says so, and has nothing that was measured of the old weights", async () => {
  const certain = exchangedNetwork("yes or no with a temperature");
  const file = (await torchFileOf(certain)) as Parameters<typeof decodeTorch>[0];
  const same = await decodeTorch(file);
  expect(same.isChanged).toBe(false);
  expect(same.model.calibration).toEqual(certain.calibration);
  const values = file.tensors[0]?.values;
  if (values !== undefined) values[0] = 0.25;
  const changed = await decodeTorch(file);
  expect(changed.isChanged).toBe(true);
  expect(changed.model.calibration).toBeUndefined();
  expect(changed.model.loss.type).toBe(certain.loss.type);
});
