/** One neuron's picture with its legend, in which a weight is picked: by click or tap, or by the arrow keys. */
import { html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import { signed } from "../../words/messages.ts";
import { symbols } from "../../words/quantities.ts";
import { arranged } from "./arrangement.ts";
import type { View, Weighted } from "./looking.ts";
import { shows } from "./shows.ts";
import { indexed } from "./symbols.ts";

/** The event `cell-pick`; none when the weight is let go. */
export interface CellPickDetail {
  readonly weight: number | undefined;
}

export class InklingPicker extends Figure {
  static override properties = {
    weighted: { attribute: false },
    neuron: { type: Number },
    view: { type: String },
    values: { attribute: false },
    bound: { type: Number },
    weight: { attribute: false },
    label: { type: String },
    columns: { attribute: false },
  };

  declare weighted: Weighted | undefined;
  declare neuron: number;
  declare view: View;
  /** Of the neuron, in the order of its inputs. */
  declare values: ArrayLike<number> | undefined;
  declare bound: number;
  declare weight: number | undefined;
  declare label: string;
  /** What a table's columns are called, where they are the inputs. */
  declare columns: readonly string[] | undefined;
  #isByKey = false;

  protected override render(): TemplateResult | typeof nothing {
    const { weighted, values, view, neuron } = this;
    if (weighted === undefined) return nothing;
    const { tile } = weighted;
    const says = (cell: number) => {
      const i = tile.places[cell] ?? -1;
      if (i < 0) return "";
      const name = this.columns === undefined ? "" : ` (${this.columns[i]})`;
      return `${symbols[shows[view]]} ${indexed("", i, neuron)}${name} = ${signed(values?.[i] ?? Number.NaN, 4)}`;
    };
    return html`
      <inkling-map
        .values=${values ? arranged(values, tile) : []}
        .columns=${tile.columns}
        .bound=${this.bound}
        .picked=${this.#cell}
        .says=${says}
        label=${this.label}
        @pick=${this.#onPick}
        @click=${this.#pin}
        @keydown=${this.#listens.key}
        @pointermove=${this.#listens.pointer}
        @pointerleave=${this.#onLeave}
      ></inkling-map>
    `;
  }

  get #cell(): number | undefined {
    const cell = this.weight === undefined ? -1 : (this.weighted?.tile.places.indexOf(this.weight) ?? -1);
    return cell < 0 ? undefined : cell;
  }

  /** By keyboard every step picks the weight; the pointer only reads, until it clicks. */
  readonly #onPick = () => {
    if (this.#isByKey) this.#pin();
  };

  readonly #onLeave = () => {
    const map = this.renderRoot.querySelector("inkling-map");
    if (map !== null) map.picked = this.#cell;
  };

  /** Before the map hears of it. */
  readonly #listens = {
    key: { handleEvent: () => this.#tell(true), capture: true },
    pointer: { handleEvent: () => this.#tell(false), capture: true },
  };

  #tell(isByKey: boolean): void {
    this.#isByKey = isByKey;
  }

  readonly #pin = () => {
    const { picked } = this.renderRoot.querySelector("inkling-map") ?? {};
    const place = picked === undefined ? -1 : (this.weighted?.tile.places[picked] ?? -1);
    const detail: CellPickDetail = { weight: place < 0 ? undefined : place };
    this.dispatchEvent(new CustomEvent("cell-pick", { detail, bubbles: true, composed: true }));
  };
}

define("inkling-picker", InklingPicker);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-picker": InklingPicker;
  }
}
