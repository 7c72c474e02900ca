/**
 * Loss and accuracy of each training step, as a curve of at most 512 points: when there are more, two neighbours become
 * one, their mean weighted by their examples. So the picture of a long training has no more points than one can see.
 */

const MOST = 512;

/** Some steps together: loss and hits are sums over their examples. */
interface Bin {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
  readonly hits: number;
  readonly examples: number;
}

/** The points of a curve, and how many steps each stands for. */
export interface CurveData {
  readonly width: number;
  /** The last step of each point. */
  readonly steps: Float64Array;
  /** Mean loss of its examples. */
  readonly loss: Float64Array;
  /** The share of its examples that were recognised. */
  readonly accuracy: Float64Array;
}

export class Curve {
  #bins: Bin[] = [];
  #width = 1;

  /** A step with the sums of its examples' losses and hits. */
  add(step: number, loss: number, hits: number, examples: number): void {
    const last = this.#bins.at(-1);
    const bin = { step, steps: 1, loss, hits, examples };
    if (last !== undefined && last.steps < this.#width) this.#bins[this.#bins.length - 1] = joined(last, bin);
    else this.#bins.push(bin);
    if (this.#bins.length <= MOST) return;
    const bins = this.#bins;
    this.#bins = bins.flatMap((first, i) => {
      if (i % 2 === 1) return [];
      const second = bins[i + 1];
      return [second === undefined ? first : joined(first, second)];
    });
    this.#width *= 2;
  }

  /** What a worker sends, and `from` reads. */
  state(): CurveState {
    return { bins: [...this.#bins], width: this.#width };
  }

  static from({ bins, width }: CurveState): Curve {
    const curve = new Curve();
    curve.#bins = [...bins];
    curve.#width = width;
    return curve;
  }

  data(): CurveData {
    return {
      width: this.#width,
      steps: Float64Array.from(this.#bins, ({ step }) => step),
      loss: Float64Array.from(this.#bins, ({ loss, examples }) => loss / examples),
      accuracy: Float64Array.from(this.#bins, ({ hits, examples }) => hits / examples),
    };
  }
}

export interface CurveState {
  readonly bins: readonly Bin[];
  readonly width: number;
}

function joined(a: Bin, b: Bin): Bin {
  return {
    step: b.step,
    steps: a.steps + b.steps,
    loss: a.loss + b.loss,
    hits: a.hits + b.hits,
    examples: a.examples + b.examples,
  };
}
