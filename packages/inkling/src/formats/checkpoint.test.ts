// A checkpoint's bytes: what they give back, and what they refuse.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  adam,
  dense,
  InklingError,
  ModelFileError,
  network,
  residual,
  type TrainingState,
  table,
  train,
} from "../index.ts";
import { sha256 } from "../numbers/sha256.ts";
import { decodeCheckpoint, encodeCheckpoint, isCheckpoint } from "./checkpoint.ts";
import { decodeModel, encodeModel } from "./model-file.ts";
import { decodeTensors, encodeTensors } from "./safetensors.ts";

const rows = Array.from({ length: 12 }, (_, i) => [i / 12, (i * 5) % 3]);
const points = table(
  rows,
  rows.map(([a], i) => (a > 0.5 ? "high" : i % 2 === 0 ? "low" : "odd")),
  { name: "points", columnNames: ["a", "b"] },
);
const options = { epochs: 3, batchSize: 5, optimizer: adam(), every: "step" } as const;
const fresh = (seed = 7) => network([2], [dense(3, "tanh"), residual([dense(3)]), dense(3)], { seed });

async function checkpointAfter(steps: number) {
  const model = fresh();
  const run = train(model, points, options);
  for (let i = 0; i < steps; i++) await run.next();
  const state = await run.state();
  const notes = { epoch: 1, lost: Number.NaN, zero: -0, list: [1, "b"] };
  const values = { before: Float32Array.of(1, Number.NaN), empty: new Float64Array() };
  return { model, state, notes, values, bytes: await encodeCheckpoint(model, state, { notes, values }) };
}

describe("a checkpoint", () => {
  test.each([0, 1, 3, 9])("after %i steps gives back model, state, notes and values, bit for bit", async (steps) => {
    const { model, state, notes, values, bytes } = await checkpointAfter(steps);
    const found = await decodeCheckpoint(bytes);
    expect(found.state).toStrictEqual(state);
    expect(found.notes).toStrictEqual(notes);
    expect(found.values).toStrictEqual(values);
    expect(await found.model.weightsSha256()).toBe(await model.weightsSha256());
    expect(found.model).toMatchObject({ seed: 7, classNames: model.classNames, columnNames: model.columnNames });
    expect(found.model.training).toEqual(model.training && { ...model.training, data: expect.anything() });
  });

  test("is the same bytes whenever it is written, and known by its first ones", async () => {
    const { bytes, model, state, notes, values } = await checkpointAfter(2);
    expect(await encodeCheckpoint(model, state, { notes, values })).toEqual(bytes);
    expect(state.numbers["training.seconds"]).toBeGreaterThan(0);
    expect(isCheckpoint(bytes)).toBe(true);
    expect(isCheckpoint(await encodeModel(model))).toBe(false);
    expect(isCheckpoint(bytes.subarray(0, 50))).toBe(false);
  });

  test("is a safetensors file that others can read", async () => {
    const { bytes, state } = await checkpointAfter(1);
    const { tensors, metadata } = decodeTensors(bytes, "file");
    expect(tensors.find(({ name }) => name === "model.layers.0.weights")).toMatchObject({ shape: [2, 3] });
    expect(metadata).toMatchObject({ format: "inkling", "inkling.checkpoint": "1" });
    expect(tensors).toHaveLength(Object.keys(state.tensors).length + 3);
  });
});

