// A farm: every task is done once, whoever does it, and nobody waits for ever. Machines are loops of one process here.
import { expect, test } from "vitest";
import { dismiss, farm, serve } from "./farm.ts";
import type { Message, Messenger } from "./group.ts";

/** Machines whose letters lie in boxes. */
function machines(size: number): Messenger[] {
  const boxes: Message[][] = Array.from({ length: size }, () => []);
  return boxes.map((box, rank) => ({
    ...{ rank, size },
    send: (to, bytes) => boxes[to].push({ from: rank, bytes: bytes.slice() }),
    receive: () => box.shift(),
  }));
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
/** Tasks 0 to count − 1, a byte each. */
const tasks = (count: number) => {
  let at = 0;
  return () => (at < count ? Uint8Array.of(at++) : undefined);
};
const square = async (task: Uint8Array) => Uint8Array.of(task[0], task[0] ** 2);

test.each([1, 2, 3, 8])("%i machines do each task once", async (size) => {
  const [first, ...others] = machines(size);
  const codes = others.map((other) => serve(other, square));
  const taken: [number, number][] = [];
  const messenger = size === 1 ? undefined : first;
  const ended = await farm(messenger, {
    next: tasks(15),
    compute: square,
    take: ([i, ii]) => void taken.push([i, ii]),
  });
  expect(ended).toBe("done");
  expect(taken.toSorted(([a], [b]) => a - b)).toEqual(Array.from({ length: 15 }, (_, i) => [i, i * i]));
  dismiss(first, 7);
  expect(await Promise.all(codes)).toEqual(others.map(() => 7));
});

test("one machine does them in their order", async () => {
  const taken: number[] = [];
  await farm(undefined, { next: tasks(5), compute: square, take: ([i]) => void taken.push(i) });
  expect(taken).toEqual([0, 1, 2, 3, 4]);
});

test("whoever is free gets the next one: a long task keeps nobody waiting", async () => {
  const [first, second] = machines(2);
  let release = () => {};
  const long = new Promise<void>((resolve) => {
    release = resolve;
  });
  // The first task waits for all others.
  const compute = async (task: Uint8Array) => {
    if (task[0] === 0) await long;
    return task;
  };
  const served = serve(second, compute);
  const by: number[] = [];
  const take = ([i]: Uint8Array, rank: number) => {
    by[i] = rank;
    if (by.filter((rank) => rank !== undefined).length === 9) release();
  };
  await farm(first, { next: tasks(10), compute, take });
  expect(by).toEqual([0, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  dismiss(first);
  expect(await served).toBe(0);
});

test("a second farm follows the first, with the same machines", async () => {
  const [first, ...others] = machines(3);
  const served = others.map((other) => serve(other, square));
  const taken: number[] = [];
  for (const count of [4, 0, 2]) {
    await farm(first, { next: tasks(count), compute: square, take: ([i]) => void taken.push(i) });
  }
  expect(taken.toSorted()).toEqual([0, 0, 1, 1, 2, 3]);
  dismiss(first);
  await Promise.all(served);
});

test("the first is to stop: what is under way elsewhere is taken, and nothing more begins", async () => {
  const [first, second] = machines(2);
  const controller = new AbortController();
  const served = serve(second, async (task) => {
    await pause(20);
    return task;
  });
  const compute = async () => {
    await pause(1);
    controller.abort();
    throw new Error("stopped");
  };
  const taken: number[] = [];
  const take = ([i]: Uint8Array) => void taken.push(i);
  const ended = await farm(first, { next: tasks(10), compute, take, signal: controller.signal });
  expect([ended, taken]).toEqual(["stopped", [1]]);
  dismiss(first, 130);
  expect(await served).toBe(130);
});

test("another is to stop: its task comes back, and nothing more begins", async () => {
  const [first, second] = machines(2);
  const controller = new AbortController();
  const served = serve(
    second,
    async () => {
      controller.abort();
      throw new Error("stopped");
    },
    controller.signal,
  );
  const taken: number[] = [];
  const compute = async (task: Uint8Array) => {
    await pause(20);
    return task;
  };
  expect(await farm(first, { next: tasks(10), compute, take: ([i]) => void taken.push(i) })).toBe("stopped");
  expect(taken).toEqual([0]);
  dismiss(first, 143);
  expect(await served).toBe(143);
});

test("an error is nobody's result: it ends the farm, or the machine that made it", async () => {
  const fails = async () => Promise.reject(new Error("the disk is full"));
  const work = { next: tasks(3), compute: fails, take: () => {} };
  await expect(farm(undefined, work)).rejects.toThrow("the disk is full");
  const [first, second] = machines(2);
  const served = serve(second, fails);
  first.send(1, Uint8Array.of(0, 5));
  await expect(served).rejects.toThrow("the disk is full");
});
