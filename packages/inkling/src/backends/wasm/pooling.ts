/** Pooling: the arguments of kernels/pooling.ts. A tile is some images, about TILE_NUMBERS numbers of them. */
import * as argument from "../../../kernels/arguments.ts";
import {
  AVERAGE_POOL,
  AVERAGE_POOL_BACKWARD,
  MAX_CHOICES,
  MAX_POOL,
  MAX_POOL_BACKWARD,
  TILE_NUMBERS,
} from "../../../kernels/layout.ts";
import type { CpuMatrix } from "../cpu-matrix.ts";
import { address, type Calls } from "../fast/calls.ts";
import { imageSize, positions, taps, type Window } from "../window.ts";

export class Pooling {
  readonly #calls: Calls;

  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** z = max x over each window */
  maxPool(x: CpuMatrix, window: Window, z: CpuMatrix): void {
    this.#calls.word(argument.POOL_X, address(x));
    this.#calls.word(argument.POOL_Z, address(z));
    this.#run(MAX_POOL, x.rows, window, true, 2);
  }

  /** Which pixel of each window z is, the maximum of x: from 0 on, row by row. */
  maxChoices(x: CpuMatrix, z: CpuMatrix, window: Window, choices: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.POOL_X, address(x));
    calls.word(argument.POOL_Z, address(z));
    calls.word(argument.POOL_CHOICES, address(choices));
    this.#run(MAX_CHOICES, x.rows, window, true, 3);
  }

  /** dX = Σ δ of the windows whose maximum it is */
  maxPoolBackward(x: CpuMatrix, z: CpuMatrix, delta: CpuMatrix, window: Window, dX: CpuMatrix): void {
    const calls = this.#calls;
    calls.word(argument.POOL_X, address(x));
    calls.word(argument.POOL_Z, address(z));
    calls.word(argument.POOL_DELTA, address(delta));
    calls.word(argument.POOL_DX, address(dX));
    this.#run(MAX_POOL_BACKWARD, x.rows, window, areApart(window), 4);
  }

  /** z = Σ x / n over each window's n pixels */
  averagePool(x: CpuMatrix, window: Window, z: CpuMatrix): void {
    this.#calls.word(argument.POOL_X, address(x));
    this.#calls.word(argument.POOL_Z, address(z));
    this.#run(AVERAGE_POOL, x.rows, window, true, 1);
  }

  /** dX = Σ δ / n of the windows that it is in */
  averagePoolBackward(delta: CpuMatrix, window: Window, dX: CpuMatrix): void {
    this.#calls.word(argument.POOL_DELTA, address(delta));
    this.#calls.word(argument.POOL_DX, address(dX));
    this.#run(AVERAGE_POOL_BACKWARD, delta.rows, window, areApart(window), 2);
  }

  /** `work`: vector operations for four numbers of a window. */
  #run(operation: number, images: number, window: Window, mayNeighbour: boolean, work: number): void {
    const calls = this.#calls;
    const tile = Math.max(1, Math.floor(TILE_NUMBERS / imageSize(window)));
    calls.word(argument.POOL_IMAGES, images);
    calls.word(argument.POOL_TILE, tile);
    calls.word(argument.POOL_NEIGHBOURS, mayNeighbour ? 1 : 0);
    calls.word(argument.POOL_HEIGHT, window.height);
    calls.word(argument.POOL_WIDTH, window.width);
    calls.word(argument.POOL_CHANNELS, window.channels);
    calls.word(argument.POOL_ROWS, window.rows);
    calls.word(argument.POOL_COLUMNS, window.columns);
    calls.word(argument.POOL_STRIDE_Y, window.strideY);
    calls.word(argument.POOL_STRIDE_X, window.strideX);
    calls.word(argument.POOL_TOP, window.top);
    calls.word(argument.POOL_LEFT, window.left);
    calls.word(argument.POOL_OUT_HEIGHT, window.outHeight);
    calls.word(argument.POOL_OUT_WIDTH, window.outWidth);
    calls.run(operation, images / tile, (images * positions(window) * taps(window) * work) / 4);
  }
}

/** Whether windows side by side share no pixel. */
function areApart({ columns, strideX }: Window): boolean {
  return columns <= strideX;
}
