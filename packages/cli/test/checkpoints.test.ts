// Trainings that are stopped and go on: to the same result, or refused with what differs.
import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { decodeTensors, encodeNpy, encodeTensors } from "inkling/formats";
import { listCheckpoints, load, loadCheckpoint } from "inkling/node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { inklingInTurn } from "./in-turn.ts";
import { type Ended, inkling, onlyJson } from "./running.ts";
import { flowers, fourFiles, houses, images, writeDirectory } from "./tiny-data.ts";

const directory = await mkdtemp(join(tmpdir(), "inkling-stopped-"));
const at = (name: string) => join(directory, name);
afterAll(() => rm(directory, { recursive: true }));
const place = () => mkdtemp(at("place-"));

const SMALL = ["--batch-size", "8", "--layers", "8"];
const digits = (...more: string[]) => ["train", "--data", at("digits"), ...SMALL, ...more];

beforeAll(async () => {
  await writeDirectory(at("digits"), fourFiles(images(40), images(20)));
  await writeDirectory(at("others"), fourFiles(images(50), images(20)));
  await writeFile(at("flowers.csv"), flowers(60).join("\n"));
  await writeFile(at("more-flowers.csv"), flowers(90, 2).join("\n"));
  await writeFile(at("houses.csv"), houses(60).join("\n"));
});

/** Runs, and sends a signal once when stdout matches. */
function stoppedAt(pattern: RegExp, signal: NodeJS.Signals, where: string, args: readonly string[]): Promise<Ended> {
  let sent = false;
  return inkling(where, args, {
    onOutput: (stdout, child) => {
      if (!sent && pattern.test(stdout)) sent = child.kill(signal);
    },
  });
}

test("a training on arrays goes on from another directory, with its file of answers, and with another limit", async () => {
  const [where, elsewhere] = [await place(), await place()];
  const x = Float32Array.from({ length: 60 }, (_, i) => Math.sin(12 * i));
  await writeFile(join(where, "x.npy"), encodeNpy({ shape: [20, 3], values: x }));
  await writeFile(join(where, "y.npy"), encodeNpy({ shape: [20], values: x.filter((_, i) => i % 3 === 0) }));
  const args = ["train", "x.npy", "--labels", "y.npy", "--epochs", "2", "--checkpoint", "kept", "--json"];
  const first = onlyJson(await inklingInTurn(where, args));
  const resume = ["train", "--resume", join(where, "kept"), "--out", "again", "--json"];
  for (const more of [[], ["--memory", "100"], ["--labels", join(where, "y.npy")]]) {
    const again = onlyJson(await inklingInTurn(elsewhere, [...resume, ...more]));
    expect(again.weightsSha256, more.join(" ")).toBe(first.weightsSha256);
  }
});

/** What --json says of a result, without what another machine, moment or place makes different. */
function resultOf(ended: Ended) {
  const { seconds: _, history, members, backend: __, threads: ___, modelFile: ____, ...result } = onlyJson(ended);
  const timeless = (list: unknown) =>
    (list as { seconds: number }[] | undefined)?.map((one) => ({ ...one, seconds: 0 }));
  const networks = (members as { history: unknown }[] | undefined)?.map((member) => ({
    ...{ ...member, seconds: 0, history: timeless(member.history) },
  }));
  return { ...result, history: timeless(history), members: networks };
}

