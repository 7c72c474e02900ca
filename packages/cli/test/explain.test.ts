// What `explain` shows. The page answers the questions of somebody who learns how a network learns.
import { batchNorm, dense, flatten, meanSquared, network, quadratic, sgd, standardize, table, train } from "inkling";
import { trace } from "inkling/proofs";
import { beforeAll, describe, expect, test } from "vitest";
import { explanationLines, quietLines } from "../src/report/explanation.ts";
import { largestAt } from "../src/report/explanation-page.ts";
import type { Explanation } from "../src/report/explanation-types.ts";
import { drawSigned } from "../src/report/picture.ts";
import type { Terminal } from "../src/report/terminal.ts";
import { images } from "./tiny-data.ts";

const plain = (width = 100): Terminal => ({ width, colour: false, isNarrow: width < 60, style: (_, text) => text });

const tests = images(20, 4);
const image = tests.pixels.slice(3 * 16, 4 * 16);
image[5] = 0;
/** One neuron of the first layer sleeps through every image. */
const digits = () => {
  const model = network([4, 4, 1], [flatten(), dense(5, "relu"), dense(10)], { seed: 2 });
  model.backend.write(model.parameters[1].value, [-9, 0.1, 0.2, 0.3, 0.4]);
  return model;
};

type Changes = Partial<Explanation> & { readonly learningRate?: number };

/** The explanation of an image, as the command makes it. */
async function explained({ learningRate = 0.1, ...changes }: Changes = {}, model = digits()): Promise<Explanation> {
  const label = "label" in changes ? changes.label : 3;
  const sample = table(
    Array.from({ length: 20 }, (_, i) => Float32Array.from(tests.pixels.subarray(i * 16, i * 16 + 16), (p) => p / 255)),
    Array.from(tests.labels),
    { shape: [4, 4, 1] },
  );
  const found = await trace(model, image, { label, learningRate, sample });
  const neuron = largestAt(found.layers[1].dense?.back?.delta ?? found.layers[1].output);
  const chosen = changes.chosen ?? { layer: 1, neuron, weight: largestAt(image) };
  const hasWayBack = found.back !== undefined;
  return {
    what: "Image 3 of digits test",
    ...{ trace: found, loss: model.loss.type, label, target: undefined, chosen, sample: 20 },
    ...{ shape: [4, 4, 1], columnNames: undefined, classNames: undefined },
    difference: hasWayBack ? await found.difference(chosen.layer, chosen.neuron, chosen.weight) : undefined,
    longer: hasWayBack ? await found.step(sgd({ learningRate: 10 * learningRate })) : undefined,
    trained: { optimizer: "adam", learningRate: 0.004, batchSize: 128 },
    ...changes,
  };
}

const PLACE = /\w+\/[\w-]+\.ts:\d+(, \d+)*$/;

