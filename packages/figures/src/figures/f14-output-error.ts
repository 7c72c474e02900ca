/**
 * (BP1), δ of the last layer: p − y, as ten signed bars. The reader says which answer is the right one; every output
 * gets a signal. With the quadratic loss of ten sigmoids the same sums give δ = (a − y)·σ′(z), which is crushed.
 * Below: the way from ∂C/∂p to p − y through softmax's Jacobian, ten by ten numbers that collapse into one row.
 */
import { dense, flatten, type Network, network, quadratic } from "inkling";
import { trace } from "inkling/proofs";
import { css, html, nothing, type TemplateResult } from "lit";
import "../parts/bars.ts";
import { define } from "../parts/figure.ts";
import type { PickDetail } from "../parts/map.ts";
import "../parts/question.ts";
import { inDigits, signed } from "../words/messages.ts";
import { words } from "./f14-output-error.words.ts";
import { sourceLine } from "./source-line.ts";
import { type Traced, TracedFigure } from "./traced.ts";

const TEN = Array.from({ length: 10 }, (_, i) => i);

/** What the quadratic loss makes of the same weights. */
interface Quadratic {
  readonly a: ArrayLike<number>;
  readonly delta: ArrayLike<number>;
}

export class F14OutputError extends TracedFigure {
  static override properties = {
    ...TracedFigure.properties,
    answer: { state: true },
    isQuadratic: { state: true },
    isMultiplied: { state: true },
    picked: { state: true },
    quadratic: { state: true },
  };

  static override styles = [
    TracedFigure.styles,
    css`
      .vectors {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 0.75em 1.75rem;
      }
      .jacobian {
        max-width: 22em;
      }
      @container (min-width: 600px) {
        .vectors {
          grid-template-columns: minmax(0, 22em) 1fr;
        }
      }
      h3 {
        margin-top: 1.4em;
      }
    `,
  ];

  /** What the reader says is right; undefined: what the digit is. */
  declare protected answer: number | undefined;
  declare protected isQuadratic: boolean;
  /** Whether the Jacobian's rows are multiplied with ∂C/∂p. */
  declare protected isMultiplied: boolean;
  declare protected picked: number | undefined;
  declare protected quadratic: Quadratic | undefined;

  constructor() {
    super();
    this.isQuadratic = false;
    this.isMultiplied = false;
  }

  protected override exampleOf(pixels: Uint8Array, truth: number) {
    return { pixels, label: this.answer ?? truth };
  }

  protected override async tracedMore({ pixels, label }: Traced, model: Network): Promise<void> {
    const own = await withSigmoids(model);
    const found = await trace(own, pixels, { label });
    const { a, back } = found.layers[2]?.dense ?? {};
    this.quadratic = a && back && { a, delta: back.delta };
  }

