// Memory: a training step allocates no buffer and no typed array, a long training ends with as much memory as it began
// with, freed memory is used again, and many networks one after the other stay within bounds.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  adam,
  augment,
  Dataset,
  dense,
  dropout,
  type LayerSpec,
  network,
  residual,
  type TrainOptions,
  train,
} from "inkling";
import { choose } from "inkling/backends";
import { Stream } from "inkling/numbers";
import { type CpuMatrix, Reference, recording } from "inkling/proofs";
import { afterAll, expect, test, vi } from "vitest";
import { startThreads } from "../platform/node/threads.ts";
import { Arena } from "../src/backends/fast/memory.ts";
import { Threads } from "../src/backends/fast/threads.ts";
import { Wasm } from "../src/backends/wasm/wasm.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const backend = new Wasm(new Threads(2, startThreads));
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
async function allocationsOfSteps(
  options: TrainOptions,
  hidden: readonly LayerSpec[] = [dense(8, "relu")],
  examples = data,
): Promise<number[]> {
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
    const model = network([columns], [...hidden, dense(3)], { backend });
    await train(model, examples, options);
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
  // (A step that pauses, where the machine is busy, is not counted.)
  const counts = await allocationsOfSteps({ epochs: 12, batchSize, optimizer: adam() });
  expect(counts.length).toBeGreaterThanOrEqual(3);
  expect(counts.slice(2).every((made) => made === 0)).toBe(true);
});

test.each([20, "full"] as const)("nor do those of batch %s with dropout and a skip connection", async (batchSize) => {
  const inside = [dense(8, "relu"), dropout(0.5), dense(8)];
  const hidden: LayerSpec[] = [dropout(0.1), dense(8, "relu"), residual(inside, { scale: 0.5 })];
  const counts = await allocationsOfSteps({ epochs: 4, batchSize, optimizer: adam() }, hidden);
  expect(counts.slice(2).every((made) => made === 0)).toBe(true);
});

test("steps of an augmented training allocate nothing after the first two", async () => {
  const images = new Dataset({ ...data, shape: [4, 5, 1] });
  const augmentation = augment({ shift: 1, elastic: { alpha: 5, sigma: 2 }, noise: 5, erase: { size: [1, 2] } });
  const counts = await allocationsOfSteps({ epochs: 4, batchSize: 150, augmentation }, undefined, images);
  expect(counts.length).toBeGreaterThanOrEqual(3);
  expect(counts.slice(2).every((made) => made === 0)).toBe(true);
});

/** Bytes of a backend's memory. */
function sizeOf(wasm: Wasm): number {
  return wasm.arena.memory.buffer.byteLength;
}

