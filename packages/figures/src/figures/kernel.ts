/**
 * The weights of a filter, which the reader can set one by one: by pointer, or by the arrow keys and the space bar. It
 * tells by the event `kernel`.
 */
import { css, html, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import type { PickDetail } from "../parts/map.ts";
import "../parts/map.ts";
import { signed } from "../words/messages.ts";
import { words } from "./words.ts";

/** The event `kernel`: the weights now. */
export interface KernelDetail {
  readonly weights: readonly number[];
}

const BRUSHES = [-1, -0.5, 0, 0.5, 1];

export class InklingKernel extends Figure {
  static override properties = {
    weights: { attribute: false },
    size: { type: Number },
    brush: { state: true },
    tap: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      .brushes {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        align-items: center;
        margin-top: 0.3em;
        font-size: 0.85em;
      }
      .brushes span {
        flex: 1 0 100%;
        color: var(--quiet);
      }
      .brushes button {
        flex: 1 0 44px;
        padding: 0;
      }
      @media print {
        .brushes {
          display: none;
        }
      }
    `,
  ];

  /** Row by row. */
  declare weights: readonly number[];
  /** How many are in a row. */
  declare size: number;
  /** What a weight is set to. */
  declare protected brush: number;
  /** The weight that is looked at. */
  declare protected tap: number | undefined;
  #isPainting = false;

  constructor() {
    super();
    [this.weights, this.size, this.brush] = [[], 5, 1];
  }

  protected override render(): TemplateResult {
    return html`
      <div
        @pick=${this.#onPick}
        @pointerdown=${this.#press}
        @pointerup=${this.#lift}
        @pointerleave=${this.#lift}
        @pointercancel=${this.#lift}
        @keydown=${this.#onKey}
      >
        <inkling-map
          paints
          data-quantity="W"
          .columns=${this.size}
          .values=${this.weights}
          .picked=${this.tap}
          .label=${words().kernel}
        ></inkling-map>
      </div>
      <div class="brushes" role="group" aria-label=${words().brush}>
        <span>${words().brush}</span>
        ${BRUSHES.map(
          (value) =>
            html`<button aria-pressed=${value === this.brush} @click=${() => this.#dip(value)}>${signed(value)}</button>`,
        )}
      </div>
    `;
  }

  #dip(value: number): void {
    this.brush = value;
  }

  readonly #press = () => {
    this.#isPainting = true;
    this.#paint();
  };

  readonly #lift = () => {
    this.#isPainting = false;
  };

  readonly #onPick = ({ detail }: CustomEvent<PickDetail>) => {
    this.tap = detail.index;
    if (this.#isPainting) this.#paint();
  };

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.key !== " ") return;
    event.preventDefault();
    this.#paint();
  };

  #paint(): void {
    const { tap, brush, weights } = this;
    if (tap === undefined || weights[tap] === brush) return;
    const detail: KernelDetail = { weights: weights.map((weight, t) => (t === tap ? brush : weight)) };
    this.weights = detail.weights;
    this.dispatchEvent(new CustomEvent("kernel", { detail, bubbles: true, composed: true }));
  }
}

define("inkling-kernel", InklingKernel);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-kernel": InklingKernel;
  }
}
