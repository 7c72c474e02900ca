/**
 * Reads a picture again and again while it changes: at most once a frame, one after the other, the newest picture next;
 * never while the page is hidden.
 */
export class Reader<Result> {
  readonly #read: () => Promise<Result> | undefined;
  readonly #tell: (result: Result | undefined) => void;
  /** How long the last reading took, in milliseconds. */
  took = 0;
  #isAsked = false;
  #isReading = false;
  #idle: (() => void)[] = [];

  /** `read` starts a reading of what is there then; undefined where there is nothing to read. */
  constructor(read: () => Promise<Result> | undefined, tell: (result: Result | undefined) => void) {
    this.#read = read;
    this.#tell = tell;
    document.addEventListener("visibilitychange", () => this.#next());
  }

  /** Something has changed. */
  ask(): void {
    this.#isAsked = true;
    this.#next();
  }

  /** Resolves when all that was asked for has been read. */
  async settled(): Promise<void> {
    if (this.#isAsked || this.#isReading) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    if (!this.#isAsked || this.#isReading || document.hidden) return;
    this.#isReading = true;
    requestAnimationFrame(() => void this.#once());
  }

  async #once(): Promise<void> {
    this.#isAsked = false;
    const start = performance.now();
    try {
      const result = await this.#read();
      this.took = performance.now() - start;
      this.#tell(result);
    } catch (error) {
      this.#tell(undefined);
      reportError(error);
    } finally {
      this.#isReading = false;
    }
    if (this.#isAsked) {
      this.#next();
      return;
    }
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
