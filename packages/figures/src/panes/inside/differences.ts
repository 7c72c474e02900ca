/**
 * Measures the derivative of every weight of a neuron by finite differences, a few at a time, so that a page stays
 * awake.
 */
import type { Trace } from "inkling/proofs";
import type { Weighted } from "./looking.ts";

/** How long the page is kept waiting at most, in milliseconds. */
const TURN = 12;
/** How often the page shows the new ones, in milliseconds: drawing them takes longer than measuring. */
const SHOW = 200;

export class Differences {
  readonly #trace: Trace;
  readonly #weighted: Weighted;
  readonly #tell: () => void;
  /** By neuron; NaN where nothing is measured yet. */
  readonly #found = new Map<number, Float64Array>();
  #wanted: number[] = [];
  #isRunning = false;
  #isOver = false;
  /** Weights that are measured, of all that were asked for. */
  done = 0;
  all = 0;

  /** `tell` is called whenever there are new ones. */
  constructor(trace: Trace, weighted: Weighted, tell: () => void) {
    this.#trace = trace;
    this.#weighted = weighted;
    this.#tell = tell;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** As far as it is measured: other numbers, other objects. */
  of(neuron: number): Float64Array | undefined {
    return this.#found.get(neuron)?.slice();
  }

  /** Measures these neurons, those first that are named last; what was measured before stays. */
  want(neurons: readonly number[]): void {
    const fresh = neurons.filter((j) => !this.#found.has(j) && !this.#wanted.includes(j));
    this.#wanted.unshift(...fresh);
    this.all += fresh.length * this.#weighted.inputs;
    if (!this.#isRunning && this.#trace.back !== undefined) void this.#measure();
  }

  /** Nothing is measured any more: another example or layer is looked at. */
  end(): void {
    this.#isOver = true;
  }

  async #measure(): Promise<void> {
    this.#isRunning = true;
    let turn = performance.now();
    let shown = turn;
    for (let j = this.#wanted.shift(); j !== undefined; j = this.#wanted.shift()) {
      const values = new Float64Array(this.#weighted.inputs).fill(Number.NaN);
      this.#found.set(j, values);
      for (let i = 0; i < values.length; i++) {
        values[i] = (await this.#trace.difference(this.#weighted.layer.name, j, i, 1e-4)).numeric;
        this.done += 1;
        if (performance.now() - turn < TURN) continue;
        if (performance.now() - shown > SHOW) {
          this.#tell();
          shown = performance.now();
        }
        await new Promise((resume) => setTimeout(resume));
        if (this.#isOver) return;
        turn = performance.now();
      }
    }
    this.#isRunning = false;
    this.#tell();
  }
}
