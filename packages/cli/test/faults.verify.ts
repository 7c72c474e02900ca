// Faults in full: 200 kills, every one of the first 4,096 bytes, 10,000 bits. docs/reliability.md has the counts.
import { afterAll, expect, test } from "vitest";
import { damaged, killed, undisturbed, workplace } from "./faults.ts";

const { path, end } = await workplace();
afterAll(end);

test("killed 200 times at any instant: every checkpoint loads, and every end has the same digest", async () => {
  const found = await killed(path, 200, await undisturbed(path));
  console.log(found);
  expect(found.kills).toBe(200);
});

test("a checkpoint cut at each of its first 4,096 bytes, and 10,000 with one other bit: all named", async () => {
  expect(await damaged(path, 4096, 10_000)).toEqual({ cuts: 4096, flips: 10_000 });
});
