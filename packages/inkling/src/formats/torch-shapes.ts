/**
 * What the shapes of a state dict say about a network of dense layers. A weight is (outputs × inputs); where one
 * layer's outputs are another one's inputs, they may be neighbours.
 */
import type { Tensor } from "./safetensors.ts";

/** The dense weights of a state dict. */
function denseWeights(tensors: readonly Tensor[]): readonly Tensor[] {
  return tensors.filter(({ name, shape }) => shape.length === 2 && /(?:^|\.)weight$/.test(name));
}

/**
 * The widths of a network of dense layers alone, from its inputs to its outputs: [784, 128, 10]. Undefined unless the
 * weights follow each other in one way.
 */
export function denseWidths(tensors: readonly Tensor[]): readonly number[] | undefined {
  const weights = denseWeights(tensors);
  const others = tensors.some(({ name, shape }) => shape.length > 2 || name.endsWith(".running_mean"));
  if (others || weights.length === 0 || weights.length > MOST_LAYERS) return undefined;
  const chains = chainsOf(weights.map(({ shape }) => shape));
  return chains.size === 1 ? JSON.parse([...chains][0]) : undefined;
}

/** More dense layers than this are not put in order by their shapes. */
const MOST_LAYERS = 100;
/** More steps than this are not tried. */
const MOST_STEPS = 100_000;

/** Every order of the layers in which each one takes what the one before it gives, as a text of the widths. */
function chainsOf(shapes: readonly (readonly number[])[]): Set<string> {
  const chains = new Set<string>();
  let steps = 0;
  const extend = (widths: readonly number[], free: readonly (readonly number[])[]): void => {
    if (free.length === 0) chains.add(JSON.stringify(widths));
    const seen = new Set<string>();
    for (const [i, [outputs, inputs]] of free.entries()) {
      const isNext = widths.length === 0 || widths[widths.length - 1] === inputs;
      // Two layers of one shape: one of them is as good as the other.
      if (!isNext || seen.has(`${outputs} ${inputs}`) || chains.size > 1 || ++steps > MOST_STEPS) continue;
      seen.add(`${outputs} ${inputs}`);
      extend(widths.length === 0 ? [inputs, outputs] : [...widths, outputs], free.toSpliced(i, 1));
    }
  };
  extend([], shapes);
  return steps > MOST_STEPS ? new Set() : chains;
}

/**
 * How many outputs, and how many inputs the first dense layer has, of a state dict whose hidden dense layers have these
 * widths. Undefined where that is not the only layer left.
 */
export function endsOf(
  tensors: readonly Tensor[],
  hidden: readonly number[],
): { readonly outputs: number; readonly inputs: number } | undefined {
  const shapes = denseWeights(tensors).map(({ shape }) => shape);
  const outputs = without(
    shapes.map(([out]) => out),
    hidden,
  );
  const inputs = without(
    shapes.map(([, into]) => into),
    hidden,
  );
  return outputs?.length === 1 && inputs?.length === 1 ? { outputs: outputs[0], inputs: inputs[0] } : undefined;
}

/** A list without some of its numbers; undefined where one of them is not in it. */
function without(numbers: readonly number[], taken: readonly number[]): readonly number[] | undefined {
  const left = [...numbers];
  for (const number of taken) {
    const at = left.indexOf(number);
    if (at === -1) return undefined;
    left.splice(at, 1);
  }
  return left;
}
