// The benchmark's command lines. What they measure is no test's business.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { configurationOf } from "../../../bench/accuracy/runs.js";
import { normalized } from "../../../bench/letters/normalize.js";
import { LoneGroup } from "../../../bench/scale/groups.js";
import { secondsOf } from "../../../bench/scale/model.js";
import { pageWith, plotOf } from "../../../bench/scale/page.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

function bench(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe.each(["bench/run.js", "bench/compare.js"])("%s", (script) => {
  test.each([
    [["--runs", "3"], /^bench: expected options of --tasks, .*--rounds, .*; got --runs\. See --help\.\n$/],
    [["--rounds", "--threads", "2"], /^bench: expected a value after --rounds, got --threads\. See --help\.\n$/],
    [["--threads"], /^bench: expected a value after --threads, got none\. See --help\.\n$/],
    [["one", "two"], /^bench: expected .*, got .*\. See --help\.\n$/],
  ])("refuses %j in one sentence", (args, sentence) => {
    expect(bench(script, ...args)).toEqual({ status: 2, stdout: "", stderr: expect.stringMatching(sentence) });
  });

  test("explains every option with --help", () => {
    const { status, stdout } = bench(script, "--help");
    expect(status).toBe(0);
    for (const option of ["tasks", "rounds", "threads", "patience", "out"]) expect(stdout).toContain(`  --${option} `);
  });
});

describe("bench/accuracy.js", () => {
  const folder = mkdtempSync(join(tmpdir(), "inkling-bench-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each([
    [["conv"], /^bench: expected presets of .*; got conv\.\n$/],
    [["mlp", "--seeds", "0"], /^bench: expected --seeds to be a whole number from 1, got 0\.\n$/],
    [["mlp", "--backend", "gpu"], /^bench: expected backends of native, wasm, reference; got gpu\.\n$/],
    [["mlp", "--data", "no-such"], /^bench: expected a directory with four IDX files, got no-such\.\n$/],
  ])("refuses %j in one sentence", (args, sentence) => {
    const out = join(folder, "none.jsonl");
    const refused = bench("bench/accuracy.js", ...args, "--out", out);
    expect(refused).toEqual({ status: 2, stdout: "", stderr: expect.stringMatching(sentence) });
  });

  // Another process's file: two seeds, each on MNIST and on letters, and a run of options that mlp has no longer.
  const lines = (configuration: string) =>
    [0.98, 0.982].flatMap((accuracy, i) => {
      const run = { preset: "mlp", configuration, seed: i + 1, dataSha256: "d", backend: "native", threads: 2 };
      const results = { warpedAccuracy: 0.6, seconds: 1 + i, peakRssMiB: 200, weights: 101770 };
      return [
        JSON.stringify({ ...run, ...results, set: "MNIST", accuracy }),
        JSON.stringify({ ...run, ...results, set: "letters", accuracy: accuracy - 0.1 }),
      ];
    });

  test("prints means and standard deviations of the runs that a file has", () => {
    const out = join(folder, "runs.jsonl");
    writeFileSync(out, `${[...lines(configurationOf("mlp")), ...lines("another")].join("\n")}\n`);
    const { status, stdout } = bench("bench/accuracy.js", "--out", out);
    expect(status).toBe(0);
    // sd of 98.0 and 98.2: √(2 · 0.1²) = 0.14
    expect(stdout).toBe(
      [
        "| preset | weights | MNIST, % | warped, % | letters, % | training, s | memory, MiB |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| `mlp` (native, 2 threads) | 101,770 | 98.10 ± 0.14 (2) | 60.00 ± 0.00 (2) | 88.10 ± 0.14 (2) | 1.50 | 200 |",
        "",
        "4 runs of presets that have changed since are left out.",
        "",
      ].join("\n"),
    );
  });

  test("says which line of the file is no run", () => {
    const out = join(folder, "broken.jsonl");
    writeFileSync(out, `${lines("one")[0]}\n{"preset":"mlp"}\n`);
    const { status, stderr } = bench("bench/accuracy.js", "--out", out);
    expect([status, stderr]).toEqual([
      2,
      expect.stringMatching(/broken\.jsonl line 2: expected a run .*Delete the line\.\n$/),
    ]);
  });
});

describe("a drawn letter becomes an image as MNIST's digits did", () => {
  /** A drawing of 100 × 100 with this ink. */
  const drawing = (isInk: (row: number, column: number) => boolean) =>
    Uint8Array.from({ length: 10_000 }, (_, i) => Number(isInk(Math.floor(i / 100), i % 100)));
  const between = (at: number, from: number, to: number) => at >= from && at < to;

  test("its box becomes a square of 20 pixels, with the centre of mass at the corner of the pixels 14 and 15", () => {
    // 60 high, 30 wide: 20 rows, 10 columns
    const image = normalized(
      drawing((row, column) => between(row, 7, 67) && between(column, 50, 80)),
      100,
    );
    const expected = Uint8Array.from({ length: 784 }, (_, i) =>
      between(Math.floor(i / 28), 5, 25) && between(i % 28, 10, 20) ? 255 : 0,
    );
    expect(image).toEqual(expected);
  });

  test("a pixel is the mean of the area that it covers", () => {
    // A pixel covers 1.5 × 1.5 of 30 × 30; column 1 is empty, and half of it is in each of the first two pixels.
    const image = normalized(
      drawing((row, column) => row < 30 && column < 30 && column !== 1),
      100,
    );
    // The centre of mass is 10.2 pixels from the left, so they begin at int(15 − 10.2) = 4.
    expect([...image.subarray(5 * 28 + 3, 5 * 28 + 8)]).toEqual([0, 170, 170, 255, 255]);
  });

  test("without ink there is no image", () => {
    expect(() => normalized(new Uint8Array(10_000), 100)).toThrow("expected a drawing with ink, got none");
  });
});

test("bench/letters/make.js refuses what it cannot do in one sentence", () => {
  const { status, stderr } = bench("bench/letters/make.js", "--seed", "one");
  expect([status, stderr]).toEqual([2, "bench: expected --seed to be a whole number from 1, got one.\n"]);
});

describe("bench/scale.js", () => {
  test("the model adds up a message's latency in each round, and the bytes", () => {
    const link = { latency: 1e-5, bandwidth: 1e9 };
    const gather = { kind: "gather", sent: 7000, received: 1000 } as const;
    const exchange = { kind: "exchange", sent: 3e6, received: 2e6 } as const;
    expect(secondsOf([gather], link, 8)).toBeCloseTo(3e-5 + 1e-6, 12);
    expect(secondsOf([exchange, gather], link, 5)).toBeCloseTo(4e-5 + 3e-3 + 3e-5 + 1e-6, 12);
  });

  test("a machine alone notes what it would send and receive", () => {
    const group = new LoneGroup(0, 3);
    const pieces = { counts: Int32Array.of(4, 8, 4), offsets: Int32Array.of(0, 4, 12) };
    const received = new Uint8Array(16);
    group.exchange(
      Uint8Array.from({ length: 16 }, (_, i) => i + 1),
      pieces,
      received,
      pieces,
    );
    group.gather(Uint8Array.of(1, 2, 3, 4), received, pieces);
    expect(group.calls).toEqual([
      { kind: "exchange", sent: 12, received: 12 },
      { kind: "gather", sent: 8, received: 12 },
    ]);
    expect([...received]).toEqual([1, 2, 3, 4, 1, 2, 3, 4, 0, 0, 0, 0, 1, 2, 3, 4]);
    const second = new LoneGroup(1, 3);
    second.gather(new Uint8Array(8), received, pieces);
    expect(second.calls).toEqual([{ kind: "gather", sent: 16, received: 8 }]);
  });

  test("docs/scale.md and its plot are those of bench/results/scale.json", async () => {
    const [page, plot, results] = await Promise.all(
      ["docs/scale.md", "docs/pictures/scale.svg", "bench/results/scale.json"].map((path) =>
        readFile(join(root, path), "utf8"),
      ),
    );
    expect(pageWith(page, JSON.parse(results))).toBe(page);
    expect(plotOf(JSON.parse(results))).toBe(plot);
  });

  test("says what it takes, and refuses the rest", () => {
    expect(bench("bench/scale.js", "--help").stdout).toContain("--parts speed,rates");
    expect(bench("bench/scale.js", "--parts", "sped").stderr).toMatch(
      /^bench: expected parts of speed, rates, page; got sped\./,
    );
  });
});
