/**
 * How the numbers of each layer are spread, moment after moment: a picture whose columns are moments and whose rows are
 * bins, the largest numbers at the top. All moments have one scale, from the lowest number of them all to the highest,
 * so that they can be compared.
 */
import { histogramOf } from "./histogram.ts";
import type { Look } from "./look.ts";

const BINS = 31;
/** So many numbers of a layer are kept at most, evenly taken; its lowest and its highest are of all. */
const MOST = 2 ** 16;

export interface Spread {
  /** "outputs" or "gradient" of the layer. */
  readonly kind: Kind;
  readonly layer: string;
  /** The lowest and the highest number of all moments. */
  readonly low: number;
  readonly high: number;
  readonly moments: number;
  /** Shares, BINS × moments, row-major. */
  readonly values: Float64Array;
}

type Kind = "outputs" | "gradient";

interface Kept {
  readonly low: number;
  readonly high: number;
  readonly values: Float64Array;
}

/** What is kept of a network at one moment. */
export interface Moment {
  /** Of the examples that are looked at. */
  readonly loss: number;
  /** Those that have weights, by name. */
  readonly layers: ReadonlyMap<string, Readonly<Record<Kind, Kept>>>;
}

export function momentOf({ layers, loss }: Look): Moment {
  const learning = layers.flatMap(({ name, outputs, gradient }) => {
    return gradient === undefined ? [] : [[name, { outputs: kept(outputs), gradient: kept(gradient) }] as const];
  });
  return { loss, layers: new Map(learning) };
}

function kept(numbers: ArrayLike<number>): Kept {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < numbers.length; i++) {
    const number = numbers[i] as number;
    if (number < low) low = number;
    if (number > high) high = number;
  }
  const every = Math.ceil(numbers.length / MOST) || 1;
  const count = Math.ceil(numbers.length / every);
  return { low, high, values: Float64Array.from({ length: count }, (_, i) => numbers[i * every] as number) };
}

/** The pictures of all layers, two of each; the moments from the oldest to the newest. */
export function spreadsOf(moments: readonly Moment[]): Spread[] {
  const layers = [...(moments.at(-1)?.layers.keys() ?? [])];
  return layers.flatMap((layer) => (["outputs", "gradient"] as const).map((kind) => spreadOf(moments, layer, kind)));
}

function spreadOf(moments: readonly Moment[], layer: string, kind: Kind): Spread {
  const lists = moments.flatMap((moment) => moment.layers.get(layer)?.[kind] ?? []);
  const low = Math.min(...lists.map((list) => list.low));
  const high = Math.max(...lists.map((list) => list.high));
  const values = new Float64Array(BINS * lists.length);
  for (const [column, list] of lists.entries()) {
    const shares = histogramOf(list.values, low, high, BINS);
    const most = Math.max(...shares, 1e-12);
    // Each moment by its own fullest bin: otherwise a layer of zeros at the start would leave the others pale.
    for (let bin = 0; bin < BINS; bin++) {
      values[(BINS - 1 - bin) * lists.length + column] = (shares[bin] ?? 0) / most;
    }
  }
  return { kind, layer, low, high, moments: lists.length, values };
}
