/**
 * What operations add up over many calls, in float64: the losses of a pass over data, and the squares of several
 * matrices. Blocks are added as the tree of backend.ts.
 */
import { TreeSum } from "../numbers/tree-sum.ts";

/** What a pass over data adds up. Rows come in pieces that begin at multiples of 128, so that the tree is one. */
export class Totals {
  /** The sum of the examples' losses, in float64. */
  readonly loss = new TreeSum();
  /** How many examples had their largest output at their label. */
  hits = 0;
  examples = 0;

  reset(): void {
    this.loss.reset();
    this.hits = 0;
    this.examples = 0;
  }
}

/** A sum of squares over several matrices, as over one long vector, and its root. It goes from operation to operation. */
export class SquareSum {
  /** In float64. */
  readonly sum = new TreeSum();

  /** √Σ x². Nobody but a backend needs to look at it. */
  get norm(): number {
    return Math.sqrt(this.sum.total);
  }

  reset(): void {
    this.sum.reset();
  }
}
