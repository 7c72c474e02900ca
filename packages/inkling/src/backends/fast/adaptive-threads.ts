/**
 * Whether steps are computed on all threads or by the caller alone. Where another program holds a core, the system gives
 * helpers their turn on the caller's core, and together they are slower than the caller is by itself. That can only be
 * seen by the clock: when rounds of steps take far longer than the best has, a round is tried alone; who was faster goes
 * on, and the other is tried again later, ever more rarely while it loses. It moves no bit.
 *
 * Measured with a busy loop on the second of two cores: an epoch of T3 takes 0.33 s on two threads and 0.26 s on one.
 */

/** A round has so many steps, all of one kind, and takes so many seconds, at least: some turns of the system's own. */
const [STEPS, SECONDS] = [8, 0.02];
/** So much longer than the best round calls for a trial. */
const LONGER = 1.4;
/** Rounds alone before threads are tried again: at first, and at most. */
const [FIRST, MOST] = [8, 512];
/** Kinds of steps whose best round is remembered. */
const KINDS = 64;

export class Pace {
  /** Whether the caller computes alone. */
  alone = false;
  /** The best round on all threads, in seconds a step, by kind of step. */
  private readonly best = new Map<number, number>();
  private kind = 0;
  private steps = 0;
  private seconds = 0;
  /** What the last round of the other way took, while a way is being tried. */
  private rival: number | undefined;
  private patience = FIRST;
  private left = 0;

  /** Takes what a step of so much work took, and judges after a round of them. */
  after(kind: number, seconds: number): void {
    if (kind !== this.kind) {
      // A round is of one kind. What was being tried is not decided.
      [this.kind, this.steps, this.seconds] = [kind, 0, 0];
      return;
    }
    this.seconds += seconds;
    this.steps++;
    if (this.steps < STEPS || this.seconds < SECONDS) return;
    const round = this.seconds / this.steps;
    [this.steps, this.seconds] = [0, 0];
    if (this.alone) this.judgeAlone(round);
    else this.judgeTogether(round);
  }

  private judgeTogether(round: number): void {
    if (this.rival !== undefined && round >= this.rival) {
      this.patience = Math.min(2 * this.patience, MOST);
      this.goAlone(this.patience);
      return;
    }
    if (this.rival !== undefined) this.patience = FIRST;
    this.rival = undefined;
    const best = this.best.get(this.kind) ?? round;
    if (round > LONGER * best) {
      this.rival = round;
      this.alone = true;
      return;
    }
    if (this.best.size >= KINDS) this.best.clear();
    this.best.set(this.kind, Math.min(best, round));
  }

  private judgeAlone(round: number): void {
    if (this.rival !== undefined) {
      if (round < this.rival) {
        this.goAlone(this.patience);
      } else {
        // It is the machine that has become slower: that is the new best.
        this.best.set(this.kind, this.rival);
        this.alone = false;
        this.rival = undefined;
      }
      return;
    }
    this.left--;
    if (this.left > 0) return;
    this.rival = round;
    this.alone = false;
  }

  private goAlone(rounds: number): void {
    this.alone = true;
    this.rival = undefined;
    this.left = rounds;
  }
}
