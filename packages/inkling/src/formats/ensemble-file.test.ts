// Ensembles as files: what comes back, and what is refused in one sentence.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { load, loadAny, loadEnsemble, save } from "../../platform/node/models.ts";
import { whole as networkFile, numbers, trained } from "../../test/small-model.ts";
import { Reference } from "../backends/reference/reference.ts";
import { ModelFileError } from "../errors.ts";
import { Ensemble } from "../evaluation/ensemble.ts";
import { dense } from "../layers/dense.ts";
import { Network, network } from "../network/network.ts";
import { decodeAny, decodeEnsemble, encodeEnsemble } from "./ensemble-file.ts";
import { decodeModel, encodeModel } from "./model-file.ts";
import { decodeTensors, encodeTensors, type Tensors } from "./safetensors.ts";

/** A trained network, and one that was never trained and has another layer. */
const members = [await trained(), network([2], [dense(2)], { seed: 3, backend: new Reference() })];
const ensemble = new Ensemble(members, { combine: "vote" });
const whole = await encodeEnsemble(ensemble);
const { metadata, tensors } = decodeTensors(whole, "whole");
const altered = (changes: Partial<Tensors>) => encodeTensors({ metadata, tensors, ...changes });

describe("encodeEnsemble and decodeEnsemble", () => {
  test("give back every member, with its record, and how they are combined", async () => {
    const again = decodeEnsemble(whole);
    expect(again.combine).toBe("vote");
    expect(again.members).toHaveLength(2);
    for (const [k, member] of again.members.entries()) {
      expect(await numbers(member)).toEqual(await numbers(members[k]));
      expect(member.training).toEqual(members[k].training);
      expect(member.specs).toEqual(members[k].specs);
    }
    expect(await again.weightsSha256()).toBe(await ensemble.weightsSha256());
    expect(await encodeEnsemble(again)).toEqual(whole);
  });

  test("give back the bits of float64, on a backend of that precision", async () => {
    const wide = new Ensemble([await trained("float64")]);
    const again = decodeEnsemble(await encodeEnsemble(wide), { backend: new Reference("float64") });
    expect(await numbers(again.members[0])).toEqual(await numbers(wide.members[0]));
    expect(again.combine).toBe("mean");
  });

  test("have each member as its own file has it", async () => {
    const own = decodeTensors(await encodeModel(members[1]), "own");
    for (const { name, shape, values } of own.tensors) {
      expect(tensors.find((tensor) => tensor.name === `members.1.${name}`)).toMatchObject({ shape, values });
    }
    expect(metadata["members.1.inkling.architecture"]).toBe(own.metadata["inkling.architecture"]);
  });
});

describe("a file says what it holds", () => {
  test("so that decodeAny takes both, and the others one", () => {
    expect(decodeAny(whole)).toBeInstanceOf(Ensemble);
    expect(decodeAny(networkFile)).toBeInstanceOf(Network);
    expect(() => decodeModel(whole, { name: "five" })).toThrow(
      "five: expected one network, got an ensemble of several. loadEnsemble and decodeEnsemble read it. Nothing was loaded.",
    );
    expect(() => decodeEnsemble(networkFile, { name: "one" })).toThrow(
      "one: expected an ensemble (with inkling.ensemble in its __metadata__), got another file. load and decodeModel " +
        "read a network. Nothing was loaded.",
    );
  });

  const made = mkdtemp(join(tmpdir(), "inkling-ensemble-"));
  afterAll(async () => rm(await made, { recursive: true }));

  test("so that load, loadEnsemble and loadAny do the same", async () => {
    const [five, one] = ["five", "one"].map((name) => join("", name));
    const directory = await made;
    await save(ensemble, join(directory, five));
    await save(members[0], join(directory, one));
    expect((await loadEnsemble(join(directory, five))).combine).toBe("vote");
    expect(await loadAny(join(directory, five))).toBeInstanceOf(Ensemble);
    expect(await loadAny(join(directory, one), { backend: new Reference() })).toBeInstanceOf(Network);
    await expect(load(join(directory, five))).rejects.toThrow(
      "five: expected one network, got an ensemble of several.",
    );
    await expect(loadEnsemble(join(directory, one))).rejects.toThrow("one: expected an ensemble");
    await expect(save(ensemble, join(directory, five), { metrics: { a: 1 } })).rejects.toThrow("save, of an ensemble:");
    await expect(loadEnsemble(5 as never)).rejects.toThrow("loadEnsemble: expected a path");
    await expect(loadAny("x", { name: "y" } as never)).rejects.toThrow(
      "loadAny: expected options among backend, kinds",
    );
  });
});

