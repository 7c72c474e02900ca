/**
 * Examples as points on a plane. Each is written where it lies, so that no colour has to stand for a class; a long name
 * by its beginning, so that it covers no others and stays inside.
 */
import { css, html, nothing, svg, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import type { NumbersTable } from "../../parts/numbers.ts";
import { inWhole } from "../../words/messages.ts";
import type { Point } from "./projection.ts";
import { shortNames } from "./short-names.ts";
import { words } from "./words.ts";

export interface PlacedDigit extends Point {
  /** What it is. */
  readonly text: string;
  readonly isMistake: boolean;
  /** Its place in the data set. */
  readonly index: number;
}

export class InklingPlane extends Figure {
  static override properties = { digits: { attribute: false } };

  static override styles = [
    Figure.styles,
    css`
      svg {
        display: block;
        width: 100%;
        border: 1px solid var(--line);
        border-radius: 8px;
        background: var(--surface);
      }
      text {
        fill: var(--quiet);
        font-size: 3.4px;
        text-anchor: middle;
        dominant-baseline: central;
      }
      .mistake text {
        fill: var(--ink);
        font-weight: 700;
      }
      circle {
        fill: none;
        stroke: var(--ink);
        stroke-width: 0.35;
      }
      ul {
        display: flex;
        flex-wrap: wrap;
        gap: 0.1em 1.2em;
        margin: 0.4em 0 0;
        padding: 0;
        list-style: none;
        font-size: 0.9em;
        color: var(--quiet);
      }
      li {
        overflow-wrap: anywhere;
      }
    `,
  ];

  declare digits: readonly PlacedDigit[];

  constructor() {
    super();
    this.digits = [];
  }

  /** Where each digit lies. */
  numbers(): readonly NumbersTable[] {
    const { digits } = this;
    return [
      {
        label: words().plane,
        columns: [
          { name: words().is, values: digits.map(({ text }) => text) },
          { name: words().across, values: digits.map(({ x }) => x) },
          { name: words().upwards, values: digits.map(({ y }) => y) },
        ],
      },
    ];
  }

  protected override render(): TemplateResult {
    const place = fitting(this.digits);
    const names = [...new Set(this.digits.map(({ text }) => text))].sort();
    const short = new Map(shortNames(names).map((written, k) => [names[k], written]));
    const one = ({ text, isMistake, ...point }: PlacedDigit) => {
      const [left, top] = place(point).map((number) => number.toFixed(2));
      const written = svg`<text x=${left} y=${top}>${short.get(text)}</text>`;
      return isMistake ? svg`<g class="mistake"><circle cx=${left} cy=${top} r="2.6" />${written}</g>` : written;
    };
    // Mistakes last: they lie on top.
    const sorted = this.digits.toSorted((a, b) => Number(a.isMistake) - Number(b.isMistake));
    const label = words().planeLabel(inWhole(this.digits.length));
    const isShort = names.every((name) => short.get(name) === name);
    const called = names.map((name) => html`<li><b>${short.get(name)}</b> ${name}</li>`);
    return html`<svg viewBox="-100 -70 200 140" role="img" aria-label=${label}>${sorted.map(one)}</svg>
      ${isShort ? nothing : html`<ul aria-label=${words().planeNames}>${called}</ul>`}`;
  }
}

/** Where points go so that all of them fit, with one scale for both directions. */
function fitting(points: readonly Point[]): (point: Point) => [left: number, top: number] {
  const ends = (list: readonly number[]) => [Math.min(...list), Math.max(...list)] as const;
  const [[left, right], [bottom, top]] = [ends(points.map(({ x }) => x)), ends(points.map(({ y }) => y))];
  const scale = Math.min(188 / Math.max(right - left, 1e-9), 128 / Math.max(top - bottom, 1e-9));
  return ({ x, y }) => [(x - (left + right) / 2) * scale, ((bottom + top) / 2 - y) * scale];
}

define("inkling-plane", InklingPlane);
