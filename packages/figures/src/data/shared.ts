/**
 * Work that several wait for: done once, given up when the last of those who wait gives up, and begun again by the next
 * one after a failure.
 */
import type { LoadOptions } from "./fetching.ts";

export class Shared<T> {
  readonly #work: (signal: AbortSignal) => Promise<T>;
  #running: { readonly result: Promise<T>; readonly controller: AbortController; waiting: number } | undefined;

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work;
  }

  /** The result; whoever asks first begins the work. */
  async result({ signal }: LoadOptions = {}): Promise<T> {
    signal?.throwIfAborted();
    this.#running ??= this.#begin();
    const running = this.#running;
    running.waiting++;
    if (signal === undefined) return running.result;
    let leave = () => {};
    const left = new Promise<never>((_, reject) => {
      leave = () => {
        reject(signal.reason);
        if (--running.waiting > 0) return;
        if (this.#running === running) this.#running = undefined;
        running.controller.abort(signal.reason);
      };
    });
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([running.result, left]);
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  #begin() {
    const controller = new AbortController();
    const running = { result: this.#work(controller.signal), controller, waiting: 0 };
    running.result.catch(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return running;
  }
}
