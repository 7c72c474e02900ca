/**
 * Numbers as a picture: a grid of cells, each in the colour of its number (colours/palette.ts), with a legend that says
 * what the colours mean. One cell can be looked at: by pointer, by finger, or by the arrow keys; the grid is one stop
 * of the tab key. It tells by an event which one, and writes its number below.
 *
 *   <inkling-map></inkling-map>   map.values = weights; map.columns = 28; map.label = "weights of neuron 3"
 */
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { boundOf, colourOf, cssColour, type ScaleName } from "../colours/palette.ts";
import { isOnPaper } from "../colours/paper.ts";
import { inDigits, inWhole, signed } from "../words/messages.ts";
import { define, Figure } from "./figure.ts";
import { words } from "./words.ts";

/** The event `pick`: which cell is looked at; none when the pointer has left. */
export interface PickDetail {
  readonly index: number | undefined;
}

/** The narrowest cell, in CSS pixels, that a hatch can be seen in. */
const HATCHED = 14;

export class InklingMap extends Figure {
  static override properties = {
    values: { attribute: false },
    columns: { type: Number },
    scale: { type: String },
    bound: { type: Number },
    label: { type: String },
    picked: { attribute: false },
    pattern: { type: Boolean },
    plain: { type: Boolean },
    paints: { type: Boolean },
    says: { attribute: false },
  };

  static override styles = [
    Figure.styles,
    css`
      .grid {
        position: relative;
        width: 100%;
        border: 1px solid var(--line);
        border-radius: 4px;
        overflow: hidden;
        touch-action: manipulation;
      }
      .paints {
        cursor: crosshair;
        touch-action: none;
      }
      canvas {
        display: block;
        width: 100%;
        /* A page may say how wide the picture is for its height; otherwise its cells are squares. */
        aspect-ratio: var(--map-ratio, auto);
        image-rendering: pixelated;
      }
      .mark {
        position: absolute;
        border: 2px solid var(--focus);
        pointer-events: none;
      }
      /* Below a narrow picture its upper end comes into a second line. */
      .legend {
        direction: ltr;
        display: flex;
        flex-wrap: wrap;
        gap: 0 0.5em;
        align-items: center;
        font-size: 0.8em;
        color: var(--quiet);
      }
      .ramp + span {
        margin-inline-start: auto;
      }
      .ramp {
        flex: 1 1 1.5em;
        height: 0.6em;
        border: 1px solid var(--line);
        print-color-adjust: exact;
        forced-color-adjust: none;
      }
      output {
        display: block;
        min-height: 1.5em;
        font-size: 0.85em;
      }
    `,
  ];

  /** Row-major. */
  declare values: ArrayLike<number>;
  /** How many numbers are in a row; 28 if it is not said. */
  declare columns: number;
  /** What the numbers mean: "signed" (the usual), "amount", "ink". */
  declare scale: ScaleName;
  /** Where the scale ends; if it is not said, at the largest number. */
  declare bound: number | undefined;
  /** What the numbers are, in words. */
  declare label: string;
  /** The cell that is looked at. */
  declare picked: number | undefined;
  /** Hatches negative cells, as paper and few colours always do. */
  declare pattern: boolean;
  /** Without legend and readout: for one of many that share them. */
  declare plain: boolean;
  /** For a picture that is painted on: a finger on it does not move the page. */
  declare paints: boolean;
  /** The readout of a cell, where row and column do not say enough. */
  declare says: ((index: number) => string) | undefined;

  constructor() {
    super();
    this.values = [];
    this.columns = 28;
    this.scale = "signed";
    this.label = "";
    this.pattern = false;
    this.plain = false;
    this.paints = false;
  }

