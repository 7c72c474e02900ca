/**
 * The same product x·W computed in several ways, as fast as each can, in slices that are too short to hold up a page:
 *
 *   loops      the equation as three loops, in the order in which it is written: i, j, k
 *   reference  the library's reference: the same sums, in the order in which W lies in memory: i, k, j
 *   wasm       the library's kernel in WebAssembly, on one thread
 *   threads    the same on all threads of the computer
 *
 * Each gives every element the same sum: from +0, k ascending, product and sum rounded to float32.
 */
import type { Backend } from "inkling/backends";
import { chooseBackend } from "inkling/browser";
import { type CpuMatrix, Reference } from "inkling/proofs";
import { turn } from "./turn.ts";

const { fround } = Math;

/** x (m × k) by W (k × n). */
export interface Size {
  readonly m: number;
  readonly k: number;
  readonly n: number;
}

export type Way = "loops" | "reference" | "wasm" | "threads";
export const WAYS: readonly Way[] = ["loops", "reference", "wasm", "threads"];

/** One way to compute the product, piece by piece. */
interface Runner {
  readonly threads: number;
  /** Computes some rows; a round has all of them. */
  readonly piece: () => void;
  /** Operations, + and ×, in a piece. */
  readonly work: number;
  /** The whole product. */
  readonly result: () => Promise<Float32Array>;
  readonly close: () => void;
}

/** What came out of one way. */
export interface Measured {
  readonly way: Way;
  readonly threads: number;
  /** Operations a second: the median of some rounds. */
  readonly speed: number;
  readonly result: Float32Array;
}

/** Milliseconds without a pause for the page, and of a round; and rounds, after one that does not count. */
const [SLICE, ROUND, ROUNDS] = [10, 50, 5];
/** The clock is looked at after so many operations. */
const BETWEEN_LOOKS = 100_000;
/** Rows that the reference computes at once. */
const ROWS = 8;

/**
 * Measures one way, in rounds of so many milliseconds; undefined where it does not run here, or is not wanted any more.
 */
export async function measured(
  way: Way,
  size: Size,
  isWanted: () => boolean,
  roundMilliseconds = ROUND,
): Promise<Measured | undefined> {
  const runner = await runnerOf(way, size);
  if (runner === undefined) return undefined;
  try {
    const speeds: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      let [work, milliseconds] = [0, 0];
      while (milliseconds < roundMilliseconds) {
        const slice = sliceOf(runner, Math.min(SLICE, roundMilliseconds));
        work += slice.work;
        milliseconds += slice.milliseconds;
        await turn();
        if (!isWanted()) return undefined;
      }
      if (round > 0) speeds.push((1000 * work) / milliseconds);
    }
    const speed = speeds.toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
    return { way, threads: runner.threads, speed, result: await runner.result() };
  } finally {
    runner.close();
  }
}

function sliceOf({ piece, work }: Runner, atLeast: number): { readonly work: number; readonly milliseconds: number } {
  const pieces = Math.max(1, Math.ceil(BETWEEN_LOOKS / work));
  const began = performance.now();
  let [done, milliseconds] = [0, 0];
  do {
    for (let i = 0; i < pieces; i++) piece();
    done += pieces * work;
    milliseconds = performance.now() - began;
  } while (milliseconds < atLeast);
  return { work: done, milliseconds };
}

/** x from 0 to 1 and W from −1 to 1, by a linear congruential generator (Numerical Recipes): the same in every run. */
export function numbersOf({ m, k, n }: Size): { readonly x: Float32Array; readonly W: Float32Array } {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    x: Float32Array.from({ length: m * k }, uniform),
    W: Float32Array.from({ length: k * n }, () => 2 * uniform() - 1),
  };
}

async function runnerOf(way: Way, size: Size): Promise<Runner | undefined> {
  if (way === "loops") return loops(size);
  if (way === "reference") return inSlices(new Reference("float32"), size);
  if (way === "wasm") return whole((await chooseBackend({ backend: "wasm", threads: 1 })).backend, size);
  const { backend } = await chooseBackend({ backend: "wasm" });
  if (backend.threads > 1) return whole(backend, size);
  backend.close?.();
  return undefined;
}

/** zᵢⱼ = Σₖ xᵢₖ·Wₖⱼ as it is written. */
function loops(size: Size): Runner {
  const { m, k, n } = size;
  const { x, W } = numbersOf(size);
  const z = new Float32Array(m * n);
  let i = 0;
  const row = () => {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let l = 0; l < k; l++) sum = fround(sum + fround((x[i * k + l] as number) * (W[l * n + j] as number)));
      z[i * n + j] = sum;
    }
    i = (i + 1) % m;
  };
  const result = async () => {
    for (let rows = 0; rows < m; rows++) {
      row();
      if (rows % ROWS === 0) await turn();
    }
    return z;
  };
  return { threads: 1, piece: row, work: 2 * k * n, result, close: () => {} };
}

/** The reference, some rows at a time. */
function inSlices(backend: Backend, size: Size): Runner {
  const { m, k, n } = size;
  const { x, W } = numbersOf(size);
  const rows = Math.min(ROWS, m);
  const weights = kept(backend, k, n, W);
  const slices = Array.from({ length: Math.ceil(m / rows) }, (_, s) => {
    const from = s * rows;
    const count = Math.min(rows, m - from);
    return { from, matrix: kept(backend, count, k, x.subarray(from * k, (from + count) * k)) };
  });
  // Only whole slices are measured, so that all have the same work.
  const equal = slices.filter(({ matrix }) => matrix.rows === rows);
  let at = 0;
  const piece = () => {
    const { matrix } = equal[at] as (typeof equal)[number];
    backend.step(() => backend.matmul(matrix, weights));
    at = (at + 1) % equal.length;
  };
  const result = async () => {
    const z = new Float32Array(m * n);
    for (const { from, matrix } of slices) {
      backend.step(() => z.set((backend.matmul(matrix, weights) as CpuMatrix).data, from * n));
      await turn();
    }
    return z;
  };
  return { threads: 1, piece, work: 2 * rows * k * n, result, close: () => {} };
}

/** A backend that takes the product as one. */
function whole(backend: Backend, size: Size): Runner {
  const { m, k, n } = size;
  const { x, W } = numbersOf(size);
  const [inputs, weights] = [kept(backend, m, k, x), kept(backend, k, n, W)];
  const product = () => backend.matmul(inputs, weights);
  return {
    threads: backend.threads,
    piece: () => backend.step(product),
    work: 2 * m * k * n,
    result: async () => Float32Array.from(await backend.longStep(() => backend.read(product()))),
    close: () => backend.close?.(),
  };
}

function kept(backend: Backend, rows: number, columns: number, values: Float32Array) {
  const matrix = backend.keep(rows, columns);
  backend.write(matrix, values);
  return matrix;
}
