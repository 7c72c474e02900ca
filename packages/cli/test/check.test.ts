// `inkling check` on saved models: every kind of layer, frozen ones, and a table with its scaling.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  activation,
  averagePool2d,
  batchNorm,
  conv2d,
  dense,
  dropout,
  Ensemble,
  flatten,
  globalAveragePool2d,
  maxPool2d,
  meanSquared,
  network,
  residual,
  Scaling,
  standardize,
  table,
} from "inkling";
import { encodeEnsemble, encodeModel } from "inkling/formats";
import { layersOf } from "inkling/proofs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { onlyJson } from "./running.ts";
import { fourFiles, images, writeDirectory } from "./tiny-data.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-check-"));
afterAll(() => rm(directory, { recursive: true }));
const check = (...args: string[]) => inklingInTurn(directory, ["check", ...args]);

const everyKind = () =>
  network(
    [8, 8, 1],
    [
      conv2d(3, 3, { activation: "relu", padding: 1, stride: 2 }),
      batchNorm(),
      activation("gelu"),
      maxPool2d(2, { stride: 1 }),
      residual([conv2d(3, 3, { padding: "same" }), averagePool2d(3, { stride: 1, padding: 1 })], { scale: 0.5 }),
      dropout(0.4),
      residual([activation("silu")]),
      globalAveragePool2d(),
      flatten(),
      dense(6, { activation: "elu", trainable: false }),
      dense(10),
    ],
    { seed: 4 },
  );

const rows = Array.from({ length: 20 }, (_, i) => [i % 7, 1000 * ((i * 5) % 11)]);
const prices = rows.map(([a = 0, b = 0]) => 1e5 * a + b);
const houses = () => {
  const data = table(
    rows,
    prices.map((price) => [price]),
  );
  const targets = table(
    prices.map((price) => [price]),
    prices.map((price) => [price]),
  );
  const { means, deviations } = standardize(targets);
  const names = { columnNames: ["rooms", "area"], targetNames: ["price"] };
  const scaling = { scaling: standardize(data), targetScaling: new Scaling(means, deviations) };
  return network([2], [dense(4, "tanh"), dense(1)], { loss: meanSquared(), ...scaling, ...names });
};

const digits = (seed: number) => network([8, 8, 1], [flatten(), dense(10)], { seed });

beforeAll(async () => {
  await writeDirectory(join(directory, "digits"), fourFiles(images(20, 8), images(20, 8)));
  await writeFile(join(directory, "every.model"), await encodeModel(everyKind()));
  await writeFile(join(directory, "two.model"), await encodeEnsemble(new Ensemble([digits(1), digits(2)])));
  await writeFile(join(directory, "houses.model"), await encodeModel(houses()));
  const lines = rows.map(([a, b], i) => `${a},${b},${prices[i]}`);
  await writeFile(join(directory, "houses.csv"), ["rooms,area,price", ...lines].join("\n"));
});

describe.concurrent("check --model", () => {
  test("checks the parameters and the input of every kind of layer, and says through which it went", async () => {
    const json = onlyJson(await check("--model", "every.model", "--data", "digits", "--samples", "6", "--json"));
    const results = json.results as { name: string; checked: number; on: string; passed: boolean }[];
    expect(json).toMatchObject({ passed: true, batch: 4, layers: layersOf(everyKind()) });
    const layers = json.layers as { type: string; isFrozen: boolean }[];
    expect(layers.filter(({ isFrozen }) => isFrozen)).toMatchObject([
      { name: "layers.9", description: "dense, elu, frozen" },
    ]);
    const names = ["layers.0", "layers.1", "layers.4.layers.0", "layers.10"];
    const parameters = everyKind().parameters.map(({ name }) => name);
    expect(results.filter(({ on }) => on === "pixels").map(({ name }) => name)).toEqual(parameters);
    expect(results.filter(({ on }) => on === "numbers").map(({ name }) => name)).toEqual([...parameters, "input"]);
    for (const name of names) expect(parameters.some((parameter) => parameter.startsWith(name))).toBe(true);
    for (const { checked } of results) expect(checked).toBeGreaterThan(0);
  });

  test("says so to people, no wider than 80 columns", async () => {
    const { code, stdout } = await check("--model", "every.model", "--data", "digits", "--samples", "2");
    expect(code).toBe(0);
    const text = stdout.replace(/\s+/g, " ");
    expect(text).toContain("Through layers.0 conv2d 3 of 3 × 3, stride 2, padding 1, relu; layers.1 batch norm;");
    expect(text).toContain("layers.9 dense, elu, frozen (its parameters are not checked)");
    expect(text).toContain("pixels layers.4.layers.0.weights 27 × 3 2 ");
    expect(text).toContain("The gradient is right");
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("checks the member of an ensemble that is meant", async () => {
    const options = ["--model", "two.model", "--data", "digits", "--samples", "5"];
    const [first, second] = await Promise.all(
      ["1", "2"].map((member) => check(...options, "--member", member, "--json")),
    );
    expect(onlyJson(first)).toMatchObject({ passed: true });
    expect(onlyJson(second).results).not.toEqual(onlyJson(first).results);
    const { code, stderr } = await check(...options);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining("Add --member 1.") });
  });

  test("scales a table and its answers as the model does", async () => {
    const json = onlyJson(await check("houses.csv", "--model", "houses.model", "--json"));
    expect(json).toMatchObject({ passed: true });
    const results = json.results as { name: string; worst: { analytic: number } }[];
    expect(results.map(({ name }) => name)).toEqual([
      "layers.0.weights",
      "layers.0.bias",
      "layers.1.weights",
      "layers.1.bias",
      "input",
    ]);
    // Prices of 100,000 would have gradients as large.
    for (const { worst } of results) expect(Math.abs(worst.analytic)).toBeLessThan(10);
  });

  test.each<[string, string[], string]>([
    ["another network beside it", ["--layers", "5"], "--layers: expected a new network, or --model alone, got both."],
    ["a file that is not there", ["--model", "none.model"], "none.model"],
    ["a member of one network", ["--member", "1"], "--member: expected a file with an ensemble, got one network."],
  ])("refuses %s", async (_, options, sentence) => {
    const { code, stdout, stderr } = await check("--model", "every.model", "--data", "digits", ...options);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(sentence);
  });

  test("refuses a member of no file", async () => {
    const { code, stderr } = await check("--member", "1", "--data", "digits");
    expect(code).toBe(2);
    expect(stderr).toContain(
      "--member: expected a file with an ensemble, as --model ensemble.safetensors, got no file.",
    );
  });
});
