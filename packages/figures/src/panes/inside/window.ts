/**
 * A window that is dragged over its input: of a convolution the taps times the inputs, typed out, and their sum; of
 * pooling the numbers that it compares, and which of them goes on.
 */

import {
  type ConvolutionTrace,
  convolutionAt,
  type ImagePlace,
  type LayerTrace,
  operationSources,
  type PoolingTrace,
  poolingAt,
} from "inkling/proofs";
import { html, nothing, type TemplateResult } from "lit";
import { boundOf } from "../../colours/palette.ts";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import { inDigits, inWhole, signed } from "../../words/messages.ts";
import { arranged, arrangementOf } from "./arrangement.ts";
import { quantityRows, quantityStyle } from "./quantity.ts";
import "./source.ts";
import type { QuantityName } from "../../words/quantities.ts";
import { sumOf, totalOf } from "./sums.ts";
import { indexed } from "./symbols.ts";
import { termBars, termStyle } from "./term-bars.ts";
import { windowStyle } from "./window.style.ts";
import { type Box, boxAt, channelUnder, type Panels, panelsOf, placeUnder } from "./window-place.ts";
import { words } from "./words.ts";

/** A window of more taps is not typed out, tap by tap. */
const MOST_TAPS = 64;

export class InklingWindow extends Figure {
  static override properties = {
    layer: { attribute: false },
    channel: { type: Number },
    place: { attribute: false },
    lit: { attribute: false },
  };

  static override styles = [Figure.styles, quantityStyle, termStyle, windowStyle];

  /** A convolution or a pooling layer. */
  declare layer: LayerTrace | undefined;
  /** The filter, or the channel of pooling. */
  declare channel: number;
  declare place: ImagePlace | undefined;
  declare lit: readonly QuantityName[];

  constructor() {
    super();
    this.channel = 0;
    this.lit = [];
  }

