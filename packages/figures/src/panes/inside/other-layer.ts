/**
 * A layer without weights, or with few: pooling by its window; activation, batch normalization, a residual layer,
 * dropout and flatten by one of their numbers, which is picked in the picture of what they give.
 */

import { equations, type ImagePlace, type LayerTrace, type Source, type Trace } from "inkling/proofs";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import { inDigits, inWhole, signed } from "../../words/messages.ts";
import { arranged, arrangementOf, placeIn } from "./arrangement.ts";
import { channelRows, type Measured, normalized } from "./batch-norm.ts";
import { activationCurve, curveStyle } from "./curve.ts";
import { busiest } from "./looking.ts";
import "../../parts/numbers-table.ts";
import { type Quantity, quantityRows, quantityStyle } from "./quantity.ts";
import "./source.ts";
import type { QuantityName } from "../../words/quantities.ts";
import { indexed } from "./symbols.ts";
import "./window.ts";
import { words } from "./words.ts";

/** One number of a layer: what it is made of, and where. */
export interface Worked {
  readonly rows: readonly Quantity[];
  readonly sources: readonly Source[];
  readonly note: string;
}

export class InklingOtherLayer extends Figure {
  static override properties = {
    trace: { attribute: false },
    layer: { attribute: false },
    lit: { attribute: false },
    number: { state: true },
    place: { state: true },
    measured: { state: true },
  };

  static override styles = [
    Figure.styles,
    quantityStyle,
    curveStyle,
    css`
      :host {
        container-type: inline-size;
      }
      .columns {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr));
        gap: 1.5rem;
      }
      .picture {
        max-width: 19rem;
      }
      h4 {
        margin: 0 0 0.5em;
        font-size: 0.95rem;
      }
      inkling-source {
        margin-top: 0.75rem;
      }
      .channels {
        display: flex;
        align-items: center;
        gap: 0.5em;
        margin-bottom: 0.75rem;
      }
    `,
  ];

  declare trace: Trace | undefined;
  declare layer: LayerTrace | undefined;
  declare lit: readonly QuantityName[];
  /** Which number of its output is picked; the largest one, until one is. */
  declare number: number | undefined;
  declare place: ImagePlace | undefined;
  /** ∂C/∂γ and ∂C/∂β of the channel, measured by moving them. */
  declare measured: Measured | undefined;

  constructor() {
    super();
    this.lit = [];
  }

  /** Picks number `at` of the layer's output; of pooling, the window that gives it. */
  lookAt(at: number): void {
    this.number = at;
    if (this.layer !== undefined) this.place = placeIn(this.layer.outputShape, at);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get("layer") !== undefined && changed.get("layer")?.name !== this.layer?.name) this.place = undefined;
    if ((["trace", "layer", "number"] as const).some((name) => changed.has(name))) void this.#measure();
  }

  async #measure(): Promise<void> {
    const { trace, layer, number } = this;
    const own = layer?.batchNorm;
    this.measured = undefined;
    if (trace?.back === undefined || layer === undefined || own === undefined) return;
    const channel = numberOf(layer, number) % own.mean.length;
    const scale = await trace.difference(layer.name, channel, 0);
    const shift = await trace.difference(layer.name, channel);
    if (layer === this.layer && number === this.number) this.measured = [scale.numeric, shift.numeric];
  }

  protected override render(): TemplateResult | typeof nothing {
    const { layer } = this;
    if (layer === undefined) return nothing;
    return layer.pooling ? this.#pooling(layer) : this.#numbers(layer);
  }

  #pooling(layer: LayerTrace): TemplateResult {
    // Of a global pool the output has channels alone.
    const channels = layer.outputShape.at(-1) ?? 1;
    const { z, window } = layer.pooling ?? { z: [], window: { outWidth: 1, outHeight: 1 } };
    const { row, column, channel: among } = this.place ?? { ...busiest(z, channels, window.outWidth), channel: 0 };
    // Another layer's map may have been larger.
    const [low, right] = [window.outHeight - 1, window.outWidth - 1];
    const chosen = { row: Math.min(row, low), column: Math.min(column, right), channel: among };
    const channel = Math.min(chosen.channel, channels - 1);
    return html`
      <label class="channels">
        ${words().channel}
        <input
          type="number" min="0" max=${channels - 1} .value=${String(channel)}
          @change=${(event: Event) => {
            const wanted = Math.round(Number((event.target as HTMLInputElement).value));
            this.place = { ...chosen, channel: Math.max(0, Math.min(channels - 1, wanted || 0)) };
          }}
        />
      </label>
      <inkling-window
        .layer=${layer} .channel=${channel} .place=${chosen} .lit=${this.lit}
        @place-pick=${({ detail }: CustomEvent<ImagePlace>) => {
          this.place = detail;
        }}
      ></inkling-window>
    `;
  }

  #numbers(layer: LayerTrace): TemplateResult {
    const [input, output] = [arrangementOf(layer.inputShape), arrangementOf(layer.outputShape)];
    const at = numberOf(layer, this.number);
    const { rows, sources, note } = workedOut(layer, at);
    const own = layer.batchNorm && channelRows(layer, at, this.trace, this.measured);
    const { activation } = layer;
    const says =
      (values: ArrayLike<number>, { places }: typeof input, label: string) =>
      (cell: number) => {
        const place = places[cell] ?? -1;
        const shape = label === "x" ? layer.inputShape : layer.outputShape;
        return place < 0 ? "" : `${nameOf(shape, place)}: ${signed(values[place] ?? Number.NaN, 4)}`;
      };
    const picture = (values: ArrayLike<number>, { columns, places }: typeof input, label: string) => html`
      <div class="picture" data-quantity=${label === "x" ? "x" : "a"}>
        <h4>${label === "x" ? "x" : words().output}</h4>
        <inkling-map
          .values=${arranged(values, { columns, places })} .columns=${columns}
          .says=${says(values, { columns, places }, label)} label=${`${layer.name}, ${label}`}
          .picked=${places.indexOf(at)} @pick=${(event: CustomEvent<{ index?: number }>) => {
            const place = places[event.detail.index ?? -1] ?? -1;
            if (place >= 0) this.number = place;
          }}
        ></inkling-map>
      </div>
    `;
    return html`
      <div class="columns">
        ${picture(layer.input, input, "x")} ${picture(layer.output, output, "y")}
        <div>
          <h4>${nameOf(layer.outputShape, at)}</h4>
          <p>${note}</p>
          ${quantityRows(rows, this.lit)}
          ${activation ? activationCurve(activation.activation, three(activation, at)) : nothing}
          ${own ? html`<h4>${words().parametersOf(inWhole(own.channel))}</h4>${quantityRows(own.rows, this.lit)}` : nothing}
          ${sources.map((source) => html`<inkling-source .source=${source}></inkling-source>`)}
        </div>
      </div>
      <inkling-numbers-table
        name=${layer.name}
        .columns=${[
          { name: "x", values: layer.input },
          { name: words().output, values: layer.output },
          ...(layer.dInput ? [{ name: "∂C/∂x", values: layer.dInput }] : []),
          ...(layer.dOutput ? [{ name: "∂C/∂a", values: layer.dOutput }] : []),
        ]}
      ></inkling-numbers-table>
    `;
  }
}

