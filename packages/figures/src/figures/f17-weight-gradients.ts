/**
 * (BP4), ∂C/∂W = x·δ. For one digit the gradient of the first layer is an outer product: each of the thirty neurons has
 * a map of 784 gradients, and each map is the digit itself, times one signed number. Divided by it, all are alike. The
 * reader erases pixels: where x is 0, all thirty gradients are 0, and no weight there learns from this digit.
 */

import { css, html, nothing, type TemplateResult } from "lit";
import { boundOf } from "../colours/palette.ts";
import { define } from "../parts/figure.ts";
import type { PickDetail } from "../parts/map.ts";
import "../parts/question.ts";
import { carried, carry } from "../state/carried.ts";
import { inPercent, inWhole, signed } from "../words/messages.ts";
import { words } from "./f17-weight-gradients.words.ts";
import { sourceLine } from "./source-line.ts";
import { columnOf, type Traced, TracedFigure } from "./traced.ts";

export class F17WeightGradients extends TracedFigure {
  static override properties = {
    ...TracedFigure.properties,
    erased: { state: true },
    isDivided: { state: true },
  };

  static override styles = [
    TracedFigure.styles,
    css`
      .product {
        display: grid;
        grid-template-columns: minmax(0, 1fr) minmax(4.2em, auto) minmax(0, 1fr);
        gap: 0.4em 0.5em;
        align-items: center;
        margin: 0 0 1.25em;
      }
      .product h3 {
        align-self: end;
        margin: 0;
      }
      .product .times {
        font-size: clamp(1.1em, 4cqi, 1.7em);
        font-weight: 650;
        text-align: center;
      }
      .product .times span {
        white-space: nowrap;
      }
      .product .times small {
        display: block;
        color: var(--quiet);
        font-size: 0.6em;
        font-weight: 400;
      }
      .erasing {
        cursor: crosshair;
        touch-action: none;
      }
      .maps {
        display: grid;
        grid-template-columns: repeat(5, minmax(0, 1fr));
        gap: 6px;
        margin: 0 0 0.5em;
        padding: 0;
        list-style: none;
      }
      @container (min-width: 600px) {
        .maps {
          grid-template-columns: repeat(10, minmax(0, 1fr));
        }
      }
      .maps button {
        display: block;
        width: 100%;
        padding: 3px 1px 0;
        border-color: transparent;
        border-radius: 6px;
        font-size: 0.8em;
        text-align: center;
      }
      .maps button[aria-pressed="true"] {
        border-color: var(--focus);
        background: none;
        color: inherit;
      }
      .maps .negative,
      .maps .positive {
        font-weight: 650;
      }
    `,
  ];

  /** The pixels that the reader has erased. */
  declare protected erased: ReadonlySet<number>;
  /** Whether each map is divided by its δ. */
  declare protected isDivided: boolean;
  #isErasing = false;

  constructor() {
    super();
    this.erased = new Set();
    this.isDivided = false;
  }

  protected override exampleOf(own: Uint8Array, label: number) {
    if (this.erased.size === 0) return { pixels: own, label };
    return { pixels: own.map((byte, i) => (this.erased.has(i) ? 0 : byte)), label };
  }

