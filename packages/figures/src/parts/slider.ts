/**
 * One number that can be moved, with its name and its value beside it. It tells by the event `slide`.
 *
 *   <inkling-slider label="w₁" min="-3" max="3" step="0.1" value="1"></inkling-slider>
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { signed } from "../words/messages.ts";
import { define, Figure } from "./figure.ts";

/** The event `slide`: where the number is now. */
export interface SlideDetail {
  readonly value: number;
}

export class InklingSlider extends Figure {
  static override properties = {
    label: { type: String },
    name: { type: String },
    min: { type: Number },
    max: { type: Number },
    step: { type: Number },
    value: { type: Number },
    text: { attribute: false },
  };

  static override styles = [
    Figure.styles,
    css`
      label {
        display: grid;
        grid-template-columns: auto minmax(3em, 1fr) minmax(3em, auto);
        gap: 0 0.6em;
        align-items: center;
        min-height: 44px;
      }
      .name {
        color: var(--text);
        overflow-wrap: anywhere;
      }
      input {
        width: 100%;
      }
      output {
        color: var(--text);
        text-align: end;
      }
    `,
  ];

  declare label: string;
  /** What it is called where it cannot be seen; its label if it is not said. */
  declare name: string | undefined;
  declare min: number;
  declare max: number;
  declare step: number;
  declare value: number;
  /** How its number is written; with its sign and three digits if it is not said. */
  declare text: ((value: number) => string) | undefined;

  constructor() {
    super();
    this.label = "";
    this.min = -1;
    this.max = 1;
    this.step = 0.01;
    this.value = 0;
  }

  protected override render(): TemplateResult {
    const text = this.text?.(this.value) ?? signed(this.value);
    return html`<label>
      <span class="name">${this.label}</span>
      <input
        type="range"
        min=${this.min}
        max=${this.max}
        step=${this.step}
        .value=${String(this.value)}
        aria-label=${this.name ?? nothing}
        aria-valuetext=${text}
        @input=${this.#onInput}
      />
      <output>${text}</output>
    </label>`;
  }

  readonly #onInput = (event: Event) => {
    this.value = Number((event.currentTarget as HTMLInputElement).value);
    const detail: SlideDetail = { value: this.value };
    this.dispatchEvent(new CustomEvent("slide", { detail, bubbles: true, composed: true }));
  };
}

define("inkling-slider", InklingSlider);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-slider": InklingSlider;
  }
}
