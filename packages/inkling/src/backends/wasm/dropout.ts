/** Dropout: the arguments of kernels/dropout.ts. A tile is some rows, about TILE_DRAWS numbers of them. */
import * as argument from "../../../kernels/arguments.ts";
import { DROPOUT, TILE_DRAWS } from "../../../kernels/layout.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { thresholdOf } from "../dropout.ts";
import { address, type Calls } from "../fast/calls.ts";
import type { MemoryPool } from "../pool.ts";
import type { DropoutSettings } from "../settings.ts";

/**
 * Bytes of scratch memory. Machine code has two words for each of ten rounds, each in eight lanes; WebAssembly the
 * sixteen words of four draws.
 */
export const DROPOUT_SCRATCH: number = 10 * 2 * 32;

export class Dropout {
  readonly #calls: Calls;
  readonly #pool: MemoryPool;

  constructor(calls: Calls, pool: MemoryPool) {
    this.#calls = calls;
    this.#pool = pool;
  }

  dropout(x: CpuMatrix, { rate, stream, epoch, order, start }: DropoutSettings, z: CpuMatrix): void {
    const calls = this.#calls;
    const { rows, columns } = x;
    const examples = address(this.#pool.matrix(1, rows));
    calls.setOrder(examples, order, start, rows);
    const [low, high] = stream.key;
    const tile = Math.max(1, Math.floor(TILE_DRAWS / columns));
    calls.word(argument.DROPOUT_X, address(x));
    calls.word(argument.DROPOUT_Z, address(z));
    calls.word(argument.DROPOUT_ROWS, rows);
    calls.word(argument.DROPOUT_COLUMNS, columns);
    calls.word(argument.DROPOUT_TILE, tile);
    calls.word(argument.DROPOUT_EXAMPLES, examples);
    calls.word(argument.DROPOUT_EPOCH, epoch);
    calls.word(argument.DROPOUT_KEY, low);
    calls.word(argument.DROPOUT_KEY_HIGH, high);
    calls.word(argument.DROPOUT_THRESHOLD, thresholdOf(rate));
    calls.float(argument.DROPOUT_SCALE, 1 / (1 - rate));
    calls.needScratch(DROPOUT_SCRATCH);
    // Ten rounds of Philox are some 150 vector operations for sixteen numbers.
    calls.run(DROPOUT, rows / tile, 10 * rows * columns);
  }
}