  get #bound(): number {
    return this.bound ?? boundOf(this.values);
  }

  get #rows(): number {
    return Math.ceil(this.values.length / this.columns);
  }

  protected override render(): TemplateResult {
    const isGrid = !this.plain;
    return html`
      <div
        class="grid ${this.paints ? "paints" : ""}"
        role=${isGrid ? "application" : "img"}
        tabindex=${isGrid ? 0 : nothing}
        aria-label=${this.label}
        aria-description=${isGrid ? words().gridHelp : nothing}
        @keydown=${this.#onKey}
        @pointermove=${this.#onPointer}
        @pointerdown=${this.#onPointer}
      >
        <canvas aria-hidden="true" width=${this.columns} height=${this.#rows}></canvas>
        ${this.picked === undefined ? nothing : html`<div class="mark" data-quantity="picked" style=${this.#markStyle(this.picked)}></div>`}
      </div>
      ${isGrid ? [this.#legend(), html`<output aria-live="polite">${this.#readout()}</output>`] : nothing}
    `;
  }

  #legend(): TemplateResult {
    const { palette } = this.theme;
    const [bound, isSigned] = [this.#bound, this.scale === "signed"];
    const stops = (isSigned ? [-1, 0, 1] : [0, 1]).map((t) => cssColour(colourOf(t, 1, this.scale, palette)));
    const clipped = Array.from(this.values).filter((value) => Math.abs(value) > bound).length;
    const [low, high] = [isSigned ? signed(-bound) : "0", isSigned ? signed(bound) : inDigits(bound)];
    return html`
      <div class="legend" role="img" aria-label=${isSigned ? words().legend(low, high) : words().amounts(high)}>
        <span>${low}</span>
        <span class="ramp" style="background: linear-gradient(to right, ${stops.join(", ")})"></span>
        <span>${high}</span>
      </div>
      ${clipped === 0 ? nothing : html`<div class="legend">${words().clipped(inWhole(clipped))}</div>`}
    `;
  }

  #readout(): string {
    const { picked } = this;
    const value = picked === undefined ? undefined : this.values[picked];
    if (picked === undefined || value === undefined) return "";
    if (this.says !== undefined) return this.says(picked);
    const text = this.scale === "signed" ? signed(value, 4) : inDigits(value, 4);
    return words().cell(Math.floor(picked / this.columns), picked % this.columns, text);
  }

  #markStyle(cell: number): string {
    const [rows, { columns }] = [this.#rows, this];
    const share = (part: number, of: number) => `${(100 * part) / of}%`;
    return [
      `left:${share(cell % columns, columns)}`,
      `top:${share(Math.floor(cell / columns), rows)}`,
      `width:${share(1, columns)}`,
      `height:${share(1, rows)}`,
    ].join(";");
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // Another cell that is looked at changes no colour.
    if (changed.size === 1 && changed.has("picked")) return;
    const canvas = this.renderRoot.querySelector("canvas");
    const context = canvas?.getContext("2d");
    if (!canvas || !context || this.values.length === 0) return;
    const [bound, { palette }] = [this.#bound, this.theme];
    const isHatched = this.pattern || isOnPaper() || matchMedia("(forced-colors: active)").matches;
    if (isHatched) this.#drawHatched(canvas, context);
    else {
      canvas.width = this.columns;
      canvas.height = this.#rows;
      const image = context.createImageData(canvas.width, canvas.height);
      for (let i = 0; i < this.values.length; i++) {
        const [red, green, blue] = colourOf(this.values[i] as number, bound, this.scale, palette);
        image.data[4 * i] = red;
        image.data[4 * i + 1] = green;
        image.data[4 * i + 2] = blue;
        image.data[4 * i + 3] = 255;
      }
      context.putImageData(image, 0, 0);
    }
  }

  /** Cells that are large enough for a hatch. */
  #drawHatched(canvas: HTMLCanvasElement, context: CanvasRenderingContext2D): void {
    const [bound, { palette }] = [this.#bound, this.theme];
    canvas.width = this.columns * HATCHED;
    canvas.height = this.#rows * HATCHED;
    for (let i = 0; i < this.values.length; i++) {
      const value = this.values[i] as number;
      const [x, y] = [(i % this.columns) * HATCHED, Math.floor(i / this.columns) * HATCHED];
      context.fillStyle = cssColour(colourOf(value, bound, this.scale, palette));
      context.fillRect(x, y, HATCHED, HATCHED);
      if (this.scale === "signed" && value < -bound / 50) hatch(context, x, y, cssColour(palette.surface));
    }
  }

  #pick(index: number | undefined): void {
    if (index === this.picked) return;
    this.picked = index;
    const detail: PickDetail = { index };
    this.dispatchEvent(new CustomEvent("pick", { detail, bubbles: true, composed: true }));
  }

  readonly #onPointer = (event: PointerEvent) => {
    const place = (event.currentTarget as Element).getBoundingClientRect();
    const [column, row] = [
      Math.floor(((event.clientX - place.left) / place.width) * this.columns),
      Math.floor(((event.clientY - place.top) / place.height) * this.#rows),
    ];
    const isInside = column >= 0 && column < this.columns && row >= 0 && row < this.#rows;
    const index = row * this.columns + column;
    if (isInside && index < this.values.length) this.#pick(index);
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const last = this.values.length - 1;
    if (last < 0) return;
    const [at, { columns }] = [this.picked ?? -1, this];
    const rowStart = Math.max(0, at - (at % columns));
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at + columns,
      ArrowUp: at - columns,
      Home: rowStart,
      End: Math.min(last, rowStart + columns - 1),
      PageDown: at + columns,
      PageUp: at - columns,
    };
    if (event.key === "Escape") this.#pick(undefined);
    const next = moves[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (at < 0) this.#pick(0);
    else if (next >= 0 && next <= last) this.#pick(next);
  };
}

function hatch(context: CanvasRenderingContext2D, x: number, y: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  for (const offset of [-HATCHED / 2, 0, HATCHED / 2]) {
    context.save();
    context.beginPath();
    context.rect(x, y, HATCHED, HATCHED);
    context.clip();
    context.beginPath();
    context.moveTo(x + offset, y + HATCHED);
    context.lineTo(x + offset + HATCHED, y);
    context.stroke();
    context.restore();
  }
}

define("inkling-map", InklingMap);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-map": InklingMap;
  }
}
