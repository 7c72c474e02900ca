/**
 * What was read as what: a table with a row for each class and a column for each answer. It is a table to everybody: to
 * readers of the screen, too. One cell can be chosen, by pointer or by the arrow keys; it tells by an event which.
 */
import { css, html, type TemplateResult } from "lit";
import { colourOf, cssColour } from "../../colours/palette.ts";
import { define, Figure } from "../../parts/figure.ts";
import type { NumbersTable } from "../../parts/numbers.ts";
import { inWhole } from "../../words/messages.ts";
import { words } from "./words.ts";

/** The event `cell-pick`. */
export interface CellDetail {
  readonly label: number;
  readonly predicted: number;
}

export class InklingConfusion extends Figure {
  static override properties = { confusion: { attribute: false }, names: { attribute: false }, at: { state: true } };

  static override styles = [
    Figure.styles,
    css`
      .wide {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        font-size: 0.85em;
      }
      th {
        min-width: 2.2em;
        padding: 0.2em 0.4em;
        color: var(--quiet);
        font-weight: normal;
      }
      td {
        min-width: 3.4em;
        height: 2.6em;
        padding: 0 0.4em;
        border: 1px solid var(--line);
        text-align: right;
        cursor: pointer;
      }
      td.right {
        font-weight: 600;
      }
      td[aria-selected="true"] {
        box-shadow: inset 0 0 0 2px var(--focus);
      }
    `,
  ];

  /** confusion[label][predicted], as `evaluate` counts it. */
  declare confusion: readonly (readonly number[])[];
  declare names: readonly string[] | undefined;
  declare at: CellDetail | undefined;

  constructor() {
    super();
    this.confusion = [];
  }

  /** The whole matrix, a row for each digit. */
  numbers(): readonly NumbersTable[] {
    const name = (k: number) => this.names?.[k] ?? String(k);
    return [
      {
        label: words().confusion,
        columns: [
          { name: words().is, values: this.confusion.map((_, k) => name(k)) },
          ...this.confusion.map((_, j) => ({
            name: `${words().readAs} ${name(j)}`,
            values: this.confusion.map((row) => row[j] ?? 0),
          })),
        ],
      },
    ];
  }

  protected override render(): TemplateResult {
    const name = (k: number) => this.names?.[k] ?? String(k);
    const most = Math.max(1, ...this.confusion.flatMap((row, i) => row.filter((_, j) => i !== j)));
    return html`
      <div class="wide">
        <table role="grid" aria-label=${words().confusion} aria-description=${words().confusionHelp}>
          <thead>
            <tr>
              <td role="presentation" style="border: none; cursor: default"></td>
              ${this.confusion.map((_, j) => html`<th scope="col">${name(j)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${this.confusion.map(
              (row, i) => html`
                <tr>
                  <th scope="row">${name(i)}</th>
                  ${row.map((count, j) => this.#cell(i, j, count, most, name))}
                </tr>
              `,
            )}
          </tbody>
        </table>
      </div>
    `;
  }

  #cell(label: number, predicted: number, count: number, most: number, name: (k: number) => string): TemplateResult {
    const { palette } = this.theme;
    // Right answers have no colour: there are a hundred times as many of them.
    const share = label === predicted ? 0 : count / most;
    const colour = colourOf(share, 1, "amount", palette);
    const isAt = this.at?.label === label && this.at.predicted === predicted;
    const isStop = this.at === undefined ? label === 0 && predicted === 0 : isAt;
    // Half-way up the scale the ink is hard to read on its colour.
    const ink = share > 0.5 ? palette.surface : palette.ink;
    return html`<td
      role="gridcell"
      class=${label === predicted ? "right" : ""}
      style="background: ${cssColour(colour)}; color: ${cssColour(ink)}"
      tabindex=${isStop ? 0 : -1}
      aria-selected=${isAt ? "true" : "false"}
      aria-label=${words().cell(inWhole(count), name(label), name(predicted))}
      @click=${() => this.#pick({ label, predicted })}
      @keydown=${(event: KeyboardEvent) => this.#onKey(event, label, predicted)}
    >
      ${count === 0 ? "" : inWhole(count)}
    </td>`;
  }

  #onKey(event: KeyboardEvent, label: number, predicted: number): void {
    const last = this.confusion.length - 1;
    const places: Readonly<Record<string, CellDetail>> = {
      ArrowRight: { label, predicted: predicted + 1 },
      ArrowLeft: { label, predicted: predicted - 1 },
      ArrowDown: { label: label + 1, predicted },
      ArrowUp: { label: label - 1, predicted },
      Home: { label, predicted: 0 },
      End: { label, predicted: last },
      Enter: { label, predicted },
      " ": { label, predicted },
    };
    const next = places[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (Math.min(next.label, next.predicted) < 0 || Math.max(next.label, next.predicted) > last) return;
    this.#pick(next);
  }

  async #pick(detail: CellDetail): Promise<void> {
    this.at = detail;
    this.dispatchEvent(new CustomEvent<CellDetail>("cell-pick", { detail, bubbles: true, composed: true }));
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('[aria-selected="true"]')?.focus();
  }
}

define("inkling-confusion", InklingConfusion);
