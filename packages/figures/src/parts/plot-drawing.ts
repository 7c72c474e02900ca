/** What a chart is drawn of: where numbers come to lie, axes, lines and points. */
import { nothing, svg, type TemplateResult } from "lit";
import { inDigits } from "../words/messages.ts";
import { type Range, ticksOf } from "./axes.ts";

export type Point = readonly [x: number, y: number];

/** What a line or point stands for, and so how it looks. */
export type Tone = "main" | "quiet" | "amount" | "negative" | "positive" | "focus";

/** What a mark stands for: its entry in the key, the message `tangentMeans` for "tangent". */
interface Meant {
  readonly quantity?: string;
}

export interface PlotLine extends Meant {
  readonly points: readonly Point[];
  readonly tone?: Tone;
  readonly isDashed?: boolean;
  /** Whether it is only ground for others. */
  readonly isFaint?: boolean;
  /** What a table calls it, where it has no label in the picture. */
  readonly name?: string;
  /** Written at its last point. */
  readonly label?: string;
}

/** A coloured area behind the lines. */
export interface PlotArea extends Meant {
  readonly corners: readonly Point[];
  readonly tone: Tone;
}

export interface PlotMark extends Meant {
  readonly x: number;
  readonly y: number;
  readonly tone?: Tone;
  readonly label?: string;
  /** How far above it its label stands, in pixels; 8 if it is not said. */
  readonly lift?: number;
  /** In pixels; 4 if it is not said. */
  readonly radius?: number;
  /** Whether it is one of many. */
  readonly isFaint?: boolean;
}

/** Around the chart, in pixels: room for the numbers of its axes. */
export const LEFT = 46;
export const RIGHT = 14;
export const TOP = 30;
export const BOTTOM = 34;

export interface Places {
  readonly width: number;
  readonly height: number;
  readonly xs: Range;
  readonly ys: Range;
  /** Where a number comes to lie, in pixels. */
  x(value: number): number;
  y(value: number): number;
}

export function placesOf(width: number, height: number, xs: Range, ys: Range): Places {
  return {
    ...{ width, height, xs, ys },
    x: (value) => LEFT + ((value - xs[0]) / (xs[1] - xs[0])) * (width - LEFT - RIGHT),
    y: (value) => height - BOTTOM - ((value - ys[0]) / (ys[1] - ys[0])) * (height - TOP - BOTTOM),
  };
}

/** How names and labels are written, and the least width of a letter, in pixels. */
const FONT = "600 13.5px";
const NARROW = 4;
let pen: CanvasRenderingContext2D | null | undefined;

/** The length of a text that would be wider than its room: it is squeezed to it. */
function fitted(text: string, room: number): number | typeof nothing {
  if (text.length * NARROW < room / 2) return nothing;
  pen ??= document.createElement("canvas").getContext("2d");
  if (pen === null) return nothing;
  pen.font = `${FONT} ${getComputedStyle(document.body).fontFamily}`;
  return pen.measureText(text).width > room ? Math.max(40, Math.floor(room)) : nothing;
}

/** What is written at the axes. */
interface AxisTexts {
  readonly xLabel: string;
  readonly yLabel: string;
  /** Where the numbers of an axis are exponents: how their powers of ten are written. */
  readonly xText: ((exponent: number) => string) | undefined;
  readonly yText: ((exponent: number) => string) | undefined;
}

