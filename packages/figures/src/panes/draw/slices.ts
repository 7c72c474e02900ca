/**
 * Long work on the page's own thread, in slices that leave it free to answer: none is longer than a few milliseconds.
 */

/** How long a slice may be, in milliseconds; a page is called slow from 50 on. */
const SLICE = 12;

/** Tells when a slice is over, and gives the page its turn. */
export class Slices {
  readonly #signal: AbortSignal;
  #start = performance.now();

  /** Work that is given up throws the signal's reason at the end of its slice. */
  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  get isOver(): boolean {
    return this.left < 0;
  }

  /** How long a slice is, and how much of it is left, in milliseconds. */
  readonly whole = SLICE;
  get left(): number {
    return SLICE - (performance.now() - this.#start);
  }

  /** Waits for the page's turn where the slice is over. */
  async pause(): Promise<void> {
    if (this.isOver) {
      // Not a promise alone: the page would not be drawn between.
      await new Promise<void>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => {
          port1.close();
          resolve();
        };
        port2.postMessage(undefined);
      });
      this.#start = performance.now();
    }
    this.#signal.throwIfAborted();
  }
}

/** The newest of several runs of the same work: a new one gives up the one before. */
export class Newest {
  #abort = new AbortController();

  /** Runs the work; undefined where it was given up. */
  async run<Result>(work: (slices: Slices) => Promise<Result>): Promise<Result | undefined> {
    this.stop();
    const { signal } = this.#abort;
    try {
      const result = await work(new Slices(signal));
      return signal.aborted ? undefined : result;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  /** Gives up what is running. */
  stop(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
  }
}
