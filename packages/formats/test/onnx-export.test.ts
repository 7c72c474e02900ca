// What ONNX Runtime computed from our files (golden/onnx-runtime.json, by onnx-runtime.verify.ts) is what Inkling says,
// for every kind of layer, activation and loss; the files are still those; and they come back to the bit.
import { readFileSync } from "node:fs";
import { dense, Ensemble, type LayerSpec, type Network, network, residual } from "inkling";
import { type LayerKind, layerSpec } from "inkling/layers";
import { Reference } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { layerKinds } from "../../inkling/src/layers/kinds.ts";
import { decodeOnnx, encodeOnnx } from "../src/onnx/index.ts";
import { writtenKinds } from "../src/onnx/layers-out.ts";
import { readMessage, writeMessage } from "../src/onnx/protobuf.ts";
import { type ModelProto, modelTable } from "../src/onnx/schema.ts";
import { graphDigest } from "./onnx-digest.ts";
import { images, networks, saidOf, tableRows } from "./onnx-networks.ts";

interface Golden {
  readonly graph: string;
  readonly logits?: number[];
  readonly probabilities?: number[];
  readonly values?: number[];
}

const golden: Record<string, Golden> = JSON.parse(
  readFileSync(new URL("golden/onnx-runtime.json", import.meta.url), "utf8"),
);
const inputsOf = ({ inputShape }: Network | Ensemble) => (inputShape.length === 3 ? images(4) : tableRows(4));
const read = (bytes: Uint8Array) => readMessage<ModelProto>(modelTable, bytes);

/** The same file as another program would have written it: without our texts. */
function foreign(bytes: Uint8Array): Uint8Array {
  return writeMessage(modelTable, { ...read(bytes), metadata_props: [], producer_name: "somebody" });
}

describe.each(Object.entries(networks))("%s", (name, make) => {
  test("says what ONNX Runtime says of its file", async () => {
    const model = await make();
    expect(await graphDigest((await encodeOnnx(model)).bytes)).toBe(golden[name].graph);
    const { meanings, logits } = await saidOf(model, inputsOf(model));
    const { probabilities, values, logits: expected } = golden[name];
    const agree = (found: number[][], numbers: number[], isRelative: boolean) => {
      expect(found.flat().length).toBe(numbers.length);
      for (const [i, row] of found.entries()) {
        const scale = isRelative ? Math.max(1, ...row.map(Math.abs)) : 1;
        for (const [j, value] of row.entries()) {
          expect(Math.abs(value - numbers[i * row.length + j]) / scale).toBeLessThanOrEqual(1e-5);
        }
      }
    };
    agree(meanings, probabilities ?? values ?? [], values !== undefined);
    if (expected !== undefined) agree(logits, expected, true);
  });

  test("comes back to the bit, with all that a model file has", async () => {
    const model = await make();
    const { model: back, notes } = await decodeOnnx((await encodeOnnx(model)).bytes);
    expect(notes).toEqual([]);
    expect(await back.weightsSha256()).toBe(await model.weightsSha256());
    const inputs = inputsOf(model);
    expect(await saidOf(back, inputs)).toEqual(await saidOf(model, inputs));
    const about = ({ inputShape, classNames, columnNames, targetNames, loss }: Network | Ensemble) =>
      JSON.stringify([inputShape, classNames, columnNames, targetNames, loss.type, loss.settings]);
    expect(about(back)).toBe(about(model));
    if (!(model instanceof Ensemble)) expect((back as Network).specs).toEqual(model.specs);
  });

  test.skipIf(name.startsWith("an ensemble"))("comes back to the bit from its graph alone", async () => {
    const model = (await make()) as Network;
    const bytes = foreign((await encodeOnnx(model)).bytes);
    const { model: back } = await decodeOnnx(bytes, { loss: model.loss.type as "crossEntropy" });
    // A temperature is a part of the last weights then.
    if (model.calibration === undefined) expect(await back.weightsSha256()).toBe(await model.weightsSha256());
    const inputs = inputsOf(model);
    const [found, expected] = [await saidOf(back, inputs), await saidOf(model, inputs)];
    if (model.scaling === undefined && model.calibration === undefined) expect(found).toEqual(expected);
    else {
      // Means have 53 bits in the model, and the graph two float32 numbers: the last bit may differ.
      for (const [i, value] of found.meanings.flat().entries())
        expect(value).toBeCloseTo(expected.meanings.flat()[i], 4);
    }
  });
});

test("every kind of layer of the library is written, and is in a network here", async () => {
  const names = layerKinds.map(({ type }) => type).toSorted();
  expect(writtenKinds.toSorted()).toEqual(names);
  const within = (specs: readonly LayerSpec[]): string[] =>
    specs.flatMap((spec) => [spec.type, ...within((spec as { layers?: LayerSpec[] }).layers ?? [])]);
  const models = await Promise.all(Object.values(networks).map((make) => make()));
  const used = models.flatMap((model) => (model instanceof Ensemble ? [] : within(model.specs)));
  expect([...new Set(used)].toSorted()).toEqual(names);
});

