/**
 * Softmax: ten scores z become ten probabilities p that share one whole. The reader drags each score, and adds a number
 * to all of them, which changes no probability.
 */
import { css, html, type TemplateResult } from "lit";
import "../parts/bars.ts";
import { define, Figure } from "../parts/figure.ts";
import "../parts/question.ts";
import "../parts/slider.ts";
import type { SlideDetail } from "../parts/slider.ts";
import { inDigits, inPercent, signed } from "../words/messages.ts";
import { words } from "./f05-softmax.words.ts";
import { softmax } from "./one-neuron.ts";
import { figureStyle } from "./style.ts";

/** The digit of the question. */
const RAISED = 3;
const FIRST: readonly number[] = [-2, -4, 1.5, 3, -5, 1, -6, -1, 4, 0.5];
const names = FIRST.map((_, digit) => String(digit));

export class F05Softmax extends Figure {
  static override properties = { scores: { attribute: false }, shift: { state: true } };

  static override styles = [
    Figure.styles,
    figureStyle,
    css`
      .pair {
        display: grid;
        grid-template-columns: 1fr 1fr;
        gap: 0 1.25rem;
      }
      inkling-bars {
        --bar-row: 44px;
      }
      .common {
        margin-top: 0.75em;
        padding-top: 0.5em;
        border-top: 1px solid var(--line);
      }
      .total {
        display: flex;
        justify-content: space-between;
        margin: 0.4em 0 0;
      }
    `,
  ];

  /** The ten scores, before the number that is added to all. */
  declare scores: readonly number[];
  declare protected shift: number;

  constructor() {
    super();
    this.#reset();
  }

  protected override render(): TemplateResult {
    const z = this.scores.map((score) => score + this.shift);
    const p = softmax(z);
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${words().summary(names.map((name, k) => `${name}: ${inPercent(p[k] ?? 0, 1)}`).join(", "))}
        .question=${words().question}
        .choices=${[words().onlyOne, words().two, words().all]}
        .right=${2}
        .answer=${answer()}
      >
        <div class="pair">
          <div>
            <h3>${words().scores}</h3>
            ${z.map((score, digit) => this.#slider(score, digit))}
          </div>
          <div>
            <h3>${words().probabilities}</h3>
            <inkling-bars
              data-quantity="p"
              .values=${p}
              .names=${names}
              .label=${words().probabilities}
              .bound=${1}
              .text=${(share: number) => inPercent(share, share < 0.001 ? 3 : 1)}
              scale="amount"
            ></inkling-bars>
            <p class="total">
              <span class="quiet">${words().sum}</span>
              <strong>${inDigits(
                p.reduce((sum, share) => sum + share, 0),
                6,
              )}</strong>
            </p>
          </div>
        </div>
        <div class="common">
          <inkling-slider
            .label=${words().shift}
            .min=${-5}
            .max=${5}
            .step=${0.1}
            .value=${this.shift}
            @slide=${({ detail }: CustomEvent<SlideDetail>) => {
              this.shift = detail.value;
            }}
          ></inkling-slider>
          <p class="quiet">${words().shiftNote}</p>
        </div>
        <div class="buttons">
          <button @click=${() => this.#set(RAISED, (this.scores[RAISED] ?? 0) + 1)}>${words().raise}</button>
          <button @click=${this.#reset}>${words().reset}</button>
        </div>
      </inkling-question>
    `;
  }

  #slider(score: number, digit: number): TemplateResult {
    return html`<inkling-slider
      .label=${String(digit)}
      .name=${words().score(digit)}
      .min=${-10}
      .max=${10}
      .step=${0.1}
      .value=${score}
      .text=${(value: number) => signed(value, 2)}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => this.#set(digit, detail.value - this.shift)}
    ></inkling-slider>`;
  }

  #set(digit: number, score: number): void {
    this.scores = this.scores.map((before, i) => (i === digit ? Math.max(-10, Math.min(10, score)) : before));
  }

  readonly #reset = () => {
    this.scores = FIRST;
    this.shift = 0;
  };
}

function answer(): string {
  const before = softmax(FIRST)[RAISED] ?? 0;
  const after = softmax(FIRST.map((score, i) => (i === RAISED ? score + 1 : score)))[RAISED] ?? 0;
  return words().answer(inPercent(before, 1), inPercent(after, 1));
}

define("inkling-f05-softmax", F05Softmax);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f05-softmax": F05Softmax;
  }
}
