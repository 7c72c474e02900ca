/**
 * What the figures of backpropagation share: the book's network on one test digit. Such a figure loads both (or is
 * given them), traces the digit that is carried from figure to figure, and traces it again when something changes and
 * the figure is near the window. All that it shows of the network is the trace's. Until there is one, what stands
 * between its tags is seen.
 */
import type { Dataset, Network } from "inkling";
import { type DenseBackTrace, type DenseTrace, type Trace, trace } from "inkling/proofs";
import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { bookModel } from "../data/book-model.ts";
import { openDigits } from "../data/digits.ts";
import { Figure } from "../parts/figure.ts";
import "../parts/map.ts";
import { Sight } from "../parts/sight.ts";
import { carried, carry, onCarried } from "../state/carried.ts";
import { inWhole } from "../words/messages.ts";
import { figureStyle } from "./style.ts";
import { words } from "./traced.words.ts";

/** How many test digits are there at first, and all of them. */
const FEW = 1000;
const ALL = 10_000;

/** A dense layer with its way back. */
export type Dense = DenseTrace & { readonly back: DenseBackTrace };

/** One digit's way through the network and back. */
export interface Traced {
  readonly trace: Trace;
  readonly pixels: Uint8Array;
  /** What the digit is, and what the way back takes it for. */
  readonly truth: number;
  readonly label: number;
  /** The two layers that learn. */
  readonly hidden: Dense;
  readonly output: Dense;
  /** Their places in the network: layers.1. */
  readonly names: { readonly hidden: string; readonly output: string };
  /** What the network says. */
  readonly p: ArrayLike<number>;
}

export abstract class TracedFigure extends Figure {
  static override properties = {
    model: { attribute: false },
    test: { attribute: false },
    traced: { state: true },
    failure: { state: true },
    lit: { state: true },
  };

  static override styles = [
    Figure.styles,
    figureStyle,
    css`
      .digit {
        display: flex;
        flex-wrap: wrap;
        gap: 0.5em 0.75em;
        align-items: center;
        margin: 0 0 1em;
      }
      .digit inkling-map {
        width: 84px;
      }
      .digit p {
        margin: 0;
        min-width: 9em;
      }
      .formula {
        display: flex;
        flex-wrap: wrap;
        gap: 0.15em 0.3em;
        align-items: center;
        margin: 0.5em 0;
        font-size: 1.1em;
      }
      .formula .term {
        border-color: transparent transparent var(--line);
        border-radius: 6px 6px 0 0;
        padding: 0 0.35em;
        background: none;
      }
      .formula .term.lit {
        border-color: transparent transparent var(--focus);
        background: color-mix(in srgb, var(--focus) 12%, transparent);
        color: inherit;
      }
      .lit-part {
        outline: 2px solid var(--focus);
        outline-offset: 4px;
        border-radius: 4px;
      }
      .source {
        margin: 0.2em 0 0.9em;
        color: var(--quiet);
        font-size: 0.85em;
        overflow-wrap: anywhere;
      }
      .source a {
        color: inherit;
      }
      .source.lit {
        color: var(--text);
      }
      .row .narrow {
        min-width: 44px;
        padding: 0;
      }
      [role="alert"] {
        color: var(--text);
      }
      @media print {
        .formula .term {
          display: inline;
          padding: 0;
          font-weight: inherit;
        }
        .formula .term.lit {
          background: none;
        }
        .lit-part {
          outline: none;
        }
      }
    `,
  ];