test("the file says its version, its operators, a free batch, and what it is", async () => {
  const model = (await networks["class names"]()) as Network;
  const { bytes, notes } = await encodeOnnx(model);
  const { ir_version, opset_import, producer_name, graph, metadata_props } = read(bytes);
  expect([ir_version, producer_name, opset_import]).toEqual([8, "inkling", [{ domain: "", version: 13 }]]);
  const free = (dim: object[]) => ({ tensor_type: { elem_type: 1, shape: { dim: [{ dim_param: "N" }, ...dim] } } });
  const image = [28, 28, 1].map((dim_value) => ({ dim_value }));
  expect(graph?.input).toEqual([{ name: "image", type: free(image) }]);
  const outputs = ["logits", "probabilities"].map((name) => ({ name, type: free([{ dim_value: 3 }]) }));
  expect(graph?.output).toEqual(outputs);
  const texts = new Map(metadata_props.map(({ key, value }) => [key, value]));
  expect(texts.get("class_names")).toBe(JSON.stringify(model.classNames));
  expect(texts.get("inkling.pixels")).toBe("bytes");
  expect(notes).toEqual(["image takes bytes as the numbers 0 to 255; they are divided by 255 inside."]);
});

test("a row of 784 can be told to be bytes, and comes back so", async () => {
  const model = network([784], [dense(10)]);
  const { bytes, notes } = await encodeOnnx(model, { pixels: "bytes" });
  expect(notes).toEqual(["features takes bytes as the numbers 0 to 255; they are divided by 255 inside."]);
  expect(read(bytes).graph?.node[0].op_type).toBe("Div");
  for (const file of [bytes, foreign(bytes)]) {
    const { model: back } = await decodeOnnx(file);
    expect(back.inputShape).toEqual([784]);
    expect(await saidOf(back, images(2))).toEqual(await saidOf(model, images(2)));
  }
  expect(read((await encodeOnnx(model)).bytes).graph?.node[0].op_type).toBe("Gemm");
});

test("a float64 model is rounded, and says so; no other backend changes a byte", async () => {
  const make = (backend?: Reference) => network([4], [dense(3, "relu"), dense(2)], { ...(backend && { backend }) });
  const wide = await encodeOnnx(make(new Reference("float64")));
  expect(wide.notes[0]).toBe("The model's float64 numbers were rounded to float32.");
  const { bytes } = await encodeOnnx(make());
  expect((await encodeOnnx(make(new Reference()))).bytes).toEqual(bytes);
  expect(await graphDigest(wide.bytes)).toBe(await graphDigest(bytes));
});

test("a graph that somebody changed is read for what it computes, not for what its texts say", async () => {
  const model = (await networks["dense relu"]()) as Network;
  const proto = read((await encodeOnnx(model)).bytes);
  const node = proto.graph?.node.map((one) => (one.op_type === "Relu" ? { ...one, op_type: "Tanh" } : one));
  const { model: back, notes } = await decodeOnnx(
    writeMessage(modelTable, { ...proto, graph: { ...proto.graph, node } }),
  );
  expect(notes[0]).toBe("The graph is not the one that Inkling wrote: it was read operator by operator.");
  expect(
    (back as Network).specs.map(({ type, ...fields }) => [type, (fields as { activation?: string }).activation]),
  ).toEqual([
    ["flatten", undefined],
    ["dense", "tanh"],
    ["dense", "identity"],
  ]);
});

const spiral: LayerKind = {
  type: "spiral",
  check: () => {},
  outputShape: (_fields, shape) => shape,
  build: () => ({ forward: (x) => x, backward: (d) => d }),
  describe: () => "spiral",
};

test("layers that ONNX has no operator for are named, all of them at once", async () => {
  const own = layerSpec(spiral, {});
  const model = network([4], [own, residual([dense(4), own]), dense(2)]);
  await expect(encodeOnnx(model)).rejects.toThrow(
    /^encodeOnnx: expected layers of kind flatten, .*, got spiral at layers\.0, spiral at layers\.1\.layers\.1\. ONNX has no operator for layers of your own\.$/,
  );
});

test("what cannot be asked for is refused in one sentence", async () => {
  const scaled = await networks["a table"]();
  const attempts: [unknown, object, string][] = [
    [scaled, { pixels: "bytes" }, 'encodeOnnx: expected pixels "numbers" (the model scales its columns), got "bytes".'],
    [scaled, { pixels: "dots" }, 'encodeOnnx: expected pixels "bytes" or "numbers", got "dots".'],
    [scaled, { pixel: "bytes" }, 'encodeOnnx: expected options among pixels, got "pixel".'],
    [[], {}, "encodeOnnx: expected a network or an ensemble, got object."],
  ];
  for (const [model, options, sentence] of attempts) {
    await expect(encodeOnnx(model as Network, options)).rejects.toThrow(sentence);
  }
});
