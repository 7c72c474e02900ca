// What cannot be read is refused in one sentence that names it; what can be read in several ways is told or noted.
import fc from "fast-check";
import { dense, InklingError, ModelFileError, type Network, network } from "inkling";
import { describe, expect, test } from "vitest";
import { type DecodeOnnxOptions, decodeOnnx, encodeOnnx, externalFiles } from "../src/onnx/index.ts";
import { writeMessage } from "../src/onnx/protobuf.ts";
import { type AttributeProto, modelTable, type NodeProto, type TensorProto } from "../src/onnx/schema.ts";
import { floatTensor } from "../src/onnx/tensors.ts";

type Attributes = Record<string, number | number[] | string | { f: number }>;

function node(op_type: string, input: string[], output: string, attributes: Attributes = {}, domain = ""): NodeProto {
  const attribute = Object.entries(attributes).map(([name, value]): AttributeProto => {
    if (typeof value === "number") return { name, i: value };
    if (typeof value === "string") return { name, s: new TextEncoder().encode(value) };
    return Array.isArray(value) ? { name, ints: value } : { name, f: value.f };
  });
  return { op_type, input, output: [output], name: `${op_type} of ${output}`, attribute, domain };
}

const free = (name: string, shape: (number | string)[]) => {
  const dim = shape.map((length) => (typeof length === "string" ? { dim_param: length } : { dim_value: length }));
  return { name, type: { tensor_type: { elem_type: 1, shape: { dim } } } };
};

interface Parts {
  readonly input?: (number | string)[];
  readonly outputs?: string[];
  readonly initializer?: TensorProto[];
  readonly opset?: number;
}

/** A file with these nodes, from x to y. */
function file(nodes: NodeProto[], { input = ["N", 4], outputs = ["y"], initializer = [], opset = 17 }: Parts = {}) {
  const graph = {
    node: nodes,
    initializer,
    input: [free("x", input)],
    output: outputs.map((name) => free(name, ["N", 2])),
  };
  return writeMessage(modelTable, { ir_version: 8, opset_import: [{ version: opset }], graph });
}

const ones = (name: string, ...shape: number[]) =>
  floatTensor(name, shape, new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5));
const W = ones("W", 4, 2);

const refused = async (bytes: Uint8Array, options: DecodeOnnxOptions = {}): Promise<string> => {
  const error = await decodeOnnx(bytes, options).then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(InklingError);
  return error.message;
};

test("unknown operators are named, all of them at once, each with its node", async () => {
  const nodes = [
    node("LSTM", ["x", "W"], "a"),
    node("MatMul", ["x", "W"], "b"),
    node("Resize", ["b"], "c"),
    node("constructor", ["b"], "d"),
    node("Fancy", ["b"], "e", {}, "com.example"),
    node("GRU", ["a"], "f"),
    node("Sum", ["f", "c", "d", "e"], "y"),
  ];
  expect(await refused(file(nodes, { initializer: [W] }), { name: "m.onnx" })).toBe(
    "m.onnx: expected operators that Inkling's layers cover, got " +
      'LSTM "LSTM of a"; GRU "GRU of f"; Resize "Resize of c"; constructor "constructor of d"; com.example.Fancy "Fancy of e". ' +
      "Nothing was loaded.",
  );
});

const image = { input: ["N", 2, 6, 6], initializer: [ones("K", 3, 2, 3, 3), ones("D", 2, 1, 3, 3), ones("V", 3)] };
const conv = (attributes: Attributes, weights = "K") => [node("Conv", ["x", weights], "y", attributes)];
const pool = (op: string, attributes: Attributes) => [node(op, ["x"], "y", { kernel_shape: [3, 3], ...attributes })];

