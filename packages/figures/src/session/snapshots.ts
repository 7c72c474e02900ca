/**
 * Moments of a training that are kept, so that it can go back: the steps between two of them are computed again, which
 * gives the same bits. They take a limited number of bytes; when there are too many, one goes whose neighbours are near
 * each other as seen from now. So the moments just passed stay close together, and old ones far apart: going back n
 * steps computes some share of n again.
 */

export interface Moment {
  /** Steps done. */
  readonly total: number;
  readonly bytes: number;
}

/** How many are kept at most, where they fit. */
export const MOST = 256;
/** All of them together, in bytes. */
export const LIMIT = 64 * 2 ** 20;

export class Snapshots<M extends Moment> {
  readonly #limit: number;
  #kept: M[] = [];

  constructor(limit = LIMIT) {
    this.#limit = limit;
  }

  get all(): readonly M[] {
    return this.#kept;
  }

  get bytes(): number {
    return this.#kept.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get last(): M | undefined {
    return this.#kept.at(-1);
  }

  /** Keeps a moment; those after it are forgotten, as it has become the present. */
  add(moment: M): void {
    this.forgetFrom(moment.total);
    this.#kept.push(moment);
    while (this.#kept.length > MOST || (this.bytes > this.#limit && this.#kept.length > 1)) this.#drop();
  }

  /** The latest moment at or before this step. */
  before(total: number): M | undefined {
    return this.#kept.findLast((moment) => moment.total <= total);
  }

  /** Forgets all moments at or after this step. */
  forgetFrom(total: number): void {
    this.#kept = this.#kept.filter((moment) => moment.total < total);
  }

  /** Of all but the newest, the one whose gap, once it is gone, is the smallest share of its age. */
  #drop(): void {
    const now = this.#kept.at(-1)?.total ?? 0;
    let [least, index] = [Number.POSITIVE_INFINITY, 0];
    for (let i = 0; i < this.#kept.length - 1; i++) {
      // Before the first is the beginning, which needs no copy.
      const before = this.#kept[i - 1]?.total ?? 0;
      const after = this.#kept[i + 1]?.total ?? now;
      const share = (after - before) / (now - before + 1);
      if (share < least) [least, index] = [share, i];
    }
    this.#kept.splice(index, 1);
  }
}