/** Lets the garbage collector work, and its callbacks. */
async function aTurn(): Promise<void> {
  for (let i = 0; i < 3; i++) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("1,000 epochs end with the memory with which they began", async () => {
  const model = network([columns], [dense(8, "relu"), dense(3)], { backend });
  let early = { arena: 0, buffers: 0, heap: 0 };
  const now = async () => {
    await aTurn();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return { arena: sizeOf(backend), buffers: arrayBuffers, heap: heapUsed };
  };
  for await (const { epoch } of train(model, data, { epochs: 1000, batchSize: 100, optimizer: adam() })) {
    if (epoch === 20) early = await now();
  }
  const late = await now();
  expect(late.arena).toBe(early.arena);
  expect(late.buffers - early.buffers).toBeLessThan(64 * 1024);
  expect(late.heap - early.heap).toBeLessThan(1024 * 1024);
});

test("data sets that come and go use the memory of those before", async () => {
  const wasm = new Wasm();
  const sizes: number[] = [];
  const random = new Stream(1, "images");
  const all = Uint8Array.from({ length: 2_012_000 }, (_, e) => Math.max(0, random.uniform(e) * 1280 - 1024));
  for (let i = 0; i < 12; i++) {
    wasm.pixels(all.subarray(1000 * i, 1000 * i + 2_000_000), 1000);
    await aTurn();
    sizes.push(sizeOf(wasm));
  }
  expect(sizes[11]).toBe(sizes[2]);
});

test("rows that somebody holds keep their lists and their order", async () => {
  const wasm = new Wasm();
  const W = wasm.keep(50, 1);
  wasm.write(W, new Float32Array(50).fill(255));
  const images = (byte: number) => wasm.pixels(new Uint8Array(100 * 50).fill(byte), 50);
  const rows = wasm.select(images(1), Uint32Array.of(5, 3, 8), 0, 3);
  await aTurn();
  images(2);
  wasm.keep(1, 3).data.fill(1e9);
  expect([...wasm.matmul(rows, W).data].map(Math.round)).toEqual([50, 50, 50]);
});

const MIB = 2 ** 20;

/** Trains a network of random sizes, at most 8 MiB with what it computes, for two steps; returns its parameters. */
function trainOfSizes(wasm: Wasm, random: Stream, i: number): CpuMatrix[] {
  const size = (most: number, e: number) => 1 + Math.floor(((1 + random.uniform(8 * i + e)) / 2) * most);
  const [inputs, hidden, rows] = [size(1000, 0), size(600, 1), size(20, 2)];
  const parameters = [wasm.keep(inputs, hidden), wasm.keep(1, hidden), wasm.keep(hidden, 10), wasm.keep(1, 10)];
  const velocities = parameters.map((value) => wasm.keep(value.rows, value.columns));
  const [W1, b1, W2, b2] = parameters;
  for (let step = 0; step < 2; step++) {
    wasm.step(() => {
      const x = wasm.matrix(rows, inputs);
      const { a, z } = wasm.affine(x, W1, b1, "relu");
      const { a: outputs } = wasm.affine(a, W2, b2, "identity");
      const dA = wasm.matmulTransposeB(outputs, W2);
      const delta = wasm.activateBackward(dA, z, a, "relu");
      const settings = { learningRate: 0.1, weightDecay: 0, momentum: 0.9, nesterov: false };
      wasm.momentum(W2, wasm.meanOuter(a, outputs), velocities[2], settings);
      wasm.momentum(W1, wasm.meanOuter(x, delta), velocities[0], settings);
    });
  }
  return [...parameters, ...velocities];
}

test("400 networks of different sizes that are released one by one need no garbage collector", () => {
  const wasm = new Wasm();
  const random = new Stream(1, "sizes");
  for (let i = 0; i < 400; i++) for (const matrix of trainOfSizes(wasm, random, i)) wasm.release(matrix);
  // The pool's 64 MiB, one network, and what lies between pieces.
  expect(sizeOf(wasm)).toBeLessThan(128 * MIB);
});

test("400 networks of different sizes that nobody releases stay within bounds, where the loop awaits", async () => {
  const wasm = new Wasm();
  const random = new Stream(2, "sizes");
  for (let i = 0; i < 400; i++) {
    trainOfSizes(wasm, random, i);
    await wasm.relieved();
  }
  expect(sizeOf(wasm)).toBeLessThan(512 * MIB);
});

test("nothing is due while the memory in use does not grow", async () => {
  const wasm = new Wasm();
  const matrices = Array.from({ length: 7 }, () => wasm.keep(2 * MIB, 1));
  expect(wasm.relieved()).toBeUndefined();
  matrices.push(wasm.keep(2 * MIB, 1));
  const due = wasm.relieved();
  expect(due).toBeInstanceOf(Promise);
  expect(wasm.relieved()).toBe(due);
  await due;
  expect(wasm.relieved()).toBeUndefined();
  for (let i = 0; i < 100; i++) {
    wasm.release(matrices[i % 8]);
    matrices[i % 8] = wasm.keep(2 * MIB, 1);
  }
  expect(wasm.relieved()).toBeUndefined();
});

test("a released matrix is refused, may be released again, and changes nothing of the one that has its memory", () => {
  const wasm = new Wasm();
  const old = wasm.keep(10, 10);
  wasm.release(old);
  const fresh = wasm.keep(10, 10);
  expect(fresh.data.byteOffset).toBe(old.data.byteOffset);
  wasm.release(old);
  expect(wasm.keep(10, 10).data.byteOffset).not.toBe(fresh.data.byteOffset);
  wasm.write(fresh, new Float32Array(100).fill(3));
  const uses = [
    () => wasm.write(old, new Float32Array(100)),
    () => wasm.copy(fresh, old),
    () => wasm.copy(old, fresh),
    () => wasm.matmul(old, fresh),
    () => wasm.sgd(old, fresh, { learningRate: 1, weightDecay: 0 }),
    () => wasm.select(old, Uint32Array.of(0), 0, 1),
  ];
  for (const use of uses) expect(use).toThrow("expected a matrix in use, got one that has been released");
  expect(fresh.data.every((value) => value === 3)).toBe(true);
});

test.each([new Wasm(), new Reference()])("what a step was given is not released before its end: $name", (backend) => {
  const [first, second] = backend.step(() => {
    const matrix = backend.matrix(3, 3);
    backend.release(matrix);
    return [matrix, backend.matrix(3, 3)];
  });
  expect(first.isReleased).toBe(false);
  expect(second).not.toBe(first);
  const kept = backend.keep(3, 3);
  backend.release(kept);
  expect(kept.isReleased).toBe(true);
});

test("when the memory is full, the error says what to do, and what is released can be used again", () => {
  const wasm = new Wasm();
  const sentence =
    /^wasm backend: expected data and parameters of at most 2147418112 bytes together, got \d+ bytes\. Close networks \(model\.close\(\)\), take fewer examples, or take the reference backend\.$/;
  // Asked of the arena: a matrix would be filled with zeros, and 2 GiB of them touched.
  const { arena } = wasm;
  const pieces: number[] = [];
  const fill = () => {
    while (true) pieces.push(arena.allocate(60 * MIB));
  };
  expect(fill).toThrow(sentence);
  for (const at of pieces) arena.release(at);
  expect(arena.allocate(1800 * MIB)).toBe(pieces[0]);
});

test("when the system has no memory left, the error says so and does not blame the data", () => {
  const wasm = new Wasm();
  const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow").mockImplementation(() => {
    throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
  });
  try {
    expect(() => wasm.keep(MIB, 1)).toThrow(
      /^wasm backend: expected \d+ bytes of memory, got \d+ bytes from the system\. Close networks/,
    );
  } finally {
    grow.mockRestore();
  }
  expect(wasm.keep(MIB, 1).data[MIB - 1]).toBe(0);
});

