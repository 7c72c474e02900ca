// Several networks as one: what they say together by hand, the same bits on every backend, and what cannot be together.
import {
  augment,
  Dataset,
  dense,
  Ensemble,
  ensembleSeeds,
  evaluate,
  flatten,
  meanSquared,
  type Network,
  network,
  predictAll,
  quadratic,
  Scaling,
  train,
} from "inkling";
import type { Backend } from "inkling/backends";
import { Stream } from "inkling/numbers";
import { Reference } from "inkling/proofs";
import { describe, expect, test } from "vitest";
import { Wasm } from "../src/backends/wasm/wasm.ts";
import { nativeBackends } from "./native-backends.ts";

const { fround } = Math;
/** The seeds of five networks from 1. */
const PINNED = [1, 3290872103, 2451969849, 1100613402, 4155777552];
const stream = new Stream(8, "ensemble test");
/** Points in four dimensions, of three classes that overlap; more than one chunk of them. */
const points = (() => {
  const labels = Uint8Array.from({ length: 1100 }, (_, i) => i % 3);
  const inputs = Float32Array.from({ length: 4400 }, (_, e) => {
    return stream.uniform(e) * 2 - 1 + (e % 4 === labels[Math.floor(e / 4)] ? 0.6 : 0);
  });
  return new Dataset({ name: "points", shape: [4], classes: 3, inputs, labels });
})();

/** Networks that were trained from different seeds, on a backend. */
async function trained(backend: Backend, count = 3): Promise<Network<"classes">[]> {
  const members = ensembleSeeds(5, count).map((seed) => network([4], [dense(6, "relu"), dense(3)], { seed, backend }));
  for (const member of members) await train(member, points.take(200), { epochs: 2 });
  return members;
}

/** A network that says the same of everything: its outputs are these logits. */
const saying = (...logits: number[]) =>
  network([1], [dense(logits.length)], {
    backend: new Reference(),
    initialValues: new Map([
      ["layers.0.weights", new Float32Array(logits.length)],
      ["layers.0.bias", Float32Array.from(logits)],
    ]),
  });
const members = await trained(new Reference());

describe("the mean", () => {
  test("adds the probabilities in the order of the members in float64, and rounds once", async () => {
    const each = await Promise.all(members.map((member) => predictAll(member, points)));
    const sums = Array.from(each[0].probabilities, (_, e) => each.reduce((sum, { probabilities: p }) => sum + p[e], 0));
    const { labels, probabilities } = await predictAll(new Ensemble(members), points);
    expect(probabilities).toEqual(Float32Array.from(sums, (sum) => sum / 3));
    const largest = Array.from(labels, (_, i) => {
      const row = Array.from(probabilities.subarray(3 * i, 3 * i + 3));
      return row.indexOf(Math.max(...row));
    });
    expect(Array.from(labels)).toEqual(largest);
  });

  test("of equal probabilities takes the first class", async () => {
    const { label, probabilities } = await new Ensemble([saying(0, 200, 0), saying(0, 0, 200)]).predict([0]);
    expect(probabilities[1]).toBe(probabilities[2]);
    expect(label).toBe(1);
  });

  test("of numbers is taken in the units of the data", async () => {
    const tens = network([1], [dense(1)], {
      backend: new Reference(),
      loss: meanSquared(),
      initialValues: new Map([
        ["layers.0.weights", [0]],
        ["layers.0.bias", [2]],
      ]),
      targetScaling: new Scaling([100], [10]),
    });
    const plain = network([1], [dense(1)], {
      backend: new Reference(),
      loss: meanSquared(),
      initialValues: new Map([
        ["layers.0.weights", [3]],
        ["layers.0.bias", [1]],
      ]),
    });
    const both = new Ensemble([tens, plain]);
    const { values, members: each, task } = await both.predict([5]);
    expect({ task, values: Array.from(values), each: each.map((one) => Array.from(one.values)) }).toEqual({
      task: "numbers",
      values: [68],
      each: [[120], [16]],
    });
    const targets = Float32Array.of(70, 60);
    const two = new Dataset({ name: "two", shape: [1], inputs: Float32Array.of(5, 3), targets });
    expect(Array.from((await predictAll(both, two)).values)).toEqual([68, 65]);
    expect(await evaluate(both, two)).toMatchObject({
      meanAbsoluteError: 3.5,
      // The members' losses, scaled as each sees the numbers: ((2 − −3)² + (2 − −4)²) / 2 and (54² + 50²) / 2, halved.
      loss: ((await evaluate(tens, two)).loss + (await evaluate(plain, two)).loss) / 2,
    });
  });
});