describe("each question is answered by a line", () => {
  let lines: string[];
  beforeAll(async () => {
    lines = explanationLines(await explained(), plain());
  });

  test.each<[string, RegExp]>([
    ["What makes this z?", /^ {2}z(.) = Σ xₖ·W\(k, \d\) \+ b\1, the largest terms first +reference\/products\.ts:\d+$/],
    [
      "Why is this gradient negative?",
      /It is (negative|positive) because x > 0 and δ [<>] 0: a larger W makes z larger/,
    ],
    ["What is δ at the output, and why p − y?", /so ∂C\/∂zⱼ = pⱼ − yⱼ\. At the label: p₃ − 1 = −0\.\d+/],
    [
      "Which pixel mattered?",
      /^ {2}What matters most: the pixel in row \d, column \d, ∂C\/∂x = .*: more ink (lowers|raises) the loss$/,
    ],
    ["What does η × 10 do?", /^ {2}With η × 10 = 1: C goes to [\d.e−]+, /],
    [
      "What does one step change?",
      /^ {2}That step, of all weights and biases, changes C from [\d.]+ to [\d.]+: smaller$/,
    ],
    [
      "Why is a dead ReLU dead?",
      /^ {4}Dead \(silent for each of the first 20 examples\): neuron 0\. The slope of a dead one /,
    ],
    [
      "How is the mean over the batch made?",
      /The mean over the batch: here of one example\. In training 128 examples' x·δ are added/,
    ],
    ["What do biases do?", /b., the bias: it shifts z by the same for every example/],
    [
      "Why He's start?",
      /^ {2}Its start: he, spread √\(2\/16\) = 0\.3536, so that z keeps the size of x \(the 2: ReLU takes/,
    ],
    [
      "Is the gradient right?",
      /^ {2}Is it right\? \(C\(W \+ h\) − C\(W − h\)\) \/ 2h = −?0\.\d+, h = 0\.00001 +proofs\/what-if\.ts:\d+$/,
    ],
    ["Where in the source is this?", /^ {2}Its gradient: ∂C\/∂W = x.+·δ. = .* +layers\/dense\.ts:\d+$/],
  ])("%s", (_, answer) => {
    expect(lines.filter((line) => answer.test(line))).toHaveLength(1);
  });

  test("and the numbers of the answers are those of the trace", async () => {
    const { trace: found, chosen, longer } = await explained();
    const { neuron, weight = 0 } = chosen;
    const layer = found.layers[1].dense;
    const text = lines.join("\n");
    const gradient = layer?.back?.dW.values[weight * 5 + neuron] ?? 0;
    const W = layer?.W.values[weight * 5 + neuron] ?? 0;
    const shown = (value: number, digits: number) => value.toPrecision(digits).replace("-", "−");
    expect(text).toContain(`W(${weight}, ${neuron}) = ${shown(W, 6)}, from the pixel in row`);
    const factor = gradient < 0 ? `(${shown(gradient, 4)})` : shown(gradient, 4);
    const after = shown(Math.fround(W - Math.fround(Math.fround(0.1) * gradient)), 6);
    expect(text).toContain(`W − η·∂C/∂W = ${shown(W, 6)} − 0.1 × ${factor} = ${after}`);
    expect(text).toContain(`from ${shown(found.back?.loss ?? 0, 6)} to ${shown(found.back?.step.loss ?? 0, 6)}`);
    expect(text).toContain(`C goes to ${shown(longer?.loss ?? 0, 6)}`);
  });

  test("with every equation's place at the right edge", () => {
    const placed = lines.filter((line) => PLACE.test(line));
    expect(placed.length).toBeGreaterThan(15);
    for (const line of placed) expect(line).toHaveLength(100);
  });
});

describe("the page", () => {
  test.each([100, 80, 59, 40, 30])("is nowhere wider than a window of %i columns", async (width) => {
    for (const line of explanationLines(await explained(), plain(width)))
      expect(line.length).toBeLessThanOrEqual(width);
  });

  test("shows the image, ∂C/∂x and a neuron's weights side by side", async () => {
    const lines = explanationLines(await explained(), plain());
    expect(lines.slice(2, 4).join("\n")).toMatch(/[▀▄█].*[+−]/);
    expect(lines[4]).toMatch(/^x, the image +∂C\/∂x: − and \+ +W of layer 1, neuron \d$/);
  });

  test("without an answer goes forwards alone, and says how to come back", async () => {
    const text = explanationLines(await explained({ label: undefined }), plain()).join("\n");
    expect(text).toMatch(/^ {2}It is read as an? \d, with \d+\.\d\d %\.$/m);
    expect(text).toMatch(/^There is no way back$/m);
    expect(text).toContain("--label 7 (its class) adds the way back");
    expect(text).not.toMatch(/∂C/);
  });

  test("says why nothing is learnt by a silent neuron, and by a weight from an input of 0", async () => {
    const silent = await explained({ chosen: { layer: 1, neuron: 0, weight: 3 } });
    expect(explanationLines(silent, plain()).join("\n")).toMatch(/It is 0 because δ is 0: the neuron is silent/);
    const { chosen } = await explained();
    const zero = await explained({ chosen: { ...chosen, weight: 5 } });
    expect(explanationLines(zero, plain()).join("\n")).toMatch(/It is 0 because x is 0/);
  });

  test("works the last layer's neuron out too, with a hidden δ below", async () => {
    const last = await explained({ chosen: { layer: 2, neuron: 3, weight: 1 } });
    const text = explanationLines(last, plain()).join("\n");
    expect(text).toMatch(/^One neuron by hand: layer 2, neuron 3$/m);
    expect(text).toMatch(/W\(1, 3\) = .*, from neuron 1 of layer 1$/m);
    expect(text).toMatch(/δ. by hand\. ∂C\/∂a. = Σ δⱼ·W\(., j\)/);
  });

  test("says when a step is too long", async () => {
    const long = await explained({ learningRate: 0.1, longer: { loss: 9 } as never });
    expect(explanationLines(long, plain()).join("\n")).toContain("C goes to 9.00000, up again: the step is too long");
  });

  test("quiet, says what matters most", async () => {
    expect(quietLines(await explained(), plain())).toEqual([
      "Image 3 of digits test: a 3",
      expect.stringMatching(/^ {2}It is read as an? \d, with \d+\.\d\d %: (right|wrong)\.$/),
      expect.stringMatching(/^ {2}One step with η = 0\.1 changes its loss from [\d.]+ to [\d.]+\.$/),
    ]);
  });

  test("explains a network of sigmoids with the quadratic loss", async () => {
    const model = network([4, 4, 1], [flatten(), dense(5, "sigmoid"), dense(10, "sigmoid")], { loss: quadratic() });
    const text = explanationLines(await explained({}, model), plain()).join("\n");
    expect(text).toMatch(/Loss: C = ½·Σ \(aⱼ − yⱼ\)² = /);
    expect(text).toMatch(/∂C\/∂a = a − y, the slope of the loss +losses\/squared\.ts:\d+$/m);
    expect(text).toMatch(/δ = ∂C\/∂z = ∂C\/∂a ⊙ σ′\(z\) \(BP1\)/);
  });

  test("explains a network without hidden layers", async () => {
    const model = network([4, 4, 1], [flatten(), dense(10)]);
    const text = explanationLines(await explained({}, model), plain()).join("\n");
    expect(text).toMatch(/so ∂C\/∂zⱼ = pⱼ − yⱼ/);
    expect(text).not.toMatch(/by hand\. ∂C/);
  });
});

test("a table's columns have their names in place of pixels, and nothing in them reaches the terminal as it is", async () => {
  const rows = [
    [1, 100, 5],
    [2, 300, 1],
    [3, 200, 4],
  ];
  const columnNames = ["height\u001b[2J", "width", "a name of a column that has no end and goes on and on"];
  const data = table(rows, [[10], [30], [20]], { columnNames });
  const model = network([3], [dense(4, "tanh"), dense(1)], { loss: meanSquared(), scaling: standardize(data) });
  await train(model, data, { epochs: 2 });
  const found = await trace(model, rows[0], { target: [10] });
  const explanation: Explanation = {
    ...(await explained()),
    what: "Row 0 of \u001b]0;title\u0007",
    ...{ trace: found, shape: [3], columnNames: model.columnNames, loss: "meanSquared" },
    ...{ label: undefined, target: [10], chosen: { layer: 0, neuron: 1, weight: 0 } },
  };
  for (const width of [100, 40]) {
    const text = explanationLines(explanation, plain(width)).join("\n");
    expect(text).toContain("height\\u001b[2J");
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  }
  const text = explanationLines(explanation, plain()).join("\n");
  expect(text).toMatch(/^Row 0 of \\u001b\]0;title\\u0007$/m);
  expect(text).toMatch(/^ {2}Predicted: .*; it should be 10\.00\.$/m);
  expect(text).toMatch(/What matters most: .*: more of it (lowers|raises) the loss$/m);
  expect(text).toMatch(/∂C\/∂a = \(2\/n\)·\(a − y\), the slope of the loss/);
});