/** From here on a WebAssembly memory that is to grow to more pages than this cannot be made. */
function limitMemory(pages: number): void {
  class Memory extends WebAssembly.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      if ((descriptor.maximum ?? 0) > pages) throw new RangeError("WebAssembly.Memory(): could not allocate memory");
      super(descriptor);
    }
  }
  vi.stubGlobal("WebAssembly", Object.create(WebAssembly, { Memory: { value: Memory } }));
}

test("where the system grants less address space, the memory is smaller, and the reason says so", async () => {
  limitMemory(5000);
  try {
    const { backend, reason } = await choose();
    expect(reason).toMatch(/^wasm backend, float32, one thread: .*; the system limits its memory to 256 MiB$/);
    expect(() => backend.keep(70 * MIB, 1)).toThrow("expected data and parameters of at most 268435456 bytes together");
    expect(await backend.read(backend.keep(MIB, 1))).toHaveLength(MIB);
  } finally {
    vi.unstubAllGlobals();
  }
});

test("where the system grants less than 128 MiB, the reference computes, unless wasm was asked for", async () => {
  limitMemory(2047);
  try {
    const { backend, reason } = await choose();
    expect(backend).toBeInstanceOf(Reference);
    expect(reason).toMatch(/^reference backend, float32, one thread: the system does not grant the address space/);
    await expect(choose({ backend: "wasm" })).rejects.toThrow(
      "wasm backend: expected shared memory of at least 128 MiB, got less address space from the system. " +
        "Raise the limit (ulimit -v), or take the reference backend.",
    );
  } finally {
    vi.unstubAllGlobals();
  }
});

