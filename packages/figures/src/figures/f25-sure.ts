/**
 * Sure is not right. The same digit, moved out of the middle, under noise, upside down, or as its negative: what comes
 * out are still ten probabilities that add up to 1, and one of them is often near 1.
 */
import type { ClassPrediction } from "inkling";
import { Stream } from "inkling/numbers";
import { css, html, type TemplateResult } from "lit";
import "../parts/bars.ts";
import { define } from "../parts/figure.ts";
import "../parts/map.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inPercent, inWhole } from "../words/messages.ts";
import { words } from "./f25-sure.words.ts";
import { sourceLine } from "./source-line.ts";
import { type Traced, TracedFigure } from "./traced.ts";

const SIDE = 28;
type Kind = "whole" | "turned" | "negative";
const KINDS: readonly Kind[] = ["whole", "turned", "negative"];

export class F25Sure extends TracedFigure {
  static override properties = {
    ...TracedFigure.properties,
    right: { type: Number },
    down: { type: Number },
    noise: { type: Number },
    kind: { type: String },
  };

  static override styles = [
    TracedFigure.styles,
    css`
      .seen {
        max-width: 17em;
      }
    `,
  ];

  /** How far the digit is moved, in pixels. */
  declare right: number;
  declare down: number;
  /** The share of noise, from 0 to 1. */
  declare noise: number;
  declare kind: Kind;

  constructor() {
    super();
    [this.right, this.down, this.noise, this.kind] = [-5, -4, 0, "whole"];
  }

  protected override exampleOf(own: Uint8Array, label: number) {
    const stream = new Stream(1, "noise");
    const pixels = Uint8Array.from(own, (_, i) => {
      const [row, column] = [Math.floor(i / SIDE) - this.down, (i % SIDE) - this.right];
      const isInside = row >= 0 && row < SIDE && column >= 0 && column < SIDE;
      const at = row * SIDE + column;
      const ink = isInside ? (own[this.kind === "turned" ? SIDE * SIDE - 1 - at : at] ?? 0) : 0;
      const byte = this.kind === "negative" ? 255 - ink : ink;
      return Math.round((1 - this.noise) * byte + this.noise * 255 * stream.uniform(i));
    });
    return { pixels, label };
  }

  protected override renderTraced(traced: Traced): TemplateResult {
    const { p, truth, pixels } = traced;
    const { label } = traced.trace.prediction as ClassPrediction;
    const said = words().reading(String(truth), String(label), inPercent(p[label] ?? 0, 1), label === truth);
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${said}
        .question=${words().question}
        .choices=${[words().low, words().often, words().never]}
        .right=${1}
        .answer=${words().answer}
      >
        ${this.digitChoice(traced)}
        <div class="row" role="group" aria-label=${words().kinds}>
          ${KINDS.map(
            (kind) =>
              html`<button aria-pressed=${kind === this.kind} @click=${() => this.#take({ kind })}>${words()[kind]}</button>`,
          )}
        </div>
        ${this.#slider(words().right, -12, this.right, (right) => this.#take({ right }))}
        ${this.#slider(words().down, -12, this.down, (down) => this.#take({ down }))}
        <inkling-slider
          label=${words().noise}
          min="0"
          max="1"
          step="0.05"
          .value=${this.noise}
          .text=${(value: number) => inPercent(value, 0)}
          @slide=${({ detail }: CustomEvent<SlideDetail>) => this.#take({ noise: detail.value })}
        ></inkling-slider>
        <div class="side even">
          <div class="seen">
            <h3>${words().seen}</h3>
            <inkling-map data-quantity="seen" scale="ink" bound="255" .values=${pixels} .label=${words().seen}></inkling-map>
          </div>
          <div class="reveals">
            <h3>${words().p}</h3>
            <inkling-bars data-quantity="p" scale="amount" bound="1" .values=${p} .marked=${label} .label=${words().p}></inkling-bars>
            <p data-quantity="reading">${said}</p>
          </div>
        </div>
        ${sourceLine("softmax")}
      </inkling-question>
    `;
  }

  #slider(label: string, end: number, value: number, take: (value: number) => void): TemplateResult {
    return html`<inkling-slider
      .label=${label}
      .min=${end}
      .max=${-end}
      .step=${1}
      .value=${value}
      .text=${(pixels: number) => words().pixels(inWhole(pixels).replace("-", "−"))}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => take(detail.value)}
    ></inkling-slider>`;
  }

  #take(part: Partial<Pick<F25Sure, "right" | "down" | "noise" | "kind">>): void {
    Object.assign(this, part);
    void this.retrace();
  }
}

define("inkling-f25-sure", F25Sure);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f25-sure": F25Sure;
  }
}
