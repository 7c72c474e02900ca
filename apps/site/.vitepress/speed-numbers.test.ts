// The numbers of the chapters on speed and on equal bits: counted here, or those of the run and the pages they name.
import { readFile } from "node:fs/promises";
import { Stream } from "inkling/numbers";
import { describe, expect, test } from "vitest";

const root = new URL("../../../", import.meta.url);
const textOf = (file: string) => readFile(new URL(file, root), "utf8");
const [speed, bits, results, how] = await Promise.all(
  [
    "apps/site/pages/book/speed.md",
    "apps/site/pages/book/same-bits.md",
    "bench/results/latest.json",
    "docs/original.md",
  ].map(textOf),
);
const whole = (value: number) => value.toLocaleString("en");

interface Peers {
  readonly peers: Readonly<Record<string, Readonly<Record<string, { readonly median: number }>>>>;
}
const { tasks } = JSON.parse(results as string) as { tasks: Readonly<Record<string, Peers>> };
const median = (task: string, peer: string, what = "training") =>
  tasks[task]?.peers[peer]?.[what]?.median ?? Number.NaN;

describe("what is counted", () => {
  test("a step of 784-128-10 with 128 digits, and an epoch", () => {
    const product = (m: number, k: number, n: number) => 2 * m * k * n;
    const [first, last] = [product(128, 784, 128), 3 * product(128, 128, 10)];
    expect(speed).toContain(`128 × 784 by 784 × 128 | ${whole(first)} |`);
    expect(speed).toContain(`last layer, forwards and twice backwards | ${whole(last)} |`);
    expect(speed).toContain(`all products | ${whole(2 * first + last)} |`);
    expect(Math.floor((100 * 2 * first) / (2 * first + last))).toBe(98);
    expect(speed).toContain(`${(((2 * first + last) * 60_000) / 128 / 1e9).toFixed(1)} billion operations`);
    const small = 2 * product(10, 784, 30) + 3 * product(10, 30, 10);
    expect(speed).toContain(
      `${whole(small)} operations, zeros included. At 99 GFLOP/s that would be ${Math.round(small / 99e3)} µs`,
    );
  });

  test("work for each byte", () => {
    const row = (m: number, k: number, n: number, digits: number) => {
      const [work, bytes] = [2 * m * k * n, 4 * (m * k + k * n + m * n)];
      return `| ${whole(work)} | ${whole(bytes)} | ${(work / bytes).toFixed(digits)} |`;
    };
    for (const line of [row(128, 512, 512, 1), row(128, 128, 10, 1), row(1, 784, 128, 2)])
      expect(speed).toContain(line);
    // W, gradient, m and v are read, W, m and v are written.
    expect(speed).toContain(`Adam, for each weight | 12 | ${4 * (4 + 3)} | ${(12 / 28).toFixed(2)} |`);
    expect(Math.round(99 / 42)).toBe(2);
  });
});

