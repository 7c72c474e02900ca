/** Keeps the page's address up to date: at most twice a second, and without a new entry in its history. */
import { type StudioState, toHash } from "./address.ts";

const EVERY = 500;

export class AddressWriter {
  #wanted: StudioState | undefined;
  #written = "";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #last = Number.NEGATIVE_INFINITY;

  write(state: StudioState): void {
    this.#wanted = state;
    if (this.#timer !== undefined) return;
    const wait = Math.max(0, this.#last + EVERY - performance.now());
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  /** Writes what is still to be written, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#wanted === undefined) return;
    const hash = toHash(this.#wanted);
    this.#wanted = undefined;
    if (hash === this.#written) return;
    this.#written = hash;
    this.#last = performance.now();
    // Whatever the page itself has noted in its history stays.
    history.replaceState(history.state, "", hash);
  }

  /** Writes nothing more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#wanted = undefined;
  }
}
