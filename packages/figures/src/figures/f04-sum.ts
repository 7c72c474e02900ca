/**
 * The sum of one neuron of the trained network: its weights, its weights times the pixels, and how they add up to
 * z = Σ w·x + b. The reader looks at a neuron, then at a pixel. It asks what the weights look like, or, with
 * asks="digit", what of the neuron changes with the digit.
 */
import { css, html, type nothing, type TemplateResult } from "lit";
import { boundOf } from "../colours/palette.ts";
import { define } from "../parts/figure.ts";
import type { PickDetail } from "../parts/map.ts";
import "../parts/map.ts";
import "../parts/question.ts";
import { carried, carry } from "../state/carried.ts";
import { inDigits, signed } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { digitControl, neuronControl } from "./controls.ts";
import { words } from "./f04-sum.words.ts";
import { hiddenOf, type Neuron, neuronOf } from "./hidden.ts";
import { words as shared } from "./words.ts";

export class F04Sum extends BookFigure {
  static override properties = { ...BookFigure.properties, asks: { type: String }, hovered: { state: true } };

  static override styles = [
    BookFigure.styles,
    css`
      .neurons {
        display: grid;
        grid-template-columns: repeat(10, 1fr);
        gap: 4px;
        margin-bottom: 1rem;
      }
      @container (max-width: 480px) {
        .neurons {
          grid-template-columns: repeat(6, 1fr);
        }
      }
      .neurons button {
        min-height: 44px;
        padding: 2px;
        border-width: 2px;
        border-radius: 6px;
      }
      .neurons button[aria-checked="true"] {
        border-color: var(--focus);
        background: var(--focus);
      }
      @media print {
        .neurons button {
          display: block;
        }
      }
      .maps {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 1fr));
        gap: 0.75rem;
      }
      .maps h3 {
        text-align: center;
      }
      .term {
        min-height: 1.6em;
        margin: 0.5em 0 1em;
      }
    `,
  ];

  declare asks: "weights" | "digit";
  /** The neuron under the pointer. */
  declare protected hovered: number | undefined;

  constructor() {
    super();
    this.asks = "weights";
  }

  protected override draw(shown: Shown): TemplateResult {
    const place = this.hovered ?? carried().neuron;
    const hidden = hiddenOf(shown.trace);
    const neuron = neuronOf(hidden, place);
    const bound = boundOf(hidden.W.values);
    const asked = this.asks === "digit" ? ofDigit(neuron) : ofWeights(neuron);
    return html`
      <inkling-question
        .texts=${words()}
        .question=${asked.question}
        .choices=${asked.choices}
        .right=${2}
        .answer=${asked.answer}
      >
        <div class="bar-top">${digitControl(shown)}${neuronControl()}</div>
        <div
          class="neurons"
          role="radiogroup"
          aria-label=${words().neurons}
          @keydown=${this.#onKey}
          @pointerleave=${() => {
            this.hovered = undefined;
          }}
        >
          ${Array.from({ length: hidden.W.columns }, (_, j) => this.#tile(neuronOf(hidden, j).weights, j, bound))}
        </div>
        <div class="side">
          <div>
            <div class="maps">
              ${this.#map("W", words().weights, words().weightsOf(place), neuron.weights)}
              ${this.#map("x", words().pixels, words().pixelsOf(shown.label), shown.trace.inputs, "ink", 1)}
              ${this.#map("products", words().products, words().productsOf(place), neuron.products)}
            </div>
            <p class="term quiet">${term(neuron, shown)}</p>
          </div>
          ${sums(neuron)}
        </div>
      </inkling-question>
    `;
  }

  #tile(weights: ArrayLike<number>, j: number, bound: number): TemplateResult {
    const isChosen = j === carried().neuron;
    return html`<button
      role="radio"
      aria-checked=${isChosen}
      tabindex=${isChosen ? 0 : -1}
      aria-label=${shared().neuron(j)}
      @pointerenter=${(event: PointerEvent) => {
        if (event.pointerType === "mouse") this.hovered = j;
      }}
      @click=${() => carry({ neuron: j })}
    >
      <inkling-map plain data-quantity="W" aria-hidden="true" .values=${weights} .bound=${bound}></inkling-map>
    </button>`;
  }

  readonly #onKey = (event: KeyboardEvent) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 10, ArrowUp: -10 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    carry({ neuron: Math.max(0, Math.min(29, carried().neuron + by)) });
    void this.updateComplete.then(() => {
      this.renderRoot.querySelector<HTMLElement>('[role="radio"][tabindex="0"]')?.focus();
    });
  };

  #map(
    quantity: string,
    title: string,
    label: string,
    values: ArrayLike<number>,
    scale = "signed",
    bound?: number,
  ): TemplateResult {
    return html`<div>
      <h3>${title}</h3>
      <inkling-map
        data-quantity=${quantity}
        .label=${label}
        .values=${values}
        .scale=${scale}
        .bound=${bound}
        .picked=${carried().weight}
        @pick=${({ detail }: CustomEvent<PickDetail>) => {
          if (detail.index !== undefined) carry({ weight: detail.index });
        }}
      ></inkling-map>
    </div>`;
  }
}

interface Asked {
  readonly question: string;
  readonly choices: readonly string[];
  readonly answer: string;
}

function ofWeights(neuron: Neuron): Asked {
  return {
    question: words().question,
    choices: [words().digit, words().stroke, words().noise],
    answer: words().answer(count(neuron, -1), count(neuron, 1), signed(neuron.z)),
  };
}

function ofDigit({ z, a }: Neuron): Asked {
  return {
    question: words().otherQuestion,
    choices: [words().allChange, words().nothingChanges, words().sumChanges],
    answer: words().otherAnswer(signed(z), inDigits(a)),
  };
}

function count({ products }: Neuron, sign: number): string {
  return String(products.filter((product) => product * sign > 0).length);
}

function term({ weights, products }: Neuron, { trace }: Shown): string | typeof nothing {
  const { weight: k } = carried();
  const [w, x, product] = [weights[k] ?? 0, trace.inputs[k] ?? 0, products[k] ?? 0];
  const place = shared().pixel(Math.floor(k / 28), k % 28);
  return words().term(place, signed(w), inDigits(x), signed(product));
}

function sums({ products, b, z, a }: Neuron): TemplateResult {
  const total = (keep: (product: number) => boolean) => products.filter(keep).reduce((sum, next) => sum + next, 0);
  return html`<dl class="numbers">
    <dt>${words().positive}</dt>
    <dd class="positive">${signed(
      total((product) => product > 0),
      4,
    )}</dd>
    <dt>${words().negative}</dt>
    <dd class="negative">${signed(
      total((product) => product < 0),
      4,
    )}</dd>
    <dt>${words().sum}</dt>
    <dd>${signed(
      total(() => true),
      4,
    )}</dd>
    <dt>${words().bias}</dt>
    <dd>${signed(b, 4)}</dd>
    <dt>${words().z}</dt>
    <dd class="main">${signed(z, 4)}</dd>
    <dt>${words().a}</dt>
    <dd>${inDigits(a, 4)}</dd>
  </dl>`;
}

define("inkling-f04-sum", F04Sum);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f04-sum": F04Sum;
  }
}
