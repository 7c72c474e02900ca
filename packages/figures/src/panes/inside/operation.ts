/**
 * One operation of a training step: what it takes, its equation, what it makes, as pictures; and its lines of source.
 */

import type { LayerTrace } from "inkling/proofs";
import { css, html, nothing, type TemplateResult } from "lit";
import { boundOf } from "../../colours/palette.ts";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import { inDigits, inWhole, signed } from "../../words/messages.ts";
import { type Arrangement, arranged, arrangementOf, matrixArrangement } from "./arrangement.ts";
import { allLayers, shapeBefore } from "./looking.ts";
import type { Part, Step } from "./operations.ts";
import "./source.ts";
import { type QuantityName, symbols } from "../../words/quantities.ts";
import { words } from "./words.ts";

/** More numbers than these are a picture of the first neurons alone. */
const MOST_CELLS = 120_000;

/** What the table's names look like in a formula. */
const letters: Readonly<Record<string, string>> = {
  ...{ W: "W", losses: "C", dZ: "∂C/∂z", dW: "∂C/∂W", mean: "μ", variance: "v", scale: "γ", shift: "β" },
  ...{ meanDelta: "mean(δ)", meanProduct: "mean(δ·x̂)", dScale: "∂C/∂γ", dShift: "∂C/∂β" },
};

export class InklingOperation extends Figure {
  static override properties = { step: { attribute: false }, layers: { attribute: false } };

  static override styles = [
    Figure.styles,
    css`
      .flow {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto minmax(0, 1fr);
        gap: 1rem;
        align-items: center;
      }
      .parts {
        display: flex;
        flex-wrap: wrap;
        gap: 0.75rem;
      }
      .takes {
        justify-content: flex-end;
      }
      .part {
        width: 112px;
        padding: 6px;
        border: 1px solid transparent;
        border-radius: 8px;
        font-size: 0.75rem;
      }
      .makes .part {
        border-color: var(--focus);
        background: color-mix(in srgb, var(--focus) 10%, transparent);
      }
      .part b {
        font: italic 1.15rem Georgia, serif;
      }
      .range,
      .size {
        display: block;
        color: var(--quiet);
        line-height: 1.35;
        overflow-wrap: anywhere;
      }
      .equation {
        padding: 0.5em 0.9em;
        font: italic 1.25rem "KaTeX_Math", "Cambria Math", Georgia, serif;
        text-align: center;
      }
      .equation small {
        display: block;
        color: var(--quiet);
        font: 0.75rem system-ui, sans-serif;
      }
      .sources {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr));
        gap: 0.75rem;
        margin-top: 1rem;
      }
      @media (max-width: 760px) {
        .flow {
          grid-template-columns: minmax(0, 1fr);
        }
        .takes {
          justify-content: flex-start;
        }
      }
    `,
  ];

  declare step: Step | undefined;
  /** The network's, for the shapes of what the operations take. */
  declare layers: readonly LayerTrace[];

  constructor() {
    super();
    this.layers = [];
  }

  protected override render(): TemplateResult | typeof nothing {
    const { step } = this;
    if (step === undefined) return nothing;
    const layer = allLayers(this.layers).find(({ name }) => name === step.layer);
    const equation = step.sources.length > 1 ? step.sources.map((source) => source.equation) : [step.equation];
    return html`
      <div class="flow">
        <div class="parts takes" aria-label=${words().takes} role="group">${step.takes.map((part) => this.#part(part, layer, step))}</div>
        <div class="equation">
          ${[...new Set(equation)].map((line) => html`<div>${line}</div>`)}
          <small>${step.operation}${layer === undefined ? "" : `, ${layer.name}`}</small>
        </div>
        <div class="parts makes" aria-label=${words().makes} role="group">${step.makes.map((part) => this.#part(part, layer, step))}</div>
      </div>
      ${step.operation === "normalizeBackward" ? html`<p>${words().runningMeans}</p>` : nothing}
      <div class="sources">
        ${step.sources.map((source) => html`<inkling-source lit .source=${source}></inkling-source>`)}
      </div>
    `;
  }

  #part(part: Part, layer: LayerTrace | undefined, step: Step): TemplateResult {
    const { name, matrix } = part;
    const { rows, columns, values } = matrix;
    const own = name.split(" ").at(-1) ?? name;
    const letter = letters[own] ?? symbols[own as QuantityName] ?? name;
    const prefix = name.includes(" ") ? `${name.split(" ")[0]} ` : "";
    const isOne = values.length === 1;
    const picture = this.#arrangement(part, layer, step);
    const bound = boundOf(values);
    return html`
      <div class="part">
        ${prefix}<b>${letter}</b>
        ${
          isOne
            ? html`<data value=${String(values[0])}>${signed(values[0] as number, 4)}</data>`
            : html`<inkling-map
                plain
                .values=${arranged(values, picture)}
                .columns=${picture.columns}
                .bound=${bound}
                label=${`${letter}, ${inWhole(rows)} × ${inWhole(columns)}`}
              ></inkling-map>
              <span class="range">${hasNumbers(values) ? `±${inDigits(bound)}` : "0"}</span>`
        }
        <span class="size">${inWhole(rows)} × ${inWhole(columns)}</span>
      </div>
    `;
  }

  /** Inputs look like the layer's input, outputs like its output, weights like one input for each neuron. */
  #arrangement({ name, matrix }: Part, layer: LayerTrace | undefined, { phase }: Step): Arrangement {
    const { rows, columns, values } = matrix;
    if (layer === undefined || phase === "update") return arrangementOf([values.length]);
    const input = shapeBefore(this.layers, layer);
    if (rows === 1) {
      const shapes = name === "x" || name === "dX" ? [input, layer.outputShape] : [layer.outputShape, input];
      return arrangementOf(shapes.find((shape) => shape.reduce((n, size) => n * size, 1) === columns) ?? [columns]);
    }
    const window = layer.convolution?.window;
    const tile = arrangementOf(window ? [window.rows, window.columns, window.channels] : input);
    if (tile.places.length < rows) return arrangementOf([values.length]);
    return matrixArrangement(tile, columns, Math.max(1, Math.min(columns, Math.floor(MOST_CELLS / rows))));
  }
}

function hasNumbers(values: ArrayLike<number>): boolean {
  return Array.from(values).some((value) => value !== 0);
}

define("inkling-operation", InklingOperation);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-operation": InklingOperation;
  }
}
