/** Digits in a row, each with a line below it; each is a button that tells by an event which was chosen. */
import { css, html, nothing, type TemplateResult } from "lit";
import "../../parts/map.ts";
import { define, Figure } from "../../parts/figure.ts";

export interface StripItem {
  readonly index: number;
  /** Undefined where there is no picture. */
  readonly pixels: ArrayLike<number> | undefined;
  readonly columns: number;
  readonly text: string;
}

/** The event `digit-pick`. */
export interface DigitDetail {
  readonly index: number;
}

export class InklingStrip extends Figure {
  static override properties = { items: { attribute: false } };

  static override styles = [
    Figure.styles,
    css`
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(92px, 1fr));
        gap: 8px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      button {
        display: block;
        width: 100%;
        padding: 6px;
        text-align: center;
      }
      span {
        display: block;
        font-size: 0.75em;
        line-height: 1.3;
        color: var(--quiet);
      }
    `,
  ];

  declare items: readonly StripItem[];

  constructor() {
    super();
    this.items = [];
  }

  protected override render(): TemplateResult {
    const one = ({ index, pixels, columns, text }: StripItem) => html`
      <li>
        <button @click=${() => this.#pick(index)}>
          ${
            pixels === undefined
              ? nothing
              : html`<inkling-map
                  plain
                  scale="ink"
                  .bound=${255}
                  .columns=${columns}
                  .values=${pixels}
                  aria-hidden="true"
                ></inkling-map>`
          }
          <span>${text}</span>
        </button>
      </li>
    `;
    return html`<ul>${this.items.map(one)}</ul>`;
  }

  #pick(index: number): void {
    this.dispatchEvent(
      new CustomEvent<DigitDetail>("digit-pick", { detail: { index }, bubbles: true, composed: true }),
    );
  }
}

define("inkling-strip", InklingStrip);
