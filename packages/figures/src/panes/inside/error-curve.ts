/**
 * How far the measured derivative is from the computed one, for many h: a V on logarithmic axes. On the right side the
 * tangent's own error grows as h²; on the left rounding grows as 1/h. A slider chooses the h that the card shows.
 */

import type { Trace } from "inkling/proofs";
import { css, html, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import { inDigits, powerText } from "../../words/messages.ts";
import { words } from "./words.ts";

/** Exponents of h: from 10⁻¹¹ to 10⁰, three in a decade. */
const [LEAST, MOST, A_DECADE] = [-11, 0, 3];
const EXPONENTS = Array.from({ length: (MOST - LEAST) * A_DECADE + 1 }, (_, i) => LEAST + i / A_DECADE);
const [WIDTH, HEIGHT, LEFT, BOTTOM] = [320, 170, 44, 22];
/** The least error that is drawn; 0 stands there. */
const FLOOR = -14;
/** How long the page is kept waiting at most, in milliseconds. */
const TURN = 12;
/** Who moves from weight to weight waits for no curve, in milliseconds. */
const PAUSE = 150;

/** Which weight is measured. */
export interface Measured {
  readonly layer: string;
  readonly neuron: number;
  /** undefined for the bias. */
  readonly weight: number | undefined;
}

export class InklingErrorCurve extends Figure {
  static override properties = {
    trace: { attribute: false },
    of: { attribute: false },
    exponent: { type: Number },
    errors: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      svg {
        display: block;
        width: 100%;
        max-width: 30rem;
        height: auto;
        overflow: visible;
      }
      .grid {
        stroke: var(--line);
      }
      .v {
        fill: none;
        stroke: var(--text);
        stroke-width: 2;
        stroke-linejoin: round;
      }
      .dot {
        fill: var(--text);
      }
      .here {
        fill: var(--focus);
      }
      .rule {
        stroke: var(--focus);
        stroke-dasharray: 3 3;
      }
      text {
        fill: var(--quiet);
        font-size: 10.5px;
      }
      label {
        display: block;
        font-size: 0.85rem;
      }
      input {
        width: 100%;
        max-width: 30rem;
        display: block;
      }
      p {
        margin: 0.3em 0 0;
        color: var(--quiet);
        font-size: 0.85rem;
      }
    `,
  ];

  declare trace: Trace | undefined;
  declare of: Measured | undefined;
  /** log₁₀ h */
  declare exponent: number;
  declare errors: readonly (number | undefined)[];
  #run = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.exponent = -4;
    this.errors = [];
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("trace") && !changed.has("of")) return;
    this.#run += 1;
    this.errors = [];
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => void this.#measure(), PAUSE);
  }

  /** One h after the other; the page is drawn in between, and another weight ends it. */
  async #measure(): Promise<void> {
    const { trace, of } = this;
    const run = this.#run;
    if (trace?.back === undefined || of === undefined) return;
    const found: number[] = [];
    let turn = performance.now();
    for (const exponent of EXPONENTS) {
      const { relativeError } = await trace.difference(of.layer, of.neuron, of.weight, 10 ** exponent);
      if (run !== this.#run) return;
      found.push(relativeError);
      if (performance.now() - turn < TURN) continue;
      await new Promise((resume) => setTimeout(resume));
      if (run !== this.#run) return;
      turn = performance.now();
    }
    this.errors = found;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { errors } = this;
    const best = errors.reduce<number>((at, error, i) => ((error ?? 1) < (errors[at] ?? 1) ? i : at), 0);
    const sentence =
      errors.length === 0
        ? words().measuringError
        : errors.every((error) => error === 0)
          ? words().noError
          : words().errorCurve(powerText(EXPONENTS[best] ?? 0), inDigits(errors[best] ?? 0, 2));
    return html`
      <div data-quantity="error">
        <svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${`${words().error}. ${sentence}`}>${this.#plot()}</svg>
      </div>
      <label>
        ${words().stepH} = ${powerText(this.exponent)}
        <input
          type="range"
          min=${LEAST}
          max=${MOST}
          step=${1 / A_DECADE}
          .value=${String(this.exponent)}
          aria-valuetext=${powerText(this.exponent)}
          @input=${this.#onSlide}
        />
      </label>
      <p>${sentence}</p>
      <p>${words().whyV}</p>
    `;
  }

  #plot() {
    const x = (exponent: number) => LEFT + ((exponent - LEAST) / (MOST - LEAST)) * (WIDTH - LEFT - 6);
    const y = (error: number) => {
      const power = Math.max(FLOOR, Math.min(1, error === 0 ? FLOOR : Math.log10(error)));
      return 6 + ((1 - power) / (1 - FLOOR)) * (HEIGHT - BOTTOM - 6);
    };
    const points = this.errors.map((error, i) => [x(EXPONENTS[i] ?? 0), y(error ?? 0)] as const);
    const here = this.errors[Math.round((this.exponent - LEAST) * A_DECADE)];
    return svg`
      ${[0, -4, -8, -12].map(
        (power) => svg`<line class="grid" x1=${LEFT} x2=${WIDTH} y1=${y(10 ** power)} y2=${y(10 ** power)} />
          <text x=${LEFT - 6} y=${y(10 ** power) + 4} text-anchor="end">${powerText(power)}</text>`,
      )}
      ${[-10, -8, -6, -4, -2, 0].map(
        (power) => svg`<text x=${x(power)} y=${HEIGHT - 6} text-anchor="middle">${powerText(power)}</text>`,
      )}
      <line class="rule" x1=${x(this.exponent)} x2=${x(this.exponent)} y1="6" y2=${HEIGHT - BOTTOM} />
      <polyline class="v" points=${points.map((point) => point.map((at) => at.toFixed(1)).join()).join(" ")} />
      ${points.map(([cx, cy]) => svg`<circle class="dot" cx=${cx} cy=${cy} r="2" />`)}
      ${here === undefined ? nothing : svg`<circle class="here" cx=${x(this.exponent)} cy=${y(here)} r="5.5" />`}
    `;
  }

  readonly #onSlide = (event: Event) => {
    this.exponent = Number((event.target as HTMLInputElement).value);
    const detail = { h: 10 ** this.exponent };
    this.dispatchEvent(new CustomEvent("h-change", { detail, bubbles: true, composed: true }));
  };
}

define("inkling-error-curve", InklingErrorCurve);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-error-curve": InklingErrorCurve;
  }
}
