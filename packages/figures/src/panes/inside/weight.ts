/**
 * One weight (or bias): its value, its input, the δ of its neuron, its gradient as their product, the same measured by
 * moving the weight to both sides, its value before and after one step, and its values in a run.
 */

import { type DifferenceTrace, equations, type Trace } from "inkling/proofs";
import { css, html, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import type { WeightHistory } from "../../session/protocol.ts";
import { inDigits, inWhole, powerText, signed } from "../../words/messages.ts";
import { placeIn } from "./arrangement.ts";
import "./error-curve.ts";
import type { Measured } from "./error-curve.ts";
import { inputsOf, type Weighted } from "./looking.ts";
import { type Quantity, quantityRows, quantityStyle } from "./quantity.ts";
import "./source.ts";
import type { QuantityName } from "../../words/quantities.ts";
import { indexed } from "./symbols.ts";
import { isPlain, updateName } from "./updates.ts";
import { words } from "./words.ts";

export class InklingWeight extends Figure {
  static override properties = {
    trace: { attribute: false },
    weighted: { attribute: false },
    neuron: { type: Number },
    weight: { attribute: false },
    history: { attribute: false },
    lit: { attribute: false },
    columns: { attribute: false },
    h: { state: true },
    found: { state: true },
  };

  static override styles = [
    Figure.styles,
    quantityStyle,
    css`
      h4 {
        margin: 1.4em 0 0.4em;
        font-size: 0.95rem;
      }
      h4:first-child {
        margin-top: 0;
      }
      .columns h4:first-child {
        margin-top: 0;
      }
      .verdict {
        margin: 0.6em 0;
        padding: 0.5em 0.75em;
        border: 1px solid var(--line);
        border-radius: 8px;
        background: var(--panel);
      }
      .columns {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr));
        gap: 0 1.5rem;
      }
      .history {
        display: block;
        width: 100%;
        max-width: 30rem;
        height: 70px;
      }
      .history polyline {
        fill: none;
        stroke: var(--text);
        stroke-width: 1.5;
        vector-effect: non-scaling-stroke;
      }
      /* Known moments are dots; the line between them is a guess. */
      .history polyline:not(.moment) {
        stroke-dasharray: 3 3;
      }
      .history .moment {
        stroke-width: 4;
        stroke-linecap: round;
      }
      inkling-source {
        margin-top: 0.75em;
      }
    `,
  ];

  declare trace: Trace | undefined;
  declare weighted: Weighted | undefined;
  declare neuron: number;
  /** Which weight of the neuron; undefined for the bias. */
  declare weight: number | undefined;
  /** Its values in a run. */
  declare history: WeightHistory | undefined;
  declare lit: readonly QuantityName[];
  /** What a table's columns are called, where they are the inputs. */
  declare columns: readonly string[] | undefined;
  declare h: number;
  declare found: DifferenceTrace | undefined;
  #of: Measured | undefined;

  constructor() {
    super();
    this.neuron = 0;
    this.lit = [];
    this.h = 1e-4;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const isOther = (["trace", "weighted", "neuron", "weight"] as const).some((name) => changed.has(name));
    if (!isOther && !changed.has("h")) return;
    const { trace, weighted, neuron, weight } = this;
    if (weighted === undefined || trace === undefined) return;
    const layer = weighted.layer.name;
    if (isOther) this.#of = { layer, neuron, weight };
    this.found = undefined;
    if (trace.back === undefined) return;
    const { h } = this;
    void trace.difference(layer, neuron, weight, h).then((found) => {
      const isSame = this.trace === trace && this.neuron === neuron && this.weight === weight && this.h === h;
      if (isSame) this.found = found;
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { trace, weighted, neuron: j, weight: i, found } = this;
    if (trace === undefined || weighted === undefined) return nothing;
    const who = weighted.isDense ? words().neuron(inWhole(j)) : words().filter(inWhole(j));
    const isBias = i === undefined;
    return html`
      <h4>${isBias ? words().biasTitle(who) : words().weightTitle(inWhole(i), who, this.#inputName(weighted, i))}</h4>
      <div class="columns">
        <div>
          ${quantityRows(this.#quantities(weighted), this.lit)}
          ${this.#isIdle(weighted) ? html`<p class="verdict">${words().idle}</p>` : nothing}
          ${this.#history()}
          <inkling-source .source=${gradientSource(weighted, isBias)} ?lit=${this.lit.includes(isBias ? "db" : "dW")}></inkling-source>
        </div>
        <div @h-change=${this.#onH}>${trace.back === undefined ? nothing : this.#proof(trace, found)}</div>
      </div>
    `;
  }

  #proof(trace: Trace, found: DifferenceTrace | undefined): TemplateResult {
    return html`
      <h4>${words().proof}</h4>
      ${quantityRows(this.#measured(), this.lit)}
      <p class="verdict" role="status">${found === undefined ? "…" : verdict(found)}</p>
      <inkling-error-curve .trace=${trace} .of=${this.#of} .exponent=${Math.log10(this.h)}></inkling-error-curve>
      <inkling-source .source=${equations.centralDifference}></inkling-source>
    `;
  }

  /** What a weight's input is: a table's column, or a place in the window. */
  #inputName({ layer }: Weighted, i: number): string | undefined {
    const { window } = layer.convolution ?? {};
    if (window === undefined) return this.columns?.[i];
    const { row, column, channel } = placeIn([window.rows, window.columns, window.channels], i);
    return words().tapAt(row, column, channel);
  }

  /** An input of 0 teaches its weight nothing. */
  #isIdle({ own, isDense }: Weighted): boolean {
    return isDense && this.weight !== undefined && own.x[this.weight] === 0;
  }

  #quantities(weighted: Weighted): Quantity[] {
    const { neuron: j, weight: i } = this;
    const { own, isDense } = weighted;
    const { back } = own;
    if (i === undefined) {
      const [B, D] = [indexed("b", j), isDense ? indexed("δ", j) : "Σₚ δₚ"];
      return [
        { name: "b", value: own.b[j], symbol: B },
        { name: "db", value: back?.db[j], symbol: `∂C/∂${B}`, why: [`∂C/∂${B} = ${D}`] },
        {
          name: "after",
          value: back?.bAfter[j],
          symbol: words().stepped(B),
          why: this.#stepWhy(B, own.b[j], back?.db[j]),
        },
      ];
    }
    const e = i * own.W.columns + j;
    const [w, dW] = [own.W.values[e] as number, back?.dW.values[e]];
    const W = indexed("w", i, j);
    const x = isDense ? inputsOf(weighted, undefined)?.[i] : undefined;
    const delta = isDense ? back?.delta[j] : undefined;
    const [X, D] = [indexed("x", i), indexed("δ", j)];
    const product = x !== undefined && delta !== undefined ? [`= ${signed(x, 4)} × ${signed(delta, 4)}`] : [];
    return [
      { name: "W", value: w, symbol: W },
      { name: "x", value: x, symbol: X },
      { name: "delta", value: delta, symbol: D },
      {
        name: "dW",
        value: dW,
        symbol: `∂C/∂${W}`,
        why: isDense ? [`∂C/∂${W} = ${X} · ${D}`, ...product] : ["∂C/∂wₜ = Σₚ xₚ₊ₜ·δₚ"],
      },
      { name: "after", value: back?.WAfter.values[e], symbol: words().stepped(W), why: this.#stepWhy(W, w, dW) },
    ];
  }

  #stepWhy(letter: string, before: number | undefined, gradient: number | undefined): string[] {
    const step = this.trace?.back?.step;
    if (step === undefined || before === undefined || gradient === undefined) return [];
    if (!isPlain(step.optimizer)) return [updateName(step.optimizer)];
    const values = `= ${signed(before, 4)} − ${inDigits(step.learningRate)} × (${signed(gradient, 4)})`;
    return [`${letter} − η·∂C/∂${letter}`, values];
  }

  #measured(): Quantity[] {
    const { found } = this;
    if (found === undefined) return [];
    const { above, below, numeric, relativeError } = found;
    return [
      {
        name: "difference",
        value: numeric,
        digits: 7,
        why: [
          "(C(w + h) − C(w − h)) / 2h",
          `= (${inDigits(above, 9)} − ${inDigits(below, 9)}) / (2·${powerText(Math.log10(found.h))})`,
        ],
      },
      { name: "dW", value: found.analytic, digits: 7, why: [words().inFloat64] },
      { name: "error", value: relativeError, digits: 2 },
    ];
  }

  #history(): TemplateResult | typeof nothing {
    const { steps, values } = this.history ?? { steps: [], values: [] };
    const last = steps.at(-1) ?? 0;
    if (last === 0) return html`<p class="why">${words().historyNone}</p>`;
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const y = (value: number) => (high === low ? 50 : 95 - (90 * (value - low)) / (high - low));
    const x = (i: number) => (100 * (steps[i] ?? 0)) / last;
    const points = values.map((value, i) => `${x(i).toFixed(2)},${y(value).toFixed(2)}`);
    const label = words().historyRange(signed(values[0] ?? 0, 4), signed(values.at(-1) ?? 0, 4), inWhole(last));
    return html`
      <h4>${words().history}</h4>
      <svg class="history" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label=${label}>
        ${svg`<polyline points=${points.join(" ")} />`}
        ${points.map((point) => svg`<polyline class="moment" points="${point} ${point}" />`)}
      </svg>
      <p class="why">${label}. ${words().historyKnown(signed(low, 4), signed(high, 4), inWhole(points.length))}</p>
    `;
  }

  readonly #onH = (event: CustomEvent<{ h: number }>) => {
    this.h = event.detail.h;
  };
}

function gradientSource({ isDense }: Weighted, isBias: boolean) {
  if (isDense) return isBias ? equations.bp3 : equations.bp4;
  return isBias ? equations.convolvedBias : equations.convolvedWeights;
}

/** Trained networks have tiny gradients: the difference is compared with a size of its own too. */
export function agrees({ numeric, analytic }: Pick<DifferenceTrace, "numeric" | "analytic">): boolean {
  return Math.abs(numeric - analytic) <= 1e-9 + 1e-6 * Math.abs(analytic);
}

function verdict(found: DifferenceTrace): string {
  if (found.crossesCorner) return words().corner;
  const size = inDigits(Math.abs(found.numeric - found.analytic), 2);
  return agrees(found) ? words().agrees(size) : words().differs(size);
}

define("inkling-weight", InklingWeight);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-weight": InklingWeight;
  }
}
