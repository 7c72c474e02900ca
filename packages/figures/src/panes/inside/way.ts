/**
 * The way through the network: the input, each layer, the output, each with a picture of what it gives and, below it,
 * of how the loss changes with that. One of them is looked at.
 */

import type { Trace } from "inkling/proofs";
import { css, html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import type { ScaleName } from "../../colours/palette.ts";
import { inDigits } from "../../words/messages.ts";
import { arranged, arrangementOf } from "./arrangement.ts";
import { allLayers } from "./looking.ts";
import { words } from "./words.ts";

/** "input", "output" or a layer's name. */
export type Station = string;

/** The event `layer-pick`. */
export interface LayerPickDetail {
  readonly layer: Station;
  /** Which number of its output was pointed at, if one was. */
  readonly number: number | undefined;
}

/** A picture needs no more numbers than these. */
const MOST_NUMBERS = 40_000;

export class InklingWay extends Figure {
  static override properties = { trace: { attribute: false }, at: { type: String }, active: { attribute: false } };

  static override styles = [
    Figure.styles,
    css`
      .way {
        display: flex;
        gap: 0.5rem;
        overflow-x: auto;
        padding: 4px;
        scrollbar-width: thin;
      }
      button {
        flex: 1 0 108px;
        max-width: 168px;
        display: grid;
        grid-template-rows: auto 1fr auto 1fr;
        gap: 4px;
        padding: 8px;
        border-radius: 12px;
        text-align: left;
        line-height: 1.25;
      }
      button[aria-pressed="true"] {
        border-color: var(--focus);
        background: var(--panel);
        color: inherit;
        box-shadow: 0 0 0 1px var(--focus);
      }
      button.active {
        outline: 2px dashed var(--focus);
        outline-offset: 2px;
      }
      .name {
        font-size: 0.78rem;
        font-weight: 600;
        min-height: 2.5em;
      }
      .shape {
        color: var(--quiet);
        font-weight: 400;
      }
      inkling-map {
        align-self: center;
        justify-self: center;
        width: 100%;
        pointer-events: none;
      }
      .divide {
        border-top: 1px dashed var(--line);
        color: var(--quiet);
        font-size: 0.7rem;
        padding-top: 2px;
      }
      .arrow {
        align-self: center;
        color: var(--quiet);
      }
    `,
  ];

  declare trace: Trace | undefined;
  declare at: Station;
  /** The layer of the operation that is looked at. */
  declare active: Station | undefined;

  constructor() {
    super();
    this.at = "output";
  }

  protected override render(): TemplateResult | typeof nothing {
    const { trace } = this;
    if (trace === undefined) return nothing;
    const layers = allLayers(trace.layers);
    const first = trace.layers[0];
    const isImage = (first?.inputShape.length ?? 1) > 1;
    const { softmax, back, outputs } = trace;
    return html`
      <nav class="way" aria-label=${words().layers}>
        ${this.#station("input", words().input, first?.inputShape ?? [], [trace.inputs, isImage ? "ink" : "signed"], back?.dInputs)}
        ${layers.map((layer) => {
          return this.#station(
            layer.name,
            layer.description,
            layer.outputShape,
            [layer.output, "signed"],
            layer.dOutput,
          );
        })}
        ${this.#station(
          "output",
          softmax ? "softmax" : words().output,
          [outputs.length],
          softmax ? [softmax.probabilities, "amount"] : [outputs, "signed"],
          back?.dOutputs,
          back ? `C = ${inDigits(back.loss)}` : "",
        )}
      </nav>
    `;
  }

  #station(
    name: Station,
    title: string,
    shape: readonly number[],
    [values, scale]: readonly [ArrayLike<number>, ScaleName],
    gradient: ArrayLike<number> | undefined,
    note = shape.join(" × "),
  ): TemplateResult {
    const picture = arrangementOf(shape);
    const map = (numbers: ArrayLike<number>, own: ScaleName, label: string) =>
      numbers.length > MOST_NUMBERS
        ? nothing
        : html`<inkling-map plain .values=${arranged(numbers, picture)} .columns=${picture.columns} scale=${own} label=${label}></inkling-map>`;
    return html`
      <button
        class=${this.active === name ? "active" : ""}
        aria-pressed=${this.at === name}
        data-layer=${name}
        @click=${(event: MouseEvent) => this.#pick(name, picture.places[pointedAt(event) ?? -1])}
      >
        <span class="name">${title}<br /><span class="shape">${note}</span></span>
        ${map(values, scale, title)}
        <span class="divide">${gradient === undefined ? "" : name === "input" ? "∂C/∂x" : name === "output" && this.trace?.softmax ? "∂C/∂z" : "∂C/∂a"}</span>
        ${gradient === undefined ? nothing : map(gradient, "signed", "∂C")}
      </button>
    `;
  }

  #pick(layer: Station, place: number | undefined): void {
    this.at = layer;
    // Between two channels is a gap.
    const detail: LayerPickDetail = { layer, number: place === -1 ? undefined : place };
    this.dispatchEvent(new CustomEvent("layer-pick", { detail, bubbles: true, composed: true }));
  }
}

/** Which cell of a layer's pictures a click is on; undefined beside them, and by keys. */
function pointedAt({ currentTarget, clientX: x, clientY: y }: MouseEvent): number | undefined {
  for (const map of (currentTarget as HTMLElement).querySelectorAll("inkling-map")) {
    const { left, top, width, height } = map.getBoundingClientRect();
    if (x < left || x >= left + width || y < top || y >= top + height) continue;
    const { columns, values } = map;
    const rows = Math.ceil(values.length / columns);
    const place = Math.floor(((y - top) / height) * rows) * columns + Math.floor(((x - left) / width) * columns);
    if (place < values.length) return place;
  }
  return undefined;
}

define("inkling-way", InklingWay);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-way": InklingWay;
  }
}
