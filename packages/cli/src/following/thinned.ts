/** Keeps some of what comes, spread evenly over all of it, and always the last: a run may have a million epochs. */
export class Thinned<T> {
  readonly #least: number;
  readonly #kept: T[] = [];
  #last: T | undefined;
  /** Every so-manieth is kept. */
  #step = 1;
  #count = 0;

  /** `least`: so many are kept at least, and less than twice as many. */
  constructor(least: number) {
    this.#least = least;
  }

  add(item: T): void {
    this.#last = item;
    if (this.#count++ % this.#step !== 0) return;
    this.#kept.push(item);
    if (this.#kept.length < 2 * this.#least) return;
    const half = this.#kept.filter((_, i) => i % 2 === 0);
    this.#kept.splice(0, this.#kept.length, ...half);
    this.#step *= 2;
  }

  /** What was kept, in its order. */
  get all(): readonly T[] {
    const last = this.#last;
    return last === undefined || this.#kept.at(-1) === last ? [...this.#kept] : [...this.#kept, last];
  }
}
