// The benchmark's command lines. What they measure is no test's business.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

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