test.each<[string, NodeProto[], Parts]>([
  ["(group 2)", conv({ group: 2 }, "D"), image],
  ['(pads 0,0,1,1: Inkling pads both sides alike, or "same")', conv({ pads: [0, 0, 1, 1] }), image],
  ["(a window of 3 × 3 on 6 × 6)", conv({ strides: [0, 1] }), image],
  ["(2 channels for weights of 1)", conv({}, "D"), image],
  ["(weights that are no constants)", [node("Conv", ["x", "x"], "y")], image],
  [
    "(count_include_pad 1: Inkling's means do not count padding)",
    pool("AveragePool", { pads: [1, 1, 1, 1], count_include_pad: 1 }),
    image,
  ],
  ["(ceil_mode 1, which looks beyond the image)", pool("MaxPool", { strides: [2, 2], ceil_mode: 1 }), image],
  ["(dilations)", pool("MaxPool", { dilations: [2, 2] }), image],
  [
    "(a function of each number that is none of Inkling's activations)",
    [node("LeakyRelu", ["x"], "y", { alpha: { f: 0.3 } })],
    {},
  ],
  [
    "(a function of each number that is none of Inkling's activations)",
    [node("Gelu", ["x"], "y", { approximate: "tanh" })],
    {},
  ],
  [
    "(a function of each number that is none of Inkling's activations)",
    [node("Clip", ["x", "least", "most"], "y")],
    { initializer: [floatTensor("least", [], [0]), floatTensor("most", [], [100])] },
  ],
  ["(weights of 4 × 2 for rows of 5)", [node("MatMul", ["x", "W"], "y")], { input: ["N", 5], initializer: [W] }],
  ["(constants of 3 on N × 4)", [node("Add", ["x", "V"], "y")], { initializer: [ones("V", 3)] }],
  [
    "(on 2 × 6 × 6 numbers an example; Inkling's dense layers want one row)",
    [node("MatMul", ["x", "W"], "y")],
    { ...image, initializer: [W] },
  ],
])("%s is said", async (reason, nodes, parts) => {
  expect(await refused(file(nodes, parts))).toContain(reason);
});

test("a pixel is a byte only where all channels become much smaller", async () => {
  const pooled = [node("Mul", ["x", "C"], "a"), node("GlobalAveragePool", ["a"], "b"), node("Flatten", ["b"], "y")];
  const notes = async (...scales: number[]) => {
    const initializer = [floatTensor("C", [2, 1, 1], scales)];
    return (await decodeOnnx(file(pooled, { input: ["N", 2, 6, 6], initializer }))).notes.join(" ");
  };
  expect(await notes(1 / 58, 1 / 57)).toContain("taken to expect bytes from 0 to 255 for a pixel");
  expect(await notes(1 / 58, 1)).toContain("taken to expect numbers from 0 to 1 for a pixel");
});

test("a sum of two branches that both have layers is no residual", async () => {
  const nodes = [
    node("MatMul", ["x", "W"], "a"),
    node("MatMul", ["x", "W"], "b"),
    node("Tanh", ["b"], "c"),
    node("Add", ["a", "c"], "y"),
  ];
  expect(await refused(file(nodes, { initializer: [W] }))).toContain(
    'Add "Add of y" (a sum of two branches, neither of which is the other\'s input)',
  );
});