describe("decodeEnsemble refuses", () => {
  test("a file that is cut off anywhere", () => {
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeEnsemble(whole.subarray(0, length), { name: "file" })).toThrow(ModelFileError);
    }
  });

  const head = (value: unknown) => ({ metadata: { ...metadata, "inkling.ensemble": JSON.stringify(value) } });
  const without = (name: string) =>
    Object.fromEntries(Object.entries(metadata).filter(([other]) => !other.startsWith(name)));
  test.each<[string, Partial<Tensors>, string]>([
    [
      "a newer format",
      { metadata: { ...metadata, "inkling.format": "ensemble 2" } },
      'file: expected the format "ensemble 1", got "ensemble 2". Take a newer Inkling.',
    ],
    ["no format", { metadata: without("inkling.format") }, 'expected the format "ensemble 1", got none.'],
    ["no number of members", head({ combine: "mean" }), "members from 1 to 100, got nothing."],
    ["no members", head({ members: 0, combine: "mean" }), "members from 1 to 100, got 0."],
    ["too many members", head({ members: 1e9, combine: "mean" }), "members from 1 to 100, got 1000000000."],
    ["no way to combine", head({ members: 2 }), "file, inkling.ensemble: expected combine to be one of mean, vote"],
    ["an unknown way", head({ members: 2, combine: "best" }), 'got "best".'],
    ["a list", head([2]), "members from 1 to 100, got nothing."],
    ["a member too few", head({ members: 1, combine: "vote" }), "tensors of members 0 to 0, got members.1.layers.0."],
    ["a member too many", head({ members: 3, combine: "vote" }), "file, members.2: expected a model of Inkling"],
    [
      "a tensor of nobody",
      { tensors: [...tensors, { name: "members.01.layers.0.weights", shape: [1], values: new Float32Array(1) }] },
      "expected tensors of members 0 to 1, got members.01.layers.0.weights.",
    ],
    ["a member without architecture", { metadata: without("members.1.") }, "file, members.1: expected a model of"],
    [
      "a member without a tensor",
      { tensors: tensors.filter(({ name }) => name !== "members.1.layers.0.bias") },
      "file, members.1: expected tensor layers.0.bias of 2, got none.",
    ],
    [
      "members of other outputs",
      {
        metadata: {
          ...metadata,
          "members.1.inkling.architecture": (metadata["members.1.inkling.architecture"] ?? "").replace(
            '"outputs":2',
            '"outputs":3',
          ),
        },
        tensors: tensors.map((tensor) => {
          if (!tensor.name.startsWith("members.1.")) return tensor;
          const shape = tensor.name.endsWith("bias") ? [3] : [2, 3];
          return { ...tensor, shape, values: new Float32Array(shape.reduce((a, b) => a * b)) };
        }),
      },
      "file, Ensemble, members[1], outputs: expected 2, as members[0], got 3.",
    ],
  ])("%s", (_name, changes, sentence) => {
    const decode = () => decodeEnsemble(altered(changes), { name: "file" });
    expect(decode).toThrow(ModelFileError);
    expect(decode).toThrow(sentence);
    expect(decode).toThrow(/Nothing was loaded\.$/);
  });

  test("what is no ensemble, where one is written", async () => {
    await expect(encodeEnsemble(members[0] as never)).rejects.toThrow(
      "encodeEnsemble: expected an ensemble, got a Network. Make one with new Ensemble([network, …]).",
    );
  });
});