test("the reason for a gradient's sign is the signs of its factors, and says what a larger weight does", async () => {
  const model = network([3], [dense(4, "tanh"), dense(2)], { seed: 1 });
  const example = [2, -3, 1];
  const found = await trace(model, example, { label: 1 });
  const { dW, delta } = found.layers[0].dense?.back ?? {};
  const seen = new Set<string>();
  for (let weight = 0; weight < 3; weight++) {
    for (let neuron = 0; neuron < 4; neuron++) {
      const chosen = { layer: 0, neuron, weight };
      const lines = explanationLines({ ...(await explained()), trace: found, label: 1, shape: [3], chosen }, plain());
      const text = lines.join("\n").replace(/\s+/g, " ");
      const [x, d, gradient] = [example[weight], delta?.[neuron] ?? 0, dW?.values[weight * 4 + neuron] ?? 0];
      const [xSign, dSign] = [x, d].map((value) => (value < 0 ? "< 0" : "> 0"));
      const [sign, loss] = gradient < 0 ? ["negative", "smaller"] : ["positive", "larger"];
      expect(text).toContain(
        `It is ${sign} because x ${xSign} and δ ${dSign}: a larger W makes z ${x < 0 ? "smaller" : "larger"}, and so the loss ${loss} `,
      );
      seen.add(xSign + dSign);
    }
  }
  expect(seen.size).toBe(4);
});