describe("files", () => {
  const dense = [node("MatMul", ["x", "W"], "y")];
  const sound = file(dense, { initializer: [W] });

  test("that are no ONNX models are refused", async () => {
    for (const bytes of [
      new Uint8Array(0),
      new TextEncoder().encode("<html>"),
      Uint8Array.of(8, 8),
      sound.subarray(0, -1),
    ]) {
      expect(await refused(bytes)).toMatch(/^model\.onnx: expected an ONNX model, got .*\. Nothing was loaded\.$/);
    }
  });

  test("with two inputs, with none of a shape, or of another rank are refused", async () => {
    const input = (graph: object) =>
      writeMessage(modelTable, {
        opset_import: [{ version: 17 }],
        graph: { node: dense, initializer: [W], output: [free("y", [])], ...graph },
      });
    expect(await refused(input({ input: [free("x", ["N", 4]), free("z", ["N"])] }))).toContain(
      'a graph with one input, got "x", "z"',
    );
    expect(await refused(input({ input: [{ name: "x" }] }))).toContain(
      "the lengths of an example, got an input of no shape",
    );
    expect(await refused(input({ input: [free("x", ["N", "n"])] }))).toContain("got N × ?. Tell them as `inputShape`");
    expect(await refused(input({ input: [free("x", ["N", 2, 2, 2, 2])] }))).toContain(
      "an input of N × columns, or of N images",
    );
    const { model } = await decodeOnnx(input({ input: [free("x", ["N", "n"])] }), { inputShape: [4] });
    expect((model as Network).inputShape).toEqual([4]);
  });

  test("with a circle, or two nodes of one output, are refused", async () => {
    const circle = [node("Add", ["x", "b"], "a"), node("Relu", ["a"], "b"), node("MatMul", ["b", "W"], "y")];
    expect(await refused(file(circle, { initializer: [W] }))).toContain("a graph without a circle");
    expect(await refused(file([...dense, ...dense], { initializer: [W] }))).toContain(
      'one node for each value, got two for "y"',
    );
  });

  test("with tensors of other lengths than their numbers are refused, before memory is taken", async () => {
    const tensor = (more: TensorProto) => refused(file(dense, { initializer: [{ ...more, name: "W" }] }));
    expect(await tensor({ ...W, dims: [4, 3] })).toBe(
      'model.onnx, tensor "W": expected 48 bytes, got 32. Nothing was loaded.',
    );
    const shouting = "\u202e".repeat(1000);
    const wanted = await refused(
      file([node("MatMul", ["x", shouting], "y")], { initializer: [{ ...W, dims: [4, 3], name: shouting }] }),
    );
    expect(wanted).not.toMatch(/\u202e/);
    expect(wanted.length).toBeLessThan(1000);
    expect(await tensor({ ...W, dims: [2 ** 31, 2 ** 31] })).toContain("lengths of at most 134217728 numbers together");
    expect(await tensor({ ...W, dims: [-4, -2] })).toContain("lengths of at most");
    expect(await tensor({ ...W, data_type: 14 })).toContain("got the element type 14");
    expect(await tensor({ dims: [4, 2], data_type: 1, float_data: [1] })).toContain("expected 8 numbers, got 1");
  });

  test("whose tensors are in other files name them, and none outside of their folder", async () => {
    const outside = (location: string) => {
      const external_data = [{ key: "location", value: location }];
      return file(dense, { initializer: [{ name: "W", dims: [4, 2], data_type: 1, data_location: 1, external_data }] });
    };
    expect(externalFiles(outside("w.data"))).toEqual(["w.data"]);
    expect(await refused(outside("w.data"))).toContain('expected the bytes of the other file "w.data", got none');
    expect(await refused(outside("w.data"), { external: new Map([["w.data", new Uint8Array(31)]]) })).toContain(
      "expected 32 bytes, got 31",
    );
    for (const path of ["../w", "/etc/passwd", "a/b", "a\\b", "..", "c:x", ""]) {
      expect(() => externalFiles(outside(path))).toThrow(ModelFileError);
    }
  });

  test("of a newer operator set are refused", async () => {
    expect(await refused(file(dense, { initializer: [W], opset: 99 }))).toContain("an operator set up to 24, got 99");
  });

  test("cannot put escapes into a terminal", async () => {
    const nodes = [{ ...node("Evil\u001b[2J", ["x"], "y"), name: "\u001b]0;title\u0007\u202e" }];
    expect(await refused(file(nodes))).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });
});

describe("graphs that grow when they are read are refused at once", () => {
  const chain = (count: number, make: (from: string, to: string) => NodeProto) => [
    ...Array.from({ length: count }, (_, i) => make(i === 0 ? "x" : `v${i}`, `v${i + 1}`)),
    node("MatMul", [`v${count}`, "W"], "y"),
  ];

  test.each<[string, NodeProto[], string]>([
    ["products with themselves", chain(60, (from, to) => node("Mul", [from, from], to)), "more than 256 operations"],
    ["functions of functions", chain(5000, (from, to) => node("Exp", [from], to)), "more than 256 operations"],
    ["more nodes than anybody has", chain(10_001, (from, to) => node("Relu", [from], to)), "at most 10000 nodes"],
    [
      "windows larger than any image",
      [node("MaxPool", ["x"], "y", { kernel_shape: [2 ** 20, 2 ** 20], pads: Array(4).fill(2 ** 20 - 1) })],
      "images of 1048576",
    ],
  ])("%s", async (_, nodes, reason) => {
    const input = nodes.length === 1 ? ["N", 1, 1, 1] : ["N", 4];
    expect(await refused(file(nodes, { input, initializer: [W] }))).toContain(reason);
  });
});

