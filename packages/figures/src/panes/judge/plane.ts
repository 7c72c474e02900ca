/** Digits as points on a plane. Each is written where it lies, so that no colour has to stand for a class. */
import { css, html, svg, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import type { NumbersTable } from "../../parts/numbers.ts";
import { inWhole } from "../../words/messages.ts";
import type { Point } from "./projection.ts";
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
    const one = ({ text, isMistake, ...point }: PlacedDigit) => {
      const [left, top] = place(point).map((number) => number.toFixed(2));
      const written = svg`<text x=${left} y=${top}>${text}</text>`;
      return isMistake ? svg`<g class="mistake"><circle cx=${left} cy=${top} r="2.6" />${written}</g>` : written;
    };
    // Mistakes last: they lie on top.
    const sorted = this.digits.toSorted((a, b) => Number(a.isMistake) - Number(b.isMistake));
    const label = words().planeLabel(inWhole(this.digits.length));
    return html`<svg viewBox="-100 -70 200 140" role="img" aria-label=${label}>${sorted.map(one)}</svg>`;
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