  get #own(): ConvolutionTrace | PoolingTrace | undefined {
    return this.layer?.convolution ?? this.layer?.pooling;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { layer } = this;
    const own = this.#own;
    if (layer === undefined || own === undefined) return nothing;
    const place = { row: 0, column: 0, ...this.place, channel: this.channel };
    const { convolution, pooling } = layer;
    return html`
      <div class="columns">
        <div>
          <h4>${words().dragWindow}</h4>
          ${this.#input(own, place)}
          <p class="note" role="status">${words().windowAt(place.row, place.column)}. ${words().windowHelp}</p>
          ${this.#output(own, place)}
        </div>
        <div>${convolution ? this.#convolution(convolution, place) : pooling ? this.#pooling(pooling, place) : nothing}</div>
      </div>
    `;
  }

  #panels({ window, x }: ConvolutionTrace | PoolingTrace): Panels {
    const { columns, places } = arrangementOf([window.height, window.width, window.channels]);
    return panelsOf(window, columns, Math.max(places.length, x.length));
  }

  #input(own: ConvolutionTrace | PoolingTrace, place: ImagePlace): TemplateResult {
    const { window, x } = own;
    const picture = arrangementOf([window.height, window.width, window.channels]);
    const panels = this.#panels(own);
    const isPooling = this.layer?.pooling !== undefined;
    const channels = isPooling ? [place.channel] : Array.from({ length: window.channels }, (_, c) => c);
    return html`
      <div
        class="input"
        tabindex="0"
        role="application"
        aria-label=${`${words().dragWindow}: ${words().windowAt(place.row, place.column)}`}
        aria-description=${words().windowHelp}
        data-quantity="x"
        @pointerdown=${this.#onPointer}
        @pointermove=${this.#onPointer}
        @keydown=${this.#onKey}
      >
        <inkling-map plain label=${words().input} .values=${arranged(x, picture)} .columns=${picture.columns} .bound=${boundOf(x)}></inkling-map>
        ${channels.map((channel) => html`<div class="box" style=${styleOf(boxAt(window, panels, place, channel))}></div>`)}
      </div>
    `;
  }

  #output(own: ConvolutionTrace | PoolingTrace, place: ImagePlace): TemplateResult {
    const { window } = own;
    const values = "a" in own ? own.a : own.z;
    const depth = values.length / (window.outHeight * window.outWidth);
    const channel = Float64Array.from(
      { length: window.outHeight * window.outWidth },
      (_, i) => values[i * depth + place.channel] as number,
    );
    return html`
      <h4>${words().output}, ${words().channel} ${inWhole(place.channel)}</h4>
      <div class="output" data-quantity="a" @pick=${this.#onOutput}>
        <inkling-map
          .values=${channel}
          .columns=${window.outWidth}
          .picked=${place.row * window.outWidth + place.column}
          label=${words().output}
        ></inkling-map>
      </div>
    `;
  }

  #convolution(own: ConvolutionTrace, place: ImagePlace): TemplateResult {
    const { terms, bias, z, a, slope, delta } = convolutionAt(own, place);
    const sum = sumOf(
      terms.map(({ x }) => x),
      terms.map(({ w }) => w),
    );
    const [Z, f] = [indexed("z", place.row, place.column), place.channel];
    const { window } = own;
    return html`
      <h4>${words().sumTitle}</h4>
      ${
        terms.length > MOST_TAPS
          ? nothing
          : html`<div class="taps" style=${`--across:${window.columns}`}>
              ${terms.map(({ x, w, product, at }) => {
                const kind = product < 0 ? "below" : "above";
                const share = Math.round(
                  (40 * Math.abs(product)) / (Math.max(...terms.map((t) => Math.abs(t.product))) || 1),
                );
                return html`<span class=${at === undefined ? "tap padding" : `tap ${kind}`} style=${`--share:${share}%`}
                  >${at === undefined ? html`<i>${words().padding}</i>` : html`${inDigits(x, 2)}<br />× ${signed(w, 2)}`}</span>`;
              })}
            </div>`
      }
      ${window.channels > 1 ? html`<p class="note">${words().tapOrder(inWhole(window.columns), inWhole(window.channels))}</p>` : nothing}
      ${termBars({
        sum,
        nameOf: (t) => `${indexed("w", t, f)}·${indexed("x", t)}`,
        bias,
        total: { name: `${Z} =`, value: z, isLit: this.lit.includes("z") },
      })}
      ${quantityRows(
        [
          {
            name: "z",
            value: z,
            symbol: Z,
            why: [
              `${Z} = Σₜ xₜ·${indexed("wₜ", f)} + ${indexed("b", f)}`,
              `= ${signed(totalOf(sum), 4)} + (${signed(bias, 4)})`,
            ],
          },
          { name: "a", value: a, why: [`a = σ(z) = ${own.activation}(${signed(z, 4)})`] },
          { name: "slope", value: slope },
          { name: "dA", value: own.back?.dA[(place.row * window.outWidth + place.column) * own.filters + f] },
          { name: "delta", value: delta, why: ["δ = ∂C/∂a · σ′(z)"] },
        ],
        this.lit,
      )}
      <inkling-source .source=${operationSources.convolve[0]} ?lit=${this.lit.includes("z")}></inkling-source>
    `;
  }

  #pooling(own: PoolingTrace, place: ImagePlace): TemplateResult {
    const { pixels, source, count, z, delta } = poolingAt(own, place);
    const isMaximum = own.keeps === "maximum";
    return html`
      <h4>${isMaximum ? "z = max x" : "z = Σ x / n"}</h4>
      <div class="taps" style=${`--across:${own.window.columns}`}>
        ${pixels.map(({ x, at }) => {
          const isWinner = source !== undefined && at === source.at;
          return html`<span class=${isWinner ? "tap winner" : at === undefined ? "tap padding" : "tap"}
            >${at === undefined ? words().padding : signed(x)}</span>`;
        })}
      </div>
      <p>${source ? words().winner(source.row, source.column) : words().meanOf(inWhole(count))}</p>
      ${quantityRows(
        [
          { name: "z", value: z },
          { name: "delta", value: delta },
        ],
        this.lit,
      )}
      <inkling-source .source=${operationSources[isMaximum ? "maxPool" : "averagePool"][0]}></inkling-source>
      <inkling-source .source=${operationSources[isMaximum ? "maxPoolBackward" : "averagePoolBackward"][0]}></inkling-source>
    `;
  }

  #move(row: number, column: number, channel = this.channel): void {
    const own = this.#own;
    if (own === undefined) return;
    const { outHeight, outWidth } = own.window;
    const detail: ImagePlace = {
      channel,
      row: Math.max(0, Math.min(outHeight - 1, row)),
      column: Math.max(0, Math.min(outWidth - 1, column)),
    };
    this.place = detail;
    this.dispatchEvent(new CustomEvent("place-pick", { detail, bubbles: true, composed: true }));
  }

  readonly #onPointer = (event: PointerEvent) => {
    const own = this.#own;
    const target = event.currentTarget as HTMLElement;
    if (own === undefined) return;
    if (event.type === "pointerdown") target.setPointerCapture(event.pointerId);
    else if (event.buttons === 0) return;
    const area = target.getBoundingClientRect();
    const [x, y] = [(event.clientX - area.left) / area.width, (event.clientY - area.top) / area.height];
    if (x < 0 || y < 0 || x >= 1 || y >= 1) return;
    const panels = this.#panels(own);
    const { row, column } = placeUnder(own.window, panels, x, y);
    // Of pooling each channel goes its own way: the one that is pointed at.
    const isPooling = this.layer?.pooling !== undefined;
    this.#move(row, column, isPooling ? channelUnder(own.window, panels, x, y) : this.channel);
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const { row = 0, column = 0 } = this.place ?? {};
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ...{ ArrowUp: [row - 1, column], ArrowDown: [row + 1, column] },
      ...{ ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], Home: [row, 0], End: [row, Infinity] },
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#move(...next);
  };

  readonly #onOutput = (event: CustomEvent<{ index: number | undefined }>) => {
    const [own, { index }] = [this.#own, event.detail];
    if (own !== undefined && index !== undefined)
      this.#move(Math.floor(index / own.window.outWidth), index % own.window.outWidth);
  };
}

function styleOf({ left, top, width, height }: Box): string {
  const share = (part: number) => `${(100 * part).toFixed(3)}%`;
  return `left:${share(left)};top:${share(top)};width:${share(width)};height:${share(height)}`;
}

define("inkling-window", InklingWindow);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-window": InklingWindow;
  }
}