/** Which number of a layer it is: of an image its channel and place. */
function nameOf(shape: readonly number[], at: number): string {
  if (shape.length !== 3) return words().weightTitleOf(inWhole(at));
  const { row, column, channel } = placeIn(shape, at);
  return words().placeIn(row, column, channel);
}

/** The number that is looked at. Another layer's output may have been longer. */
function numberOf({ output }: LayerTrace, picked: number | undefined): number {
  if (picked !== undefined) return Math.min(picked, output.length - 1);
  let most = 0;
  for (let i = 1; i < output.length; i++) if ((output[i] as number) > (output[most] as number)) most = i;
  return most;
}

function three({ z, a, slope }: { z: ArrayLike<number>; a: ArrayLike<number>; slope: ArrayLike<number> }, at: number) {
  return { z: z[at] ?? 0, a: a[at] ?? 0, slope: slope[at] ?? 0 };
}

/** Number `at` of what a layer gives, by the equations of its kind. */
function workedOut(layer: LayerTrace, at: number): Worked {
  const { activation, batchNorm, residual, type } = layer;
  const ways: Quantity[] = [
    { name: "dA", value: layer.dOutput?.[at] },
    { name: "dX", value: layer.dInput?.[at] },
  ];
  if (activation) {
    const { z, a, slope } = three(activation, at);
    const delta = activation.back?.delta[at];
    const own = activation.activation;
    return {
      rows: [
        { name: "z", value: z, symbol: indexed("z", at) },
        { name: "a", value: a, symbol: indexed("a", at), why: [`a = σ(z) = ${own}(${signed(z, 4)})`] },
        { name: "slope", value: slope },
        { name: "dA", value: activation.back?.dA[at] },
        {
          name: "delta",
          value: delta,
          why: [`δ = ∂C/∂a · σ′(z) = ${signed(activation.back?.dA[at] ?? 0, 4)} × ${inDigits(slope, 4)}`],
        },
      ],
      sources: [equations[own === "identity" ? "activated" : own], equations.activatedBack],
      note: "",
    };
  }
  if (batchNorm) return normalized(batchNorm, at);
  if (residual) {
    const { x, f, y, scale } = residual;
    const way = [residual.back?.dY[at], residual.back?.through[at]];
    return {
      rows: [
        { name: "x", value: x[at] },
        {
          name: "a",
          value: y[at],
          symbol: indexed("y", at),
          why: ["y = x + s·f(x)", `= ${signed(x[at] ?? 0, 4)} + ${inDigits(scale)} × (${signed(f[at] ?? 0, 4)})`],
        },
        {
          name: "dX",
          value: residual.back?.dX[at],
          why: ["∂C/∂x = ∂C/∂y + s·(∂f/∂x)ᵀ·∂C/∂y", `= ${signed(way[0] ?? 0, 4)} + (${signed(way[1] ?? 0, 4)})`],
        },
      ],
      sources: [equations.skipped, equations.skippedBack],
      note: words().residualWords,
    };
  }
  const rows: Quantity[] = [
    { name: "x", value: layer.input[at] },
    { name: "a", value: layer.output[at], why: ["= x"] },
    ...ways,
  ];
  if (type === "dropout") return { rows, sources: [equations.dropped], note: words().drops };
  return { rows, sources: [], note: type === "flatten" ? words().flattens : words().passes };
}

define("inkling-other-layer", InklingOtherLayer);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-other-layer": InklingOtherLayer;
  }
}
