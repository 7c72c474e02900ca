/**
 * One input, several paths: a hidden neuron's output a moves each of the ten scores zₖ, and each score moves the loss,
 * so ∂C/∂a = Σₖ wₖ·δₖ. The reader drags a and switches paths off; the slope is measured beside it.
 *
 * Weights and scores are those of the traced network; C and δ of moved scores are the library's cross-entropy.
 */
import { css, html, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { carried } from "../state/carried.ts";
import { inDigits, signed } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { digitControl, neuronControl } from "./controls.ts";
import { words } from "./f12-paths.words.ts";
import { pathsPicture } from "./f12-picture.ts";
import { outputOf } from "./hidden.ts";
import { crossEntropyOf } from "./one-neuron.ts";

/** One way from a to C: through one score, or through several. */
export interface Path {
  readonly name: string;
  readonly scores: readonly number[];
  /** Σ wₖ·δₖ of its scores. */
  readonly product: number;
  /** Of a way through one score, its two slopes: ∂z/∂a and ∂C/∂z. */
  readonly steps: readonly [w: number, delta: number] | undefined;
  readonly isOn: boolean;
}

export class F12Paths extends BookFigure {
  static override properties = { ...BookFigure.properties, a: { state: true }, off: { state: true } };

  static override styles = [
    BookFigure.styles,
    css`
      .ways {
        display: grid;
        gap: 0.25em;
        margin: 0.75em 0;
      }
      .ways label {
        display: flex;
        gap: 0.6em;
        align-items: center;
        min-height: 44px;
        color: var(--text);
      }
      .ways input {
        flex: none;
        width: 22px;
        height: 22px;
        margin: 0;
        accent-color: var(--text);
      }
      svg {
        display: block;
        width: 100%;
        max-width: 640px;
      }
      svg text {
        fill: var(--text);
        font-size: 16px;
        text-anchor: middle;
        paint-order: stroke;
        stroke: var(--surface);
        stroke-width: 5px;
      }
      svg .off {
        opacity: 0.3;
      }
      svg circle {
        fill: var(--panel);
        stroke: var(--quiet);
      }
    `,
  ];

  /** The neuron's output now; undefined for what the network makes. */
  declare protected a: number | undefined;
  /** Which ways are switched off. */
  declare protected off: ReadonlySet<number>;

  constructor() {
    super();
    this.off = new Set();
  }

  protected override prepare(): void {
    this.a = undefined;
  }

  protected override draw(shown: Shown): TemplateResult {
    const { neuron } = carried();
    const layer = outputOf(shown.trace);
    const own = layer.x[neuron] ?? 0;
    const a = this.a ?? own;
    const paths = this.#paths(shown, a);
    const sum = paths.reduce((total, { isOn, product }) => total + (isOn ? product : 0), 0);
    const on = new Set(paths.flatMap(({ isOn, scores }) => (isOn ? scores : [])));
    const loss = (value: number) => crossEntropyOf(scoresAt(shown, neuron, a, value, on), shown.label).loss;
    const measured = (loss(a + 1e-4) - loss(a - 1e-4)) / 2e-4;
    return html`
      <inkling-question
        .texts=${words()}
        .question=${words().question}
        .choices=${[words().strongest, words().multiply, words().add]}
        .right=${2}
        .answer=${words().answer(signed(sum), signed(measured))}
      >
        <div class="bar-top">${digitControl(shown)}${neuronControl()}</div>
        ${pathsPicture(a, paths, loss(a))}
        <inkling-slider
          .label=${words().aShort}
          .name=${words().a(neuron)}
          .min=${0}
          .max=${1}
          .step=${0.01}
          .value=${a}
          .text=${(value: number) => inDigits(value)}
          @slide=${({ detail }: CustomEvent<SlideDetail>) => {
            this.a = detail.value;
          }}
        ></inkling-slider>
        <div class="side">
          <div>
            <div class="ways">${paths.map((path, i) => this.#switch(path, i))}</div>
            <p class="quiet">${words().off}</p>
            <div class="buttons">
              <button
                @click=${() => {
                  this.a = undefined;
                  this.off = new Set();
                }}
              >
                ${words().own}
              </button>
            </div>
          </div>
          <div class="reveals">
            <dl class="numbers">
              <dt>${words().lossNow}</dt>
              <dd>${inDigits(loss(a), 4)}</dd>
              <dt>${words().sum}</dt>
              <dd class="main sum">${signed(sum, 4)}</dd>
              <dt>${words().measured}</dt>
              <dd class="measured">${signed(measured, 4)}</dd>
              <dt>${words().traced}</dt>
              <dd class="traced">${signed(dAOf(shown, neuron), 4)}</dd>
            </dl>
          </div>
        </div>
      </inkling-question>
    `;
  }

  /** Through the right score, through the largest wrong one, and through the others. */
  #paths(shown: Shown, a: number): readonly Path[] {
    const { neuron } = carried();
    const { W, z } = outputOf(shown.trace);
    const all = Array.from({ length: W.columns }, (_, k) => k);
    const rival = all
      .filter((k) => k !== shown.label)
      .reduce((best, k) => ((z[k] ?? 0) > (z[best] ?? Number.NEGATIVE_INFINITY) ? k : best), -1);
    const { dZ } = crossEntropyOf(scoresAt(shown, neuron, undefined, a, new Set(all)), shown.label);
    const weight = (k: number) => W.values[neuron * W.columns + k] ?? 0;
    const path = (name: string, scores: readonly number[], i: number): Path => {
      const [only] = scores;
      return {
        ...{ name, scores, isOn: !this.off.has(i) },
        product: scores.reduce((sum, k) => sum + weight(k) * (dZ[k] ?? 0), 0),
        steps: scores.length === 1 && only !== undefined ? [weight(only), dZ[only] ?? 0] : undefined,
      };
    };
    const others = all.filter((k) => k !== shown.label && k !== rival);
    return [
      path(words().score(shown.label), [shown.label], 0),
      path(words().score(rival), [rival], 1),
      path(words().others, others, 2),
    ];
  }

  #switch({ name, product, isOn }: Path, i: number): TemplateResult {
    return html`<label>
      <input
        type="checkbox"
        .checked=${isOn}
        @change=${() => {
          const next = new Set(this.off);
          if (isOn) next.add(i);
          else next.delete(i);
          this.off = next;
        }}
      />
      <span>${words().way(name)}: <strong class=${product < 0 ? "negative" : "positive"}>${signed(product, 4)}</strong></span>
    </label>`;
  }
}

/**
 * The ten scores when the neuron gives `to` in place of `from` (undefined: what the network made). Only the scores that
 * are on follow the last part of the way.
 */
function scoresAt(
  { trace }: Shown,
  neuron: number,
  from: number | undefined,
  to: number,
  on: ReadonlySet<number>,
): number[] {
  const { W, x, z } = outputOf(trace);
  const own = x[neuron] ?? 0;
  return Array.from(z, (score, k) => {
    const w = W.values[neuron * W.columns + k] ?? 0;
    return score + w * ((on.has(k) ? to : (from ?? to)) - own);
  });
}

/** ∂C/∂a as the library's way back computed it. */
function dAOf({ trace }: Shown, neuron: number): number {
  const hidden = trace.layers.find(({ dense }) => dense !== undefined)?.dense;
  return hidden?.back?.dA[neuron] ?? Number.NaN;
}

define("inkling-f12-paths", F12Paths);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f12-paths": F12Paths;
  }
}
