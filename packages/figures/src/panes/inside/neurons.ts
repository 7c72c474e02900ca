/**
 * All neurons of a layer beside each other, each as the picture of its numbers. The list is one stop of the tab key:
 * the arrow keys move from neuron to neuron. Only tiles in the window are drawn, so that a layer may have thousands.
 */
import { css, html, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { colourOf } from "../../colours/palette.ts";
import { define, Figure } from "../../parts/figure.ts";

export interface Tile {
  readonly name: string;
  /** Cell by cell; undefined where there are no numbers yet. */
  readonly cells: () => Float64Array | undefined;
  readonly bound: () => number;
  /** What stands below the picture. */
  readonly note: string;
}

/** The event `neuron-pick`. */
export interface NeuronPickDetail {
  readonly neuron: number;
}

export class InklingNeurons extends Figure {
  static override properties = {
    tiles: { attribute: false },
    columns: { type: Number },
    picked: { type: Number },
    label: { type: String },
  };

  static override styles = [
    Figure.styles,
    css`
      [role="listbox"] {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(var(--tile, 76px), 1fr));
        gap: 6px;
        max-height: min(66vh, 640px);
        overflow-y: auto;
        padding: 3px;
        /* Where there is more, an edge is shaded: what scrolls along covers the shade at its end. */
        background:
          linear-gradient(var(--surface) 40%, transparent) top / 100% 28px no-repeat local,
          linear-gradient(transparent, var(--surface) 60%) bottom / 100% 28px no-repeat local,
          linear-gradient(color-mix(in srgb, var(--text) 28%, transparent), transparent) top / 100% 9px no-repeat scroll,
          linear-gradient(transparent, color-mix(in srgb, var(--text) 28%, transparent)) bottom / 100% 9px no-repeat
            scroll;
      }
      [role="option"] {
        padding: 4px;
        border: 2px solid transparent;
        border-radius: 8px;
        cursor: pointer;
      }
      [role="option"]:hover {
        background: var(--panel);
      }
      [role="option"][aria-selected="true"] {
        border-color: var(--focus);
      }
      canvas {
        display: block;
        width: 100%;
        border: 1px solid var(--line);
        border-radius: 3px;
        image-rendering: pixelated;
      }
      .name {
        display: flex;
        justify-content: space-between;
        gap: 4px;
        margin-top: 3px;
        font-size: 0.74rem;
        line-height: 1.3;
        white-space: nowrap;
      }
      .note {
        color: var(--quiet);
      }
    `,
  ];

  declare tiles: readonly Tile[];
  declare columns: number;
  declare picked: number;
  declare label: string;
  #observer: IntersectionObserver | undefined;
  /** Rows of a tile, so that one has its place before it is drawn: others would move under the pointer. */
  #rows = 1;
  readonly #visible = new Set<Element>();

  constructor() {
    super();
    this.tiles = [];
    this.columns = 28;
    this.picked = 0;
    this.label = "";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#visible.clear();
  }

  protected override render(): TemplateResult {
    const cells = this.tiles[this.picked]?.cells();
    if (cells !== undefined) this.#rows = Math.ceil(cells.length / this.columns);
    return html`
      <div
        role="listbox"
        tabindex="0"
        aria-label=${this.label}
        aria-activedescendant=${`tile-${this.picked}`}
        @keydown=${this.#onKey}
        @click=${this.#onClick}
      >
        ${repeat(
          this.tiles,
          (_, j) => j,
          ({ name, note }, j) => html`
            <div role="option" id=${`tile-${j}`} data-j=${j} aria-selected=${j === this.picked}>
              <canvas aria-hidden="true" width=${this.columns} height=${this.#rows}></canvas>
              <div class="name"><b>${name}</b><span class="note">${note}</span></div>
            </div>
          `,
        )}
      </div>
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    super.updated(changed);
    const options = this.renderRoot.querySelectorAll("[role=option]");
    this.#observer ??= new IntersectionObserver(this.#onSeen, { rootMargin: "100px" });
    for (const option of options) this.#observer.observe(option);
    if (changed.size === 0 || changed.has("tiles")) for (const option of this.#visible) this.#draw(option);
    if (changed.has("picked") && this.renderRoot.querySelector(":focus") !== null)
      options[this.picked]?.scrollIntoView({ block: "nearest" });
  }

  readonly #onSeen = (entries: readonly IntersectionObserverEntry[]) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) this.#visible.delete(target);
      else if (!this.#visible.has(target)) {
        this.#visible.add(target);
        this.#draw(target);
      }
    }
  };

  #draw(option: Element): void {
    const tile = this.tiles[Number(option.getAttribute("data-j"))];
    const canvas = option.querySelector("canvas");
    if (tile === undefined || canvas === null) {
      this.#visible.delete(option);
      return;
    }
    const cells = tile.cells();
    const [{ columns }, rows] = [this, cells === undefined ? this.#rows : Math.ceil(cells.length / this.columns)];
    canvas.width = columns;
    canvas.height = rows;
    const context = canvas.getContext("2d");
    if (cells === undefined || context === null) return;
    const [image, bound, { palette }] = [context.createImageData(columns, rows), tile.bound(), this.theme];
    for (let i = 0; i < cells.length; i++) {
      const value = cells[i] as number;
      if (Number.isNaN(value)) continue;
      image.data.set([...colourOf(value, bound, "signed", palette), 255], 4 * i);
    }
    context.putImageData(image, 0, 0);
  }

  #pick(neuron: number): void {
    if (neuron < 0 || neuron >= this.tiles.length) return;
    this.picked = neuron;
    const detail: NeuronPickDetail = { neuron };
    this.dispatchEvent(new CustomEvent("neuron-pick", { detail, bubbles: true, composed: true }));
  }

  readonly #onClick = (event: Event) => {
    const option = (event.target as Element).closest("[role=option]");
    if (option !== null) this.#pick(Number(option.getAttribute("data-j")));
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const options = [...this.renderRoot.querySelectorAll<HTMLElement>("[role=option]")];
    const across = Math.max(1, options.filter(({ offsetTop }) => offsetTop === options[0]?.offsetTop).length);
    const moves: Readonly<Record<string, number>> = {
      ...{ ArrowRight: this.picked + 1, ArrowLeft: this.picked - 1 },
      ...{ ArrowDown: this.picked + across, ArrowUp: this.picked - across },
      ...{ Home: 0, End: this.tiles.length - 1 },
    };
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.#pick(next);
  };
}

define("inkling-neurons", InklingNeurons);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-neurons": InklingNeurons;
  }
}
