/**
 * A small chart: axes, lines, and points, some of which can be dragged. A point that can be dragged is a stop of the
 * tab key, and the arrow keys move it. A chart can also take a line that the reader draws: his guess.
 *
 *   plot.xs = [-6, 6]; plot.ys = [0, 1]; plot.lines = [{ points }];
 *   plot.handles = [{ x: 1, y: 0.73, name: "z", text: "z = 1", along: "x", step: 0.1 }]
 *
 * It tells by the events `move` (a handle) and `sketch` (the reader's line).
 */
import { html, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import { inDigits } from "../words/messages.ts";
import { between, type Range, snapped } from "./axes.ts";
import { define, Figure } from "./figure.ts";
import { follow } from "./follow.ts";
import { plotStyle } from "./plot.style.ts";
import {
  axes,
  BOTTOM,
  drawnArea,
  drawnLine,
  drawnMark,
  HATCH,
  LEFT,
  lineLabel,
  type Places,
  type PlotArea,
  type PlotLine,
  type PlotMark,
  type Point,
  placesOf,
  RIGHT,
  TOP,
  type Tone,
} from "./plot-drawing.ts";
import { COLUMNS, columnOf, columnX, drawnByKey, drawnTo, type Pen, type Sketched } from "./sketch.ts";
import { words } from "./words.ts";

export type { PlotArea, PlotLine, PlotMark, Point, Tone } from "./plot-drawing.ts";

/** A point that can be dragged. */
export interface PlotHandle {
  readonly x: number;
  readonly y: number;
  /** What is moved, in words. */
  readonly name: string;
  /** Where it is, in words. */
  readonly text: string;
  readonly along: "x" | "y" | "both";
  /** What one press of an arrow key is; with Shift ten times as much. */
  readonly step: number;
  readonly tone?: Tone;
  /** What it stands for, as a line's; that it can be dragged if it is not said. */
  readonly quantity?: string;
}

/** The event `move`: which handle, and where it is to go. */
export interface MoveDetail {
  readonly handle: number;
  readonly x: number;
  readonly y: number;
}

/** The event `sketch`: the reader's line, as the property `sketch` has it. */
export interface SketchDetail {
  readonly sketch: readonly number[];
}

export class InklingPlot extends Figure {
  static override properties = {
    xs: { attribute: false },
    ys: { attribute: false },
    ground: { attribute: false },
    areas: { attribute: false },
    lines: { attribute: false },
    marks: { attribute: false },
    handles: { attribute: false },
    xLabel: { attribute: false },
    yLabel: { attribute: false },
    xText: { attribute: false },
    yText: { attribute: false },
    label: { attribute: false },
    height: { type: Number },
    sketching: { type: Boolean },
    sketch: { attribute: false },
    width: { state: true },
    column: { state: true },
  };

  static override styles = [Figure.styles, plotStyle];

  declare xs: Range;
  declare ys: Range;
  /** The address of a picture that fills the chart, behind its lines. */
  declare ground: string;
  declare areas: readonly PlotArea[];
  declare lines: readonly PlotLine[];
  declare marks: readonly PlotMark[];
  declare handles: readonly PlotHandle[];
  declare xLabel: string;
  declare yLabel: string;
  /** Where the numbers of an axis are exponents: how their powers of ten are written. */
  declare xText: ((exponent: number) => string) | undefined;
  declare yText: ((exponent: number) => string) | undefined;
  /** What the chart shows, in words. */
  declare label: string;
  declare height: number;
  /** Whether the reader may draw a line. */
  declare sketching: boolean;
  /** The line that was drawn: a height for each column, NaN where there is none. */
  declare sketch: readonly number[];
  declare protected width: number;
  /** Where the arrow keys draw. */
  declare protected column: number;
  readonly #sizes = new ResizeObserver(([entry]) => {
    if (entry) this.width = Math.max(200, Math.round(entry.contentRect.width));
  });

  constructor() {
    super();
    this.xs = [0, 1];
    this.ys = [0, 1];
    this.ground = "";
    this.areas = [];
    this.lines = [];
    this.marks = [];
    this.handles = [];
    this.xLabel = "";
    this.yLabel = "";
    this.label = "";
    this.height = 260;
    this.width = 560;
    this.column = COLUMNS / 2;
    this.sketching = false;
    this.sketch = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
  }

  get #places(): Places {
    return placesOf(this.width, this.height, this.xs, this.ys);
  }

  protected override render(): TemplateResult {
    const { width, height } = this;
    const places = this.#places;
    const [innerWidth, innerHeight] = [width - LEFT - RIGHT, height - TOP - BOTTOM];
    return html`
      <svg viewBox="0 0 ${width} ${height}" width=${width} height=${height} role="group" aria-label=${this.label}>
        ${HATCH}
        <clipPath id="inside"><rect x=${LEFT - 1} y=${TOP - 6} width=${innerWidth + 2} height=${innerHeight + 12}></rect></clipPath>
        ${this.ground === "" ? nothing : svg`<image data-quantity="ground" href=${this.ground} x=${LEFT} y=${TOP} width=${innerWidth} height=${innerHeight} preserveAspectRatio="none"></image>`}
        <g aria-hidden="true">${axes(places, this)}</g>
        <g aria-hidden="true" clip-path="url(#inside)">${this.areas.map((area) => drawnArea(places, area))}${this.lines.map((line) => drawnLine(places, line))}${this.#sketched()}</g>
        <g aria-hidden="true">${this.lines.map((line) => lineLabel(places, line))}${this.marks.map((mark) => drawnMark(places, mark))}</g>
        ${this.sketching ? this.#paper(innerWidth, innerHeight) : nothing}
        ${this.handles.map((handle, i) => this.#handle(handle, i))}
      </svg>
      ${this.sketching ? html`<p class="visually-hidden" role="status">${this.#guessText()}</p>` : nothing}
    `;
  }

  #handle({ x, y, name, text, along, tone = "focus", quantity = "handle" }: PlotHandle, i: number): TemplateResult {
    const [low, high] = along === "y" ? this.ys : this.xs;
    const places = this.#places;
    return svg`<g
      class="handle"
      data-quantity=${quantity}
      role="slider"
      tabindex="0"
      aria-label=${name}
      aria-valuemin=${low}
      aria-valuemax=${high}
      aria-valuenow=${along === "y" ? y : x}
      aria-valuetext=${text}
      aria-orientation=${along === "y" ? "vertical" : "horizontal"}
      transform="translate(${places.x(x)} ${places.y(y)})"
      @pointerdown=${(event: PointerEvent) => this.#grab(event, i)}
      @keydown=${(event: KeyboardEvent) => this.#press(event, i)}
    >
      <circle class="reach" r="22"></circle>
      <circle class="ring ${tone}" r="9"></circle>
      <circle class="dot ${tone}" r="4"></circle>
    </g>`;
  }

  #grab(event: PointerEvent, i: number): void {
    const target = event.currentTarget as SVGGElement;
    event.preventDefault();
    target.focus();
    follow(target, event, (moved) => {
      const [x, y] = this.#numbersAt(moved);
      this.#tellMove(i, x, y);
    });
  }

  #press(event: KeyboardEvent, i: number): void {
    const handle = this.handles[i];
    if (handle === undefined) return;
    const size = handle.step * (event.shiftKey ? 10 : 1);
    const isFlat = handle.along === "x";
    const moves: Readonly<Record<string, Point>> = {
      ArrowRight: handle.along === "y" ? [0, size] : [size, 0],
      ArrowLeft: handle.along === "y" ? [0, -size] : [-size, 0],
      ArrowUp: isFlat ? [size, 0] : [0, size],
      ArrowDown: isFlat ? [-size, 0] : [0, -size],
      PageUp: isFlat ? [10 * handle.step, 0] : [0, 10 * handle.step],
      PageDown: isFlat ? [-10 * handle.step, 0] : [0, -10 * handle.step],
      Home: handle.along === "y" ? [0, this.ys[0] - handle.y] : [this.xs[0] - handle.x, 0],
      End: handle.along === "y" ? [0, this.ys[1] - handle.y] : [this.xs[1] - handle.x, 0],
    };
    const by = moves[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.#tellMove(i, handle.x + by[0], handle.y + by[1]);
  }

  #tellMove(i: number, x: number, y: number): void {
    const handle = this.handles[i];
    if (handle === undefined) return;
    const detail: MoveDetail = {
      handle: i,
      x: handle.along === "y" ? handle.x : snapped(x, handle.step, this.xs),
      y: handle.along === "x" ? handle.y : snapped(y, handle.step, this.ys),
    };
    this.dispatchEvent(new CustomEvent("move", { detail, bubbles: true, composed: true }));
  }

  /** The numbers that lie under the pointer. */
  #numbersAt(event: PointerEvent): Point {
    const box = this.renderRoot.querySelector("svg")?.getBoundingClientRect();
    if (box === undefined) return [0, 0];
    const scale = this.width / box.width;
    const across = ((event.clientX - box.left) * scale - LEFT) / (this.width - LEFT - RIGHT);
    const up = (this.height - BOTTOM - (event.clientY - box.top) * scale) / (this.height - TOP - BOTTOM);
    return [between(this.xs, across), between(this.ys, up)];
  }

  #sketched(): TemplateResult | typeof nothing {
    const points = this.sketchPoints;
    if (points.length === 0) return nothing;
    return drawnLine(this.#places, { points, tone: "focus", isDashed: true, quantity: "guess" });
  }

  /** The reader's line, from left to right. */
  get sketchPoints(): readonly Point[] {
    return this.sketch.flatMap((y, i): Point[] => (Number.isNaN(y) ? [] : [[columnX(i, this.xs), y]]));
  }

  /** What the reader draws on. */
  #paper(width: number, height: number): TemplateResult {
    const places = this.#places;
    const [x, y] = [columnX(this.column, this.xs), this.sketch[this.column] ?? Number.NaN];
    return svg`
      <rect
        class="paper"
        role="application"
        tabindex="0"
        aria-label=${this.label}
        aria-description=${words().sketchHelp}
        x=${LEFT} y=${TOP} width=${width} height=${height}
        @pointerdown=${this.#startSketch}
        @keydown=${this.#sketchByKey}
      ></rect>
      <line class="pen" x1=${places.x(x)} x2=${places.x(x)} y1=${TOP} y2=${TOP + height}></line>
      ${Number.isNaN(y) ? nothing : svg`<circle class="pen" r="5" cx=${places.x(x)} cy=${places.y(y)}></circle>`}
    `;
  }

  #guessText(): string {
    const y = this.sketch[this.column] ?? Number.NaN;
    return Number.isNaN(y) ? "" : words().guessAt(inDigits(columnX(this.column, this.xs), 2), inDigits(y, 2));
  }

  readonly #startSketch = (event: PointerEvent) => {
    const target = event.currentTarget as Element;
    let pen: Pen | undefined;
    const move = (moved: Event) => {
      const [x, y] = this.#numbersAt(moved as PointerEvent);
      const drawn = drawnTo(this.sketch, { column: columnOf(x, this.xs), y }, pen);
      pen = drawn.pen;
      this.#setSketch(drawn);
    };
    move(event);
    follow(target, event, move);
  };

  readonly #sketchByKey = (event: KeyboardEvent) => {
    const drawn = drawnByKey(this.sketch, this.column, event.key, this.ys);
    if (drawn === undefined) return;
    event.preventDefault();
    this.#setSketch(drawn);
  };

  #setSketch({ sketch, pen }: Sketched): void {
    this.sketch = sketch;
    this.column = pen.column;
    const detail: SketchDetail = { sketch };
    this.dispatchEvent(new CustomEvent("sketch", { detail, bubbles: true, composed: true }));
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has("sketching") && this.sketching) this.column = COLUMNS / 2;
  }
}

define("inkling-plot", InklingPlot);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-plot": InklingPlot;
  }
}
