/**
 * How alike the neurons of two networks are: the cosine of the angle between two lists of weights. It is 1 for lists
 * that point the same way, and about 0 for those that have nothing to do with each other.
 */

type Weights = readonly number[];

/** The weights of some neurons, before a training and after it. */
export interface Neurons {
  readonly starts: readonly Weights[];
  readonly maps: readonly Weights[];
}

export interface Likeness {
  /** Of the two neurons, one from each network, that are most alike. */
  readonly trained: number;
  /** The same before the training. */
  readonly started: number;
  /** The same of what the training has added. */
  readonly learned: number;
  /** Of the neuron, in either network, that is least like its own start. */
  readonly kept: number;
}

export function likenessOf(a: Neurons, b: Neurons): Likeness {
  return {
    trained: mostAlike(a.maps, b.maps),
    started: mostAlike(a.starts, b.starts),
    learned: mostAlike(learnedOf(a), learnedOf(b)),
    kept: Math.min(...[a, b].flatMap(({ maps, starts }) => maps.map((map, j) => cosineOf(map, starts[j] ?? [])))),
  };
}

function mostAlike(a: readonly Weights[], b: readonly Weights[]): number {
  return Math.max(...a.flatMap((one) => b.map((other) => cosineOf(one, other))));
}

function learnedOf({ starts, maps }: Neurons): Weights[] {
  return maps.map((map, j) => map.map((value, i) => value - (starts[j]?.[i] ?? 0)));
}

/** 0 where one of them has no length. */
function cosineOf(a: Weights, b: Weights): number {
  const product = (x: Weights, y: Weights) => x.reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
  return product(a, b) / (Math.sqrt(product(a, a) * product(b, b)) || 1);
}
