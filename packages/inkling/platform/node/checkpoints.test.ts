import { spawn, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { decodeTensors, encodeCheckpoint, encodeTensors } from "../../src/formats/index.ts";
import { dense, FileError, ModelFileError, network, table, train } from "../../src/index.ts";
import { sha256 } from "../../src/numbers/sha256.ts";
import { Checkpoints, checkUnused, listCheckpoints, loadCheckpoint } from "./checkpoints.ts";
import { save } from "./models.ts";

const root = await mkdtemp(join(tmpdir(), "inkling-checkpoints-"));
afterAll(() => rm(root, { recursive: true }));
const place = () => mkdtemp(join(root, "place-"));
const points = table([[0], [1], [2], [3]], [0, 0, 1, 1]);
const model = network([1], [dense(2)], { seed: 1 });
const run = train(model, points, { epochs: 9, batchSize: 2, every: "step" });

/** The bytes of a checkpoint after one step more. */
async function nextCheckpoint(): Promise<Uint8Array> {
  await run.next();
  return encodeCheckpoint(model, await run.state());
}

describe("a directory of checkpoints", () => {
  test("keeps the last three, which are loaded from the newest on", async () => {
    const path = join(await place(), "made", "here");
    const checkpoints = await Checkpoints.open(path);
    const written = [];
    for (let i = 0; i < 5; i++) written.push(await checkpoints.write(await nextCheckpoint()));
    expect((await readdir(path)).sort()).toEqual(
      [3, 4, 5].map((k) => `checkpoint-00000${k}.safetensors`).concat("lock"),
    );
    expect(await listCheckpoints(path)).toEqual(written.slice(2).reverse());
    const found = await loadCheckpoint(path);
    expect(found).toMatchObject({ path: written[4], damaged: [], state: { version: expect.any(String) } });
    await checkpoints.close();
    expect(await readdir(path)).not.toContain("lock");
    const again = await Checkpoints.open(path);
    expect(await again.write(await nextCheckpoint())).toMatch(/checkpoint-000006\.safetensors$/);
    await writeFile(join(path, "note.txt"), "mine");
    expect(await again.makeRoom()).toBe(true);
    expect(await again.makeRoom()).toBe(false);
    expect(await listCheckpoints(path)).toEqual([join(path, "checkpoint-000006.safetensors")]);
    await again.remove();
    expect(await readdir(path)).toEqual(["note.txt"]);
  });

  test("is taken away when nothing is left in it", async () => {
    const above = await place();
    const checkpoints = await Checkpoints.open(join(above, "it"));
    await checkpoints.write(await nextCheckpoint());
    await checkpoints.remove();
    await (await Checkpoints.open(join(above, "it"))).close();
    expect(await readdir(above)).toEqual([]);
    // One that was there before stays.
    await mkdir(join(above, "mine"));
    await (await Checkpoints.open(join(above, "mine"))).close();
    expect(await readdir(above)).toEqual(["mine"]);
  });

  test("that has to be new is refused with the number of what is in it", async () => {
    const path = await place();
    const checkpoints = await Checkpoints.open(path, { isNew: true });
    await checkpoints.write(await nextCheckpoint());
    await checkpoints.close();
    const sentence = `${path}: expected a directory without checkpoints, got one with 1.`;
    await expect(Checkpoints.open(path, { isNew: true })).rejects.toThrow(sentence);
    await expect(Checkpoints.open(path, { keep: 0 })).rejects.toThrow("keep to be a whole number of at least 1, got 0");
    await checkUnused(path);
  });

  test("loses what a killed process left half written, and nothing else", async () => {
    const path = await place();
    const names = [".checkpoint-000004.safetensors.0a1b2c3d.tmp", ".other.0a1b2c3d.tmp", "checkpoint-4.safetensors"];
    for (const name of names) await writeFile(join(path, name), "");
    const checkpoints = await Checkpoints.open(path);
    expect((await readdir(path)).sort()).toEqual([names[1], names[2], "lock"].sort());
    await checkpoints.close();
  });
});

describe("damaged checkpoints", () => {
  async function three() {
    const path = await place();
    const checkpoints = await Checkpoints.open(path);
    for (let i = 0; i < 3; i++) await checkpoints.write(await nextCheckpoint());
    return { path, checkpoints, paths: await listCheckpoints(path) };
  }

  test("are named, the one before is used, and they do not count among those that are kept", async () => {
    const { path, checkpoints, paths } = await three();
    await writeFile(paths[0], (await readFile(paths[0])).subarray(0, 99));
    await rm(paths[1]);
    await mkdir(paths[1]);
    const found = await loadCheckpoint(path);
    expect(found.path).toBe(paths[2]);
    expect(found.damaged.map(({ path }) => path)).toEqual(paths.slice(0, 2));
    expect(found.damaged.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^checkpoint-000003\.safetensors: expected a checkpoint of a training, got 99 bytes\. It is /,
      ),
      expect.stringMatching(/checkpoint-000002\.safetensors: expected a file that can be read, got a directory\.$/),
    ]);
    checkpoints.distrust(paths.slice(0, 2));
    await checkpoints.write(await nextCheckpoint());
    expect(await listCheckpoints(path)).toContain(paths[2]);
    await checkpoints.write(await nextCheckpoint());
    await checkpoints.write(await nextCheckpoint());
    expect(await listCheckpoints(path)).not.toContain(paths[2]);
    await checkpoints.close();
  });

  test("alone are refused, with the first sentence", async () => {
    const { path, checkpoints, paths } = await three();
    await checkpoints.close();
    for (const file of paths) await writeFile(file, "broken");
    await expect(loadCheckpoint(path)).rejects.toThrow(
      `${path}: expected a directory with a checkpoint, got 3 that cannot be used. checkpoint-000003.safetensors: expected`,
    );
    await expect(loadCheckpoint(paths[0])).rejects.toThrow(ModelFileError);
  });

  test("are not what a newer Inkling wrote: then no older one is used", async () => {
    const { path, checkpoints, paths } = await three();
    await checkpoints.close();
    const { metadata, tensors } = decodeTensors(new Uint8Array(await readFile(paths[0])), "file");
    const newer = { ...metadata, "inkling.sha256": "0".repeat(64), "inkling.checkpoint": "2" };
    const bytes = encodeTensors({ metadata: newer, tensors });
    bytes.set(new TextEncoder().encode(await sha256(bytes)), 8 + '{"__metadata__":{"inkling.sha256":"'.length);
    await writeFile(paths[0], bytes);
    await expect(loadCheckpoint(path)).rejects.toThrow("Take a newer Inkling.");
  });

  test("and what is none: nothing there, an empty directory, a model", async () => {
    const path = await place();
    await expect(loadCheckpoint(join(path, "no"))).rejects.toThrow(
      "expected a file that can be read, got nothing there",
    );
    await expect(loadCheckpoint(path)).rejects.toThrow(`${path}: expected a directory with a checkpoint, got none.`);
    await expect(listCheckpoints(join(path, "no"))).rejects.toThrow(
      "expected a directory with checkpoints, got nothing",
    );
    await save(model, join(path, "m"));
    await expect(loadCheckpoint(join(path, "m"))).rejects.toThrow("got a model. inkling train --from begins");
  });
});