  /** The network; the book's if it is not given. */
  declare model: Network | undefined;
  /** Test digits; the site's if they are not given. */
  declare test: Dataset | undefined;
  declare protected traced: Traced | undefined;
  declare protected failure: string | undefined;
  /** The term of the formula that the reader looks at. */
  declare protected lit: string | undefined;
  readonly #sight = new Sight(this);
  /** What was traced last: a page may give something else. */
  #found: { readonly model?: Network; readonly test?: Dataset } = {};
  #asked = 0;
  #stop: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#stop = onCarried(() => void this.retrace());
    void this.retrace();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop?.();
  }

  protected override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed);
    const isGiven = this.model !== this.#found.model || this.test !== this.#found.test;
    if (this.hasUpdated && (changed.has("model") || changed.has("test")) && isGiven) void this.retrace();
  }

  /** What is traced: the carried digit as it is, unless a figure says something else. */
  protected exampleOf(pixels: Uint8Array, truth: number): { readonly pixels: Uint8Array; readonly label: number } {
    return { pixels, label: truth };
  }

  /** What else a figure computes of a trace. */
  protected async tracedMore(_traced: Traced, _model: Network): Promise<void> {}

  /** Traces what is to be seen now; of several calls the last one counts. */
  protected async retrace(): Promise<void> {
    const asked = ++this.#asked;
    if (!this.#sight.isNear) await this.#sight.near();
    if (asked !== this.#asked || !this.isConnected) return;
    try {
      const model = this.model ?? (await bookModel());
      const test = await this.#digits();
      if (asked !== this.#asked) return;
      this.#found = { model, test };
      [this.model, this.test] = [model, test];
      const { digit } = carried();
      const own = test.example(Math.min(digit, test.count - 1)) as Uint8Array;
      const truth = test.labels?.[Math.min(digit, test.count - 1)] ?? 0;
      const { pixels, label } = this.exampleOf(own, truth);
      const found = await trace(model, pixels, { label });
      const traced = { trace: found, pixels, truth, label, ...learning(found) };
      if (asked !== this.#asked) return;
      await this.tracedMore(traced, model);
      if (asked !== this.#asked) return;
      this.failure = undefined;
      this.traced = traced;
    } catch (error) {
      if (asked === this.#asked) this.failure = (error as Error).message;
    }
  }

  async #digits(): Promise<Dataset> {
    const { test } = this;
    const needed = carried().digit < FEW ? FEW : ALL;
    if (test !== undefined && (test.count >= needed || !this.#isSites)) return test;
    this.#isSites = true;
    return openDigits().test(needed);
  }
  #isSites = false;

  protected override render(): TemplateResult {
    if (this.failure !== undefined) return html`<slot></slot><p role="alert">${this.failure}</p>`;
    if (this.traced === undefined) return html`<slot></slot>`;
    return this.renderTraced(this.traced);
  }

  protected abstract renderTraced(traced: Traced): TemplateResult;

  /** The digit, and buttons to take another. */
  protected digitChoice({ pixels, truth }: Traced): TemplateResult {
    const { digit } = carried();
    const last = (this.#isSites ? ALL : (this.test?.count ?? 1)) - 1;
    const to = (index: number) => () => carry({ digit: index });
    return html`<div class="digit">
      <inkling-map plain data-quantity="digit" scale="ink" bound="255" .values=${pixels} .label=${words().digit(String(truth))}></inkling-map>
      <p>${words().which(inWhole(digit))}<br />${words().is(String(truth))}</p>
      <div>
        <button class="narrow" aria-label=${words().previous} ?disabled=${digit === 0} @click=${to(digit - 1)}>‹</button>
        <button class="narrow" aria-label=${words().next} ?disabled=${digit >= last} @click=${to(digit + 1)}>›</button>
      </div>
    </div>`;
  }

  /** Buttons to take another hidden neuron. */
  protected neuronChoice({ hidden }: Traced): TemplateResult {
    const count = hidden.z.length;
    const { neuron } = carried();
    const to = (by: number) => () => carry({ neuron: (neuron + by + count) % count });
    return html`<div class="row">
      <button class="narrow" aria-label=${words().previousNeuron} @click=${to(-1)}>‹</button>
      <span aria-live="polite">${words().neuron(String(neuron))}</span>
      <button class="narrow" aria-label=${words().nextNeuron} @click=${to(1)}>›</button>
    </div>`;
  }

  /** A term of a formula: looked at, it lights up wherever it is shown. */
  protected term(name: string, content: unknown): TemplateResult {
    const light = () => {
      this.lit = name;
    };
    const isLit = this.lit === name;
    return html`<button
      class="term ${isLit ? "lit" : ""}"
      aria-pressed=${isLit}
      @pointerenter=${light}
      @focus=${light}
      @click=${light}
    >
      ${content}
    </button>`;
  }

  /** The class of a part that shows a term. */
  protected litPart(name: string): string {
    return this.lit === name ? "lit-part" : "";
  }
}

/** The parts of a trace that figures show. Throws for a network of another kind. */
function learning(found: Trace): Pick<Traced, "hidden" | "output" | "names" | "p"> {
  const [first, second] = found.layers.filter(({ dense }) => dense !== undefined);
  const [hidden, output] = [first?.dense, second?.dense];
  const p = found.softmax?.probabilities;
  if (hidden?.back === undefined || output?.back === undefined || p === undefined) {
    throw new Error(words().anotherKind);
  }
  const names = { hidden: first?.name ?? "", output: second?.name ?? "" };
  return { hidden: hidden as Dense, output: output as Dense, names, p };
}

/** One neuron's column of a matrix of inputs × outputs. */
export function columnOf(
  { values, columns }: { readonly values: ArrayLike<number>; readonly columns: number },
  column: number,
): number[] {
  return Array.from({ length: values.length / columns }, (_, row) => values[row * columns + column] ?? 0);
}

/** One input's row of it. */
export function rowOf(
  { values, columns }: { readonly values: ArrayLike<number>; readonly columns: number },
  row: number,
): number[] {
  return Array.from({ length: columns }, (_, column) => values[row * columns + column] ?? 0);
}
