/** Digits as points on a plane. Each is written where it lies, so that no colour has to stand for a class. */
import { css, html, svg, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
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

  protected override render(): TemplateResult {
    const one = ({ x, y, text, isMistake }: PlacedDigit) => {
      const [left, top] = [(94 * x).toFixed(2), (-64 * y).toFixed(2)];
      const written = svg`<text x=${left} y=${top}>${text}</text>`;
      return isMistake ? svg`<g class="mistake"><circle cx=${left} cy=${top} r="2.6" />${written}</g>` : written;
    };
    // Mistakes last: they lie on top.
    const sorted = this.digits.toSorted((a, b) => Number(a.isMistake) - Number(b.isMistake));
    const label = words().planeLabel(inWhole(this.digits.length));
    return html`<svg viewBox="-100 -70 200 140" role="img" aria-label=${label}>${sorted.map(one)}</svg>`;
  }
}

define("inkling-plane", InklingPlane);