describe("the lock", () => {
  const here = async () => {
    const path = await place();
    const checkpoints = await Checkpoints.open(path);
    const lock = JSON.parse(await readFile(join(path, "lock"), "utf8"));
    await checkpoints.close();
    return { path, file: join(path, "lock"), lock };
  };
  const dead = spawnSync(process.execPath, ["-e", ""]).pid;
  const refused = "expected a directory that no other training uses, got one that ";

  test("refuses a second one, which is told by whom; after its end it is free", async () => {
    const path = await place();
    const first = await Checkpoints.open(path);
    const sentence = `${path}: ${refused}process ${process.pid} on ${hostname()} is using. Wait for its end, or name `;
    await expect(Checkpoints.open(path)).rejects.toThrow(sentence);
    await expect(checkUnused(path)).rejects.toThrow(sentence);
    await first.close();
    await (await Checkpoints.open(path)).close();
    await checkUnused(path);
  });

  const others: [string, object, number, boolean][] = [
    ["a process that has ended", { pid: dead }, 0, true],
    ["a process whose number another one has now", { started: "1" }, 0, true],
    ["a process in another container that gave a sign just now", { namespace: "pid:[1]" }, 0, false],
    ["a process in another container that gave none for a minute", { namespace: "pid:[1]" }, 61, true],
    ["a process on another machine that gave a sign just now", { machine: "other", host: "far" }, 30, false],
    ["a process on another machine that gave none for a minute", { machine: "other", host: "far" }, 61, true],
    ["a process of a system that does not say when it started", { started: null }, 0, false],
    ["such a process that has ended", { started: null, pid: dead }, 0, true],
    ["such a process without a sign", { started: null }, 61, true],
  ];
  test.skipIf(process.platform !== "linux").each(others)("of %s", async (_, changes, age, isFree) => {
    const { path, file, lock } = await here();
    await mkdir(path, { recursive: true });
    await writeFile(file, JSON.stringify({ ...lock, ...changes }));
    const then = new Date(Date.now() - 1000 * age);
    await utimes(file, then, then);
    const opened = Checkpoints.open(path);
    if (!isFree) {
      await expect(opened).rejects.toThrow(refused);
      await expect(checkUnused(path)).rejects.toThrow(FileError);
      return;
    }
    const checkpoints = await opened;
    await checkpoints.write(await nextCheckpoint());
    await checkpoints.close();
  });

  test.each(["", "{", "null", '{"pid": "1"}', "x".repeat(5000)])("that holds %j counts by its age", async (text) => {
    const path = await place();
    await writeFile(join(path, "lock"), text);
    await expect(Checkpoints.open(path)).rejects.toThrow(
      /another process is using\. Whether it still runs .* in \d+ s\./,
    );
    await utimes(join(path, "lock"), new Date(0), new Date(0));
    await (await Checkpoints.open(path)).close();
  });

  test("that is a link to a file leaves that file as it is", async () => {
    const path = await place();
    await writeFile(join(path, "mine"), "mine");
    await symlink("mine", join(path, "lock"));
    await expect(Checkpoints.open(path)).rejects.toThrow(refused);
    expect(await readFile(join(path, "mine"), "utf8")).toBe("mine");
  });

  test("that was taken by another one is seen before the next write", async () => {
    const path = await place();
    const checkpoints = await Checkpoints.open(path);
    await checkpoints.write(await nextCheckpoint());
    await writeFile(join(path, "lock"), "{}");
    await expect(checkpoints.write(await nextCheckpoint())).rejects.toThrow("got one that another training has taken.");
    await checkpoints.remove();
    expect(await readdir(path)).toEqual(["checkpoint-000001.safetensors", "lock"]);
  });

  test("of a dead process is taken by exactly one of many that come at once", async () => {
    const { path, file, lock } = await here();
    await mkdir(path, { recursive: true });
    await writeFile(file, JSON.stringify({ ...lock, pid: dead }));
    const library = fileURLToPath(new URL("../../dist/platform/node/index.js", import.meta.url));
    const script = `
      import { Checkpoints } from ${JSON.stringify(library)};
      process.stdin.once("data", async () => {
        const got = await Checkpoints.open(${JSON.stringify(path)}).then(() => "taken", ({ message }) => message);
        process.stdout.write(got);
      });
      process.stdout.write("ready");`;
    const children = Array.from({ length: 6 }, () => spawn(process.execPath, ["--input-type=module", "-e", script]));
    const next = () =>
      Promise.all(
        children.map(({ stdout }) => new Promise((resolve) => stdout.once("data", (text) => resolve(`${text}`)))),
      );
    await next();
    for (const child of children) child.stdin.write("go");
    const said = (await next()) as string[];
    // They end when there is nothing more to read; whoever has the lock has it until then.
    for (const child of children) child.stdin.end();
    await Promise.all(children.map((child) => new Promise((resolve) => child.once("close", resolve))));
    expect(await readdir(path)).toEqual([]);
    expect(said.filter((text) => text === "taken")).toHaveLength(1);
    expect(said.filter((text) => text.includes(refused))).toHaveLength(5);
  });
});