test("images whose lists do not fit into a smaller memory are brought in batch by batch", () => {
  limitMemory(2048);
  try {
    const wasm = new Wasm();
    const W = wasm.keep(1000, 1);
    wasm.write(W, new Float32Array(1000).fill(255));
    const images = wasm.pixels(new Uint8Array(40_000_000).fill(1), 1000);
    const rows = wasm.step(() => wasm.matmul(wasm.select(images, Uint32Array.of(39_999, 7), 0, 2), W).data.slice());
    expect([...rows].map(Math.round)).toEqual([1000, 1000]);
  } finally {
    vi.unstubAllGlobals();
  }
});

test.each([new Wasm(), new Reference()])("a long step computes what a step computes: $name", async (backend) => {
  const W = backend.keep(2, 2);
  backend.write(W, [1, 2, 3, 4]);
  const x = backend.keep(1, 2);
  backend.write(x, [5, 6]);
  const result = backend.longStep(async () => {
    const z = backend.matmul(x, W);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return [...backend.matmul(z, W).data];
  });
  expect(() => backend.step(() => 1)).toThrow(
    "step: expected no other step under way, got one. Await backend.busy first.",
  );
  await backend.busy;
  expect(backend.step(() => [...backend.matmul(backend.matmul(x, W), W).data])).toEqual(await result);
});

test("a recording passes on what concerns memory, and records only operations", async () => {
  const { backend: recorded, calls } = recording(new Wasm());
  const W = recorded.keep(2, 2);
  const long = recorded.longStep(async () => recorded.matmul(W, W));
  expect(recorded.busy).toBeInstanceOf(Promise);
  await long;
  recorded.release(W);
  expect([recorded.relieved(), recorded.busy, W.isReleased]).toEqual([undefined, undefined, true]);
  expect(calls.map(({ operation }) => operation)).toEqual(["matmul"]);
});

test("models that were trained, closed and are still held have given their memory back", async () => {
  const wasm = new Wasm();
  const held: unknown[] = [];
  let early = 0;
  for (let i = 0; i < 40; i++) {
    const model = network([columns], [dense(4000, "relu"), dense(3)], { backend: wasm });
    await train(model, data, { epochs: 1, batchSize: 100, optimizer: adam() });
    model.close();
    held.push(model);
    if (i % 10 === 9) await aTurn();
    if (i === 19) early = sizeOf(wasm);
  }
  expect(held).toHaveLength(40);
  expect(sizeOf(wasm)).toBe(early);
});

test("arenas that die with pieces to free leave those of others to the garbage collector", async () => {
  (() => {
    for (let i = 0; i < 2; i++) {
      const passing = new Arena();
      (() => passing.freeWith({}, passing.allocate(64)))();
      collect();
    }
  })();
  collect();
  await aTurn();
  const arena = new Arena();
  (() => arena.freeWith({}, arena.allocate(64)))();
  const { top } = arena;
  for (let i = 0; i < 100 && arena.top === top; i++) await aTurn();
  expect(arena.top).toBeLessThan(top);
});

test("a backend that nobody holds is collected, and its threads end", async () => {
  let ended = 0;
  const registry = new FinalizationRegistry(() => ended++);
  (() => registry.register(new Wasm(new Threads(2, startThreads)), undefined))();
  for (let i = 0; i < 100 && ended === 0; i++) await aTurn();
  expect(ended).toBe(1);
});

test("pixels that were listed for a step are not used after it", () => {
  const wasm = new Wasm();
  const data = wasm.pixels(new Uint8Array(40).fill(7), 4);
  const W = wasm.matrix(4, 2);
  const uses = [
    () => wasm.select(data, Uint32Array.of(3, 1, 2), 0, 3),
    () => wasm.temporaryPixels(new Uint8Array(8).fill(7), 4),
  ];
  for (const use of uses) {
    const listed = wasm.step(use);
    expect(() => wasm.step(() => wasm.matmul(listed, W))).toThrow("matmul, x: expected a matrix in use");
    expect(() => wasm.step(() => wasm.select(listed, Uint32Array.of(0), 0, 1))).toThrow("expected a matrix in use");
  }
  expect(() => wasm.step(() => wasm.matmul(wasm.select(data, Uint32Array.of(0, 1, 2), 0, 3), W))).not.toThrow();
});