  protected override renderTraced(traced: Traced): TemplateResult {
    const { hidden } = traced;
    const { delta, dW } = hidden.back;
    const neuron = Math.min(carried().neuron, delta.length - 1);
    const bound = this.isDivided ? 1 : boundOf(dW.values);
    const own = delta[neuron] ?? 0;
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${words().summary(String(neuron), signed(own))}
        .question=${words().question(String(traced.truth), inWhole(delta.length))}
        .choices=${[words().parts, words().same, words().noise]}
        .right=${1}
        .answer=${words().answer}
      >
        ${this.digitChoice(traced)}
        <div class="formula">
          ${this.term("dW", html`∂C/∂W<sub>k,${neuron}</sub>`)} = ${this.term("x", html`x<sub>k</sub>`)} ·
          ${this.term("delta", html`δ<sub>${neuron}</sub>`)}
        </div>
        ${sourceLine("bp4", this.lit !== undefined)}
        <div class="product">
          <h3>${words().x}</h3>
          <span></span>
          <h3>${words().gradients(String(neuron))}</h3>
          <div
            class="erasing ${this.lit === "x" ? "lit-part" : ""}"
            @pointerdown=${this.#start}
            @pointerup=${this.#end}
            @pointercancel=${this.#end}
            @pick=${this.#onPick}
            @keydown=${this.#onKey}
          >
            <inkling-map
              data-quantity="x"
              scale="ink"
              bound="1"
              .values=${traced.trace.inputs}
              .picked=${carried().weight}
              .label=${words().eraser}
            ></inkling-map>
          </div>
          <div class="times ${this.litPart("delta")}">
            <span>× <span class=${own < 0 ? "negative" : "positive"}>${signed(own, 2)}</span> =</span>
            <small>${words().delta(String(neuron))}</small>
          </div>
          <div class=${this.litPart("dW")} @pick=${this.#look}>
            <inkling-map
              data-quantity="dW"
              .values=${columnOf(dW, neuron)}
              .bound=${boundOf(dW.values)}
              .picked=${carried().weight}
              .label=${words().gradients(String(neuron))}
            ></inkling-map>
          </div>
        </div>
        <div class="row">
          <button aria-pressed=${!this.isDivided} @click=${() => this.#divide(false)}>${words().asTheyAre}</button>
          <button aria-pressed=${this.isDivided} @click=${() => this.#divide(true)}>${words().divided}</button>
          <button ?disabled=${this.erased.size === 0} @click=${this.#restore}>${words().restore}</button>
        </div>
        <ol class="maps">
          ${Array.from(delta, (value, j) => this.#small(traced, j, value, bound, j === neuron))}
        </ol>
        <p class="note">${this.#count(traced)}</p>
      </inkling-question>
    `;
  }

  #small({ hidden }: Traced, j: number, delta: number, bound: number, isPicked: boolean): TemplateResult {
    const gradients = columnOf(hidden.back.dW, j);
    const values = this.isDivided && delta !== 0 ? gradients.map((value) => value / delta) : gradients;
    // Three decimals: what is smaller is a map that nobody can see.
    const text = Math.abs(delta) < 0.0005 ? "≈ 0" : signed(Number(delta.toFixed(3)), 3);
    return html`<li>
      <button aria-pressed=${isPicked} @click=${() => carry({ neuron: j })}>
        <inkling-map plain data-quantity=${this.isDivided ? "divided" : "dW"} aria-hidden="true" .values=${values} .bound=${bound}></inkling-map>
        <span class="visually-hidden">${words().neuron(String(j))}</span>
        <span class=${delta < 0 ? "negative" : "positive"}>${text}</span>
      </button>
    </li>`;
  }

  /** What is true of all the gradients, counted now. */
  #count({ hidden, trace }: Traced): TemplateResult {
    const { dW, delta } = hidden.back;
    const x = trace.inputs;
    let [zeros, equal] = [0, 0];
    for (let e = 0; e < dW.values.length; e++) {
      const value = dW.values[e] ?? Number.NaN;
      const product = Math.fround((x[Math.floor(e / dW.columns)] ?? 0) * (delta[e % dW.columns] ?? 0));
      if (value === 0) zeros++;
      if (value === product) equal++;
    }
    const { length } = dW.values;
    const erased = this.erased.size === 0 ? nothing : words().erased(inWhole(this.erased.size));
    return html`<span data-equal=${equal}>${words().count(inWhole(equal), inWhole(length))}</span>
      <span data-zeros=${zeros}>${words().zeros(inPercent(zeros / length, 1))}</span> ${erased}`;
  }

  readonly #look = ({ detail }: CustomEvent<PickDetail>) => {
    if (detail.index !== undefined) carry({ weight: detail.index });
  };

  readonly #onPick = (event: CustomEvent<PickDetail>) => {
    this.#look(event);
    if (this.#isErasing && event.detail.index !== undefined) this.#erase(event.detail.index);
  };

  readonly #start = (event: PointerEvent) => {
    this.#isErasing = true;
    (event.currentTarget as Element).addEventListener("pointerleave", this.#end, { once: true });
    this.#erase(carried().weight);
  };

  readonly #end = () => {
    this.#isErasing = false;
  };

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.key !== " " && event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    this.#erase(carried().weight);
  };

  /** Erases a pixel and those around it, as a rubber does. */
  #erase(pixel: number): void {
    const erased = new Set(this.erased);
    for (const by of [-29, -28, -27, -1, 0, 1, 27, 28, 29]) {
      const next = pixel + by;
      if (next >= 0 && next < 784 && Math.abs((next % 28) - (pixel % 28)) <= 1) erased.add(next);
    }
    if (erased.size === this.erased.size) return;
    this.erased = erased;
    void this.retrace();
  }

  readonly #restore = () => {
    this.erased = new Set();
    void this.retrace();
  };

  #divide(isDivided: boolean): void {
    this.isDivided = isDivided;
  }
}

define("inkling-f17-weight-gradients", F17WeightGradients);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f17-weight-gradients": F17WeightGradients;
  }
}
