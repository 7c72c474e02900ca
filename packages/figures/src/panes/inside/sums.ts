/**
 * The sums behind z and δ, term by term. A term is a product of two numbers of the trace, rounded to float32 as the
 * library rounds it; the total is the library's own number. The terms are listed by size, so that adding them up in
 * this order can differ from the total in the last digits.
 */
import type { LayerTrace, Trace } from "inkling/proofs";

export interface Term {
  /** Of the input, or of the neuron above. */
  readonly place: number;
  /** x, or δ of the neuron above. */
  readonly x: number;
  readonly w: number;
  /** x·w */
  readonly product: number;
}

export interface Sum {
  /** The largest ones, the largest first. */
  readonly largest: readonly Term[];
  /** How many others there are that are not 0, and what they sum up to. */
  readonly others: { readonly count: number; readonly sum: number };
  /** How many terms are exactly 0, because x or w is. */
  readonly zeros: number;
}

/** x₀·w₀ + x₁·w₁ + … */
export function sumOf(x: ArrayLike<number>, w: ArrayLike<number>, shown = 8): Sum {
  const terms: Term[] = [];
  for (let place = 0; place < x.length; place++) {
    const [a, b] = [x[place] as number, w[place] as number];
    const product = Math.fround(a * b);
    if (product !== 0) terms.push({ place, x: a, w: b, product });
  }
  terms.sort((a, b) => Math.abs(b.product) - Math.abs(a.product) || a.place - b.place);
  const others = terms.slice(shown);
  return {
    largest: terms.slice(0, shown),
    others: { count: others.length, sum: others.reduce((sum, { product }) => sum + product, 0) },
    zeros: x.length - terms.length,
  };
}

/** What all terms of a sum are together, in float64. */
export function totalOf({ largest, others }: Sum): number {
  return largest.reduce((sum, { product }) => sum + product, others.sum);
}

/** Layers that hand numbers on as they are when nothing is trained. */
const PASSED: readonly string[] = ["flatten", "dropout"];

/**
 * The dense layer that takes what this one gives, with its δ; undefined where another kind of layer is between them.
 */
export function denseAbove(layers: readonly LayerTrace[], { name }: LayerTrace) {
  const at = layers.findIndex((layer) => layer.name === name);
  const above = at < 0 ? undefined : layers.slice(at + 1).find(({ type }) => !PASSED.includes(type));
  return above?.dense?.back && { layer: above, W: above.dense.W, delta: above.dense.back.delta };
}

/** The terms of ∂C/∂aⱼ = Σₖ wⱼₖ·δₖ: for each neuron k above, its weight from here and its δ. */
export function blameOf(above: NonNullable<ReturnType<typeof denseAbove>>, j: number, shown = 10): Sum {
  const { W, delta } = above;
  return sumOf(delta, W.values.subarray(j * W.columns, (j + 1) * W.columns), shown);
}

/**
 * Whether the loss is −ln p of the right class: only then is ∂C/∂z = p − y. With weights or smoothed targets it is not.
 */
export function isPlainCrossEntropy({ calls }: Pick<Trace, "calls">): boolean {
  return calls.some(({ operation }) => operation === "softmaxCrossEntropy");
}

/**
 * ∂pⱼ/∂zₖ = pⱼ·([j = k] − pₖ), row by row: softmax's Jacobian. The library needs only its product with ∂C/∂p, which is
 * p − y, so that it never makes the whole; these numbers are made here, of the probabilities that it computed.
 */
export function softmaxJacobian(p: ArrayLike<number>): Float64Array {
  const n = p.length;
  return Float64Array.from({ length: n * n }, (_, e) => {
    const [j, k] = [Math.floor(e / n), e % n];
    return (p[j] as number) * ((j === k ? 1 : 0) - (p[k] as number));
  });
}
