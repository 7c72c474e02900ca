// ONNX by the commands: out and in, models of other programs, and the wrong way.
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { at, inputs, refuses, training } from "./refusals.ts";
import { onlyJson } from "./running.ts";

const run = (...args: string[]) => inklingInTurn(inputs, args);
const runJson = async (...args: string[]) => onlyJson(await run(...args, "--json"));
const golden = (name: string) =>
  fileURLToPath(new URL(`../../formats/test/golden/onnx-models/${name}.onnx`, import.meta.url));

beforeAll(async () => {
  await runJson(...training(), "--out", at("net.safetensors"));
  await runJson(...training("--ensemble", "2"), "--out", at("two.safetensors"));
  const external = await readFile(golden("torch-external"));
  for (const name of ["alone", "linked"]) await mkdir(at(name));
  for (const path of ["alone/m.onnx", "linked/m.onnx"]) await writeFile(at(path), external);
  await symlink("/etc/hostname", at("linked/torch-external.onnx.data"));
  await writeFile(at("cut.onnx"), external.subarray(0, 500));
});

test("an export says what it takes and how Python runs it, and comes back whole", async () => {
  const { stdout, code } = await run("export", at("net.safetensors"), "--format", "onnx", "--out", at("net.onnx"));
  expect(code).toBe(0);
  expect(stdout).toMatch(/net\.onnx, [\d,]+ bytes/);
  expect(stdout.replaceAll(/\s+/g, " ")).toContain(
    "takes bytes as the numbers 0 to 255; they are divided by 255 inside.",
  );
  expect(stdout).toContain('found = session.run(None, {"image": x})');
  await run("import", at("net.onnx"), "--out", at("net.back"));
  expect((await readFile(at("net.back"))).equals(await readFile(at("net.safetensors")))).toBe(true);
});

test("an ensemble leaves and comes back in one file", async () => {
  await run("export", at("two.safetensors"), "--format", "onnx", "--out", at("two.onnx"));
  await run("import", at("two.onnx"), "--out", at("two.back"));
  expect((await readFile(at("two.back"))).equals(await readFile(at("two.safetensors")))).toBe(true);
});

test("models of other programs come in, with what was guessed", async () => {
  const cnn = await runJson("import", golden("keras-cnn"), "--out", at("keras.model"));
  expect(cnn).toMatchObject({ format: "ONNX", inputShape: [9, 8, 2], loss: "crossEntropy" });
  expect(cnn.notes).toContainEqual(
    "The graph was taken to expect bytes from 0 to 255 for a pixel. --pixels and --normalize say it.",
  );
  const told = ["--pixels", "numbers", "--loss", "meanSquared", "--out", at("told.model")];
  expect(await runJson("import", golden("torch-cnn-script"), ...told)).toMatchObject({
    loss: "meanSquared",
    notes: [],
  });
  const normal = ["--normalize", "0.5,0.4/0.2,0.1", "--out", at("normal.model")];
  const { layers } = await runJson("import", golden("torch-cnn-script"), ...normal);
  expect((layers as object[])[0]).toMatchObject({ type: "conv2d", window: 1, trainable: false });
  const row = ["--input", "2x2x1", "--out", at("row.model")];
  expect(await runJson("import", golden("made-lists"), ...row)).toMatchObject({ inputShape: [2, 2, 1] });
  expect(await runJson("import", golden("torch-external"), "--out", at("e.model"))).toMatchObject({ inputShape: [40] });
});

refuses("inkling import of ONNX refuses", [
  [
    "tensors that are not there",
    ["import", at("alone/m.onnx"), "--out", at("x")],
    /torch-external\.onnx\.data: expected a file/,
  ],
  [
    "tensors by a link",
    ["import", at("linked/m.onnx"), "--out", at("x")],
    /expected files beside it, got torch-external\.onnx\.data, which leads elsewhere\./,
  ],
  ["half a file", ["import", at("cut.onnx"), "--out", at("x")], /^cut\.onnx: expected an ONNX model, got other bytes/],
  [
    "other units",
    ["import", golden("keras-cnn"), "--pixels", "dots", "--out", at("x")],
    /^--pixels: expected bytes or numbers, got "dots"\./,
  ],
  [
    "layers, which it has",
    ["import", golden("keras-cnn"), "--layers", "3", "--out", at("x")],
    /^--layers: expected a state dict/,
  ],
]);

refuses("inkling export of ONNX refuses", [
  [
    "units for JSON",
    ["export", at("net.safetensors"), "--format", "json", "--pixels", "bytes"],
    /^--pixels: expected the format onnx, got json\./,
  ],
  [
    "other units",
    ["export", at("net.safetensors"), "--format", "onnx", "--pixels", "0"],
    /^--pixels: expected bytes or numbers, got "0"\./,
  ],
]);
