/**
 * Whether an element is near the window: a figure that nobody sees does no work. What takes long waits for `near`
 * between two steps; on paper everything is near.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { isOnPaper, onPrinting } from "../colours/paper.ts";

/** A figure goes on before it is seen: this far from the window. */
const MARGIN = "300px";

export class Sight implements ReactiveController {
  readonly #host: Element;
  #isNear = true;
  #waiting: (() => void)[] = [];
  #forget: (() => void) | undefined;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    // Until the browser has looked, it counts as seen: nothing is drawn later than it has to be.
    this.#isNear = true;
    places.set(this.#host, this);
    observer().observe(this.#host);
    this.#forget = onPrinting(() => this.#release());
  }

  hostDisconnected(): void {
    places.delete(this.#host);
    observer().unobserve(this.#host);
    this.#forget?.();
    // What waits finds out by itself that it is not wanted any more.
    this.#isNear = true;
    this.#release();
  }

  get isNear(): boolean {
    return this.#isNear || isOnPaper();
  }

  /** Comes back when the element is near the window; at once where it is. What waits is not busy. */
  async near(): Promise<void> {
    if (this.isNear) return;
    const busy = this.#host.ariaBusy;
    this.#host.ariaBusy = null;
    while (!this.isNear) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#host.ariaBusy = busy;
  }

  #release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  see(isNear: boolean): void {
    this.#isNear = isNear;
    if (isNear) this.#release();
  }
}

const places = new Map<Element, Sight>();
let shared: IntersectionObserver | undefined;

function observer(): IntersectionObserver {
  shared ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) places.get(target)?.see(isIntersecting);
    },
    { rootMargin: MARGIN },
  );
  return shared;
}
