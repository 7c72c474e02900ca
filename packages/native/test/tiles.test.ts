// A tile of a product of images is its share of all tiles, so machine code has to know how many there are. It counts
// them from the arguments; here, that the library runs as many. With fewer, images would be left out.
import { layout, type MachineCode } from "inkling/kernels";
import { machineCode } from "inkling-native";
import { expect, test } from "vitest";
import { Threads } from "../../inkling/src/backends/fast/threads.ts";
import { Native } from "../../inkling/src/backends/native.ts";
import { meanOuterTiles } from "../src/kernels/pixel-mean-outer.ts";
import { productTiles } from "../src/kernels/pixel-product.ts";
import { levels } from "./machine.ts";

/** Of each operation that is run: its number, the tiles that machine code counts, and those that are run. */
interface Run {
  readonly operation: number;
  readonly counted: number;
  run: number;
}

const counts = new Map([
  [layout.PIXEL_PRODUCT, productTiles],
  [layout.PIXEL_MEAN_OUTER, meanOuterTiles],
]);

/** The same machine code, which notes what it is asked for and which tiles it runs. */
function noting(machine: MachineCode, runs: Run[]): MachineCode {
  return {
    instructions: machine.instructions,
    codeOf(operation, words) {
      // Lists by pixel have other tiles.
      if (operation === layout.LISTED_PRODUCT) return undefined;
      const code = machine.codeOf(operation, words);
      if (code !== undefined) runs.push({ operation, counted: counts.get(operation)?.(words) ?? 0, run: 0 });
      return code;
    },
    on(memory) {
      const { run, thread } = machine.on(memory);
      return {
        thread,
        run(first, end) {
          const last = runs.at(-1);
          if (last !== undefined) last.run += end - first;
          run(first, end);
        },
      };
    },
  };
}

test.skipIf(levels.length === 0).each([1, 2, 3, 8, 64])(
  "the library runs as many tiles of pixel products as machine code counts, for %i threads",
  async (threads) => {
    const machine = await machineCode();
    if (typeof machine === "string") throw new Error(machine);
    const runs: Run[] = [];
    // Helping threads that never come: the caller runs all tiles.
    const backend = new Native(noting(machine, runs), new Threads(threads, (count) => count));
    for (const m of [1, 2, 5, 64, 127, 128, 1000]) {
      for (const pixels of [1, 112, 230, 784]) {
        const x = backend.pixels(new Uint8Array(m * pixels).fill(3), pixels);
        for (const n of [1, 10, 16, 17, 32, 33, 64, 100, 130, 300]) {
          runs.length = 0;
          backend.step(() => {
            backend.matmul(x, backend.matrix(pixels, n));
            if (m <= layout.BLOCK) backend.meanOuter(x, backend.matrix(m, n));
          });
          const where = `${m} images of ${pixels} pixels by ${n}`;
          expect(runs.length, where).toBe(m <= layout.BLOCK ? 2 : 1);
          for (const { operation, counted, run } of runs) expect(run, `operation ${operation}, ${where}`).toBe(counted);
        }
      }
    }
    backend.close();
  },
);