describe("a signed picture", () => {
  const pixels = [1, -1, 0, 0.1, 0, 0.5, -0.05, 0];

  test("has signs where colours do not show: of two rows the larger number's", () => {
    expect(drawSigned({ height: 2, width: 4, pixels }, plain())).toEqual(["+−  "]);
    expect(drawSigned({ height: 3, width: 2, pixels: [0, 1, -1, 0.2, 0.3, 0] }, plain())).toEqual(["−+", "+ "]);
  });

  test("is blue where numbers are positive, orange where they are negative, and black where they are 0", () => {
    const [line] = drawSigned({ height: 2, width: 3, pixels: [1, -1, 0, 0, 0, 0] }, { ...plain(), colour: true });
    const cell = (upper: number, lower: number) => `\u001b[38;5;${upper};48;5;${lower}m▀`;
    expect(line).toBe(`${cell(81, 16)}${cell(215, 16)}${cell(16, 16)}\u001b[0m`);
  });

  test("of zeros is empty", () => {
    expect(drawSigned({ height: 1, width: 3, pixels: [0, 0, 0] }, plain())).toEqual(["   "]);
  });
});

describe("batch normalization", () => {
  const normed = () =>
    network([4, 4, 1], [flatten(), dense(5), batchNorm(), dense(4, "relu"), dense(10), batchNorm()], { seed: 2 });

  test("is worked out with both kinds of statistics, forwards and backwards", async () => {
    const text = explanationLines(await explained({}, normed()), plain()).join("\n");
    for (const line of [
      /^ {2}layers\.2, batch norm of 5 channels: x̂ = .*\n +layers\/batch-norm\.ts:\d+$/m,
      /^ {4}μ and v are the running ones/m,
      /^ {4}A training takes those of its batch; of 20 examples of these data/m,
      /^ {4}x̂. = \(.*\) \/ √\(1\.000 \+ 0\.00001\) = /m,
      /^ {2}layers\.5, batch norm: ∂C\/∂x = \(γ \/ √\(v \+ ε\)\)·δ/m,
      /^ {2}Layer 3: ∂C\/∂a is the ∂C\/∂x from above/m,
      /^ {2}Layer 2: ∂C\/∂a = δ·Wᵀ/m,
    ]) {
      expect(text).toMatch(line);
    }
  });

  test("without an answer has no way back", async () => {
    const text = explanationLines(await explained({ label: undefined }, normed()), plain()).join("\n");
    expect(text).toContain("batch norm of 10 channels");
    expect(text).not.toContain("∂C/∂γ");
  });
});
