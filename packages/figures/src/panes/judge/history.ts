/**
 * How the numbers of each layer are spread, moment after moment: a picture whose columns are moments and whose rows are
 * bins, the largest numbers at the top. All moments have one scale, the widest so far, so that they can be compared.
 */
import { boundOf } from "../../colours/palette.ts";
import { histogramOf } from "./histogram.ts";
import type { LayerLook } from "./look.ts";

const BINS = 31;
/** So many moments are kept; then every second one is dropped. */
const MOST = 64;

export interface Spread {
  /** "outputs" or "gradient" of the layer. */
  readonly kind: "outputs" | "gradient";
  readonly layer: string;
  readonly bound: number;
  readonly moments: number;
  /** Shares, BINS × moments, row-major. */
  readonly values: Float64Array;
}

export class LayerHistory {
  #moments: (readonly LayerLook[])[] = [];

  add(layers: readonly LayerLook[]): void {
    this.#moments.push(layers.filter(({ gradient }) => gradient !== undefined));
    if (this.#moments.length > MOST) this.#moments = this.#moments.filter((_, i) => i % 2 === 0);
  }

  clear(): void {
    this.#moments = [];
  }

  spreads(): Spread[] {
    const last = this.#moments.at(-1) ?? [];
    return last.flatMap(({ name }) => (["outputs", "gradient"] as const).map((kind) => this.#spread(name, kind)));
  }

  #spread(layer: string, kind: Spread["kind"]): Spread {
    const lists = this.#moments.map((looks) => looks.find(({ name }) => name === layer)?.[kind] ?? []);
    const bound = Math.max(...lists.map((list) => (list.length === 0 ? 0 : boundOf(list))));
    const columns = lists.map((list) => histogramOf(list, bound, BINS).shares);
    const values = new Float64Array(BINS * lists.length);
    for (const [column, shares] of columns.entries()) {
      const most = Math.max(...shares, 1e-12);
      // Each moment by its own fullest bin: otherwise a layer of zeros at the start would leave the others pale.
      for (let bin = 0; bin < BINS; bin++) {
        values[(BINS - 1 - bin) * lists.length + column] = (shares[bin] ?? 0) / most;
      }
    }
    return { kind, layer, bound, moments: lists.length, values };
  }
}
