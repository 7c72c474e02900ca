/**
 * One neuron of a dense layer: its bias, z, a, slope and δ, each with its formula and the live values in it; the sum
 * that made z and the sum that made δ, term by term.
 */

import { type DenseTrace, equations, type LayerTrace, type Trace } from "inkling/proofs";
import { css, html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import { inDigits, inWhole, signed } from "../../words/messages.ts";
import { meanings, type QuantityName } from "../../words/quantities.ts";
import { columnOf } from "./arrangement.ts";
import { activationCurve, curveStyle } from "./curve.ts";
import { type Quantity, quantityRows, quantityStyle } from "./quantity.ts";
import { blameOf, denseAbove, isPlainCrossEntropy, sumOf, totalOf } from "./sums.ts";
import { indexed } from "./symbols.ts";
import { termBars, termStyle } from "./term-bars.ts";
import { words } from "./words.ts";

export class InklingNeuron extends Figure {
  static override properties = {
    trace: { attribute: false },
    siblings: { attribute: false },
    layer: { attribute: false },
    neuron: { type: Number },
    lit: { attribute: false },
    columns: { attribute: false },
  };

  static override styles = [
    Figure.styles,
    quantityStyle,
    curveStyle,
    termStyle,
    css`
      :host {
        container-type: inline-size;
      }
      .columns {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 1.5rem 2.5rem;
      }
      @container (min-width: 860px) {
        .columns {
          grid-template-columns: minmax(0, 5fr) minmax(0, 7fr);
        }
      }
      h4 {
        margin: 1.4em 0 0.4em;
        font-size: 0.95rem;
      }
      h4:first-child {
        margin-top: 0;
      }
      .curve {
        margin-top: 0.75em;
      }
    `,
  ];

  declare trace: Trace | undefined;
  /** The layers beside which this one stands, in their order. */
  declare siblings: readonly LayerTrace[];
  declare layer: LayerTrace | undefined;
  declare neuron: number;
  /** What the operation that is looked at computes. */
  declare lit: readonly QuantityName[];
  /** What a table's columns are called, where they are the inputs. */
  declare columns: readonly string[] | undefined;

  constructor() {
    super();
    this.siblings = [];
    this.neuron = 0;
    this.lit = [];
  }

  protected override render(): TemplateResult | typeof nothing {
    const { trace, layer, neuron: j, lit } = this;
    const own = layer?.dense;
    if (trace === undefined || layer === undefined || own === undefined || j >= own.z.length) return nothing;
    const sum = sumOf(own.x, columnOf(own.W, j));
    const [z, a, slope, b] = [own.z, own.a, own.slope, own.b].map((values) => values[j] as number) as Four;
    const name = words().neuron(inWhole(j));
    return html`
      <div class="columns">
      <div>
      <h4>${words().numbersTitle(name)}</h4>
      ${quantityRows(this.#quantities(trace, layer, own, totalOf(sum)), lit)}
      ${own.activation === "identity" ? nothing : activationCurve(own.activation, { z, a, slope })}
      </div>
      <div>
      <h4>${words().sumTitle}</h4>
      ${termBars({
        sum,
        nameOf: (i) => this.columns?.[i] ?? `${indexed("w", i)}·${indexed("x", i)}`,
        bias: b,
        total: { name: `${indexed("z", j)} =`, value: z, isLit: lit.includes("z") },
      })}
      <p class="note">${words().largestFirst}</p>
      ${this.#blame(trace, layer, own)}
      </div>
      </div>
    `;
  }

  #quantities(trace: Trace, layer: LayerTrace, own: DenseTrace, terms: number): Quantity[] {
    const j = this.neuron;
    const at = (values: ArrayLike<number> | undefined) => values?.[j];
    const [z, a, slope, b] = [own.z, own.a, own.slope, own.b].map((values) => values[j] as number) as Four;
    const [Z, A, B, D] = ["z", "a", "b", "δ"].map((letter) => indexed(letter, j)) as [string, string, string, string];
    const [dA, delta] = [at(own.back?.dA), at(own.back?.delta)];
    const activationEquation = own.activation === "identity" ? "a = z, σ′ = 1" : equations[own.activation].equation;
    const isOutput = layer === trace.layers.at(-1);
    return [
      { name: "b", value: b, symbol: B },
      {
        name: "z",
        value: z,
        symbol: Z,
        why: [`${Z} = Σᵢ xᵢ·${indexed("wᵢ", j)} + ${B}`, `= ${signed(terms, 4)} + (${signed(b, 4)})`],
      },
      {
        name: "a",
        value: a,
        symbol: A,
        why: [`${A} = σ(${Z}) = ${own.activation}(${signed(z, 4)})`, activationEquation],
      },
      { name: "slope", value: slope, symbol: `σ′(${Z})` },
      {
        name: "dA",
        value: dA,
        symbol: `∂C/∂${A}`,
        why: isOutput ? this.#outputWhy(trace) : [`∂C/∂${A} = Σₖ wⱼₖ·δₖ, j = ${inWhole(this.neuron)}`],
      },
      {
        name: "delta",
        value: delta,
        symbol: D,
        why: [`${D} = ∂C/∂${A} · σ′(${Z})`, `= ${signed(dA ?? 0, 4)} × ${inDigits(slope, 4)}`],
      },
      { name: "db", value: at(own.back?.db), symbol: `∂C/∂${B}`, why: [`∂C/∂${B} = ${D}`] },
      { name: "after", value: at(own.back?.bAfter), symbol: words().stepped(B), why: [meanings().after] },
    ];
  }

  /** Of a classifier's logits ∂C/∂z is p − y. */
  #outputWhy(trace: Trace): string[] {
    const { softmax, back } = trace;
    const [p, y] = [softmax?.probabilities[this.neuron], back?.y[this.neuron]];
    if (p === undefined || y === undefined || !isPlainCrossEntropy(trace)) return [words().blameLoss];
    return [`${indexed("p", this.neuron)} − ${indexed("y", this.neuron)}`, `= ${inDigits(p, 4)} − ${inDigits(y)}`];
  }

  /** The sum that made δ: products of the weights to the layer above with its δ, then the slope. */
  #blame(trace: Trace, layer: LayerTrace, own: DenseTrace): TemplateResult | typeof nothing {
    const { back } = own;
    if (back === undefined) return nothing;
    const [j, above] = [this.neuron, denseAbove(this.siblings, layer)];
    const delta = back.delta[j] as number;
    const isLit = this.lit.includes("delta") || this.lit.includes("dX");
    if (above === undefined) {
      const at = this.siblings.indexOf(layer);
      const next = this.siblings[at + 1];
      const isLast = layer === trace.layers.at(-1);
      return isLast || next === undefined
        ? html`<h4>${words().blameTitle}</h4><p class="note">${words().blameLoss}</p>`
        : html`<h4>${words().blameTitle}</h4><p class="note">${words().blameBy(`${next.name}, ${next.description}`)}</p>`;
    }
    const sum = blameOf(above, j);
    return html`
      <h4>${words().blameTitle}</h4>
      ${stacked(blameOf(above, j, above.delta.length).largest)}
      ${termBars({
        sum: { ...sum, zeros: 0 },
        nameOf: (k) => `${indexed("w", j, k)}·${indexed("δ", k)}`,
        total: { name: `∂C/∂${indexed("a", j)} =`, value: back.dA[j] as number, isLit: this.lit.includes("dX") },
      })}
      <p class=${isLit ? "product lit" : "product"}>
        <span class="symbol">${indexed("δ", j)}</span> = ${signed(back.dA[j] as number, 4)} ×
        ${inDigits(own.slope[j] as number, 4)} = <b>${signed(delta, 4)}</b>
      </p>
    `;
  }
}

type Four = [number, number, number, number];

/** The products as one bar in which those above 0 go right, those below left: what is left over is the sum. */
function stacked(terms: readonly { readonly product: number; readonly place: number }[]): TemplateResult {
  const size = (sign: number) =>
    terms.reduce((sum, { product }) => sum + (product * sign > 0 ? Math.abs(product) : 0), 0);
  const bound = Math.max(size(1), size(-1)) || 1;
  const part = (sign: number) =>
    terms
      .filter(({ product }) => product * sign > 0)
      .map(({ product, place }) => {
        const width = (100 * Math.abs(product)) / bound;
        return html`<span class=${sign > 0 ? "above" : "below"} style=${`width:${width}%`} title=${`${indexed("", place)} ${signed(product)}`}></span>`;
      });
  return html`<div class="stack" aria-hidden="true"><div class="left">${part(-1)}</div><div class="right">${part(1)}</div></div>`;
}

define("inkling-neuron", InklingNeuron);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-neuron": InklingNeuron;
  }
}