describe.concurrent("a training that was killed goes on to the result of one that never was", () => {
  const kinds: Record<string, string[]> = {
    "images, dropout, averages": digits("--layers", "8,d0.2", "--average", "0.9", "--epochs", "60"),
    "early stopping on validation images": digits("--validation", "8", "--patience", "40", "--epochs", "60"),
    "the full batch": digits("--batch-size", "full", "--optimizer", "momentum", "--epochs", "60"),
    "a table, float64": ["train", at("flowers.csv"), "--label", "kind", "--precision", "float64", "--epochs", "60"],
    "numbers to predict": ["train", at("houses.csv"), "--label", "price", "--epochs", "60"],
  };

  test.each(Object.keys(kinds))("%s", async (name) => {
    const where = await place();
    const args = kinds[name] ?? [];
    const killed = await stoppedAt(/^ +12 /m, "SIGKILL", where, [...args, "--checkpoint", "kept", "--every", "7steps"]);
    expect(killed.code).toBe(null);
    const others = name.includes("float64") ? [] : ["--backend", "wasm", "--threads", "2"];
    const resumed = await inklingInTurn(where, ["train", "--resume", "kept", ...others, "--every", "1h", "--json"]);
    expect(resumed.stderr).toMatch(
      /^Resuming: after epoch \d+, step \d+ of \d+, from kept\/checkpoint-\d+\.safetensors\n$/,
    );
    const whole = resultOf(await inklingInTurn(where, [...args, "--json", "--out", "whole"]));
    expect(resultOf(resumed)).toEqual(whole);
    if (name !== "early stopping on validation images") return;
    // It is over; asked again, it says the same again.
    const again = await inklingInTurn(where, ["train", "--resume", "kept", "--json"]);
    expect(again.stderr).toContain("Resuming: after its end");
    expect(resultOf(again)).toEqual(whole);
  });

  test("an ensemble, with the networks that were whole", async () => {
    const where = await place();
    const args = digits("--ensemble", "3", "--epochs", "60", "--combine", "vote");
    const pattern = /^Network 3 of 3[\s\S]*^ +12 /m;
    await stoppedAt(pattern, "SIGKILL", where, [...args, "--checkpoint", "kept", "--every", "10epochs"]);
    const { notes } = await loadCheckpoint(join(where, "kept"));
    expect(notes.finished).toHaveLength(2);
    const resumed = await inklingInTurn(where, ["train", "--resume", "kept", "--json"]);
    expect(resumed.stderr).toMatch(/^Resuming: network 3, after epoch \d+/);
    expect(resultOf(resumed)).toEqual(resultOf(await inklingInTurn(where, [...args, "--json", "--out", "whole"])));
  });
});

describe.concurrent("a training that is interrupted", () => {
  const long = digits("--epochs", "1000");
  const whole = inklingInTurn(directory, [...long, "--json", "--out", "whole"]);

  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "by %s exits %i and says how to go on; the command goes on, and takes the checkpoint away",
    async (signal, code) => {
      const where = await place();
      const ended = await stoppedAt(/^ +3 /m, signal, where, long);
      expect(ended.code).toBe(code);
      const [, command = ""] = /To go on: (?:npx )?inkling (.*)\n$/.exec(ended.stderr) ?? [];
      expect(command).toBe("train --resume model.safetensors.checkpoint");
      // From another directory, too.
      const resumed = await inklingInTurn(directory, [
        ...command.replace("model.", join(where, "model.")).split(" "),
        "--json",
      ]);
      expect(resultOf(resumed)).toEqual(resultOf(await whole));
      expect(await readdir(where)).toEqual(["model.safetensors"]);
      expect((await load(join(where, "model.safetensors"))).training).toMatchObject({ epochs: 1000 });
    },
  );

  test("and found by a new one is not touched: it says so, and has a directory of its own", async () => {
    const where = await place();
    await stoppedAt(/^ +3 /m, "SIGINT", where, long);
    const before = await readdir(join(where, "model.safetensors.checkpoint"));
    const ended = await stoppedAt(/^ +3 /m, "SIGINT", where, long);
    expect(ended.stdout.replace(/\s+/g, " ")).toMatch(
      /Keeping A training that was stopped is in model\.safetensors\.checkpoint; to go on: (?:npx )?inkling train --resume model\.safetensors\.checkpoint\. (?:Keeping )?This one has model\.safetensors\.checkpoint-2\./,
    );
    expect(ended.stderr).toMatch(/--resume model\.safetensors\.checkpoint-2\n$/);
    expect(await readdir(join(where, "model.safetensors.checkpoint"))).toEqual(before);
  });

  test("while another one has its directory: that one is refused before its first step", async () => {
    const where = await place();
    let second: Promise<Ended> | undefined;
    const first = inkling(where, [...digits("--epochs", "100000"), "--checkpoint", "kept"], {
      onOutput: (stdout, child) => {
        if (second !== undefined || !/^ +2 /m.test(stdout)) return;
        second = inklingInTurn(where, ["train", "--resume", "kept"]).then(async (refused) => {
          const other = await inklingInTurn(where, digits("--checkpoint", "kept"));
          expect(other.stderr).toMatch(
            /^kept: expected a directory that no other training uses, got one that process \d+ on /,
          );
          child.kill("SIGINT");
          return refused;
        });
      },
    });
    const { code } = await first;
    const refused = await second;
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused?.stderr).toMatch(
      /^kept: expected a directory that no other training uses, got one that process \d+ on /,
    );
    expect(code).toBe(130);
  });
});

