/**
 * A layer with weights: all its neurons (or filters) as pictures of one of five things, one scale for all; the neuron
 * that is picked, with its numbers and sums; and the weight that is picked, with the proof of its gradient.
 */

import type { ImagePlace, LayerTrace, Trace } from "inkling/proofs";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import type { WeightHistory } from "../../session/protocol.ts";
import { inDigits, inWhole, signed } from "../../words/messages.ts";
import { arranged, placeIn } from "./arrangement.ts";
import { Differences } from "./differences.ts";
import { busiest, numbersOf, type View, views, type Weighted, type WeightPickDetail } from "./looking.ts";
import "./neuron.ts";
import "./neurons.ts";
import type { NeuronPickDetail, Tile } from "./neurons.ts";
import "../../parts/numbers-table.ts";
import type { Column } from "../../parts/csv.ts";
import "./picker.ts";
import type { QuantityName } from "../../words/quantities.ts";
import type { CellPickDetail } from "./picker.ts";
import { LayerScale } from "./scale.ts";
import { shows } from "./shows.ts";
import "./weight.ts";
import { weightedStyle } from "./weighted.style.ts";
import "./window.ts";
import { words } from "./words.ts";

export class InklingWeighted extends Figure {
  static override properties = {
    trace: { attribute: false },
    siblings: { attribute: false },
    weighted: { attribute: false },
    lit: { attribute: false },
    columns: { attribute: false },
    history: { attribute: false },
    neuron: { type: Number },
    weight: { attribute: false },
    view: { type: String },
    place: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      :host {
        container-type: inline-size;
      }
    `,
    weightedStyle,
  ];

  declare trace: Trace | undefined;
  declare siblings: readonly LayerTrace[];
  declare weighted: Weighted | undefined;
  declare lit: readonly QuantityName[];
  /** What a table's columns are called, where they are its inputs. */
  declare columns: readonly string[] | undefined;
  declare history: WeightHistory | undefined;
  declare neuron: number;
  /** "bias", a weight's place, or undefined for none. */
  declare weight: number | "bias" | undefined;
  declare view: View;
  /** Where a convolution's window stands. */
  declare place: ImagePlace | undefined;
  #differences: Differences | undefined;
  readonly #scale = new LayerScale();
  /** The tiles, and what they were made of. */
  #made: { readonly of: readonly unknown[]; readonly tiles: readonly Tile[] } = { of: [], tiles: [] };

  constructor() {
    super();
    this.siblings = [];
    this.lit = [];
    this.neuron = 0;
    this.view = "weights";
  }

  /** Picks the neuron that gives number `at` of the layer's output; of an image the filter, and its window there. */
  lookAt(at: number): void {
    const { weighted } = this;
    if (weighted === undefined) return;
    const place = placeIn(weighted.layer.outputShape, at);
    if (!weighted.isDense) this.place = place;
    this.#pickNeuron(place.channel);
  }

  /** Of another layer the weight is another one, too: what the run made of it is asked for again. */
  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const before = changed.get("weighted") as Weighted | undefined;
    const isOther = before !== undefined && before.layer.name !== this.weighted?.layer.name;
    if (isOther && this.weight !== undefined) this.#pickWeight(this.weight);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#differences?.end();
    this.#differences = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { trace, weighted } = this;
    if (trace === undefined || weighted === undefined) return;
    if (changed.has("weighted") || changed.has("trace")) {
      this.#differences?.end();
      this.#differences = undefined;
      const before = changed.get("weighted") as Weighted | undefined;
      if (before?.layer.name !== weighted.layer.name) this.#forget(weighted);
    }
    this.neuron = Math.min(this.neuron, weighted.count - 1);
    if (this.view === "difference") this.#measured(trace, weighted).want([this.neuron]);
    if (changed.has("weighted") || changed.has("place") || this.view === "difference") this.#scale.renew();
  }

  /** Another layer has other places. */
  #forget({ layer, own, inputs }: Weighted): void {
    this.#scale.forget();
    if (typeof this.weight === "number" && this.weight >= inputs) this.weight = undefined;
    const { convolution } = layer;
    this.place = convolution && { ...busiest(own.a, convolution.filters, convolution.window.outWidth), channel: 0 };
  }

  #measured(trace: Trace, weighted: Weighted): Differences {
    this.#differences ??= new Differences(trace, weighted, () => this.requestUpdate());
    return this.#differences;
  }

  #numbers(weighted: Weighted, j: number, view = this.view): ArrayLike<number> | undefined {
    return numbersOf(weighted, view, j, { place: this.place, measured: this.#differences?.of(j) });
  }

  #all(weighted: Weighted, view = this.view): ArrayLike<number>[] {
    return Array.from({ length: weighted.count }, (_, j) => this.#numbers(weighted, j, view) ?? []);
  }

  /** What is measured has the gradient's scale: the same number has the same colour in both. */
  #bound(weighted: Weighted, j: number): number {
    const view = this.view === "difference" ? "gradient" : this.view;
    return this.#scale.boundOf(view, this.#numbers(weighted, j, view) ?? [], () => this.#all(weighted, view));
  }

  protected override render(): TemplateResult | typeof nothing {
    const { trace, weighted, neuron: j } = this;
    if (trace === undefined || weighted === undefined) return nothing;
    const { isDense, layer } = weighted;
    const isLit = this.lit.includes(shows[this.view]);
    return html`
      ${this.#controls(weighted)}
      <div class="columns">
        <div>
          <inkling-neurons
            class=${isLit ? "lit-frame" : ""}
            data-quantity=${shows[this.view]}
            .tiles=${this.#tiles(weighted)}
            .columns=${weighted.tile.columns}
            .picked=${j}
            label=${isDense ? words().neurons : words().filters}
            @neuron-pick=${this.#onNeuron}
          ></inkling-neurons>
          ${this.#measuring(trace, weighted)}
        </div>
        <div>${this.#large(weighted)}</div>
      </div>
      ${this.#card(trace, weighted)}
      <div class="card">
        ${
          isDense
            ? html`<inkling-neuron
                .trace=${trace} .siblings=${this.siblings} .layer=${layer} .neuron=${j} .lit=${this.lit}
                .columns=${this.columns}
              ></inkling-neuron>`
            : html`<inkling-window
                .layer=${layer} .channel=${j} .place=${this.place} .lit=${this.lit} @place-pick=${this.#onPlace}
              ></inkling-window>`
        }
      </div>
      <inkling-numbers-table
        .columns=${this.#table(weighted)}
        name=${`${layer.name}-${j}`}
      ></inkling-numbers-table>
    `;
  }

  #controls(weighted: Weighted): TemplateResult {
    const hasBack = weighted.own.back !== undefined;
    const toggle = (isOn: boolean, text: string, act: () => void, isAlone = false) =>
      html`<button class=${isAlone ? "alone" : ""} aria-pressed=${isOn} @click=${act}>${text}</button>`;
    const perNeuron = (isOn: boolean) => () => {
      this.#scale.isPerNeuron = isOn;
      this.requestUpdate();
    };
    return html`
      <div class="controls">
        <div class="group" role="group" aria-label=${words().view}>
          ${views.map((view) => {
            const isOff = !hasBack && view !== "weights" && view !== "products";
            return html`<button aria-pressed=${view === this.view} ?disabled=${isOff} data-view=${view} @click=${() => this.#show(view)}>
              ${words().viewName(view)}
            </button>`;
          })}
        </div>
        <div class="group" role="group" aria-label=${words().scale}>
          <span>${words().scale}</span>
          ${toggle(!this.#scale.isPerNeuron, words().perLayer, perNeuron(false))}
          ${toggle(this.#scale.isPerNeuron, words().perNeuron, perNeuron(true))}
        </div>
        <div class="group">${toggle(this.#scale.isLocked, words().lock, () => this.#lock(weighted), true)}</div>
      </div>
    `;
  }

  /** New ones only where they show something new: another weight that is picked changes no picture. */
  #tiles(weighted: Weighted): readonly Tile[] {
    const { isPerNeuron, isLocked } = this.#scale;
    const of = [weighted, this.view, this.place, isPerNeuron, isLocked, this.#differences?.done];
    if (of.some((value, i) => value !== this.#made.of[i])) this.#made = { of, tiles: this.#newTiles(weighted) };
    return this.#made.tiles;
  }

  #newTiles(weighted: Weighted): Tile[] {
    const { own, isDense, count, tile } = weighted;
    return Array.from({ length: count }, (_, j) => {
      const a = isDense ? own.a[j] : undefined;
      return {
        name: String(j),
        note: a === undefined ? `b ${signed(own.b[j] as number, 2)}` : `a ${inDigits(Math.round(1000 * a) / 1000, 3)}`,
        cells: () => {
          const values = this.#numbers(weighted, j);
          return values && arranged(values, tile);
        },
        bound: () => this.#bound(weighted, j),
      };
    });
  }

  /** The picked neuron's picture with its legend: here a weight is picked. */
  #large(weighted: Weighted): TemplateResult {
    const { neuron: j, view, weight } = this;
    const who = weighted.isDense ? words().neuron(inWhole(j)) : words().filter(inWhole(j));
    const label = words().picture(words().viewWords(view), who);
    return html`
      <h4>${label}</h4>
      <inkling-picker
        class="large"
        data-quantity=${shows[view]}
        .weighted=${weighted}
        .neuron=${j}
        .view=${view}
        .values=${this.#numbers(weighted, j)}
        .bound=${this.#bound(weighted, j)}
        .weight=${typeof weight === "number" ? weight : undefined}
        .columns=${this.columns}
        label=${label}
        @cell-pick=${this.#onCell}
      ></inkling-picker>
      <p class="hint">${words().pickWeight}</p>
      <button aria-pressed=${weight === "bias"} @click=${() => this.#pickWeight("bias")}>${words().biasTitle(who)}</button>
    `;
  }

  #card(trace: Trace, weighted: Weighted): TemplateResult | typeof nothing {
    if (this.weight === undefined) return nothing;
    return html`<div class="card">
      <inkling-weight
        .trace=${trace} .weighted=${weighted} .neuron=${this.neuron} .lit=${this.lit}
        .weight=${this.weight === "bias" ? undefined : this.weight} .history=${this.history} .columns=${this.columns}
      ></inkling-weight>
    </div>`;
  }

  #measuring(trace: Trace, weighted: Weighted): TemplateResult | typeof nothing {
    if (this.view !== "difference" || trace.back === undefined) return nothing;
    const { done, all, isRunning } = this.#measured(trace, weighted);
    const passes = inWhole(2 * weighted.inputs * weighted.count);
    return html`
      <p class="hint" role="status">${words().measuring(inWhole(done), inWhole(all))}</p>
      ${isRunning ? html`<progress max=${all} value=${done} aria-label=${words().viewName("difference")}></progress>` : nothing}
      <button @click=${this.#measureAll}>${words().measure(passes)}</button>
    `;
  }

  /** The table of the picked neuron's numbers. */
  #table(weighted: Weighted): Column[] {
    const numbers = views.flatMap((view) => {
      const values = this.#numbers(weighted, this.neuron, view);
      return values === undefined ? [] : [{ name: words().viewName(view), values }];
    });
    return this.columns ? [{ name: words().column, values: this.columns }, ...numbers] : numbers;
  }

  #show(view: View): void {
    this.view = view;
  }

  /** Every view keeps the end that it has now; what is not measured yet has none. */
  #lock(weighted: Weighted): void {
    const ends = views.flatMap((view) => {
      const all = this.#all(weighted, view);
      const hasNumbers = all.some((values) => Array.from(values).some((value) => Math.abs(value) > 0));
      return hasNumbers ? [[view, this.#scale.ofLayer(view, () => all)] as const] : [];
    });
    this.#scale.toggleLock(new Map(ends));
    this.requestUpdate();
  }

  readonly #measureAll = () => {
    const { trace, weighted } = this;
    if (trace && weighted) this.#measured(trace, weighted).want(Array.from({ length: weighted.count }, (_, j) => j));
    this.requestUpdate();
  };

  readonly #onNeuron = ({ detail }: CustomEvent<NeuronPickDetail>) => this.#pickNeuron(detail.neuron);

  readonly #onPlace = ({ detail }: CustomEvent<ImagePlace>) => {
    this.place = detail;
  };

  readonly #onCell = ({ detail }: CustomEvent<CellPickDetail>) => this.#pickWeight(detail.weight);

  #pickNeuron(neuron: number): void {
    this.neuron = neuron;
    if (this.weight !== undefined) this.#pickWeight(this.weight);
  }

  #pickWeight(weight: number | "bias" | undefined): void {
    this.weight = weight;
    if (weight === undefined || this.weighted === undefined) return;
    const detail: WeightPickDetail = {
      layer: this.weighted.layer.name,
      neuron: this.neuron,
      weight: weight === "bias" ? undefined : weight,
      place: weight === "bias" ? this.neuron : weight * this.weighted.count + this.neuron,
    };
    this.dispatchEvent(new CustomEvent("weight-pick", { detail, bubbles: true, composed: true }));
  }
}

define("inkling-weighted", InklingWeighted);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-weighted": InklingWeighted;
  }
}
