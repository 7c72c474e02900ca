// Models that leave by `inkling export` and come back by `inkling import`, as a user does it, also the wrong way.
import { copyFile, mkdir, mkdtemp, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { decodeForeignTensors, decodeTensors, encodeTensors } from "inkling/formats";
import { zip } from "inkling-formats/archives";
import { beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { at, inputs, refuses, training } from "./refusals.ts";
import { onlyJson } from "./running.ts";
import { flowers } from "./tiny-data.ts";

const run = (...args: string[]) => inklingInTurn(inputs, args);
const runJson = async (...args: string[]) => onlyJson(await run(...args, "--json"));
const golden = (name: string) => fileURLToPath(new URL(`../../inkling/test/golden/${name}`, import.meta.url));

const digests: Record<string, unknown> = {};
beforeAll(async () => {
  await writeFile(at("flowers.csv"), `${flowers(60).join("\n")}\n`);
  for (const [name, args] of Object.entries({
    "net.safetensors": training(),
    "three.safetensors": training("--ensemble", "3"),
    "cnn.safetensors": training("--layers", "3c2,bn,p2,5"),
    "table.safetensors": ["train", at("flowers.csv"), "--label", "kind", "--epochs", "3"],
  })) {
    digests[name] = (await runJson(...args, "--out", at(name))).weightsSha256;
  }
  const manifest = [{ paths: ["out.bin"], weights: [{ name: "d/kernel", shape: [1, 1], dtype: "float32" }] }];
  const topology = {
    class_name: "Sequential",
    config: { layers: [{ class_name: "Dense", config: { units: 1, name: "d", batch_input_shape: [null, 1] } }] },
  };
  for (const [name, paths] of [
    ["linked", ["out.bin"]],
    ["above", ["../noise"]],
    ["gone", ["w.bin"]],
  ] as const) {
    await mkdir(at(name));
    const json = { modelTopology: topology, weightsManifest: [{ ...manifest[0], paths }] };
    await writeFile(at(`${name}/model.json`), JSON.stringify(json));
  }
  await symlink("/etc/hostname", at("linked/out.bin"));
  await writeFile(at("text"), "{ this is no JSON");
  await writeFile(at("noise"), Buffer.alloc(100, 7));
  await writeFile(at("model.h5"), Buffer.concat([Buffer.from("\x89HDF\r\n\x1a\n", "latin1"), Buffer.alloc(100)]));
  await writeFile(at("old.pt"), Buffer.concat([Buffer.from([0x80, 2]), Buffer.alloc(100)]));
  await writeFile(at("model.pt"), await zip([["archive/data.pkl", Buffer.alloc(10)]]));
  await writeFile(at("model.keras"), await zip([["model.weights.h5", Buffer.alloc(10)]]));
  await writeFile(at("other.zip"), await zip([["readme.txt", Buffer.alloc(10)]]));
});

describe.concurrent("out and back, bit for bit", () => {
  const ways = ["onnx", "safetensors", "npz", "json", "safetensors torch", "npz torch"];
  const models = ["net.safetensors", "cnn.safetensors", "table.safetensors"];
  test.each(models.flatMap((model) => ways.map((way) => [model, way] as const)))("%s by %s", async (model, way) => {
    const [format = "", layout = "inkling"] = way.split(" ");
    const out = at(`${model}.${layout}.${format}`);
    const exported = await runJson("export", at(model), "--format", format, "--layout", layout, "--out", out);
    expect(exported).toMatchObject({ format, layout, out, weightsSha256: digests[model] });
    const imported = await runJson("import", out, "--out", `${out}.back`);
    expect(imported).toMatchObject({ modelFile: `${out}.back`, weightsSha256: digests[model] });
    // Names, scaling and record too: the files are the same.
    expect((await readFile(`${out}.back`)).equals(await readFile(at(model)))).toBe(true);
  });

  test("an ensemble by json, and one of its members for PyTorch", async () => {
    await run("export", at("three.safetensors"), "--format", "json", "--out", at("three.json"));
    await run("import", at("three.json"), "--out", at("three.back"));
    expect((await readFile(at("three.back"))).equals(await readFile(at("three.safetensors")))).toBe(true);
    const member = ["--member", "2", "--format", "npz", "--layout", "torch", "--out", at("second.npz")];
    expect((await run("export", at("three.safetensors"), ...member)).code).toBe(0);
  });
});

describe.concurrent("a state dict of PyTorch's", () => {
  test("of dense layers needs no option, and says what it assumed", async () => {
    const { code, stdout } = await run("import", golden("state-dict-mlp.safetensors"), "--out", at("mlp.model"));
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain("layers.1 from hidden2 (without bias); layers.2 from head");
    expect(stdout).toContain("Widths from the shapes: 6, 5, 4, 3.");
    expect(stdout).toContain(`Saved to ${at("mlp.model")}: 74 numbers`);
  });

  test("takes its layers in the words of train, and can be trained by another loss", async () => {
    const words = ["--layers", "4c3,p2,5c2p1,p2,bn,6", "--input", "11x10x3", "--loss", "sigmoid-cross-entropy"];
    const imported = await runJson("import", golden("state-dict-cnn.npz"), ...words, "--out", at("cnn.model"));
    expect(imported).toMatchObject({
      format: "a state dict in NPZ",
      inputShape: [11, 10, 3],
      loss: "sigmoidCrossEntropy",
    });
  });

  test("that PyTorch saved without our texts takes them from the model that it was", async () => {
    await run(
      "export",
      at("table.safetensors"),
      "--format",
      "safetensors",
      "--layout",
      "torch",
      "--out",
      at("t.pt.st"),
    );
    const { tensors } = decodeForeignTensors(await readFile(at("t.pt.st")), "t.pt.st");
    await writeFile(at("bare.st"), encodeTensors({ metadata: {}, tensors }));
    await run("import", at("bare.st"), "--like", at("table.safetensors"), "--out", at("like.model"));
    const evaluated = await runJson("evaluate", at("like.model"), at("flowers.csv"));
    expect(evaluated).toMatchObject({
      weightsSha256: digests["table.safetensors"],
      classNames: ["daisy", "iris, blue", "rose"],
    });
  });
});

test("the model file that is there already is not overwritten, unless it is named", async () => {
  const directory = await mkdtemp(at("own-"));
  await copyFile(at("net.safetensors"), join(directory, "model.safetensors"));
  const refused = await inklingInTurn(directory, ["import", golden("state-dict-mlp.npz")]);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toBe(
    "--out: expected a name for the model, got none, and model.safetensors is there already. Add --out.\n",
  );
  const named = await inklingInTurn(directory, ["import", golden("state-dict-mlp.npz"), "--out", "model.safetensors"]);
  expect(named.stdout).toContain("Saved to model.safetensors, over what was there: 74 numbers");
});

test("an export is named after its model, and does not follow a link when it is written", async () => {
  const directory = await mkdtemp(at("names-"));
  await copyFile(at("net.safetensors"), join(directory, "net.safetensors"));
  await writeFile(join(directory, "precious"), "precious");
  await symlink("precious", join(directory, "net.json"));
  for (const format of ["json", "npz", "safetensors"]) {
    await inklingInTurn(directory, ["export", "net.safetensors", "--format", format]);
  }
  expect((await readdir(directory)).sort()).toEqual(
    ["net.export.safetensors", "net.json", "net.npz", "net.safetensors", "precious"].sort(),
  );
  expect(await readFile(join(directory, "precious"), "utf8")).toBe("precious");
});

refuses("inkling export refuses", [
  [
    "no format",
    ["export", at("net.safetensors")],
    /^--format: expected one of safetensors, npz, json[^\n]*, got none\. Name one\./,
  ],
  ["a format that there is not", ["export", at("net.safetensors"), "--format", "__proto__"], /got "__proto__"/],
  [
    "a layout that there is not",
    ["export", at("net.safetensors"), "--format", "npz", "--layout", "keras"],
    /^--layout: expected inkling or torch, got "keras"\./,
  ],
  [
    "PyTorch's layout of JSON",
    ["export", at("net.safetensors"), "--format", "json", "--layout", "torch"],
    /^--layout: expected the layout inkling \(json has no other\), got "torch"\./,
  ],
  [
    "an ensemble for PyTorch",
    ["export", at("three.safetensors"), "--format", "npz", "--layout", "torch"],
    /^export: expected one network \(npz with PyTorch's layout holds no ensemble\), got an ensemble of 3\. Add --member 1\./,
  ],
  [
    "to write over the model",
    ["export", at("net.safetensors"), "--format", "safetensors", "--out", at("net.safetensors")],
    /^--out: expected another file than the model itself, got/,
  ],
  ["a model that is none", ["export", at("text"), "--format", "json"], /^text: expected/],
]);

test("a model of tfjs is imported by its directory or its model.json, and evaluated", async () => {
  for (const path of ["tfjs-keras-chain", "tfjs-keras-chain/model.json"]) {
    const imported = await runJson("import", golden(path), "--out", at("tfjs.model"));
    expect(imported).toMatchObject({ format: "a layers model of tfjs", inputShape: [7, 6, 1], loss: "crossEntropy" });
  }
  const told = ["import", golden("tfjs-row"), "--loss", "quadratic", "--out", at("row.model")];
  expect(await runJson(...told)).toMatchObject({ loss: "quadratic", inputShape: [4, 3, 1] });
});

test("inputs are normalized as another program did it", async () => {
  const words = ["--layers", "4c3,p2,5c2p1,p2,bn,6", "--input", "11x10x3", "--normalize", "0.5,0.4,0.3/0.2,0.2,0.1"];
  const imported = await runJson("import", golden("state-dict-cnn.npz"), ...words, "--out", at("normalized.model"));
  const [first, second] = imported.layers as object[];
  expect(first).toMatchObject({ type: "conv2d", window: 1, filters: 3, trainable: false });
  expect(second).toMatchObject({ filters: 4 });
  expect(imported.sources).toContainEqual({ name: "layers.9.bias", from: "module.out.bias" });
});

test("an export says whether its probabilities are calibrated", async () => {
  const { stdout } = await run("export", at("net.safetensors"), "--format", "json", "--out", at("said.json"));
  expect(stdout).toContain("Sure      its probabilities are not calibrated");
  const { tensors, metadata } = decodeTensors(await readFile(at("net.safetensors")), "net.safetensors");
  const calibration = {
    temperature: 1.25,
    data: { name: "held out", examples: 20, sha256: null },
    expectedCalibrationError: { raw: 0.1, calibrated: 0.01 },
  };
  // The file is changed on purpose.
  const { "inkling.digests": _, ...others } = metadata;
  const texts = { ...others, "inkling.calibration": JSON.stringify(calibration) };
  await writeFile(at("calibrated.safetensors"), encodeTensors({ tensors, metadata: texts }));
  const exported = await run("export", at("calibrated.safetensors"), "--format", "module", "--out", at("said.js"));
  expect(exported.stdout).toMatch(/Sure +calibrated on 20 examples of held out, T = 1\.25/);
  expect(await readFile(at("said.js"), "utf8")).toMatch(
    /\* .*Its probabilities are calibrated: T = [\d.]+, of 20 examples/,
  );
});

test("a module runs by itself, with its types beside it", async () => {
  await runJson("export", at("table.safetensors"), "--format", "module", "--out", at("table.mjs"));
  const { predict, classNames } = await import(/* @vite-ignore */ pathToFileURL(at("table.mjs")).href);
  expect(classNames).toEqual(["daisy", "iris, blue", "rose"]);
  expect(predict([1.5, 2.5, 15]).probabilities).toHaveLength(3);
  expect(await readFile(at("table.d.mts"), "utf8")).toContain("export declare function predict");
});

refuses("inkling import refuses", [
  [
    "shards that are links to elsewhere",
    ["import", at("linked")],
    /^model\.json: expected files beside it, got out\.bin, which leads elsewhere\./,
  ],
  ["shards above", ["import", at("above")], /expected files beside it, or in a directory beside it, got \.\.\/noise\./],
  [
    "shards that are not there",
    ["import", at("gone")],
    /w\.bin: expected a file that can be read, got nothing there\./,
  ],
  ["nothing there", ["import", at("nothing")], /nothing: expected a file that can be read, got nothing there\./],
  ["a device", ["import", "/dev/zero"], /^\/dev\/zero: expected a file that can be read, got a device\./],
  ["an empty directory", ["import", inputs], /model\.json: expected a file that can be read, got nothing there\./],
  ["noise", ["import", at("noise")], /^noise: expected [^\n]*, got something else\. Nothing was loaded\./],
  [
    "a text that is no JSON",
    ["import", at("text")],
    /^text: expected a JSON object with every key once, got a text that is no JSON\./,
  ],
  [
    "Keras's HDF5",
    ["import", at("model.h5")],
    /^model\.h5: expected a file that can be read without running its code, got Keras's HDF5\. Save it as tfjs/,
  ],
  [
    "Keras's archive",
    ["import", at("model.keras")],
    /^model\.keras: expected [^\n]*, got Keras's archive with HDF5\. Save it as tfjs/,
  ],
  [
    "a pickle",
    ["import", at("model.pt")],
    /^model\.pt: expected [^\n]*, got a pickle, as torch\.save writes it\. Save it as safetensors: from safetensors\.torch/,
  ],
  ["an old pickle", ["import", at("old.pt")], /^old\.pt: expected [^\n]*, got a pickle\./],
  [
    "another archive",
    ["import", at("other.zip")],
    /^other\.zip: expected an NPZ file \(with arrays in it\), got another archive\./,
  ],
  [
    "a state dict of images without its layers",
    ["import", golden("state-dict-cnn.npz")],
    /^--layers: expected the hidden layers of state-dict-cnn\.npz, which does not say them, got none\. Write them/,
  ],
  [
    "one without its input",
    ["import", golden("state-dict-cnn.npz"), "--layers", "4c3,p2,5c2p1,p2,bn,6"],
    /^--input: expected height x width x channels, as 28x28x1, got none\./,
  ],
  [
    "other layers",
    ["import", golden("state-dict-mlp.npz"), "--layers", "9,4"],
    /^--layers: expected the hidden layers of state-dict-mlp\.npz, and one dense layer that follows them, got 9,4\./,
  ],
  [
    "another input",
    ["import", golden("state-dict-mlp.npz"), "--input", "7"],
    /expected tensors that fit the layers, got hidden1\.weight of 5 × 6 in place of 5 × 7 for layers\.0\./,
  ],
  [
    "an input that is no shape",
    ["import", golden("state-dict-mlp.npz"), "--input", "2x3"],
    /^--input: expected a number of columns, or height x width x channels, as 28x28x1, got "2x3"\./,
  ],
  [
    "a loss that there is not",
    ["import", golden("state-dict-mlp.npz"), "--loss", "mse"],
    /^--loss: expected one of crossEntropy/,
  ],
  [
    "two ways to say the layers",
    ["import", golden("state-dict-mlp.npz"), "--like", at("net.safetensors"), "--layers", "5"],
    /^--like: expected no --layers beside it, got 5\./,
  ],
  [
    "layers of a file that says its own",
    ["import", at("net.safetensors"), "--layers", "5"],
    /^--layers: expected a state dict \(net\.safetensors says itself what --layers would\), got "5"\. Leave --layers out\./,
  ],
]);
