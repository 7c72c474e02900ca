/**
 * What the book's figures of the whole network have in common: the trained network and the test digits, which come once
 * for the page, and the digit that is carried from figure to figure, traced by the library. Until they have come, what
 * stands between the tags is seen.
 *
 * A page may give its own: figure.model = …, figure.test = ….
 *
 * Another digit that is carried here is traced and drawn when the figure is near the window.
 */
import type { Dataset, Network } from "inkling";
import { type Trace, trace } from "inkling/proofs";
import { html, type PropertyValues, type TemplateResult } from "lit";
import { bookModel } from "../data/book-model.ts";
import { openDigits } from "../data/digits.ts";
import { Figure } from "../parts/figure.ts";
import { Sight } from "../parts/sight.ts";
import { carried, onCarried } from "../state/carried.ts";
import { figureStyle } from "./style.ts";
import { words } from "./words.ts";

/** A digit as a figure shows it. */
export interface Shown {
  readonly model: Network;
  readonly test: Dataset;
  /** Its place in the test set. */
  readonly digit: number;
  readonly pixels: Uint8Array;
  /** What the way back takes it for: what it is, unless a figure says something else. */
  readonly label: number;
  /** What it is. */
  readonly truth: number;
  readonly trace: Trace;
}

/** The first file of digits. */
const AT_FIRST = 1000;

/** By where it comes from: each network of the site, once for all figures. */
const ownModels = new Map<() => Promise<Network>, Promise<Network>>();
const traces = new WeakMap<Network, Map<number, Promise<Trace>>>();

export abstract class BookFigure extends Figure {
  static override properties = {
    model: { attribute: false },
    test: { attribute: false },
    shown: { state: true },
    problem: { state: true },
  };

  static override styles = [Figure.styles, figureStyle];

  declare model: Network | undefined;
  declare test: Dataset | undefined;
  declare protected shown: Shown | undefined;
  declare protected problem: string | undefined;
  protected readonly sight = new Sight(this);
  #isWaiting = false;
  #asked = 0;
  #end: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#end = onCarried(() => void this.#follow());
    void this.retrace();
  }

  /** Shows what is carried now, when the figure is seen. */
  async #follow(): Promise<void> {
    if (this.#isWaiting) return;
    if (!this.sight.isNear) {
      this.#isWaiting = true;
      await this.sight.near();
      this.#isWaiting = false;
      if (!this.isConnected) return;
    }
    this.requestUpdate();
    await this.retrace();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end?.();
  }

  /** Where the network comes from, where the page gives none. */
  protected get source(): () => Promise<Network> {
    return bookModel as () => Promise<Network>;
  }

  /** What the figure draws of a digit. */
  protected abstract draw(shown: Shown): TemplateResult;

  /** What is traced: the carried digit as it is, unless a figure says something else. */
  protected exampleOf(pixels: Uint8Array, truth: number): Pick<Shown, "pixels" | "label"> {
    return { pixels, label: truth };
  }

  /** Is called when a digit has come, before it is drawn. */
  protected prepare(_shown: Shown): Promise<void> | void {}

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if ((changed.has("model") && this.model) || (changed.has("test") && this.test)) void this.retrace();
  }

  protected override render(): TemplateResult {
    if (this.shown !== undefined) return this.draw(this.shown);
    const text = this.problem ?? words().loading;
    return html`<slot></slot>
      <p class="quiet" role=${this.problem === undefined ? "status" : "alert"}>${text}</p>`;
  }

  /** Traces what is to be seen now, and shows it. Of several calls the last one counts. */
  protected async retrace(): Promise<void> {
    const asked = ++this.#asked;
    const { digit } = carried();
    try {
      const [model, test] = await this.#material(digit);
      if (asked !== this.#asked) return;
      const place = Math.min(digit, test.count - 1);
      const [own, truth] = [Uint8Array.from(test.example(place)), test.labels?.[place] ?? 0];
      const { pixels, label } = this.exampleOf(own, truth);
      const isOwn = pixels === own && label === truth;
      const found = await (isOwn ? traced(model, place, own, truth) : trace(model, pixels, { label }));
      const shown = { model, test, digit: place, pixels, label, truth, trace: found };
      if (asked !== this.#asked) return;
      await this.prepare(shown);
      if (asked !== this.#asked) return;
      this.problem = undefined;
      this.shown = shown;
    } catch (error) {
      if (asked !== this.#asked) return;
      this.shown = undefined;
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  async #material(digit: number): Promise<[Network, Dataset]> {
    const model = this.model ?? onceFor(this.source);
    return Promise.all([model, this.test ?? openDigits().test(Math.max(AT_FIRST, digit + 1))]);
  }
}

/** A network of the site; one that did not come is asked for again by the next figure. */
function onceFor(source: () => Promise<Network>): Promise<Network> {
  const found = ownModels.get(source) ?? source();
  ownModels.set(source, found);
  found.catch(() => ownModels.delete(source));
  return found;
}

/** A digit through the network and back, once for all figures. */
function traced(model: Network, place: number, pixels: Uint8Array, label: number): Promise<Trace> {
  const known = traces.get(model) ?? new Map<number, Promise<Trace>>();
  traces.set(model, known);
  const found = known.get(place) ?? trace(model, pixels, { label });
  known.set(place, found);
  return found;
}