/** Both axes, with round numbers and a line for each; of exponents, the level axis has the whole ones. */
export function axes(places: Places, { xLabel, yLabel, xText, yText = (y) => inDigits(y) }: AxisTexts): TemplateResult {
  const { width, height, xs, ys } = places;
  const bottom = height - BOTTOM;
  const round = ticksOf(xs, Math.max(2, Math.min(8, (width - 60) / 52)));
  const across = xText === undefined ? round : round.filter(Number.isInteger);
  const zero = xText === undefined && xs[0] < 0 ? 0 : undefined;
  const up = ticksOf(ys, Math.max(2, Math.min(6, height / 50)));
  return svg`
      ${up.map(
        (
          y,
        ) => svg`<line class=${y === 0 ? "zero" : "grid"} x1=${LEFT} x2=${width - RIGHT} y1=${places.y(y)} y2=${places.y(y)}></line>
        <text class="tick" x=${LEFT - 8} y=${places.y(y) + 4} text-anchor="end">${yText(y)}</text>`,
      )}
      ${across.map(
        (x) => svg`<line class=${x === zero ? "zero" : "grid"}
          y1=${TOP} y2=${bottom} x1=${places.x(x)} x2=${places.x(x)}></line>
        <text class="tick" x=${places.x(x)} y=${bottom + 16} text-anchor="middle">${(xText ?? inDigits)(x)}</text>`,
      )}
      <text class="name" x=${width - RIGHT} y=${height - 3} text-anchor="end" textLength=${fitted(xLabel, width - RIGHT)} lengthAdjust="spacingAndGlyphs">${xLabel}</text>
      <text class="name" x=${LEFT} y=${TOP - 12} textLength=${fitted(yLabel, width - LEFT)} lengthAdjust="spacingAndGlyphs">${yLabel}</text>
    `;
}

export function drawnLine(places: Places, line: PlotLine): TemplateResult {
  const { points, tone = "main", isDashed = false, isFaint = false, quantity } = line;
  const path = points.map(([x, y]) => `${places.x(x).toFixed(2)},${places.y(y).toFixed(2)}`).join(" ");
  return svg`<polyline class="line ${tone} ${isDashed ? "dashed" : ""} ${isFaint ? "faint" : ""}" data-quantity=${quantity ?? nothing} points=${path}></polyline>`;
}

/** What an area below zero is filled with where colours are few. */
export const HATCH = svg`<defs><pattern id="hatch" width="8" height="8" patternUnits="userSpaceOnUse">
  <path d="M-2 2L2 -2M0 8L8 0M6 10L10 6" stroke="currentColor" stroke-width="1.2"></path>
</pattern></defs>`;

export function drawnArea(places: Places, { corners, tone, quantity }: PlotArea): TemplateResult {
  const path = corners.map(([x, y]) => `${places.x(x).toFixed(2)},${places.y(y).toFixed(2)}`).join(" ");
  return svg`<polygon class="area ${tone}" data-quantity=${quantity ?? nothing} points=${path}></polygon>
      ${tone === "negative" ? svg`<polygon class="hatch" fill="url(#hatch)" data-quantity=${quantity ?? nothing} points=${path}></polygon>` : nothing}`;
}

/** A line's name at its last point. */
export function lineLabel(places: Places, { points, label, tone = "main" }: PlotLine): TemplateResult | typeof nothing {
  const last = points.at(-1);
  if (label === undefined || last === undefined) return nothing;
  const [x, y] = [places.x(last[0]), places.y(last[1])];
  const isRight = x > places.width * 0.7;
  const height = Math.max(TOP + 12, Math.min(places.height - BOTTOM - 6, y - 8));
  return svg`<text class="label ${tone}" x=${isRight ? x - 4 : x + 4} y=${height} text-anchor=${isRight ? "end" : "start"} textLength=${fitted(label, isRight ? x - 4 : places.width - x - 4)} lengthAdjust="spacingAndGlyphs">${label}</text>`;
}

export function drawnMark(
  places: Places,
  { x, y, tone = "main", label, radius = 4, lift = 8, isFaint = false, quantity }: PlotMark,
): TemplateResult {
  const [left, top] = [places.x(x), places.y(y)];
  const isRight = left > places.width * 0.75;
  return svg`<circle class="mark ${tone} ${isFaint ? "faint" : ""}" data-quantity=${quantity ?? nothing} cx=${left} cy=${top} r=${radius}></circle>
      ${label === undefined ? nothing : svg`<text class="label ${tone}" x=${isRight ? left - 8 : left + 8} y=${Math.max(TOP + 10, top - lift)} text-anchor=${isRight ? "end" : "start"} textLength=${fitted(label, isRight ? left - 8 : places.width - left - 8)} lengthAdjust="spacingAndGlyphs">${label}</text>`}`;
}
