/** The page's side of the protocol: questions to a worker, and its answers as promises. */
import type { Answer, Method, Methods } from "./protocol.ts";

interface Waiting {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

export class Remote {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;

  /** `base`: where the site's files lie. */
  constructor(worker: Worker, base: string, onLost: () => void) {
    this.#worker = worker;
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.#take(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      onLost();
    });
    worker.addEventListener("messageerror", onLost);
    worker.postMessage({ base });
  }

  ask<M extends Method>(method: M, ...given: Parameters<Methods[M]>): Promise<ReturnType<Methods[M]>> {
    this.#next++;
    const id = this.#next;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, method, given });
    });
  }

  /** Ends the worker; what was asked is not answered any more: with this sentence. */
  end(sentence: string): void {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error(sentence));
    this.#waiting.clear();
  }

  #take({ id, value, problem }: Answer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (problem === undefined) waiting?.resolve(value as never);
    else waiting?.reject(new Error(problem));
  }
}
