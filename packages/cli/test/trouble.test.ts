// What goes wrong around a command: full disks, closed pipes, places that vanish, and text that a terminal would obey.
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dense, flatten, network, table, train } from "inkling";
import { decodeTensors, encodeModel, encodeTensors } from "inkling/formats";
import { load } from "inkling/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { inkling, onlyJson } from "./running.ts";
import { csv, flowers, fourFiles, images, writeDirectory } from "./tiny-data.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-trouble-"));
const at = (name: string) => join(directory, name);
afterAll(() => rm(directory, { recursive: true }));
const SMALL = ["--layers", "8", "--batch-size", "8", "--epochs", "3"];
const training = (...args: string[]) => ["train", "--data", at("digits"), ...SMALL, ...args];
/** A directory of its own. */
const place = () => mkdtemp(at("place-"));
const SENTENCE = /^[^\n]+: expected [^\n]+, got [^\n]+\.( [^\n]+)?\n$/;

beforeAll(async () => {
  await writeDirectory(at("digits"), fourFiles(images(40), images(20)));
  await writeFile(at("digits.csv"), csv(images(40)).join("\n"));
});

describe.concurrent("stdout", () => {
  test("that is a full disk loses the report and nothing else", async () => {
    const where = await place();
    const { code, stderr } = await inkling(where, training(), { stdout: "/dev/full" });
    expect(stderr).toBe(
      "stdout: expected a place that can be printed to, got a full disk. The work goes on without it.\n",
    );
    expect(code).toBe(2);
    expect((await load(join(where, "model.safetensors"))).training?.epochs).toBe(3);
  });

  test("that is closed loses nothing", async () => {
    const where = await place();
    const { code, stderr } = await inkling(where, training(), {
      onOutput: (_, child) => child.stdout?.destroy(),
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect((await load(join(where, "model.safetensors"))).training?.epochs).toBe(3);
  });
});

describe.concurrent("a disk", () => {
  test("without room for the second save keeps the first, and the report comes", async () => {
    const where = await place();
    const first = onlyJson(await inkling(where, training("--json")));
    const whole = (await stat(join(where, "model.safetensors"))).size;
    await rm(join(where, "model.safetensors"));
    // The second save is longer: it has the results of the test.
    const { code, stdout, stderr } = await inkling(where, training("--json"), {
      through: ["prlimit", `--fsize=${whole - 1}`],
    });
    expect(stderr).toMatch(
      /^model\.safetensors: expected a place that can be written, got .*\. The model is there, without the results/,
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout).weightsSha256).toBe(first.weightsSha256);
    expect(await readdir(where)).toEqual(["model.safetensors"]);
    expect((await load(join(where, "model.safetensors"))).training?.metrics).not.toHaveProperty("testAccuracy");
  });
});

describe.concurrent("places", () => {
  test.each([
    ["train", ["train", "--threads", "1"]],
    ["train, on data", ["train", "--data", "digits", "--threads", "1"]],
    ["evaluate", ["evaluate", "model", "--threads", "1"]],
  ])("in a current directory that was removed %s says so", async (_, args) => {
    const { code, stdout, stderr } = await inkling(await place(), args, {
      through: ["sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh"],
    });
    expect(stderr).toMatch(SENTENCE);
    expect(stderr).toContain("got a current directory that was removed.");
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("without permission are called so", async () => {
    const where = await place();
    await mkdir(join(where, "closed"));
    for (const name of ["closed.csv", "closed.model", "closed.json"]) await writeFile(join(where, name), "");
    for (const name of ["closed", "closed.csv", "closed.model", "closed.json"]) await chmod(join(where, name), 0);
    await chmod(where, 0o755);
    await chmod(directory, 0o755);
    for (const args of [
      ["train", "--data", "closed"],
      ["train", "--data", "closed/digits.csv"],
      ["train", "--data", "closed.csv"],
      ["train", "--config", "closed.json"],
      ["evaluate", "closed.model"],
    ]) {
      const { code, stderr } = await inkling(where, args, { isUnprivileged: true });
      expect(stderr, args.join(" ")).toMatch(SENTENCE);
      expect(stderr, args.join(" ")).toContain("got no permission.");
      expect(code).toBe(2);
    }
    await chmod(join(where, "closed"), 0o755);
  });
});

describe.concurrent("a model file", () => {
  test("that is there already is named before it is overwritten", async () => {
    const where = await place();
    expect((await inklingInTurn(where, training())).stdout).not.toContain("there already");
    expect((await inklingInTurn(where, training())).stdout).toMatch(
      /^Saving +over model\.safetensors, which is there already$/m,
    );
  });

  test("whose record lacks its data is refused in one sentence", async () => {
    const where = await place();
    const model = network([4, 4, 1], [flatten(), dense(10)]);
    const digits = table(
      Array.from({ length: 20 }, () => new Array(16).fill(0.5)),
      Array.from({ length: 20 }, (_, i) => i % 10),
      { shape: [4, 4, 1], classes: 10 },
    );
    await train(model, digits, { epochs: 1 });
    const { metadata, tensors } = decodeTensors(await encodeModel(model), "m");
    const { data: _, ...record } = JSON.parse(metadata["inkling.training"] ?? "");
    const bytes = encodeTensors({ metadata: { ...metadata, "inkling.training": JSON.stringify(record) }, tensors });
    await writeFile(join(where, "m"), bytes);
    const { code, stdout, stderr } = await inklingInTurn(where, ["evaluate", "m", "--data", at("digits")]);
    expect(stderr).toMatch(/^m: expected a training record \(.*data.*\), got .*\. Nothing was loaded\.\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("says what it was trained on without the way to it", async () => {
    const where = await place();
    for (const [data, name] of [
      ["digits", "digits train"],
      ["digits.csv", "digits.csv"],
    ] as const) {
      onlyJson(await inklingInTurn(where, ["train", "--data", at(data), ...SMALL, "--json"]));
      const model = await load(join(where, "model.safetensors"));
      expect(model.training?.data.name).toBe(name);
      expect(JSON.stringify(model.training)).not.toContain(directory);
    }
  });
});

describe.concurrent("control characters are never printed raw", () => {
  // Sets the title, clears the screen, forges a line; the last is a control character beyond ASCII.
  const EVIL = "\u001b]0;title\u0007\u001b[2J\rforged\u009b31m";
  const NONE = /(?!\n)[\p{Cc}\p{Cf}]/u;

  async function expectPlain(where: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await inklingInTurn(where, args);
    expect(stdout + stderr).not.toMatch(NONE);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout;
  }

  test("from a data file's name, its columns and its cells", async () => {
    const where = await place();
    const lines = flowers(40).map((line) => line.replace(/^length/, `l${EVIL}`).replace("rose", `r${EVIL}`));
    await writeFile(join(where, `f${EVIL}.csv`), lines.join("\n").replaceAll("\r", ""));
    const args = ["--data", `f${EVIL}.csv`, "--label", "kind", "--epochs", "2"];
    const shown = "\\u001b]0;title\\u0007\\u001b[2J\\u000dforged\\u009b31m";
    expect(await expectPlain(where, "train", ...args, "--verbose")).toContain(`f${shown}.csv`);
    await expectPlain(where, "evaluate", "model.safetensors", `f${EVIL}.csv`);
    expect(await expectPlain(where, "predict", "model.safetensors", `f${EVIL}.csv`)).toContain("r\\u001b");
    const json = await expectPlain(where, "evaluate", "model.safetensors", `f${EVIL}.csv`, "--json");
    expect(JSON.parse(json).data).toBe(`f${EVIL}.csv`);
  });

  test("from an option", async () => {
    const where = await place();
    expect(await expectPlain(where, ...training("--out", `m${EVIL}`))).toContain("Model saved in m\\u001b]0;title");
    for (const args of [
      training("--optimizer", EVIL),
      training(`--${EVIL}`),
      ["evaluate", EVIL],
      ["train", "--data", EVIL],
      ["predict", `m${EVIL}`, "--index", EVIL],
      [EVIL],
    ]) {
      const { code, stdout, stderr } = await inklingInTurn(where, args);
      expect(stdout + stderr).not.toMatch(NONE);
      expect(code).toBe(2);
    }
  });

  test("from a model file's record and names", async () => {
    const where = await place();
    const model = network([16], [dense(2)]);
    const rows = Array.from({ length: 20 }, (_, i) => new Array(16).fill(i % 2));
    const data = table(
      rows,
      Array.from(rows, (_, i) => `${i % 2}${EVIL}`),
      {
        name: `n${EVIL}`,
        columnNames: Array.from({ length: 16 }, (_, j) => `c${j}${EVIL}`),
      },
    );
    await train(model, data, { epochs: 1 });
    await writeFile(join(where, "m"), await encodeModel(model));
    const header = Array.from({ length: 16 }, (_, j) => `"c${j}${EVIL}"`).join(",");
    await writeFile(join(where, "t.csv"), `${header},y\n${"1,".repeat(16)}"0${EVIL}"\n`);
    await expectPlain(where, "predict", "m", "t.csv", "--label", "y");
    expect(await expectPlain(where, "evaluate", "m", "t.csv")).toMatch(/trained on\sn\\u001b/);
  });
});
