import { expect, test } from "vitest";
import { ArgumentError } from "../errors.ts";
import { CpuMatrix } from "./cpu-matrix.ts";
import { MemoryPool } from "./pool.ts";

const make = (rows: number, columns: number) => new CpuMatrix({}, rows, columns, new Float32Array(0));

test("the next step gets the matrices of the step before, in the same order", () => {
  const pool = new MemoryPool(make);
  const once = () => pool.step(() => [pool.matrix(2, 3), pool.matrix(3, 2), pool.matrix(2, 3)]);
  const [first, second] = [once(), once()];
  expect(new Set(first).size).toBe(3);
  for (const [i, matrix] of second.entries()) expect(matrix).toBe(first[i]);
});

test("beyond 64 MiB the pool drops what the step does not use, and nothing that it uses", () => {
  const dropped: CpuMatrix[] = [];
  const pool = new MemoryPool(make, (matrix) => dropped.push(matrix));
  const early = pool.step(() => [pool.matrix(1 << 12, 1 << 10), pool.matrix(5, 5)]);
  const [kept] = pool.step(() => {
    const same = pool.matrix(5, 5);
    for (let rows = 1; rows <= 4; rows++) pool.matrix(rows << 12, 1 << 10);
    return [same];
  });
  expect(kept).toBe(early[1]);
  expect(dropped).toEqual([]);
  pool.step(() => pool.matrix(7, 7));
  expect(dropped).toHaveLength(5);
  expect(dropped).toContain(early[0]);
});

test("the pool owns what it made in a step, until it drops it, and nothing that it made outside", () => {
  const pool = new MemoryPool(make);
  const [outside, inside] = [pool.matrix(2, 2), pool.step(() => pool.matrix(2, 2))];
  expect([pool.owns(outside), pool.owns(inside)]).toEqual([false, true]);
  pool.step(() => pool.matrix(1 << 12, 1 << 13));
  expect(pool.owns(inside)).toBe(false);
});

test("a matrix that could not be made leaves the pool as it was", () => {
  let full = false;
  const pool = new MemoryPool((rows, columns) => {
    if (full) throw new RangeError("full");
    return make(rows, columns);
  });
  const once = () => pool.step(() => [pool.matrix(2, 3), pool.matrix(2, 3)]);
  const first = once();
  full = true;
  expect(() => pool.step(() => pool.matrix(1 << 12, 1 << 10))).toThrow("full");
  expect(once()).toEqual(first);
});

test("a long step keeps its matrices while it waits, and the next step gets them", async () => {
  const pool = new MemoryPool(make);
  const used = await pool.longStep(async () => {
    const first = pool.matrix(2, 3);
    await Promise.resolve();
    return [first, pool.matrix(2, 3)];
  });
  expect(used[0]).not.toBe(used[1]);
  expect(pool.step(() => [pool.matrix(2, 3), pool.matrix(2, 3)])).toEqual(used);
  expect(pool.step(() => pool.matrix(2, 3))).toBe(used[0]);
});

test("while a long step is under way the pool is busy, and another step is a bug", async () => {
  const pool = new MemoryPool(make);
  let goOn = () => {};
  const long = pool.longStep(
    () =>
      new Promise<number>((resolve) => {
        goOn = () => resolve(7);
      }),
  );
  const { busy } = pool;
  expect(pool.isStepping).toBe(true);
  expect(() => pool.step(() => 1)).toThrow(ArgumentError);
  await expect(pool.longStep(async () => 1)).rejects.toThrow(
    "step: expected no other step under way, got one. Await backend.busy first.",
  );
  expect(pool.busy).toBe(busy);
  goOn();
  await busy;
  expect([pool.busy, pool.isStepping, await long, pool.step(() => 8)]).toEqual([undefined, false, 7, 8]);
});

test("a step that throws, short or long, has ended", async () => {
  const pool = new MemoryPool(make);
  const fail = () => {
    throw new Error("failed");
  };
  expect(() => pool.step(fail)).toThrow("failed");
  const long = pool.longStep(fail);
  const { busy } = pool;
  await expect(long).rejects.toThrow("failed");
  await busy;
  expect([pool.busy, pool.step(() => 8)]).toEqual([undefined, 8]);
});