describe("a vote", () => {
  test("goes to the class that most networks name, also where the mean says another", async () => {
    const all = [saying(0.1, 0, 0), saying(0.1, 0, 0), saying(0, 9, 0)];
    expect((await new Ensemble(all).predict([0])).label).toBe(1);
    const found = await new Ensemble(all, { combine: "vote" }).predict([0]);
    expect(found.label).toBe(0);
    expect(found.members.map(({ label }) => label)).toEqual([0, 0, 1]);
    // What is said of the classes is the mean all the same.
    expect(found.probabilities).toEqual((await new Ensemble(all).predict([0])).probabilities);
  });

  test.each<[string, number[][], number]>([
    [
      "the larger mean probability",
      [
        [0, 1, 0],
        [0, 0, 2],
      ],
      2,
    ],
    [
      "of equal probabilities to the lowest class",
      [
        [0, 0, 200],
        [0, 200, 0],
      ],
      1,
    ],
    [
      "the larger mean, of two classes",
      [
        [1, 0],
        [0, 1.5],
      ],
      1,
    ],
    [
      "of two classes and equal probabilities to class 0",
      [
        [0, 1],
        [1, 0],
      ],
      0,
    ],
    [
      "never a class that nobody names, however probable",
      [
        [2, 1.9, 0],
        [0, 1.9, 2],
      ],
      0,
    ],
  ])("that is a draw goes to %s", async (_name, logits, label) => {
    const ensemble = new Ensemble(
      logits.map((one) => saying(...one)),
      { combine: "vote" },
    );
    expect((await ensemble.predict([0])).label).toBe(label);
    const one = new Dataset({ name: "one", shape: [1], inputs: new Float32Array(1) });
    expect(Array.from((await predictAll(ensemble, one)).labels)).toEqual([label]);
  });

  test("decides accuracy, confusion and the order of the classes, by hand", async () => {
    const ensemble = new Ensemble(members, { combine: "vote" });
    const each = await Promise.all(members.map((member) => predictAll(member, points)));
    const { probabilities } = await predictAll(new Ensemble(members), points);
    let [hits, amongTwo] = [0, 0];
    const said = Array.from({ length: points.count }, (_, i) => {
      const votes = [0, 1, 2].map((c) => each.filter(({ labels }) => labels[i] === c).length);
      const order = [0, 1, 2].sort(
        (a, b) => votes[b] - votes[a] || probabilities[3 * i + b] - probabilities[3 * i + a] || a - b,
      );
      if (order[0] === i % 3) hits++;
      if (order.indexOf(i % 3) < 2) amongTwo++;
      return order[0];
    });
    expect(Array.from((await predictAll(ensemble, points)).labels)).toEqual(said);
    const { accuracy, confusion, topK } = await evaluate(ensemble, points, { topK: 2 });
    expect(accuracy).toBe(hits / points.count);
    expect(topK).toEqual({ k: 2, accuracy: amongTwo / points.count });
    expect(confusion[0][1]).toBe(said.filter((label, i) => i % 3 === 0 && label === 1).length);
  });

  test("of two classes orders examples by how many name the second, then by the mean, for the ROC curve", async () => {
    // Of four examples: votes 0, 1, 1, 2 for class 1; the two in the middle differ in the mean.
    const line = (slope: number, at: number) =>
      network([1], [dense(2)], {
        backend: new Reference(),
        initialValues: new Map([
          ["layers.0.weights", [0, slope]],
          ["layers.0.bias", [0, -slope * at]],
        ]),
      });
    const ensemble = new Ensemble([line(1, 0), line(1, 4)], { combine: "vote" });
    const labels = [0, 0, 1, 1];
    const four = new Dataset({ name: "four", shape: [1], classes: 2, inputs: Float32Array.of(-1, 1, 3, 5), labels });
    const { auc, accuracy } = await evaluate(ensemble, four);
    expect({ auc, accuracy }).toEqual({ auc: 1, accuracy: 1 });
    const swapped = new Dataset({ ...four, labels: [0, 1, 0, 1], classes: 2 });
    expect((await evaluate(ensemble, swapped)).auc).toBe(0.75);
  });
});