describe("a checkpoint", () => {
  /** A directory with the checkpoints of a training that was killed, and perhaps a lock and a file half written. */
  let killed = "";
  const args = () => [...digits("--epochs", "400"), "--checkpoint", "kept", "--every", "50steps"];
  beforeAll(async () => {
    killed = await place();
    await stoppedAt(/^ +80 /m, "SIGKILL", killed, args());
  });
  const copied = async () => {
    const where = await place();
    await cp(join(killed, "kept"), join(where, "kept"), { recursive: true });
    return { where, newest: (await listCheckpoints(join(where, "kept")))[0] ?? "" };
  };
  /** Each checkpoint's name and bytes. */
  const checkpointsOf = async (directory: string) => {
    const files = await listCheckpoints(directory);
    return Promise.all(files.map(async (file) => [basename(file), (await readFile(file)).toString("base64")]));
  };

  test("that is damaged is named, and the one before is used", async () => {
    const { where, newest } = await copied();
    await truncate(newest, 1000);
    const { code, stderr, stdout } = await inklingInTurn(where, [
      "train",
      "--resume",
      "kept",
      "--every",
      "1h",
      "--json",
    ]);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^checkpoint-\d+\.safetensors: expected a checkpoint with the SHA-256 .*The one before it is used\.\nResuming: /,
    );
    const whole = await inklingInTurn(where, [...digits("--epochs", "400"), "--json"]);
    expect(JSON.parse(stdout).weightsSha256).toBe(onlyJson(whole).weightsSha256);
  });

  test("is refused with what differs, and stays as it is", async () => {
    const { where, newest } = await copied();
    const before = await checkpointsOf(join(where, "kept"));
    await cp(newest, join(where, "file"));
    const { metadata, tensors } = decodeTensors(new Uint8Array(await readFile(newest)), "file", 1e8);
    await mkdir(join(where, "library"));
    await writeFile(
      join(where, "library", "checkpoint-000001.safetensors"),
      encodeTensors({ metadata: { ...metadata, more: "text" }, tensors }, 1e8),
    );
    await mkdir(join(where, "empty"));
    expect((await inklingInTurn(where, digits("--epochs", "1", "--quiet"))).code).toBe(0);
    const cases: [args: string[], sentence: RegExp][] = [
      [["--resume", "kept", "--seed", "2"], /^--seed: expected 1, as in kept, got 2\. Leave it out: .* --from begins /],
      [["--resume", "kept", "--epochs", "9"], /^--epochs: expected 400, as in kept, got 9\. /],
      [["--resume", "kept", "--layers", "8,4"], /^--layers: expected 8, as in kept, got 8,4\. /],
      [["--resume", "kept", "--optimizer", "sgd"], /^--optimizer: expected adam, as in kept, got sgd\. /],
      [["--resume", "kept", "--preset", "cnn"], /^--preset: expected mlp, as in kept, got cnn\. /],
      [["--resume", "kept", "--precision", "float64"], /^--precision: expected none, as in kept, got float64\. /],
      [["--resume", "kept", "--ensemble", "2"], /^--ensemble: expected none, as in kept, got 2\. /],
      [
        ["--resume", "kept", "--data", at("others")],
        /^--data: expected the data that kept began with \(SHA-256 .*, got others \(/,
      ],
      [["--resume", "kept", "--data", at("gone")], /^\S+gone: expected .*, got nothing there\./],
      [["--resume", "kept", "--checkpoint", "new"], /^--checkpoint: expected no --resume beside it, got one\. /],
      [
        ["--resume", "kept", "--from", "model.safetensors"],
        /^--from: expected none, as in kept, got model\.safetensors\. /,
      ],
      [["--resume", "kept", "--every", "often"], /^--every: expected a time, steps or epochs, as 5m, /],
      [["--resume", "model.safetensors"], /^model\.safetensors: expected a checkpoint of a training, got a model\. /],
      [["--resume", "empty"], /^empty: expected a directory with a checkpoint, got none\.\n/],
      [["--resume", "gone"], /^gone: expected a file that can be read, got nothing there\.\n/],
      [["--resume", "library"], /^library: expected a directory with a checkpoint, got 1 that cannot be used\. /],
      [
        ["--checkpoint", "kept"],
        /^kept: expected a directory without checkpoints, got one with 3\. To go on with them: .*--resume kept\n/,
      ],
      [["--checkpoint", "model.safetensors"], /^model\.safetensors: expected a directory that can be written, got /],
    ];
    for (const [more, sentence] of cases) {
      const { code, stdout, stderr } = await inklingInTurn(where, ["train", ...more]);
      expect(stderr, more.join(" ")).toMatch(sentence);
      expect({ code, stdout }, more.join(" ")).toEqual({ code: 2, stdout: "" });
    }
    expect(await checkpointsOf(join(where, "kept"))).toEqual(before);
    // What it began with may be said again; and one file is a checkpoint, too.
    for (const more of [["kept", ...digits("--epochs", "400").slice(1)], ["file"]]) {
      expect(await inklingInTurn(where, ["train", "--resume", ...more, "--json"])).toMatchObject({ code: 0 });
    }
  });

  test("of data whose labels were changed is refused", async () => {
    const where = await place();
    await writeFile(join(where, "t.csv"), flowers(60).join("\n"));
    const table = ["train", "t.csv", "--label", "kind", "--epochs", "30"];
    await inklingInTurn(where, [...table, "--checkpoint", "kept"]);
    await writeFile(join(where, "t.csv"), flowers(60).join("\n").replace("daisy", "rose"));
    const { code, stderr } = await inklingInTurn(where, ["train", "--resume", "kept"]);
    expect(stderr).toMatch(
      /^--(data|test)[^\n]*: expected the data that kept began with \(SHA-256 .*, got others \(SHA-256 /,
    );
    expect(code).toBe(2);
  });

  test("exists before the first step where it was asked for, and stays where a training diverges", async () => {
    const where = await place();
    const args = digits("--learning-rate", "1e30", "--checkpoint", "kept");
    expect((await inklingInTurn(where, args)).code).toBe(3);
    const { state } = await loadCheckpoint(join(where, "kept"));
    expect(state.numbers).toMatchObject({ "training.epoch": 1, "training.step": 0 });
    expect(existsSync(join(where, "kept", "lock"))).toBe(false);
  });
});

describe("--from", () => {
  test("goes on with a saved model as its record says, and says that it is a new training", async () => {
    const where = await place();
    const table = ["train", at("flowers.csv"), "--label", "kind", "--epochs", "3", "--optimizer", "momentum"];
    await inklingInTurn(where, [...table, "--momentum", "0.8", "--out", "first"]);
    const args = ["train", at("more-flowers.csv"), "--from", "first", "--out", "second"];
    const { code, stdout } = await inklingInTurn(where, [...args, "--verbose"]);
    expect(code).toBe(0);
    expect(stdout.replace(/\s+/g, " ")).toContain(
      "From first after 3 epochs; a new training: optimizer and schedule begin again",
    );
    expect(stdout).toContain("--optimizer momentum");
    const [first, second] = [await load(join(where, "first")), await load(join(where, "second"))];
    expect(second.scaling).toEqual(first.scaling);
    expect(second).toMatchObject({ classNames: first.classNames, columnNames: first.columnNames });
    expect(second.training).toMatchObject({
      epochs: 6,
      configuration: {
        ...{ momentum: 0.8, epochs: 3, label: "kind" },
        from: { file: "first", epochs: 3, weightsSha256: await first.weightsSha256() },
      },
    });
    expect(await second.weightsSha256()).not.toBe(await first.weightsSha256());
    // Its momentum may be named, and another optimizer brings its own numbers.
    expect(await inklingInTurn(where, [...args, "--momentum", "0.7"])).toMatchObject({ code: 0 });
    const sgd = onlyJson(await inklingInTurn(where, [...args, "--optimizer", "sgd", "--epochs", "2", "--json"]));
    expect(sgd.configuration).toMatchObject({ optimizer: "sgd", epochs: 2, preset: "table" });
  });

  test("is killed and goes on, like any other", async () => {
    const where = await place();
    expect((await inklingInTurn(where, digits("--layers", "8,d0.5", "--epochs", "2", "--out", "first"))).code).toBe(0);
    const args = ["train", "--data", at("digits"), "--from", "first", "--epochs", "300"];
    await stoppedAt(/^ +30 /m, "SIGKILL", where, [...args, "--checkpoint", "kept", "--every", "7steps"]);
    await rm(join(where, "first"));
    const resumed = resultOf(await inklingInTurn(where, ["train", "--resume", "kept", "--json", "--out", "second"]));
    await inklingInTurn(where, digits("--layers", "8,d0.5", "--epochs", "2", "--out", "first"));
    expect(resumed).toEqual(resultOf(await inklingInTurn(where, [...args, "--json", "--out", "third"])));
    expect((await load(join(where, "second"))).training?.configuration.from).toMatchObject({ file: "first" });
  });

  test("refuses what the model says, and what is no network", async () => {
    const where = await place();
    await inklingInTurn(where, digits("--epochs", "1", "--out", "first"));
    await inklingInTurn(where, digits("--epochs", "1", "--ensemble", "2", "--out", "two"));
    const from = (...more: string[]) => ["train", "--data", at("digits"), "--from", ...more];
    const cases: [args: string[], sentence: RegExp][] = [
      [
        from("first", "--layers", "9"),
        /^--layers: expected no --from beside it, got one\. Leave it out: the model has /,
      ],
      [from("first", "--loss", "quadratic"), /^--loss: expected no --from beside it, got one\. /],
      [from("first", "--ensemble", "2"), /^--ensemble: expected no --from beside it .*, got one\./],
      [from("two"), /^--from: expected a file with one network, got an ensemble of 2\./],
      [from("gone"), /^gone: expected a file that can be read, got nothing there\./],
      [["train", at("flowers.csv"), "--label", "kind", "--from", "first"], /: expected .*, got /],
    ];
    for (const [args, sentence] of cases) {
      const { code, stdout, stderr } = await inklingInTurn(where, args);
      expect(stderr, args.join(" ")).toMatch(sentence);
      expect({ code, stdout }, args.join(" ")).toEqual({ code: 2, stdout: "" });
    }
    expect((await readdir(where)).sort()).toEqual(["first", "two"]);
  });
});
