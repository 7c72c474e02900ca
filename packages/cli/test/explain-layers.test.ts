// `inkling explain` of a network of every kind of layer: the page, the choice of a number, and the command.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  activation,
  augment,
  averagePool2d,
  batchNorm,
  conv2d,
  Dataset,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  maxPool2d,
  network,
  residual,
  sgd,
} from "inkling";
import { encodeModel } from "inkling/formats";
import { convolutionAt, trace } from "inkling/proofs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chosenFrom } from "../src/commands/explain-choice.ts";
import { explanationLines } from "../src/report/explanation.ts";
import { cell, number } from "../src/report/explanation-page.ts";
import type { Explanation } from "../src/report/explanation-types.ts";
import type { Terminal } from "../src/report/terminal.ts";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson } from "./running.ts";
import { fourFiles, images, writeDirectory } from "./tiny-data.ts";

const plain = (width = 100): Terminal => ({ width, colour: false, isNarrow: width < 60, style: (_, text) => text });
const tests = images(20, 8);
const sample = new Dataset({
  name: "digits",
  shape: [8, 8, 1],
  inputs: tests.pixels,
  labels: tests.labels,
  classes: 10,
});

const everyKind = () =>
  network(
    [8, 8, 1],
    [
      conv2d(3, 3, { activation: "relu", padding: 1, stride: 2 }),
      batchNorm(),
      activation("gelu"),
      maxPool2d(2, { stride: 1, padding: 1 }),
      residual([conv2d(3, 3, { padding: "same" }), averagePool2d(3, { stride: 1, padding: 1 })], { scale: 0.5 }),
      dropout(0.4),
      flatten(),
      dense(6, "tanh"),
      residual([dense(6, "silu"), dropout(0.5)]),
      dense(10),
    ],
    { seed: 4 },
  );
const averaged = () => network([8, 8, 1], [conv2d(10, 3), globalAveragePool2d()], { seed: 4 });

type Options = Parameters<typeof chosenFrom>[1];

async function explained(options: Options = {}, model = everyKind(), hasLabel = true): Promise<Explanation> {
  const training = { epoch: 2, example: 3, augmentation: augment({ shift: 1, rotation: 20 }) };
  const label = hasLabel ? 3 : undefined;
  const found = await trace(model, sample.example(3), { label, sample, training });
  const chosen = chosenFrom(found, options);
  const { name, neuron, weight } = chosen;
  const isWeight = hasLabel && weight !== undefined;
  return {
    what: "Image 3 of digits test",
    ...{ trace: found, loss: model.loss.type, label, target: undefined, chosen, sample: 20 },
    ...{ shape: [8, 8, 1], columnNames: undefined, classNames: undefined, trained: undefined },
    difference: isWeight ? await found.difference(name, neuron, weight) : undefined,
    longer: hasLabel ? await found.step(sgd({ learningRate: 1 })) : undefined,
  };
}
const page = async (options: Options = {}, model = everyKind(), hasLabel = true) =>
  explanationLines(await explained(options, model, hasLabel), plain()).join("\n");

