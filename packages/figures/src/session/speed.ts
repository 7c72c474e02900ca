/** How many examples a training takes a second, over about the last second of training itself. */
const SPAN = 1;

interface Seen {
  readonly examples: number;
  readonly seconds: number;
}

export class Speed {
  #examples = 0;
  #inEpoch = 0;
  #since: Seen | undefined;
  #perSecond: number | undefined;

  get perSecond(): number | undefined {
    return this.#perSecond;
  }

  /** Takes what a training says after a step: the examples of this epoch, and seconds of training in all. */
  add({ examples, seconds }: Seen): void {
    this.#examples += examples - (examples > this.#inEpoch ? this.#inEpoch : 0);
    this.#inEpoch = examples;
    this.#since ??= { examples: this.#examples, seconds };
    const passed = seconds - this.#since.seconds;
    if (passed > 0 && (passed >= SPAN || this.#perSecond === undefined)) {
      this.#perSecond = (this.#examples - this.#since.examples) / passed;
    }
    if (passed >= SPAN) this.#since = { examples: this.#examples, seconds };
  }

  reset(): void {
    this.#since = undefined;
    this.#perSecond = undefined;
    this.#inEpoch = 0;
  }
}
