/**
 * Decides whether steps are computed on all threads or on the caller's alone. Where another program uses a core, the
 * system runs the helping threads on the caller's core, and all threads together are slower than the caller alone. Only
 * the clock shows that. So: when a round of steps takes far longer than the best round so far, the next round is
 * computed on one thread. The faster way is kept, and the other is tried again later; each time it loses, the wait is
 * doubled. The result is the same either way.
 *
 * Measured with a busy loop on the second of two cores: an epoch of MNIST through 784-128-64-10 in batches of 128 takes
 * 0.33 s on two threads and 0.26 s on one.
 */

/** A round is at least STEPS steps of one kind and SECONDS seconds: longer than a few time slices of the system. */
const [STEPS, SECONDS] = [8, 0.02];
/** A round that takes this many times the best one is a reason to try one thread. */
const SLOWER = 1.4;
/** Rounds on one thread before all are tried again: at first, and at most. */
const [FIRST_WAIT, LONGEST_WAIT] = [8, 512];
/** Kinds of steps whose best round is remembered. */
const KINDS = 64;

export class AdaptiveThreads {
  /** Whether the caller computes alone. */
  alone = false;
  /** Seconds a step in the best round on all threads, by kind of step. */
  readonly #best = new Map<number, number>();
  /** The round that is being measured. */
  #kind = 0;
  #steps = 0;
  #seconds = 0;
  /** While one way is being tried: seconds a step in the last round of the other way. */
  #toBeat: number | undefined;
  /** Rounds on one thread before all are tried again, and how many of them are left. */
  #wait = FIRST_WAIT;
  #left = 0;

  /** Takes the seconds of one step, and its kind (its work in vector operations). Decides after each round. */
  after(kind: number, seconds: number): void {
    if (kind !== this.#kind) {
      // A round has steps of one kind only; this one starts again, and a trial goes on.
      [this.#kind, this.#steps, this.#seconds] = [kind, 0, 0];
      return;
    }
    this.#seconds += seconds;
    this.#steps++;
    if (this.#steps < STEPS || this.#seconds < SECONDS) return;
    const perStep = this.#seconds / this.#steps;
    [this.#steps, this.#seconds] = [0, 0];
    if (this.alone) this.#afterRoundAlone(perStep);
    else this.#afterRoundOnAll(perStep);
  }

  #afterRoundOnAll(perStep: number): void {
    if (this.#toBeat !== undefined && perStep >= this.#toBeat) {
      this.#wait = Math.min(2 * this.#wait, LONGEST_WAIT);
      this.#stayAlone();
      return;
    }
    if (this.#toBeat !== undefined) this.#wait = FIRST_WAIT;
    this.#toBeat = undefined;
    const best = this.#best.get(this.#kind) ?? perStep;
    if (perStep > SLOWER * best) {
      this.#toBeat = perStep;
      this.alone = true;
      return;
    }
    if (this.#best.size >= KINDS) this.#best.clear();
    this.#best.set(this.#kind, Math.min(best, perStep));
  }

  #afterRoundAlone(perStep: number): void {
    if (this.#toBeat !== undefined) {
      if (perStep < this.#toBeat) {
        this.#stayAlone();
      } else {
        // The whole machine has become slower. What all threads need now is the new best.
        this.#best.set(this.#kind, this.#toBeat);
        this.alone = false;
        this.#toBeat = undefined;
      }
      return;
    }
    this.#left--;
    if (this.#left > 0) return;
    this.#toBeat = perStep;
    this.alone = false;
  }

  #stayAlone(): void {
    this.alone = true;
    this.#toBeat = undefined;
    this.#left = this.#wait;
  }
}
