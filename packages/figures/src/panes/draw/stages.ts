/**
 * How a drawing becomes what the network sees, step by step, each as a picture with a sentence. The steps are the
 * library's (normalizationSteps of inkling/pictures): those by which MNIST's images were made.
 *
 *   <inkling-stages></inkling-stages>   stages.picture = sheet; stages.digit = found and its steps
 */

import { type FoundDigit, type NormalizationSteps, type Picture, toGrey } from "inkling/pictures";
import { css, html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import "../../parts/picture.ts";
import { inDigits } from "../../words/messages.ts";
import { words } from "./stages.words.ts";

/** One digit on its way. */
export interface Staged {
  readonly found: FoundDigit;
  readonly steps: NormalizationSteps;
}

export class InklingStages extends Figure {
  static override properties = {
    picture: { attribute: false },
    isLightOnDark: { attribute: false },
    digits: { attribute: false },
    at: { attribute: false },
  };

  static override styles = [
    Figure.styles,
    css`
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(9.5rem, 100%), 1fr));
        gap: 1.1rem;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-rows: auto 1fr;
        gap: 0.5rem;
      }
      p {
        margin: 0;
        font-size: 0.9em;
        line-height: 1.45;
      }
      b {
        display: block;
      }
      @media (max-width: 30rem) {
        ol {
          grid-template-columns: 1fr 1fr;
        }
      }
    `,
  ];

  declare picture: Picture | undefined;
  /** Whether the ink is lighter than the paper. */
  declare isLightOnDark: boolean;
  declare digits: readonly Staged[];
  /** Which digit is shown. */
  declare at: number;

  constructor() {
    super();
    this.isLightOnDark = false;
    this.digits = [];
    this.at = 0;
  }

  protected override render(): TemplateResult | typeof nothing {
    const [{ picture }, digit] = [this, this.digits[this.at]];
    if (picture === undefined || digit === undefined) return nothing;
    return html`<ol>
      ${this.#drawn(picture)}${this.#cut(digit)}${this.#averaged(digit.steps)}${this.#shifted(digit.steps)}
      ${this.#seen(digit.steps)}
    </ol>`;
  }

  #drawn(picture: Picture): TemplateResult {
    const { pixels, width, height } = toGrey(picture);
    const ink = this.isLightOnDark ? pixels : pixels.map((grey) => 255 - grey);
    const frames = this.digits.map(({ found }) => found.box);
    return this.#stage(
      html`<inkling-picture .values=${ink} .columns=${width} .frames=${frames} .label=${words().drawnTitle}></inkling-picture>`,
      words().drawnTitle,
      words().drawn(String(width), String(height), this.digits.length),
    );
  }

  #cut({ found, steps: { square } }: Staged): TemplateResult {
    const { width, height } = found.box;
    const { before, after } = found.strokes;
    const strokes = Math.abs(before - after) < 0.05 ? undefined : [inDigits(before, 2), inDigits(after, 2)];
    return this.#stage(
      html`<inkling-picture .values=${square.values} .columns=${square.width} .bound=${1} .label=${words().cutTitle}></inkling-picture>`,
      words().cutTitle,
      words().cut(String(width), String(height)),
      strokes && words().strokes(strokes[0] ?? "", strokes[1] ?? ""),
    );
  }

  #averaged({ average, cells, centre }: NormalizationSteps): TemplateResult {
    return this.#stage(
      html`<inkling-picture .values=${average} .columns=${cells} .mark=${centre} .label=${words().averageTitle(cells)}></inkling-picture>`,
      words().averageTitle(cells),
      words().average,
    );
  }

  #shifted({ pixels, cells, left, top, centre }: NormalizationSteps): TemplateResult {
    const side = Math.sqrt(pixels.length);
    const middle = (side - cells) / 2;
    const [right, down] = [left - middle, top - middle];
    const frame = { left, top, width: cells, height: cells };
    return this.#stage(
      html`<inkling-picture
        .values=${pixels}
        .columns=${side}
        .frames=${[frame]}
        .mark=${{ x: centre.x + left, y: centre.y + top }}
        .middle=${{ x: side / 2 + 0.5, y: side / 2 + 0.5 }}
        .label=${words().shiftTitle}
      ></inkling-picture>`,
      words().shiftTitle,
      words().shift(
        inDigits(centre.x + left - right),
        inDigits(centre.y + top - down),
        inDigits(side / 2 + 0.5),
        right,
        down,
      ),
    );
  }

  #seen({ pixels }: NormalizationSteps): TemplateResult {
    const side = Math.sqrt(pixels.length);
    return this.#stage(
      html`<inkling-map data-quantity="seen" .values=${pixels} .columns=${side} scale="ink" .bound=${255} .label=${words().seenTitle}></inkling-map>`,
      words().seenTitle,
      words().seen(side * side),
    );
  }

  #stage(picture: TemplateResult, title: string, text: string, more?: string): TemplateResult {
    return html`<li>${picture}<p><b>${title}</b>${text}${more === undefined ? nothing : html` ${more}`}</p></li>`;
  }
}

define("inkling-stages", InklingStages);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-stages": InklingStages;
  }
}
