// Memory: a training step allocates no buffer and no typed array, and a long training ends with the memory with which it
// began.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { adam, Dataset, dense, network, Stream, type TrainOptions, train, Wasm } from "inkling";
import { afterAll, expect, test, vi } from "vitest";
import { startThreads } from "../platform/node/threads.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const backend = new Wasm(2, startThreads);
afterAll(() => backend.close());

const [count, columns] = [60, 20];
const stream = new Stream(1, "bytes");
const data = new Dataset({
  name: "squares",
  inputs: Uint8Array.from({ length: count * columns }, (_, e) => Math.max(0, stream.uniform(e) * 512 - 256)),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
  classes: 3,
  shape: [columns],
});

const views = ["Uint8Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array"];

/** Runs a training and counts what its steps allocate, each step's by itself. */
async function allocationsOfSteps(options: TrainOptions): Promise<number[]> {
  const counts: number[] = [];
  const step = backend.step.bind(backend);
  const spy = vi.spyOn(backend, "step").mockImplementation((body) => {
    let made = 0;
    const real = globalThis as unknown as Record<string, new (...values: unknown[]) => object>;
    const kept = Object.fromEntries(["ArrayBuffer", "SharedArrayBuffer", ...views].map((name) => [name, real[name]]));
    for (const name of Object.keys(kept)) {
      real[name] = new Proxy(kept[name], {
        construct(target, values) {
          made++;
          return Reflect.construct(target, values);
        },
      });
    }
    try {
      return step(body);
    } finally {
      Object.assign(globalThis, kept);
      counts.push(made);
    }
  });
  const model = network([columns], [dense(8, "relu"), dense(3)], { backend });
  for await (const _ of train(model, data, options));
  spy.mockRestore();
  return counts;
}

test.each([20, "full"] as const)("steps of batch %s allocate nothing after the first", async (batchSize) => {
  const counts = await allocationsOfSteps({ epochs: 4, batchSize, optimizer: adam() });
  expect(counts[0]).toBeGreaterThan(0);
  expect(counts.slice(1).every((made) => made === 0)).toBe(true);
});

test("1,000 epochs end with the memory with which they began", async () => {
  const model = network([columns], [dense(8, "relu"), dense(3)], { backend });
  const arena = () => (backend as unknown as { arena: { memory: WebAssembly.Memory } }).arena.memory.buffer.byteLength;
  let early = { arena: 0, buffers: 0, heap: 0 };
  const now = () => {
    collect();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return { arena: arena(), buffers: arrayBuffers, heap: heapUsed };
  };
  for await (const { epoch } of train(model, data, { epochs: 1000, batchSize: 20, optimizer: adam() })) {
    if (epoch === 20) early = now();
  }
  const late = now();
  expect(late.arena).toBe(early.arena);
  expect(late.buffers - early.buffers).toBeLessThan(64 * 1024);
  expect(late.heap - early.heap).toBeLessThan(1024 * 1024);
});
