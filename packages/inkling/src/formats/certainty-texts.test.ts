import fc from "fast-check";
import { expect, test } from "vitest";
import { Dataset } from "../data/dataset.ts";
import { ModelFileError } from "../errors.ts";
import { calibrate } from "../evaluation/calibration.ts";
import { Ensemble } from "../evaluation/ensemble.ts";
import { familiarity } from "../evaluation/familiarity.ts";
import { learnFamiliarity } from "../evaluation/learn-familiarity.ts";
import { dense } from "../layers/dense.ts";
import { flatten } from "../layers/flatten.ts";
import { quadratic } from "../losses/squared.ts";
import { type Network, network } from "../network/network.ts";
import { Stream } from "../numbers/random.ts";
import { train } from "../training/train.ts";
import { fromBase64, toBase64 } from "./base64.ts";
import { decodeEnsemble, encodeEnsemble } from "./ensemble-file.ts";
import { decodeModel, encodeModel } from "./model-file.ts";
import { decodeTensors, encodeTensors } from "./safetensors.ts";

const random = new Stream(1, "pictures");
const labels = Uint8Array.from({ length: 300 }, (_, i) => random.below(3, i));
const inputs = Uint8Array.from({ length: 300 * 16 }, (_, e) =>
  // A line of the picture is the class, most of the time.
  Math.floor((e % 16) / 4) === (random.below(9, e >> 4, 1) === 0 ? 3 : labels[e >> 4])
    ? 200 + random.below(50, e, 2)
    : 0,
);
const data = new Dataset({ name: "lines", shape: [4, 4, 1], inputs, labels, classes: 3 });

async function sure(): Promise<Network> {
  const model = network([4, 4, 1], [flatten(), dense(3)]);
  await train(model, data, { epochs: 3, batchSize: 10 });
  await calibrate(model, data);
  await learnFamiliarity(model, data);
  return model;
}

const model = await sure();
const file = decodeTensors(await encodeModel(model), "file");

function decodedWith(texts: Record<string, string>): Network {
  return decodeModel(encodeTensors({ ...file, metadata: { ...file.metadata, ...texts } }), { name: "file" });
}

test("a model file keeps the temperature and what is familiar, to the last bit", async () => {
  const again = decodeModel(await encodeModel(model));
  expect(again.calibration).toEqual(model.calibration);
  expect(again.familiarity).toEqual(model.familiarity);
  const example = data.example(7);
  expect((await again.predict(example)).probabilities).toEqual((await model.predict(example)).probabilities);
  expect(familiarity(again, example, 1)).toEqual(familiarity(model, example, 1));
  expect(await again.weightsSha256()).toBe(await model.weightsSha256());
});

test("without the two texts it is a model like any other: what an older reader makes of the file", () => {
  const { "inkling.calibration": _, "inkling.familiarity": __, ...metadata } = file.metadata;
  expect(metadata["inkling.format"]).toBe("2");
  const plain = decodeModel(encodeTensors({ ...file, metadata }));
  expect([plain.calibration, plain.familiarity]).toEqual([undefined, undefined]);
});

test("an ensemble's file has its temperature, and its members' own", async () => {
  const together = new Ensemble([model, await sure()]);
  await calibrate(together, data);
  const again = decodeEnsemble(await encodeEnsemble(together));
  expect(again.calibration).toEqual(together.calibration);
  expect(again.members[1].calibration).toEqual(model.calibration);
  expect(again.familiarity).toEqual(model.familiarity);
});

const calibration = JSON.parse(file.metadata["inkling.calibration"]);
const known = JSON.parse(file.metadata["inkling.familiarity"]);

test.each([
  ["temperature", 0],
  ["temperature", -1],
  ["temperature", "1"],
  ["temperature", 1e-60],
  ["data", null],
  ["expectedCalibrationError", {}],
])("a calibration whose %s is %j is refused", (field, value) => {
  const text = JSON.stringify({ ...calibration, [field]: value });
  expect(() => decodedWith({ "inkling.calibration": text })).toThrow(
    /^file: expected inkling.calibration with a temperature above 0, data and errors, for a loss on logits, got .+ Nothing was loaded\.$/,
  );
});

test.each([
  ["height", 0],
  ["height", 5],
  ["width", 1.5],
  ["threshold", 2],
  ["falseAlarms", null],
  ["examples", { bases: -1, threshold: 5 }],
  ["directions", [12, 12]],
  ["directions", [1e9, 1e9, 1e9]],
  ["bases", "!"],
  ["bases", ""],
])("a familiarity whose %s is %j is refused", (field, value) => {
  const text = JSON.stringify({ ...known, [field]: value });
  expect(() => decodedWith({ "inkling.familiarity": text })).toThrow(
    /^file: expected inkling.familiarity with bases of at most 4 × 4 cells for 3 classes, got .+ Nothing was loaded\.$/,
  );
});

test("a temperature for a loss without logits is refused", async () => {
  const squared = network([4, 4, 1], [flatten(), dense(3, "sigmoid")], { loss: quadratic() });
  const other = decodeTensors(await encodeModel(squared), "other");
  const metadata = { ...other.metadata, "inkling.calibration": JSON.stringify(calibration) };
  expect(() => decodeModel(encodeTensors({ ...other, metadata }))).toThrow(ModelFileError);
});

test("any text is refused in a sentence, or makes a model that works", async () => {
  const fields = Object.keys(known);
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    fc
      .record({ field: fc.constantFrom(...fields), value: fc.jsonValue() })
      .map(({ field, value }) => JSON.stringify({ ...known, [field]: value })),
    fc
      .record({ field: fc.constantFrom(...Object.keys(calibration)), value: fc.jsonValue() })
      .map(({ field, value }) => JSON.stringify({ ...calibration, [field]: value })),
  );
  const name = fc.constantFrom("inkling.calibration", "inkling.familiarity");
  await fc.assert(
    fc.asyncProperty(name, text, async (key, value) => {
      try {
        const read = decodedWith({ [key]: value });
        const { probabilities, label = 0 } = await read.predict(data.example(0));
        expect(probabilities?.every(Number.isFinite)).toBe(true);
        expect(familiarity(read, data.example(0), label)?.leftOver).toBeLessThanOrEqual(1);
      } catch (error) {
        if (!(error instanceof ModelFileError)) throw error;
      }
    }),
    { seed: 1, numRuns: 400 },
  );
});

test("base64 is what Node's Buffer makes of it, and nothing else is taken for it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString("base64"));
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
    }),
    { seed: 1, numRuns: 200 },
  );
  expect(toBase64(new Uint8Array(20_000)).length).toBe(26_668);
  for (const text of ["a", "abc", "ab c", "a===", "=abc", "äbcd"]) expect(fromBase64(text)).toBeUndefined();
});