  protected override renderTraced(traced: Traced): TemplateResult {
    const { p, label, output } = traced;
    const delta = output.back.delta;
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${this.#summary(traced)}
        .question=${words().question(String(traced.truth))}
        .choices=${[words().onlyRight, words().rightAndWrong, words().all]}
        .right=${2}
        .answer=${words().answer(String(label), signed(delta[label] ?? 0), signed(largestOther(delta, label)))}
      >
        ${this.digitChoice(traced)}
        <div class="row" role="group" aria-label=${words().truth}>
          <span class="quiet">${words().truth}</span>
          ${TEN.map(
            (j) => html`<button class="narrow" aria-pressed=${j === label} @click=${() => this.#say(j)}>${j}</button>`,
          )}
        </div>
        <div class="row" role="group" aria-label=${words().loss}>
          <button aria-pressed=${!this.isQuadratic} @click=${() => this.#take(false)}>${words().crossEntropy}</button>
          <button aria-pressed=${this.isQuadratic} @click=${() => this.#take(true)}>${words().quadratic}</button>
        </div>
        ${this.isQuadratic ? this.#crushed(traced) : this.#plain(traced)}
        <h3>${words().jacobianTitle}</h3>
        ${this.#jacobian(p, label)}
      </inkling-question>
    `;
  }

  #summary({ p, label, output }: Traced): string {
    const delta = this.isQuadratic ? (this.quadratic?.delta ?? []) : output.back.delta;
    return words().summary(String(label), inDigits(p[label] ?? 0), signed(delta[label] ?? 0));
  }

  #plain({ p, label, output }: Traced): TemplateResult {
    const { delta } = output.back;
    return html`
      <div class="formula">
        ${this.term("delta", html`δ<sub>${label}</sub>`)} = ${this.term("p", html`p<sub>${label}</sub>`)} −
        ${this.term("y", html`y<sub>${label}</sub>`)} 
        <span>= ${inDigits(p[label] ?? 0)} − 1 = <strong>${signed(delta[label] ?? 0)}</strong></span>
      </div>
      ${sourceLine("outputError", this.lit !== undefined)}
      <div class="side even">
        <div class=${this.litPart("p")} data-quantity="p">
          <h3>${words().p}</h3>
          <inkling-bars scale="amount" bound="1" .values=${p} .marked=${label} .label=${words().p}></inkling-bars>
        </div>
        <div class=${this.litPart("delta")} data-quantity="delta">
          <h3>${words().delta}</h3>
          <inkling-bars bound="1" .values=${delta} .marked=${label} .label=${words().delta}></inkling-bars>
        </div>
      </div>
      <p class="note">${words().sum(signed(sumOf(delta), 1))}</p>
    `;
  }

  #crushed({ label }: Traced): TemplateResult {
    const { a = [], delta = [] } = this.quadratic ?? {};
    const gaps = Array.from(a, (value, j) => value - (j === label ? 1 : 0));
    const [gap, own] = [gaps[label] ?? 0, delta[label] ?? 0];
    return html`
      <div class="formula">
        <span>δ<sub>${label}</sub> = (a<sub>${label}</sub> − y<sub>${label}</sub>)·σ′(z<sub>${label}</sub>)</span>
        <span>= ${signed(gap)} × ${inDigits(gap === 0 ? 0 : own / gap)} = <strong>${signed(own)}</strong></span>
      </div>
      ${sourceLine("delta")}
      <div class="side even">
        <div data-quantity="gap">
          <h3>${words().gap}</h3>
          <inkling-bars bound="1" .values=${gaps} .marked=${label} .label=${words().gap}></inkling-bars>
        </div>
        <div data-quantity="delta">
          <h3>${words().crushedDelta}</h3>
          <inkling-bars bound="1" .values=${delta} .marked=${label} .label=${words().crushedDelta}></inkling-bars>
        </div>
      </div>
      <p class="note">${words().crushed}</p>
    `;
  }

  #jacobian(p: ArrayLike<number>, label: number): TemplateResult {
    const J = jacobianOf(p);
    const slopes = slopesOf(p, label);
    const products = J.map((value, e) => value * (slopes[Math.floor(e / 10)] ?? 0));
    const values = this.isMultiplied ? products : J;
    const row = TEN.map((j) => products[label * 10 + j] ?? 0);
    return html`
      ${this.isQuadratic ? html`<p class="note">${words().always}</p>` : nothing}
      <p>${words().jacobian(String(label), signed(slopes[label] ?? 0))}</p>
      <div class="vectors">
        <div class="jacobian" data-quantity=${this.isMultiplied ? "products" : "jacobian"}>
          <inkling-map
            .values=${values}
            .columns=${10}
            .bound=${this.isMultiplied ? 1 : 0.25}
            .picked=${this.picked}
            .label=${this.isMultiplied ? words().products : words().matrix}
            @pick=${this.#onPick}
          ></inkling-map>
          <p class="note">${words().counted}</p>
          <div class="row">
            <button aria-pressed=${!this.isMultiplied} @click=${() => this.#multiply(false)}>∂p/∂z</button>
            <button aria-pressed=${this.isMultiplied} @click=${() => this.#multiply(true)}>∂C/∂p · ∂p/∂z</button>
          </div>
        </div>
        <div data-quantity="column">
          <p class="cell">${this.#cell(p, J, slopes)}</p>
          <h3>${words().column}</h3>
          <inkling-bars bound="1" .values=${row} .marked=${label} .label=${words().column}></inkling-bars>
        </div>
      </div>
    `;
  }

  #cell(p: ArrayLike<number>, J: readonly number[], slopes: readonly number[]): string {
    const { picked } = this;
    if (picked === undefined) return words().pickCell;
    const [k, j] = [Math.floor(picked / 10), picked % 10];
    const [pk, pj, value] = [p[k] ?? 0, p[j] ?? 0, J[picked] ?? 0];
    const own = k === j ? words().onDiagonal : words().offDiagonal;
    const derivative = own(String(k), String(j), inDigits(pk), inDigits(pj), signed(value));
    return `${derivative} ${words().times(String(k), signed(slopes[k] ?? 0), signed(value * (slopes[k] ?? 0)))}`;
  }

  readonly #onPick = ({ detail }: CustomEvent<PickDetail>) => {
    this.picked = detail.index;
  };

  #say(answer: number): void {
    this.answer = answer;
    void this.retrace();
  }

  #take(isQuadratic: boolean): void {
    this.isQuadratic = isQuadratic;
  }

  #multiply(isMultiplied: boolean): void {
    this.isMultiplied = isMultiplied;
  }
}

/** The same weights with ten sigmoids and the quadratic loss at the end. */
async function withSigmoids({ inputShape, tensors, backend }: Network): Promise<Network> {
  const initialValues = new Map<string, ArrayLike<number>>();
  for (const { name, value } of tensors) initialValues.set(name, await backend.read(value));
  const hidden = tensors[1]?.value.columns ?? 30;
  const specs = [flatten(), dense(hidden, "sigmoid"), dense(10, "sigmoid")];
  return network(inputShape, specs, { loss: quadratic(), initialValues });
}

/** ∂pₖ/∂zⱼ = pₖ·([k = j] − pⱼ), k the row. The library never needs it, so that it is computed here. */
function jacobianOf(p: ArrayLike<number>): number[] {
  return TEN.flatMap((k) => TEN.map((j) => (p[k] ?? 0) * ((k === j ? 1 : 0) - (p[j] ?? 0))));
}

/** ∂C/∂pₖ of C = −ln p_y: −1 / p_y at the label, else 0. */
function slopesOf(p: ArrayLike<number>, label: number): number[] {
  return TEN.map((k) => (k === label ? -1 / (p[k] ?? 1) : 0));
}

function largestOther(delta: ArrayLike<number>, label: number): number {
  return Math.max(...Array.from(delta).filter((_, j) => j !== label));
}

function sumOf(values: ArrayLike<number>): number {
  const sum = Array.from(values).reduce((total, value) => total + value, 0);
  // What is left is rounding: ten float32 numbers.
  return Math.abs(sum) < 1e-6 ? 0 : sum;
}

define("inkling-f14-output-error", F14OutputError);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f14-output-error": F14OutputError;
  }
}