describe("an ensemble", () => {
  test("has a loss that is the mean of its members', and together fewer mistakes than most", async () => {
    const ensemble = new Ensemble(members);
    const each = await Promise.all(members.map((member) => evaluate(member, points)));
    const { loss, accuracy } = await evaluate(ensemble, points);
    expect(loss).toBe((each[0].loss + each[1].loss + each[2].loss) / 3);
    expect(accuracy).toBeGreaterThan(each.map((one) => one.accuracy).sort()[0]);
  });

  test("of one network says what the network says", async () => {
    const [member] = members;
    for (const combine of ["mean", "vote"] as const) {
      const one = new Ensemble([member], { combine });
      expect(await evaluate(one, points)).toEqual(await evaluate(member, points));
      expect(await predictAll(one, points)).toEqual(await predictAll(member, points));
      expect(await one.weightsSha256()).toBe(await member.weightsSha256());
    }
  });

  test("predicts one example as all", async () => {
    for (const combine of ["mean", "vote"] as const) {
      const ensemble = new Ensemble(members, { combine });
      const { labels, probabilities } = await predictAll(ensemble, points.take(20));
      for (let i = 0; i < 20; i++) {
        const one = await ensemble.predict(points.example(i));
        expect(one.label).toBe(labels[i]);
        expect(one.probabilities).toEqual(probabilities.subarray(3 * i, 3 * i + 3));
      }
    }
  });

  test("knows its classes' names, and says them", async () => {
    const named = (seed: number) => network([1], [dense(2)], { seed, classNames: ["cat", "dog"] });
    const ensemble = new Ensemble([named(1), named(2)]);
    const { className, label } = await ensemble.predict([1]);
    expect(className).toBe(["cat", "dog"][label]);
    expect(ensemble.classNames).toEqual(["cat", "dog"]);
  });

  test("looks at changed copies of an image, the same ones for every member", async () => {
    const inputs = Uint8Array.from({ length: 30 * 64 }, (_, e) => stream.below(256, e, 1));
    const images = new Dataset({ name: "images", shape: [8, 8, 1], classes: 2, inputs, labels: new Uint8Array(30) });
    const make = (seed: number) => network([8, 8, 1], [flatten(), dense(2)], { seed, backend: new Reference() });
    const options = { augmentation: augment({ shift: 1 }), copies: 3, seed: 4 };
    const [a, b] = [make(1), make(2)];
    const [p, q] = [
      (await predictAll(a, images, options)).probabilities,
      (await predictAll(b, images, options)).probabilities,
    ];
    const { probabilities } = await predictAll(new Ensemble([a, b]), images, options);
    expect(probabilities).toEqual(Float32Array.from(p, (x, e) => (x + q[e]) / 2));
    const usual = { ...options, seed: 1 };
    const { seed: _, ...without } = options;
    expect(await evaluate(new Ensemble([a, b]), images, without)).toEqual(
      await evaluate(new Ensemble([a, b]), images, usual),
    );
  });

  test("has a digest of its own: of all tensors, member after member", async () => {
    const [a, b] = members;
    const digest = await new Ensemble([a, b]).weightsSha256();
    expect(digest).not.toBe(await new Ensemble([b, a]).weightsSha256());
    const parts: number[] = [];
    for (const { tensors, backend } of [a, b]) {
      for (const { value } of tensors) parts.push(...(await backend.read(value)));
    }
    const bytes = new Uint8Array(Float32Array.from(parts).buffer);
    const wanted = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    expect(digest).toBe(Array.from(wanted, (byte) => byte.toString(16).padStart(2, "0")).join(""));
  });

  test("gives its memory back, and cannot be used then", async () => {
    const ensemble = new Ensemble([saying(1, 2), saying(2, 1)]);
    ensemble.close();
    await expect(ensemble.predict([0])).rejects.toThrow();
  });
});

const backends: [string, Backend][] = [["wasm", new Wasm()], ...(await nativeBackends([2]))];

test.each(backends)("an ensemble ends with the same bits on %s", async (_name, backend) => {
  const fast = await trained(backend);
  for (const combine of ["mean", "vote"] as const) {
    const [a, b] = [new Ensemble(members, { combine }), new Ensemble(fast, { combine })];
    expect(await b.weightsSha256()).toBe(await a.weightsSha256());
    expect(await predictAll(b, points)).toEqual(await predictAll(a, points));
    expect(await evaluate(b, points)).toEqual(await evaluate(a, points));
  }
});

