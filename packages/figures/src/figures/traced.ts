/**
 * What the figures of backpropagation share besides the book's network on one test digit (book-figure.ts): its two
 * layers that learn, with their way back, terms of a formula that light up wherever they are shown, and buttons for
 * digit and neuron. All that they show of the network is the trace's.
 */
import type { Network } from "inkling";
import type { DenseBackTrace, DenseTrace } from "inkling/proofs";
import { css, html, type TemplateResult } from "lit";
import "../parts/map.ts";
import { carried, carry } from "../state/carried.ts";
import { inWhole } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { words } from "./traced.words.ts";

/** All test digits of the site. */
const ALL = 10_000;

/** A dense layer with its way back. */
export type Dense = DenseTrace & { readonly back: DenseBackTrace };

/** One digit's way through the network and back. */
export interface Traced extends Pick<Shown, "trace" | "pixels" | "truth" | "label"> {
  /** The two layers that learn. */
  readonly hidden: Dense;
  readonly output: Dense;
  /** Their places in the network: layers.1. */
  readonly names: { readonly hidden: string; readonly output: string };
  /** What the network says. */
  readonly p: ArrayLike<number>;
}

export abstract class TracedFigure extends BookFigure {
  static override properties = { ...BookFigure.properties, lit: { state: true } };

  static override styles = [
    BookFigure.styles,
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

  /** The term of the formula that the reader looks at. */
  declare protected lit: string | undefined;

  /** What else a figure computes of a trace. */
  protected async tracedMore(_traced: Traced, _model: Network): Promise<void> {}

  protected override async prepare(shown: Shown): Promise<void> {
    await this.tracedMore(tracedOf(shown), shown.model);
  }

  protected override draw(shown: Shown): TemplateResult {
    return this.renderTraced(tracedOf(shown));
  }

  protected abstract renderTraced(traced: Traced): TemplateResult;

  /** The digit, and buttons to take another. */
  protected digitChoice({ pixels, truth }: Traced): TemplateResult {
    const { digit } = carried();
    const last = (this.test?.count ?? ALL) - 1;
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
function tracedOf(shown: Shown): Traced {
  const { trace } = shown;
  const [first, second] = trace.layers.filter(({ dense }) => dense !== undefined);
  const [hidden, output] = [first?.dense, second?.dense];
  const p = trace.softmax?.probabilities;
  if (hidden?.back === undefined || output?.back === undefined || p === undefined) {
    throw new Error(words().anotherKind);
  }
  const names = { hidden: first?.name ?? "", output: second?.name ?? "" };
  return { ...shown, hidden: hidden as Dense, output: output as Dense, names, p };
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
