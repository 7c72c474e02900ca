// Helping threads that do not do as they should, and places where there are none.
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Worker } from "node:worker_threads";
import { ArgumentError, BugError } from "inkling";
import { type Backend, choose, MOST_THREADS, type StartThreads } from "inkling/backends";
import type { CpuMatrix } from "inkling/proofs";
import { expect, test, vi } from "vitest";
import { startThreads } from "../platform/node/threads.ts";
import { Threads } from "../src/backends/fast/threads.ts";
import { Wasm } from "../src/backends/wasm/wasm.ts";

/** Starts workers that run this code. */
function starting(code: string): StartThreads {
  return (count, module, memory) => {
    for (let number = 1; number <= count; number++) {
      new Worker(code, { eval: true, workerData: { module, memory, number } }).on("error", () => {}).unref();
    }
    return count;
  };
}

/** A product that is large enough for several threads; true if it is right. */
function multiplies(backend: Backend): boolean {
  const [x, W] = [backend.keep(200, 200), backend.keep(200, 200)];
  backend.write(x, new Float32Array(40_000).fill(1));
  backend.write(W, new Float32Array(40_000).fill(1));
  return (backend.matmul(x, W) as CpuMatrix).data.every((z) => z === 200);
}

test("a helping thread that dies is reported, and nobody waits for it", async () => {
  const dying = `
    const { workerData: { module: kernels, memory, number } } = require("node:worker_threads");
    const sleep = () => { throw new Error("dead"); };
    const instance = new WebAssembly.Instance(kernels, { env: { memory, sleep, foreign() {} } });
    try { instance.exports.work(number); } catch { instance.exports.fail(); }
  `;
  const wasm = new Wasm(new Threads(2, starting(dying)));
  await expect
    .poll(() => {
      try {
        multiplies(wasm);
      } catch (error) {
        return error;
      }
    })
    .toBeInstanceOf(BugError);
});

test("helping threads that never come are not missed", () => {
  expect(multiplies(new Wasm(new Threads(3, (count) => count)))).toBe(true);
});

