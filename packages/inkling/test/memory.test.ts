// Memory: a training step allocates no buffer and no typed array, a long training ends with the memory with which it
// began, and what nobody holds is used again.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { adam, Dataset, dense, network, Stream, type TrainOptions, train, Wasm } from "inkling";
import { afterAll, expect, test, vi } from "vitest";
import { startThreads } from "../platform/node/threads.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const backend = new Wasm(2, startThreads);
afterAll(() => backend.close());

const [count, columns] = [300, 20];
const stream = new Stream(1, "bytes");
const data = new Dataset({
  name: "squares",
  inputs: Uint8Array.from({ length: count * columns }, (_, e) => Math.max(0, stream.uniform(e) * 512 - 256)),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
  classes: 3,
  shape: [columns],
});

const kinds = [ArrayBuffer, SharedArrayBuffer, Uint8Array, Int32Array, Uint32Array, Float32Array, Float64Array];

/** Counts the buffers and typed arrays made in `body`: by their constructors, and by the methods that make one. */
function allocationsOf(body: () => void): number {
  let made = 0;
  const spies = ["subarray", "slice", "map", "filter"].map((method) => {
    const arrays = Object.getPrototypeOf(Uint8Array.prototype);
    const real = arrays[method];
    return vi.spyOn(arrays, method).mockImplementation(function (this: unknown, ...values: unknown[]) {
      made++;
      return real.apply(this, values);
    });
  });
  const counting = kinds.map((kind) => [
    kind.name,
    new Proxy(kind, {
      construct(target, values) {
        made++;
        return Reflect.construct(target, values);
      },
    }),
  ]);
  try {
    Object.assign(globalThis, Object.fromEntries(counting));
    body();
  } finally {
    Object.assign(globalThis, Object.fromEntries(kinds.map((kind) => [kind.name, kind])));
    for (const spy of spies) spy.mockRestore();
  }
  return made;
}

/** Runs a training and counts what its steps allocate, each step's by itself. */
async function allocationsOfSteps(options: TrainOptions): Promise<number[]> {
  const counts: number[] = [];
  const step = backend.step.bind(backend);
  const spy = vi.spyOn(backend, "step").mockImplementation((body) => {
    let result: ReturnType<typeof body> | undefined;
    counts.push(
      allocationsOf(() => {
        result = step(body);
      }),
    );
    return result;
  });
  try {
    const model = network([columns], [dense(8, "relu"), dense(3)], { backend });
    for await (const _ of train(model, data, options));
  } finally {
    spy.mockRestore();
  }
  return counts;
}

test("what is counted is counted", () => {
  expect(allocationsOf(() => new Uint8Array(1).subarray(0).slice())).toBe(3);
});

test.each([20, 150, "full"] as const)("steps of batch %s allocate nothing after the first two", async (batchSize) => {
  // The second may still make views of a memory that grew at the end of the first.
  const counts = await allocationsOfSteps({ epochs: 4, batchSize, optimizer: adam() });
  expect(counts[0]).toBeGreaterThan(0);
  expect(counts.slice(2).every((made) => made === 0)).toBe(true);
});

/** Bytes of a backend's memory. */
function sizeOf(wasm: Wasm): number {
  return (wasm as unknown as { arena: { memory: WebAssembly.Memory } }).arena.memory.buffer.byteLength;
}

/** Lets the collector work, and what waits for it. */
async function aTurn(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("1,000 epochs end with the memory with which they began", async () => {
  const model = network([columns], [dense(8, "relu"), dense(3)], { backend });
  let early = { arena: 0, buffers: 0, heap: 0 };
  const now = () => {
    collect();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return { arena: sizeOf(backend), buffers: arrayBuffers, heap: heapUsed };
  };
  for await (const { epoch } of train(model, data, { epochs: 1000, batchSize: 100, optimizer: adam() })) {
    if (epoch === 20) early = now();
  }
  const late = now();
  expect(late.arena).toBe(early.arena);
  expect(late.buffers - early.buffers).toBeLessThan(64 * 1024);
  expect(late.heap - early.heap).toBeLessThan(1024 * 1024);
});

test("data sets that come and go use the memory of those before", async () => {
  const wasm = new Wasm(1);
  const sizes: number[] = [];
  for (let i = 0; i < 12; i++) {
    const random = new Stream(i, "images");
    wasm.pixels(
      Uint8Array.from({ length: 2_000_000 }, (_, e) => Math.max(0, random.uniform(e) * 1280 - 1024)),
      1000,
    );
    await aTurn();
    sizes.push(sizeOf(wasm));
  }
  expect(sizes[11]).toBe(sizes[2]);
});

test("rows that somebody holds keep their lists and their order", async () => {
  const wasm = new Wasm(1);
  const W = wasm.keep(50, 1);
  wasm.write(W, new Float32Array(50).fill(255));
  const images = (byte: number) => wasm.pixels(new Uint8Array(100 * 50).fill(byte), 50);
  const rows = wasm.select(images(1), Uint32Array.of(5, 3, 8), 0, 3);
  await aTurn();
  images(2);
  wasm.keep(1, 3).data.fill(1e9);
  expect([...wasm.matmul(rows, W).data].map(Math.round)).toEqual([50, 50, 50]);
});

test("a backend that nobody holds is collected, and its threads end", async () => {
  let ended = 0;
  const registry = new FinalizationRegistry(() => ended++);
  (() => registry.register(new Wasm(2, startThreads), undefined))();
  for (let i = 0; i < 20 && ended === 0; i++) await aTurn();
  expect(ended).toBe(1);
});
