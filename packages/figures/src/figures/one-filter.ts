/**
 * One filter of 5 × 5 on one digit, as the library computes it: a convolution, its ReLU, and a max pool of 2 × 2. The
 * weights are the reader's own.
 */
import { conv2d, dense, flatten, maxPool2d, network } from "inkling";
import { type ConvolutionTrace, type PoolingTrace, Reference, type Trace, trace } from "inkling/proofs";
import { words } from "./words.ts";

/** How many pixels the filter sees down and across. */
export const SIZE = 5;
/** A digit's side. */
export const SIDE = 28;

export interface Filter {
  /** 25 weights, row by row. */
  readonly weights: readonly number[];
  readonly bias: number;
}

export interface Sliding {
  readonly stride: number;
  readonly padding: number;
}

export interface Filtered {
  readonly convolution: ConvolutionTrace;
  readonly pooling: PoolingTrace;
}

/** What the filter makes of 784 bytes. */
export async function filtered(pixels: Uint8Array, filter: Filter, { stride, padding }: Sliding): Promise<Filtered> {
  const layers = [conv2d(1, SIZE, { stride, padding, activation: "relu" }), maxPool2d(2), flatten(), dense(2)];
  const model = network([SIDE, SIDE, 1], layers, { backend: new Reference() });
  const [weights, bias] = model.parameters;
  if (weights !== undefined) model.backend.write(weights.value, Float32Array.from(filter.weights));
  if (bias !== undefined) model.backend.write(bias.value, Float32Array.of(filter.bias));
  const [first, second] = (await trace(model, pixels)).layers;
  if (first?.convolution === undefined || second?.pooling === undefined) throw new Error(words().noConvolution);
  return { convolution: first.convolution, pooling: second.pooling };
}

/** The numbers of one channel, row by row. */
export function channelOf(values: ArrayLike<number>, channel: number, channels: number): number[] {
  return Array.from({ length: values.length / channels }, (_, p) => values[p * channels + channel] ?? Number.NaN);
}

/** A filter of a network whose first layer is a convolution. */
export function learned({ layers }: Trace, f: number): Filter {
  const { W, b, filters } = layers[0]?.convolution ?? {};
  if (W === undefined || filters === undefined) throw new Error(words().noConvolution);
  return { weights: channelOf(W.values, f, filters), bias: b?.[f] ?? 0 };
}

/** Numbers that an address may have for a filter; a network may have fewer of them. */
export const MOST_FILTERS = 64;

/** A filter that the network has: this one, or its last. */
export function filterIn({ layers }: Trace, f: number): number {
  return Math.min(f, (layers[0]?.convolution?.filters ?? 1) - 1);
}

type Cell = readonly [row: number, column: number];

/** The cells of a straight way, both ends among them. */
export function cellsBetween(from: Cell, to: Cell): Cell[] {
  const steps = Math.max(Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1]));
  const along = (d: 0 | 1, i: number) => Math.round(from[d] + (to[d] - from[d]) * (steps === 0 ? 0 : i / steps));
  return Array.from({ length: steps + 1 }, (_, i): Cell => [along(0, i), along(1, i)]);
}

/** Filters that people made, before networks learned theirs. */
export const made = {
  /** Ink on the right, paper on the left. */
  upright: weightsOf((_, column) => (column - 2) / 10),
  /** Ink below, paper above. */
  level: weightsOf((row) => (row - 2) / 10),
  /** The mean of the window. */
  mean: weightsOf(() => 1 / 25),
  /** The window's middle, and nothing else. */
  middle: weightsOf((row, column) => (row === 2 && column === 2 ? 1 : 0)),
} as const;

export type MadeName = keyof typeof made;

function weightsOf(weight: (row: number, column: number) => number): readonly number[] {
  return Array.from({ length: SIZE * SIZE }, (_, t) => weight(Math.floor(t / SIZE), t % SIZE));
}