describe("the page", () => {
  let text = "";
  beforeAll(async () => {
    text = await page({ layer: "1", filter: "2", at: "0,3" });
  });

  test.each<[string, RegExp]>([
    [
      "a convolution",
      /^ {2}Layer 1, layers\.0: 3 filters of 3 × 3 × 1 on 8 × 8 × 1, at 4 × 4 places: z = Σ x·W \+ b, /m,
    ],
    ["batch norm", /^ {2}layers\.1, batch norm of 3 channels: /m],
    [
      "an activation by itself",
      /^ {2}layers\.2, an activation by itself: a = σ\(z\), σ = gelu +layers\/activation\.ts:\d+$/m,
    ],
    ["max pooling", /^ {2}layers\.3, max pool .*: z = max x over each window, 4 × 4 become 5 × 5/m],
    [
      "a residual",
      /^ {2}layers\.4, a skip connection around layers\.4\.layers\.0, layers\.4\.layers\.1: y = x \+ 0\.5·f\(x\)/m,
    ],
    ["what a residual adds", /^ {4}y. ?. ?= .* \+ 0\.5 × .* = .*The layers inside are worked out below$/m],
    ["a convolution inside of it", /^ {2}Layer 2, layers\.4\.layers\.0: 3 filters of 3 × 3 × 3/m],
    ["average pooling", /^ {2}layers\.4\.layers\.1, average pool .*: z = Σ x \/ n over each window's n/m],
    [
      "dropout at prediction",
      /^ {2}layers\.5, dropout, 0\.4: at prediction nothing is left out; --epoch 1 shows a training$/m,
    ],
    ["a dense layer above them", /^ {2}Layer 3: 75 inputs, 6 neurons: /m],
    ["a dense layer inside of a residual", /^ {2}Layer 4: 6 inputs, 6 neurons: .* σ = silu/m],
    [
      "the way back into a residual",
      /^ {2}layers\.4: ∂C\/∂x = ∂C\/∂y, past the layers, \+ what comes back through them/m,
    ],
    [
      "the way back through maxima",
      /^ {2}layers\.3: each δ goes to the pixel that was the maximum: \d+ of 48 get one/m,
    ],
    ["the way back through means", /^ {2}layers\.4\.layers\.1: each of a window's n pixels gets δ \/ n/m],
    ["the way back through a convolution", /^ {2}Layer 1: ∂C\/∂a is the ∂C\/∂x from above, δ = .* at each place/m],
    ["the pixel that matters most", /^ {2}What matters most: the pixel in row \d, column \d, ∂C\/∂x = /m],
    ["a number by hand", /^One number by hand: layer 1, filter 2 at row 0, column 3$/m],
    ["padding", /^ {4}· is padding: 3 terms left out$/m],
    ["one shared weight", /^One weight from beginning to end: layer 1, filter 2, tap \d$/m],
    ["its sum over places", /^ {4}\+ … {3}the other 13 places$/m],
    ["a pass of a training", /^In training: epoch 2, as example 3 of its data$/m],
    ["its batch", /^ {2}The batch: this example and 19 others of these data$/m],
    ["augmentation", /^ {2}Augmentation \(shift, rotation\) changes \d+ of 64 numbers of the image$/m],
    ["the batch's statistics", /^ {2}layers\.1, batch norm by the batch's own μ and v, of N = 320 numbers each/m],
    ["the running ones move", /^ {4}μ before .*\n {4}μ after /m],
    [
      "what dropout leaves out",
      /^ {2}layers\.5, dropout: z = m ⊙ x \/ \(1 − r\), r = 0\.4: \d+ of 75 numbers \(\d+ %\)/m,
    ],
    ["the loss in training", /^ {2}Its loss in this pass: C = [\d.]+; at prediction [\d.]+$/m],
  ])("says %s", (_, line) => {
    expect(text).toMatch(line);
  });

  test("has the window's numbers, and their sum is the trace's", async () => {
    const { trace: found, chosen } = await explained({ layer: "1", filter: "2", at: "0,3" });
    const { convolution } = found.layers[0];
    if (convolution === undefined || chosen.at === undefined) throw new Error("no convolution");
    const { terms, z, a, bias } = convolutionAt(convolution, { channel: 2, row: 0, column: 3 });
    const row = (name: string, values: readonly number[]) =>
      `    ${name.padEnd(4)} ${values.map((value) => cell(value).padStart(8)).join("")}`;
    const second = terms.slice(3, 6);
    expect(text).toContain(
      row(
        "",
        second.map(({ x }) => x),
      ),
    );
    expect(text).toContain(
      row(
        "",
        second.map(({ product }) => product),
      ),
    );
    expect(text).toContain(`= ${number(z)}   as computed: in float32, tap by tap`);
    expect(text).toContain(`a = relu(${number(z)}) = ${number(a)}`);
    expect(text).toContain(`+ ${bias < 0 ? `(${number(bias)})` : number(bias)}   b₂, the bias of filter 2`);
    expect(text).toContain(
      `    = ${number(convolution.back?.dW.values[(chosen.weight ?? 0) * 3 + 2] ?? 0)}   as computed`,
    );
  });

  test("sums a shared weight's gradient over the places, the largest first", async () => {
    const text = await page({ layer: "1", filter: "2", weight: "5" });
    const { x, back } = (await explained()).trace.layers[0].convolution ?? {};
    // Tap 5 is row 1, column 2 of the window: pixel (2·row, 2·column + 1).
    const terms = Array.from({ length: 16 }, (_, p) => {
      const [row, column] = [Math.floor(p / 4), p % 4];
      return { row, column, x: x?.[16 * row + 2 * column + 1] ?? 0, delta: back?.delta[p * 3 + 2] ?? 0 };
    }).toSorted((a, b) => Math.abs(b.x * b.delta) - Math.abs(a.x * a.delta));
    for (const { row, column, x, delta } of terms.slice(0, 3)) {
      expect(text).toContain(` = ${number(x * delta)}   x·δ at row ${row}, column ${column}`);
    }
  });

  test("works out which pixel a maximum came from, and what a mean was taken of", async () => {
    const maximum = await page({ layer: "layers.3", filter: "1", at: "0,4" });
    const { trace: found } = await explained();
    const { sources, z } = found.layers[3].pooling ?? {};
    const o = 4 * 3 + 1;
    const pixel = Math.floor((sources?.[o] ?? 0) / 3);
    expect(maximum).toMatch(/^One number by hand: layers\.3, max pool .*, channel 1 at row 0, column 4$/m);
    expect(maximum).toContain(
      `z = max x = ${number(z?.[o] ?? 0)}: it comes from row ${Math.floor(pixel / 4)}, column ${pixel % 4} of what goes in`,
    );
    expect(maximum).not.toContain("One weight from beginning to end");
    const mean = await page({ layer: "layers.4.layers.1", at: "0,0" });
    expect(mean).toMatch(/^ {2}z = Σ x \/ n = .* \/ 4 = .*, the mean of 4 pixels/m);
  });

  test("says where the maximum is not the only one", async () => {
    const model = network([8, 8, 1], [maxPool2d(2), flatten(), dense(10)], { seed: 4 });
    const dark = { ...sample, inputs: new Uint8Array(20 * 64) };
    const found = await trace(model, new Dataset(dark).example(3), { label: 3 });
    const explanation = { ...(await explained({ layer: "layers.0" }, model)), trace: found };
    const said = explanationLines(explanation, plain(200)).join("\n");
    expect(said).toMatch(/it comes from row \d, column \d of what goes in, the first of 4 that are equal, which alone/);
  });

  test("of max pooling takes a place whose maximum is not 0, where there is one", async () => {
    const model = network([8, 8, 1], [maxPool2d(2), flatten(), dense(10)], { seed: 4 });
    const inputs = new Uint8Array(64).fill(100, 63);
    const found = await trace(model, inputs, { label: 3 });
    expect(chosenFrom(found, { layer: "layers.0" }).at).toEqual({ row: 3, column: 3 });
    expect(chosenFrom(found, { layer: "layers.0", at: "1,1" }).at).toEqual({ row: 1, column: 1 });
  });

  test("without --at takes the place with the largest δ", async () => {
    const { trace: found, chosen } = await explained();
    const delta = found.layers[0].convolution?.back?.delta ?? [];
    const o = ((chosen.at?.row ?? 0) * 4 + (chosen.at?.column ?? 0)) * 3 + chosen.neuron;
    expect(Math.abs(delta[o] ?? 0)).toBe(Math.max(...Array.from(delta, Math.abs)));
    const ofFilter = (await explained({ filter: "1" })).chosen;
    expect(ofFilter.neuron).toBe(1);
  });

  test("of a convolution of several channels says which one adds most", async () => {
    const text = await page({ layer: "2", filter: "0", at: "2,2" });
    expect(text).toMatch(/^ {4}Channel \d of 3, the one that adds most:$/m);
    expect(text).toMatch(/^ {4}\+ .* {3}the other 2 channels, together$/m);
  });

  test("of a dense layer above images says where an input comes from", async () => {
    const text = await page({ layer: "3", neuron: "1", weight: "20" });
    expect(text).toMatch(/^ {2}W\(20, 1\) = .*, from row 1, column 1, channel 2 of layers\.4$/m);
    expect(await page({ layer: "4", neuron: "0" })).toMatch(
      /^One weight from beginning to end: layer 4, from input \d/m,
    );
  });

  test("explains a network that ends in a mean of images, and one that has no answer", async () => {
    const text = await page({}, averaged());
    expect(text).toMatch(/^ {2}layers\.1: ∂C\/∂a, the slope of the loss at the outputs$/m);
    expect(text).toMatch(/Every layer does the same as at prediction/);
    const forwards = await page({}, everyKind(), false);
    expect(forwards).toMatch(/^One number by hand: layer 1, filter/m);
    expect(forwards).not.toMatch(/∂C/);
  });

  test.each([100, 80, 59, 40])("is nowhere wider than a window of %i columns", async (width) => {
    for (const options of [{}, { layer: "layers.3" }, { layer: "2" }]) {
      for (const line of explanationLines(await explained(options), plain(width))) {
        expect(line.length, line).toBeLessThanOrEqual(width);
      }
    }
  });
});

describe.concurrent("the command", async () => {
  const directory = await mkdtemp(join(tmpdir(), "inkling-explain-"));
  afterAll(() => rm(directory, { recursive: true }));
  const explain = (...args: string[]) =>
    inklingInTurn(directory, ["explain", "every.model", "--data", "digits", ...args]);
  beforeAll(async () => {
    await writeDirectory(join(directory, "digits"), fourFiles(images(20, 8), tests));
    await writeFile(join(directory, "every.model"), await encodeModel(everyKind()));
  });

  test("--json has every layer's numbers, the one that is worked out, and the pass of a training", async () => {
    const choice = ["--layer", "1", "--filter", "2", "--at", "0,3", "--epoch", "2", "--augmentation", "shift=1"];
    const json = onlyJson(await explain("--index", "3", ...choice, "--json"));
    expect(json).toMatchObject({
      chosen: { layer: 0, name: "layers.0", neuron: 2, at: { row: 0, column: 3 } },
      workedOut: { channel: 2, row: 0, column: 3, z: expect.any(Number) },
      training: { epoch: 2, example: 3, examples: 20, augmentation: { settings: { shift: 1 } } },
    });
    const layers = json.layers as Record<string, unknown>[];
    expect(layers[0]).toMatchObject({ convolution: { window: { rows: 3 }, back: { delta: expect.any(Array) } } });
    expect(layers[0]).not.toHaveProperty("parameters");
    expect(layers[3]).toMatchObject({ pooling: { keeps: "maximum", sources: expect.any(Array) } });
    expect(layers[4]).toMatchObject({ residual: { scale: 0.5 }, layers: [{ name: "layers.4.layers.0" }, {}] });
    expect(layers[5]).toMatchObject({ training: { dropout: { rate: 0.4, dropped: expect.any(Array) } } });
    expect((json.workedOut as { terms: unknown[] }).terms).toHaveLength(9);
  });

  test("prints 80 columns, without a pass of a training unless --epoch asks for one", async () => {
    const { code, stdout, stderr } = await explain();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).not.toContain("In training");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test.each<[string, string[], string]>([
    ["a place outside", ["--at", "4,0"], '--at: expected a row and a column, from 0,0 to 3,3, got "4,0".'],
    ["epoch 0", ["--epoch", "0"], "--epoch: expected a whole number of at least 1"],
    [
      "augmentation without an epoch",
      ["--augmentation", "shift=1"],
      "--augmentation: expected --epoch beside it, got none. Add --epoch 1.",
    ],
    ["no augmentation", ["--epoch", "1", "--augmentation", "shift"], "--augmentation: expected"],
  ])("refuses %s", async (_, options, sentence) => {
    const args = ["explain", "every.model", "--data", "digits", ...options];
    const { code, stdout, stderr } = await inklingInTurn(directory, args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });
});

test.each<[string, Options, string]>([
  [
    "a layer above the last",
    { layer: "6" },
    "--layer: expected a whole number from 1 to 5, got 6. Or name the layer, as layers.0.",
  ],
  ["a word as a layer", { layer: "top" }, '--layer: expected a whole number from 1 to 5, got "top". Or name the layer'],
  [
    "a layer without such numbers",
    { layer: "layers.5" },
    "(layers.0, layers.3, layers.4.layers.0, layers.4.layers.1, layers.7, layers.8.layers.0, layers.9), got layers.5, dropout, 0.4.",
  ],
  ["a name of no layer", { layer: "layers.12" }, 'got "layers.12".'],
  ["a neuron of a convolution", { neuron: "1" }, "--neuron: expected a dense layer, got layers.0, conv2d 3 of 3 × 3"],
  ["a weight of pooling", { layer: "layers.3", weight: "1" }, "--weight: expected a layer with weights, got layers.3"],
  [
    "a filter of a dense layer",
    { layer: "3", filter: "1" },
    "--filter: expected a convolution or pooling, got layers.7, dense, tanh. Take --neuron.",
  ],
  ["a filter that is not there", { filter: "3" }, "--filter: expected a whole number from 0 to 2, got 3."],
  ["a place outside", { at: "4,0" }, '--at: expected a row and a column, from 0,0 to 3,3, got "4,0".'],
  ["half a place", { at: "2" }, '--at: expected a row and a column, from 0,0 to 3,3, got "2".'],
  ["a tap that is not there", { weight: "9" }, "--weight: expected a whole number from 0 to 8, got 9."],
])("the choice of %s is refused", async (_, options, sentence) => {
  await expect(explained(options)).rejects.toThrow(sentence);
});