test("an ensemble of float64 networks is rounded to float32 at its end", async () => {
  const wide = await trained(new Reference("float64"), 2);
  const { probabilities } = await predictAll(new Ensemble(wide), points.take(3));
  const each = await Promise.all(wide.map((member) => member.predict(points.example(0))));
  expect(probabilities[0]).toBe(fround((each[0].probabilities[0] + each[1].probabilities[0]) / 2));
});

describe("ensembleSeeds", () => {
  test("begins with the seed, and draws the others, which are always the same", () => {
    expect(ensembleSeeds(1, 5)).toEqual([1, ...ensembleSeeds(1, 5).slice(1)]);
    expect(ensembleSeeds(1, 5)).toEqual(PINNED);
    expect(ensembleSeeds(1, 3)).toEqual(PINNED.slice(0, 3));
    expect(new Set([...ensembleSeeds(1, 100), ...ensembleSeeds(2, 100)]).size).toBe(200);
  });

  test.each<[string, number, number, string]>([
    ["no networks", 1, 0, "ensembleSeeds: expected a count from 1 to 100, got 0."],
    ["too many", 1, 101, "ensembleSeeds: expected a count from 1 to 100, got 101."],
    ["half a seed", 0.5, 2, "ensembleSeeds: expected seed to be a whole number of at least 0, got 0.5."],
  ])("refuses %s", (_name, seed, count, sentence) => {
    expect(() => ensembleSeeds(seed, count)).toThrow(sentence);
  });
});

const two = () => network([1], [dense(2)]);
test.each<[string, () => unknown, string]>([
  ["no list", () => new Ensemble(two() as never), "Ensemble: expected a list of networks, got a Network. Write new"],
  ["no network", () => new Ensemble([]), "Ensemble: expected 1 to 100 networks, got 0."],
  [
    "something else",
    () => new Ensemble([two(), {}] as never),
    "Ensemble, members[1]: expected a network, got an object.",
  ],
  [
    "a network twice",
    () => {
      const one = two();
      return new Ensemble([one, two(), one]);
    },
    "Ensemble, members[2]: expected every network once, got members[0] again.",
  ],
  [
    "other inputs",
    () => new Ensemble([two(), network([2], [dense(2)])]),
    "Ensemble, members[1], input shape: expected 1, as members[0], got 2.",
  ],
  [
    "other classes",
    () => new Ensemble([two(), two(), network([1], [dense(3)])]),
    "Ensemble, members[2], outputs: expected 2, as members[0], got 3.",
  ],
  [
    "another loss",
    () => new Ensemble([two(), network([1], [dense(2, "sigmoid")], { loss: quadratic() })]),
    "Ensemble, members[1], loss: expected crossEntropy, as members[0], got quadratic.",
  ],
  [
    "other names",
    () =>
      new Ensemble(
        [
          ["cat", "dog"],
          ["dog", "cat"],
        ].map((classNames) => network([1], [dense(2)], { classNames })),
      ),
    'Ensemble, members[1], classNames[0]: expected "cat", as members[0], got "dog".',
  ],
  [
    "names in one of them",
    () => new Ensemble([network([1], [dense(2)], { classNames: ["cat", "dog"] }), two()]),
    'Ensemble, members[1], classNames: expected "cat", "dog", as members[0], got none.',
  ],
  [
    "a vote about numbers",
    () => new Ensemble([network([1], [dense(1)], { loss: meanSquared() })], { combine: "vote" }),
    'Ensemble: expected combine "mean" (the networks predict numbers), got "vote".',
  ],
  [
    "another way",
    () => new Ensemble([two()], { combine: "votes" as never }),
    'Ensemble: expected combine to be one of mean, vote, got "votes". Did you mean vote?',
  ],
  ["another option", () => new Ensemble([two()], { combines: 1 } as never), "Did you mean combine?"],
])("an ensemble refuses %s", (_name, make, sentence) => {
  expect(make).toThrow(sentence);
});

test("what no network fits is refused by an ensemble too", async () => {
  const ensemble = new Ensemble([saying(0, 1)]);
  await expect(evaluate(ensemble, points)).rejects.toThrow("evaluate: expected examples of 1 numbers");
  await expect(ensemble.predict([1, 2])).rejects.toThrow("predict: expected 1 numbers");
  await expect(evaluate({ members: [] } as never, points)).rejects.toThrow(
    "evaluate: expected a network, got an object.",
  );
});
