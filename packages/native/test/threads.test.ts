// What the library will do: one thread places code, workers make it callable from its address, all in shared memory.
import { Worker } from "node:worker_threads";
import { isUnavailable, placeCode } from "inkling-native";
import { expect, test } from "vitest";
import { addressIn, code } from "./adding.js";
import { levels, system } from "./machine.ts";

test.skipIf(levels.length === 0)(
  "a worker calls code that another thread placed, in memory that has grown",
  async () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 64, shared: true });
    const base = system().addressOf(new Uint8Array(memory.buffer));
    memory.grow(20);
    expect(system().addressOf(new Uint8Array(memory.buffer))).toBe(base);
    const addresses = placeCode(system(), [code(base)]);
    if (isUnavailable(addresses)) throw new Error(addresses.reason);
    const numbers = new Int32Array(memory.buffer);
    const worker = (number: number) =>
      new Promise((resolve, reject) => {
        const started = new Worker(new URL("adding.js", import.meta.url), {
          workerData: { address: addresses[0], number },
          // Without the conditions of this process: the worker loads the built package.
          execArgv: [],
        });
        started.on("error", reject).on("exit", resolve);
      });
    expect(await Promise.all([worker(1), worker(2), worker(3)])).toEqual([0, 0, 0]);
    expect([...numbers.subarray(addressIn / 4, addressIn / 4 + 5)]).toEqual([0, 1001, 2001, 3001, 0]);
  },
);
