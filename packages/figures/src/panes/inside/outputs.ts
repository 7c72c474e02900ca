/**
 * The end of the way: scores become probabilities, the loss looks at one of them, and the way back begins. For softmax
 * with cross-entropy δ = p − y, and the Jacobian shows why: it is 10 × 10, and the loss needs one row of it.
 */

import type { Loss } from "inkling";
import { equations, type Trace } from "inkling/proofs";
import { css, html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import { inDigits, inWhole, signed } from "../../words/messages.ts";
import { type Quantity, quantityRows, quantityStyle } from "./quantity.ts";
import "./source.ts";
import type { QuantityName } from "../../words/quantities.ts";
import { isPlainCrossEntropy, softmaxJacobian } from "./sums.ts";
import { indexed } from "./symbols.ts";
import { words } from "./words.ts";

export class InklingOutputs extends Figure {
  static override properties = {
    trace: { attribute: false },
    names: { attribute: false },
    loss: { attribute: false },
    isScaled: { type: Boolean },
    picked: { state: true },
    lit: { attribute: false },
  };

  static override styles = [
    Figure.styles,
    quantityStyle,
    css`
      :host {
        container-type: inline-size;
      }
      .columns {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr));
        gap: 1.5rem;
      }
      h4 {
        margin: 0 0 0.5em;
        font-size: 0.95rem;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.9rem;
      }
      th,
      td {
        padding: 0.2em 0.5em;
        text-align: right;
        white-space: nowrap;
      }
      thead th {
        color: var(--quiet);
        font: italic 1rem Georgia, serif;
      }
      tbody tr {
        border-top: 1px solid var(--line);
      }
      tr.right th {
        color: var(--text);
        font-weight: 700;
      }
      td.lit,
      th.lit {
        background: color-mix(in srgb, var(--focus) 12%, transparent);
        border: 0;
      }
      .bar {
        width: 34%;
      }
      .track {
        position: relative;
        display: block;
        height: 0.95em;
      }
      .track.signed {
        background: linear-gradient(var(--quiet), var(--quiet)) 50% 0 / 1px 100% no-repeat;
      }
      .track span {
        position: absolute;
        top: 0;
        bottom: 0;
        border-radius: 2px;
      }
      .p {
        left: 0;
        background: var(--amount);
      }
      .above {
        left: 50%;
        background: var(--positive);
      }
      .below {
        right: 50%;
        background: var(--hatch, none), var(--negative);
      }
      p {
        margin: 0.6em 0;
        font-size: 0.9rem;
      }
      .quiet {
        color: var(--quiet);
      }
      .trap {
        border-left: 3px solid var(--negative);
        padding-left: 0.75em;
      }
      .jacobian {
        max-width: 19rem;
      }
      .scroll {
        overflow-x: auto;
      }
    `,
  ];

  declare trace: Trace | undefined;
  /** Of the classes or numbers, if they have any. */
  declare names: readonly string[] | undefined;
  /** The network's loss. */
  declare loss: Loss | undefined;
  /** Whether the targets are scaled for the network. */
  declare isScaled: boolean;
  declare lit: readonly QuantityName[];
  declare picked: number | undefined;

  constructor() {
    super();
    this.lit = [];
    this.isScaled = false;
  }

  /** The share of the target that is spread over all classes; 0 where none is. */
  get #smoothing(): number {
    return Number(this.loss?.settings.labelSmoothing ?? 0);
  }

  get #hasWeights(): boolean {
    return this.loss?.settings.classWeights !== undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { trace } = this;
    if (trace === undefined) return nothing;
    const { softmax, back, outputs } = trace;
    return html`
      <div class="columns">
        <div>
          <h4>${softmax ? words().softmaxTitle : words().output}</h4>
          <div class="scroll" tabindex="0" role="region" aria-label=${words().outputTitle}>${this.#table(trace)}</div>
          ${
            softmax === undefined
              ? nothing
              : html`<p class="quiet">${words().sumOfP(inDigits(sum(softmax.probabilities), 7))}</p>
                  <inkling-source .source=${equations.softmax} ?lit=${this.lit.includes("p")}></inkling-source>`
          }
        </div>
        <div>
          ${back === undefined ? nothing : this.#lossPart(trace)}
          ${isPlainCrossEntropy(trace) && outputs.length <= 32 ? this.#jacobian(trace) : nothing}
        </div>
      </div>
    `;
  }

  #lossPart(trace: Trace): TemplateResult {
    const [{ loss }, smoothing] = [this, this.#smoothing];
    const isPlain = smoothing === 0 && !this.#hasWeights;
    const source = loss && equations[isPlain ? (loss.type as keyof typeof equations) : "weightedCrossEntropy"];
    return html`
      <h4>${words().lossTitle}</h4>
      ${quantityRows([this.#loss(trace)], this.lit)}
      ${
        smoothing > 0
          ? html`<p>${words().smoothed(inDigits(smoothing), inWhole(trace.outputs.length))}
        ${this.#hasWeights ? nothing : words().smoothedBack}</p>`
          : nothing
      }
      ${this.#hasWeights ? html`<p>${words().classWeights}</p>` : nothing}
      ${this.isScaled ? html`<p>${words().scaledTargets}</p>` : nothing}
      ${source ? html`<inkling-source .source=${source} ?lit=${this.lit.includes("loss")}></inkling-source>` : nothing}
    `;
  }

  #table(trace: Trace): TemplateResult {
    const { softmax, back, outputs } = trace;
    const p = softmax?.probabilities;
    const smoothing = this.#smoothing;
    const target = (k: number) => (1 - smoothing) * (back?.y[k] ?? 0) + smoothing / outputs.length;
    const isDifference = p !== undefined && !this.#hasWeights && this.loss?.type === "crossEntropy";
    const gradient = isDifference ? `δ = p − ${smoothing > 0 ? "q" : "y"}` : p ? "∂C/∂z" : "∂C/∂a";
    const isLit = (name: QuantityName) => (this.lit.includes(name) ? "lit" : "");
    const deltas = back?.dOutputs;
    const most = Math.max(...Array.from(deltas ?? [], Math.abs), 1e-12);
    return html`
      <table>
        <thead>
          <tr>
            <td></td>
            <th scope="col">${softmax ? "z" : "a"}</th>
            ${p ? html`<th scope="col">eᶻ⁻ᴹ</th><th scope="col" class=${isLit("p")}>p</th><td></td>` : nothing}
            ${
              back
                ? html`<th scope="col">${smoothing > 0 ? "q" : "y"}</th>
                    <th scope="col" class=${isLit("delta")}>${gradient}</th><td></td>`
                : nothing
            }
          </tr>
        </thead>
        <tbody>
          ${Array.from(outputs, (z, k) => {
            const [share, d] = [p?.[k], deltas?.[k]];
            return html`
              <tr class=${back?.y[k] === 1 ? "right" : ""}>
                <th scope="row">${this.names?.[k] ?? k}</th>
                <td data-quantity=${softmax ? "z" : "a"}><data value=${String(z)}>${signed(z)}</data></td>
                ${
                  share === undefined
                    ? nothing
                    : html`<td>${inDigits(softmax?.exps[k] ?? 0)}</td>
                      <td class=${isLit("p")} data-quantity="p"><data value=${String(share)}>${inDigits(share)}</data></td>
                      <td class="bar"><span class="track" aria-hidden="true"><span class="p" style=${`width:${100 * share}%`}></span></span></td>`
                }
                ${
                  d === undefined
                    ? nothing
                    : html`<td data-quantity="y">${inDigits(smoothing > 0 ? target(k) : (back?.y[k] ?? 0))}</td>
                      <td class=${isLit("delta")} data-quantity="delta"><data value=${String(d)}>${signed(d)}</data></td>
                      <td class="bar"><span class="track signed" aria-hidden="true"><span
                        class=${d < 0 ? "below" : "above"} style=${`width:${(50 * Math.abs(d)) / most}%`}></span></span></td>`
                }
              </tr>
            `;
          })}
        </tbody>
      </table>
    `;
  }

  #loss(trace: Trace): Quantity {
    const { back, softmax } = trace;
    const label = back?.y.indexOf(1) ?? -1;
    const p = softmax?.probabilities[label];
    const P = indexed("p", label);
    const why = p === undefined || !isPlainCrossEntropy(trace) ? [] : [`C = −ln ${P}`, `= −ln ${inDigits(p, 5)}`];
    return { name: "loss", value: back?.loss, why, digits: 5 };
  }

  #jacobian({ softmax, back }: Trace): TemplateResult | typeof nothing {
    const label = back?.y.indexOf(1) ?? -1;
    if (softmax === undefined || label < 0) return nothing;
    const { probabilities: p } = softmax;
    const n = p.length;
    const J = softmaxJacobian(p);
    const k = (this.picked ?? label * n) % n;
    const share = J[label * n + k] as number;
    const says = (e: number) => {
      const [row, column] = [Math.floor(e / n), e % n];
      return `∂${indexed("p", row)}/∂${indexed("z", column)} = ${signed(J[e] as number, 4)}`;
    };
    return html`
      <h4>${words().jacobianTitle}</h4>
      <div class="jacobian" data-quantity="jacobian" @pick=${this.#onPick}>
        <inkling-map .values=${J} .columns=${n} .says=${says} label=${words().jacobianTitle}></inkling-map>
      </div>
      <p>${words().jacobianWords}</p>
      <p>
        <span class="formula">∂C/∂${indexed("z", k)} = −1/${indexed("p", label)} · ∂${indexed("p", label)}/∂${indexed("z", k)}</span><br />
        = −1/${inDigits(p[label] ?? 0, 4)} × (${signed(share, 4)}) = <b>${signed(-share / (p[label] ?? 1), 4)}</b><br />
        <span class="formula">${indexed("p", k)} − ${indexed("y", k)}</span>
        = ${inDigits(p[k] ?? 0, 4)} − ${inDigits(back?.y[k] ?? 0)} = <b>${signed(back?.dOutputs[k] ?? 0, 4)}</b>
      </p>
      <p class="trap">${words().trap}</p>
      <inkling-source .source=${equations.outputError} ?lit=${this.lit.includes("delta")}></inkling-source>
    `;
  }

  readonly #onPick = (event: CustomEvent<{ index: number | undefined }>) => {
    if (event.detail.index !== undefined) this.picked = event.detail.index;
  };
}

function sum(values: ArrayLike<number>): number {
  return Array.from(values).reduce((total, value) => total + value, 0);
}

define("inkling-outputs", InklingOutputs);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-outputs": InklingOutputs;
  }
}
