// A little of what faults.verify.ts does in full.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { load } from "inkling/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  allLoad,
  becomingReadOnly,
  damaged,
  killed,
  onSmallDisk,
  smallDisk,
  undisturbed,
  withRoom,
  workplace,
} from "./faults.ts";

const { path, end } = await workplace();
let [digest, whole] = ["", ""];
beforeAll(async () => {
  [digest, whole] = await Promise.all([undisturbed(path), withRoom(path)]);
});
afterAll(end);

test("killed at any instant, a training goes on to the same digest, and every checkpoint loads", async () => {
  const found = await killed(path, 5, digest);
  expect(found.kills).toBe(5);
  expect(found.ends).toBeGreaterThan(0);
});

test("a checkpoint that was cut, or has one other bit, is named, and the one before it is used", async () => {
  expect(await damaged(path, 100, 300)).toEqual({ cuts: 100, flips: 300 });
});

test.each([
  ["for good", false],
  ["for a while", true],
])("a disk of 1 MB that fills up %s stops no training and loses nothing", async (_, isEmptied) => {
  const disk = join(path, `disk-${isEmptied}`);
  const unmount = await smallDisk(disk, "1m");
  if (unmount === undefined) return console.log("Not tested: a small disk needs the right to mount one.");
  try {
    const { code, stdout, stderr } = await onSmallDisk(path, disk, isEmptied);
    const said = stderr.split("\n").filter((line) => line.includes("got a full disk"));
    expect(said[0], stderr).toMatch(/expected a place that can be written, got a full disk\. The training goes on; /);
    expect(stderr.includes("Checkpoints are written again, into "), stderr).toBe(isEmptied);
    expect(await allLoad(join(disk, "kept"))).toBeGreaterThan(0);
    expect(stdout).toContain(whole);
    const [, out = ""] = /^Model saved in (.*)$/m.exec(stdout) ?? [];
    expect(await (await load(out)).weightsSha256()).toBe(whole);
    expect(code).toBe(out === join(disk, "model") ? 0 : 2);
    await rm(out);
  } finally {
    unmount();
  }
});

test("a directory that becomes read-only is said once, and again when it is written to", async () => {
  const { code, stderr } = await becomingReadOnly(path);
  expect(stderr).toMatch(
    /^kept\/checkpoint-\d+\.safetensors: expected a place that can be written, got no permission\. The training goes on; the checkpoint is tried again later\.\nCheckpoints are written again, into kept\.\n$/,
  );
  expect(code).toBe(0);
  expect(await allLoad(join(path, "theirs", "kept"))).toBe(3);
});