describe("what a file leaves open", () => {
  const two = file([node("MatMul", ["x", "W"], "y")], { initializer: [W] });

  test("the loss is guessed, and said", async () => {
    const { model, notes } = await decodeOnnx(two);
    expect([model.loss.type, notes]).toEqual(["crossEntropy", ["The file names no loss: crossEntropy was taken."]]);
    const told = await decodeOnnx(two, { loss: "meanSquared" });
    expect([told.model.loss.type, told.notes]).toEqual(["meanSquared", []]);
  });

  test("what a pixel is can be told", async () => {
    const rows = file([node("Flatten", ["x"], "f"), node("MatMul", ["f", "W"], "y")], {
      input: ["N", 1, 2, 2],
      initializer: [W],
    });
    const said = async (options: DecodeOnnxOptions) => {
      const { model, notes } = await decodeOnnx(rows, { loss: "meanSquared", ...options });
      const found = await model.predict(Uint8Array.of(255, 0, 51, 0));
      return [found.task === "numbers" ? found.values[0] : undefined, notes.length];
    };
    expect(await said({})).toEqual([Math.fround(0.6), 1]);
    expect(await said({ pixels: "bytes" })).toEqual([153, 0]);
    const [normalized] = await said({ normalization: { mean: 0.5, deviation: 0.25 } });
    expect(normalized).toBeCloseTo(0.5 * (2 - 2 - 1.2 - 2), 5);
  });

  test("classes can be named, and one of several outputs", async () => {
    const { model } = await decodeOnnx(two, { classNames: ["no", "yes"] });
    expect(model.classNames).toEqual(["no", "yes"]);
    const heads = [node("MatMul", ["x", "W"], "y"), node("Tanh", ["y"], "t"), node("MatMul", ["x", "W"], "z")];
    const bytes = file(heads, { initializer: [W], outputs: ["t", "z"] });
    expect(await refused(bytes)).toContain('several that differ: "t", "z". Name one as `output`.');
    expect(((await decodeOnnx(bytes, { output: "t" })).model as Network).specs[0]).toMatchObject({
      activation: "tanh",
    });
    expect(await refused(bytes, { output: "q" })).toContain('expected an output among "t", "z", got "q"');
  });

  test("options that cannot be are refused", async () => {
    expect(await refused(two, { pixels: "dots" as never })).toContain('pixels "bytes" or "numbers"');
    expect(await refused(two, { loss: "constructor" as never })).toContain("loss to be one of crossEntropy");
    expect(await refused(two, { lose: "huber" } as never)).toContain("options among backend");
    expect(await refused(two, { normalization: { mean: [1, 2], deviation: 1 } })).toContain("normalization.mean");
    const softmax = file([node("MatMul", ["x", "W"], "z"), node("Softmax", ["z"], "y")], { initializer: [W] });
    expect(await refused(softmax, { loss: "huber" })).toContain(
      "the loss crossEntropy (the graph ends in a softmax), got huber",
    );
  });
});

test("any bytes give a model or an error of Inkling's", async () => {
  const { bytes } = await encodeOnnx(network([3], [dense(2, "gelu"), dense(2)]));
  const nodes = [node("Conv", ["x", "K"], "a"), node("Relu", ["a"], "b"), node("Flatten", ["b"], "y")];
  const seeds = [bytes, file(nodes, image)];
  const attempt = async (input: Uint8Array) => {
    try {
      (await decodeOnnx(input)).model.close();
    } catch (error) {
      if (!(error instanceof InklingError)) throw error;
    }
  };
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), attempt), { numRuns: 300 });
  const place = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
  const mutated = fc.tuple(
    fc.constantFrom(...seeds),
    fc.array(place, { minLength: 1, maxLength: 4 }),
    fc.nat({ max: 9 }),
  );
  await fc.assert(
    fc.asyncProperty(mutated, ([seed, places, cut]) => {
      const changed = seed.slice(0, seed.length - (cut > 7 ? cut * 9 : 0));
      for (const [at, value] of places) changed[at % changed.length] = value;
      return attempt(changed);
    }),
    { numRuns: 500 },
  );
});
