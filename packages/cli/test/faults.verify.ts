// Faults in full: 200 kills, every one of the first 4,096 bytes, 10,000 bits. docs/reliability.md has the counts.
// Started by mpirun, several machines share the kills, and the first alone does the rest.
import { afterAll, expect, test } from "vitest";
import { isFirstOf } from "../src/machines/launched.ts";
import { damaged, killedInParts, workplace } from "./faults.ts";

const KILLS = 200;
const isFirst = isFirstOf(process.env, []);
const { path, end } = await workplace();
afterAll(end);

test("killed 200 times at any instant: every checkpoint loads, and every end has the same digest", async () => {
  const found = await killedInParts(path, KILLS);
  if (isFirst) expect(found?.kills).toBe(KILLS);
});

test.runIf(isFirst)(
  "a checkpoint cut at each of its first 4,096 bytes, and 10,000 with one other bit: all named",
  async () => {
    expect(await damaged(path, 4096, 10_000)).toEqual({ cuts: 4096, flips: 10_000 });
  },
);