test("helping threads that fail at their start are not missed, and do not end the process", async () => {
  // Their kernels are no module, so each worker throws before it computes.
  const wasm = new Wasm(new Threads(3, (count, _, memory) => startThreads(count, {} as WebAssembly.Module, memory)));
  for (let i = 0; i < 10; i++) {
    expect(multiplies(wasm)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
});

test("where some or all threads cannot be started, the others compute, and the reason says so", async () => {
  const none = await choose({ threads: 4 }, { cores: 8, startThreads: () => 0 });
  expect(none.backend.threads).toBe(1);
  expect(none.reason).toBe(
    "wasm backend, float32, one thread (of 4: no more workers may be started here): " +
      "the fastest that gives the reference's bits here",
  );
  const two = await choose(
    { threads: 4 },
    { cores: 8, startThreads: (_, module, memory) => startThreads(1, module, memory) },
  );
  expect(two.reason).toContain("2 threads (of 4: no more workers may be started here)");
  for (const { backend } of [none, two]) expect(multiplies(backend)).toBe(true);
});

test("a number of threads in quotes is shown in quotes, as names are", async () => {
  await expect(choose({ threads: "2" as never })).rejects.toThrow('from 1 to 64, got "2".');
  await expect(choose({ backend: "gpu" as never })).rejects.toThrow('expected reference, wasm or native, got "gpu".');
  await expect(choose({ precision: 32 as never })).rejects.toThrow("expected float32 or float64, got 32.");
});

test.each([0, -1, 1.5, Number.NaN, MOST_THREADS + 1, 5000])("%s threads are refused", async (threads) => {
  const start = vi.fn(() => 0);
  const surroundings = { cores: 2, startThreads: start };
  for (const make of [
    () => choose({ threads }, surroundings),
    () => choose({ threads, backend: "reference" }, surroundings),
    async () => new Wasm(new Threads(threads, start)),
  ]) {
    await expect(make()).rejects.toThrow(ArgumentError);
    await expect(make()).rejects.toThrow(`threads: expected a whole number from 1 to 64, got ${threads}.`);
  }
  expect(start).not.toHaveBeenCalled();
});

test("a machine with more cores than the most threads gets the most threads", async () => {
  const start = vi.fn((count: number) => count);
  expect((await choose({}, { cores: 192, startThreads: start })).backend.threads).toBe(MOST_THREADS);
});

/** Runs code in a Node of its own that finds `inkling` as a user's would, started by this shell command. */
async function run(code: string, command: string): Promise<string> {
  const packageRoot = fileURLToPath(new URL("../", import.meta.url));
  const directory = await mkdtemp(join(packageRoot, "test-run-"));
  try {
    await writeFile(join(directory, "main.mjs"), code);
    const { stdout } = await promisify(execFile)("/bin/sh", ["-c", command], { cwd: directory });
    return stdout;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Says what was chosen, and stays until all threads have started. */
const sayChoice = `
  import { chooseBackend } from "inkling/node";
  console.log((await chooseBackend({ threads: 16 })).reason);
  setTimeout(() => {}, 500);
`;

test("without permission for workers Node computes on one thread, and the reason says so", async () => {
  const flag = Number(process.versions.node.split(".")[0]) < 23 ? "--experimental-permission" : "--permission";
  expect(await run(sayChoice, `"${process.execPath}" ${flag} --allow-fs-read=* main.mjs`)).toMatch(
    /^wasm backend, float32, one thread \(of 16: no more workers may be started here\)/,
  );
});

// V8 reserves some 10 GiB of address space for a WebAssembly memory, and ends the process where a worker finds too
// little.
test.skipIf(process.platform !== "linux").each([
  [8, /^reference backend, float32, one thread: the system does not grant the address space that WebAssembly needs/],
  [16, /^(wasm|native) backend.*, float32, [2-9] threads \(of 16: no more workers may be started here\)/],
])("in %s GiB of address space it computes with what fits", async (gib, reason) => {
  expect(await run(sayChoice, `ulimit -v ${gib * 2 ** 20} && "${process.execPath}" main.mjs`)).toMatch(reason);
});

test("tiles of another set of kernels are shared by all threads", async () => {
  const { kernelModule } = await import("../src/backends/fast/kernels.ts");
  const { FOREIGN } = await import("../kernels/layout.ts");
  const memory = new WebAssembly.Memory({ initial: 2, maximum: 32768, shared: true });
  const words = new Int32Array(memory.buffer);
  // A tile counts itself, by the thread that runs it, in the second page.
  const [TILES, COUNTS] = [4000, 65536 / 4];
  const code = `
    const { module: kernels, memory, number } = require("node:worker_threads").workerData;
    const words = new Int32Array(memory.buffer);
    const sleep = (address, expected) => { Atomics.wait(words, address >>> 2, expected); };
    const foreign = (_operation, tile) => {
      Atomics.add(words, ${COUNTS} + number, 1);
      Atomics.add(words, ${COUNTS} + 16 + tile, 1);
      for (const end = performance.now() + 0.02; performance.now() < end;);
    };
    const instance = new WebAssembly.Instance(kernels, { env: { memory, sleep, foreign } });
    instance.exports.work(number);
  `;
  starting(code)(1, kernelModule(), memory);
  const foreign = (operation: number, tile: number) => {
    expect(operation).toBe(FOREIGN);
    words[COUNTS]++;
    Atomics.add(words, COUNTS + 16 + tile, 1);
    for (const end = performance.now() + 0.02; performance.now() < end; );
  };
  const sleep = (address: number, expected: number) => void Atomics.wait(words, address >>> 2, expected);
  const { exports } = new WebAssembly.Instance(kernelModule(), { env: { memory, sleep, foreign } });
  const { run, setThreads, quit } = exports as unknown as Record<string, (...values: number[]) => void>;
  setThreads(2);
  let rounds = 0;
  for (; rounds < 200 && words[COUNTS + 1] === 0; rounds++) {
    run(FOREIGN, TILES, 1 << 20);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  quit();
  expect(words[COUNTS + 1]).toBeGreaterThan(0);
  expect(words[COUNTS] + words[COUNTS + 1]).toBe(rounds * TILES);
  expect(new Set(words.subarray(COUNTS + 16, COUNTS + 16 + TILES))).toEqual(new Set([rounds]));
});

test("instructions choose the native backend, and go with no other", async () => {
  await expect(choose({ instructions: "sse" as never })).rejects.toThrow('expected avx2 or avx512, got "sse".');
  await expect(choose({ backend: "wasm", instructions: "avx2" })).rejects.toThrow(
    "instructions: expected the backend native with them, got wasm.",
  );
  const none = { cores: 1, machineCode: async () => "this CPU has no AVX2" };
  await expect(choose({ instructions: "avx2" }, none)).rejects.toThrow(
    "backend native: expected machine code that runs here, got none: this CPU has no AVX2. Use wasm.",
  );
  expect((await choose({}, none)).reason).toBe(
    "wasm backend, float32, one thread: the fastest that gives the reference's bits here " +
      "(no machine code: this CPU has no AVX2)",
  );
});