describe("what was measured", () => {
  test("the benchmark's medians", () => {
    const shown = [
      ["T2", "training", "s"],
      ["T3", "training", "s"],
      ["T4", "training", "s"],
      ["T5", "10,000 images", "ms"],
      ["T10", "training", "s"],
      ["T11", "training", "s"],
    ] as const;
    for (const [task, what, unit] of shown) {
      const line = (speed as string).split("\n").find((text) => text.startsWith(`| ${task}:`)) ?? "";
      const cells = line
        .split("|")
        .slice(2, 6)
        .map((cell) => cell.replaceAll("*", "").trim());
      const expected = ["inkling", "inkling-wasm", "torch", "jax"].map((peer) => {
        return `${median(task, peer, what).toPrecision(3)} ${unit}`;
      });
      expect(cells, task).toEqual(expected);
    }
    for (const [peer, name] of [
      ["inkling", "Inkling"],
      ["jax", "JAX"],
      ["torch", "PyTorch"],
    ] as const)
      expect(speed).toContain(`| ${name} | ${Math.round((1e6 * median("T2", peer)) / 6000)} µs |`);
    expect(speed).toContain(`takes ${median("T3", "tfjs-wasm").toPrecision(2)} seconds in one program`);
    const one = (peer: string, digits: number) => median("T5", peer, "one image").toFixed(digits);
    expect(speed).toContain(
      `${one("inkling", 1)} µs here, ${one("torch", 1)} µs in PyTorch, ${one("jax", 0)} µs in JAX`,
    );
  });

  test.each<[file: string, says: string, chapter: string | undefined, shows: string]>([
    ["bench/README.md", "42 GB/s", speed, "memory gave Adam 42 GB/s"],
    [
      "bench/README.md",
      "of 2.9 ms 0.8 three products of 512 × 512, 0.6 pixels, 0.45 Adam, 0.12 transposing W",
      speed,
      "0.45 of the 2.9 milliseconds",
    ],
    ["bench/README.md", "0.12 transposing W", bits, "0.12 ms of the 2.9 ms"],
    [
      "docs/decisions/0015-machine-code-from-typescript.md",
      "38 and 99 GFLOP/s on one core",
      speed,
      "38 to 99 GFLOP/s on one core",
    ],
    ["docs/decisions/0017-what-a-max-pool-lets-us-leave-out.md", "T10 14.0 s and 3.33", speed, "from 14.0 s to 3.33 s"],
    [
      "docs/decisions/0005-one-operation-at-a-time-on-all-threads.md",
      "T2 0.146 and 0.125; T3 0.257 and 0.144; T4 3.31 and 1.73",
      speed,
      "from 0.257 s to 0.144 s, of T4 from 3.31 s to 1.73 s",
    ],
    ["docs/decisions/0008-images-as-lists-of-pixels.md", "2,000 cycles an image", speed, "waits 2,000 cycles"],
    ["packages/inkling/kernels/products.ts", "54, 56 and 53 GFLOP/s of the 64", speed, "at 54, 56 and 53"],
    [
      "docs/machine-code.md",
      "vmulps zmm17{k2}{z}, zmm3, [r12+128]{1to16}",
      speed,
      "vmulps zmm17{k2}{z}, zmm3, [r12+128]{1to16}",
    ],
    [
      "docs/decisions/0009-block-sums-as-a-tree.md",
      "| blocks, as a tree | 2.7 | 7.0 |",
      bits,
      "| blocks, as a tree | 2.7 | 7.0 |",
    ],
    ["docs/decisions/0009-block-sums-as-a-tree.md", "9.4 ms instead of 11.6", bits, "9.4 ms instead of 11.6"],
    ["docs/reliability.md", "after 200 kills", bits, "200 kills at random instants; all 8 trainings"],
    ["docs/reliability.md", "613 million of each function", bits, "613 million bit patterns of each function"],
  ])("%s says: %s", async (file, says, chapter, shows) => {
    expect((await textOf(file)).replaceAll(/\n \* /g, " ")).toContain(says);
    expect(chapter).toContain(shows);
  });

  test("the two runs of the original are those of its page", () => {
    const [steps, float32, float64] = (how as string)
      .split("\n")
      .filter((line) => /^\| (?:training loss|seed 0, float)/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const rows = (steps ?? []).slice(2, -1).map((step, i) => `| ${step} | ${float32?.[i + 2]} | ${float64?.[i + 2]} |`);
    expect(rows.length).toBe(4);
    for (const row of rows) expect((bits as string).replaceAll("\u00a0", " ")).toContain(row);
  });

  test("the trainings that are compared", async () => {
    const digests = JSON.parse(await textOf("packages/inkling/test/same-bits/digests.json")) as object;
    expect(bits).toContain(`for ${Object.keys(digests).length} trainings`);
  });

  test("how many sums change when their products are not rounded", () => {
    const { fround } = Math;
    const [count, terms, stream] = [2000, 784, new Stream(1, "fused")];
    let [place, others] = [0, 0];
    const uniform = () => fround(2 * stream.uniform(place++) - 1);
    for (let i = 0; i < count; i++) {
      let [twice, once] = [0, 0];
      for (let k = 0; k < terms; k++) {
        const [x, w] = [uniform(), uniform()];
        twice = fround(twice + fround(x * w));
        once = fround(once + x * w);
      }
      if (twice !== once) others++;
    }
    const share = Math.round((100 * others) / count);
    expect(bits).toContain(`Of ${whole(count)} sums of ${terms} random products, ${share} % have other bits`);
  });
});