describe("refuses", () => {
  test("a file that was cut, wherever it was", async () => {
    const { bytes } = await checkpointAfter(1);
    for (let length = 0; length < bytes.length; length += 5) {
      await expect(decodeCheckpoint(bytes.subarray(0, length), { name: "file" })).rejects.toThrow(ModelFileError);
    }
  });

  test("a file with one other bit, wherever it is", async () => {
    const { bytes } = await checkpointAfter(1);
    const changed = new Uint8Array(bytes);
    for (let bit = 0; bit < bytes.length * 8; bit += 61) {
      changed[bit >> 3] ^= 1 << (bit & 7);
      await expect(decodeCheckpoint(changed, { name: "file" }), `bit ${bit}`).rejects.toThrow(ModelFileError);
      changed[bit >> 3] ^= 1 << (bit & 7);
    }
    await decodeCheckpoint(changed);
  });

  test("bytes that were changed in any way, with the digest made to fit: or it is a sound checkpoint", async () => {
    const { bytes } = await checkpointAfter(1);
    const edit = fc.record({ at: fc.nat(bytes.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), async (edits) => {
        const changed = new Uint8Array(bytes);
        for (const { at, byte } of edits) changed[at] = byte;
        await onlySound(await sealed(changed));
      }),
      { numRuns: 300 },
    );
  });

  test("texts that hold something else, with the digest made to fit: or it is a sound checkpoint", async () => {
    const { bytes } = await checkpointAfter(1);
    const { metadata, tensors } = decodeTensors(bytes, "file");
    const names = Object.keys(metadata).filter((name) => name !== "inkling.sha256");
    const text = fc.oneof(fc.json(), fc.string(), fc.constantFrom("2", "-1", "null", "[]", '{"__proto__":{}}'));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), text, async (name, value) => {
        await onlySound(await sealed(encodeTensors({ metadata: { ...metadata, [name]: value }, tensors })));
      }),
      { numRuns: 200 },
    );
  });

  const sentences: [string, (state: TrainingState) => Promise<Uint8Array> | Uint8Array, string][] = [
    [
      "nothing",
      () => new Uint8Array(),
      "file: expected a checkpoint of a training, got 0 bytes. It is damaged, or none. ",
    ],
    ["text", () => new TextEncoder().encode("x".repeat(200)), "got something else. It is damaged, or none. "],
    ["a model", () => encodeModel(fresh()), "got a model. inkling train --from begins a new training with it. "],
    [
      "tensors from elsewhere",
      () => encodeTensors({ metadata: { a: "b".repeat(99) }, tensors: [] }),
      "got a safetensors file from elsewhere. Nothing was loaded.",
    ],
    [
      "a checkpoint that another program has written again",
      () => encodeTensors({ metadata: { "inkling.architecture": "{}", "inkling.checkpoint": "1" }, tensors: [] }),
      "got one that another program has changed. Its SHA-256 is no longer in its place. Nothing was loaded.",
    ],
    [
      "a newer layout",
      async () => changedText("inkling.checkpoint", "2"),
      'file: expected a checkpoint of format 1, got "2". Take a newer Inkling. Nothing was loaded.',
    ],
    [
      "a state without its options",
      async () => changedText("inkling.state", '{"version": "0"}'),
      "file: expected a checkpoint with its state (version, options, network, data), got ",
    ],
  ];
  async function changedText(name: string, text: string) {
    const { metadata, tensors } = decodeTensors((await checkpointAfter(1)).bytes, "file");
    return sealed(encodeTensors({ metadata: { ...metadata, [name]: text }, tensors }));
  }

  test.each(sentences)("%s, in one sentence", async (_, make, sentence) => {
    const bytes = await make({} as TrainingState);
    await expect(decodeCheckpoint(bytes, { name: "file" })).rejects.toThrow(sentence);
  });

  test("a checkpoint where a model is wanted", async () => {
    const { bytes } = await checkpointAfter(1);
    const sentence = "file: expected a model, got a checkpoint of a training. inkling train --resume goes on with it. ";
    expect(() => decodeModel(bytes, { name: "file" })).toThrow(sentence);
  });

  test("what is no state, and unknown options", async () => {
    const { model, state } = await checkpointAfter(1);
    await expect(encodeCheckpoint(model, {} as TrainingState)).rejects.toThrow("a state, as run.state() gives one");
    await expect(encodeCheckpoint(model, state, { note: {} } as object)).rejects.toThrow("Did you mean notes?");
    await expect(decodeCheckpoint("file" as never)).rejects.toThrow("expected the bytes of a file");
  });
});

/** The bytes with the digest that fits them, where there is a place for one. */
async function sealed(bytes: Uint8Array): Promise<Uint8Array> {
  const at = 8 + '{"__metadata__":{"inkling.sha256":"'.length;
  const blank = new Uint8Array(bytes);
  blank.fill(0x30, at, at + 64);
  const digest = new TextEncoder().encode(await sha256(blank));
  blank.set(digest, at);
  return blank;
}

/** Whatever the bytes are: a checkpoint whose training goes on, or an InklingError. */
async function onlySound(bytes: Uint8Array): Promise<void> {
  try {
    const { model, state } = await decodeCheckpoint(bytes, { name: "file" });
    if (state.options.epochs <= 5) await train(model, points, { resume: state });
  } catch (error) {
    if (!(error instanceof InklingError)) throw error;
  }
}
