/** The numbers of a picture as a table, and as a file of comma-separated values. */
import { css, html, nothing, type TemplateResult } from "lit";
import { inDigits } from "../words/messages.ts";
import { type Column, csvOf } from "./csv.ts";
import { define, Figure } from "./figure.ts";
import { words } from "./words.ts";

/** More rows are in the file alone: a page with a hundred thousand of them stands still. */
const MOST_ROWS = 1000;

export class InklingNumbersTable extends Figure {
  static override properties = {
    columns: { attribute: false },
    name: { type: String },
    label: { type: String },
    isOpen: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      summary {
        min-height: 44px;
        padding-block: 0.3em;
        display: flex;
        align-items: center;
        cursor: pointer;
        gap: 0.5em;
      }
      summary::before {
        content: "▸";
        color: var(--quiet);
      }
      details[open] summary::before {
        content: "▾";
      }
      .box {
        max-height: 20rem;
        overflow: auto;
        margin-top: 0.5rem;
        border: 1px solid var(--line);
        border-radius: 8px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 0.85rem;
      }
      th,
      td {
        padding: 0.2em 0.75em;
        text-align: right;
        white-space: nowrap;
      }
      thead th {
        min-width: 5.5em;
        vertical-align: bottom;
        white-space: normal;
        position: sticky;
        top: 0;
        background: var(--panel);
      }
      tbody tr {
        border-top: 1px solid var(--line);
      }
    `,
  ];

  declare columns: readonly Column[];
  /** Of the file, without its ending. */
  declare name: string;
  /** What the numbers are; that they are a table if it is not said. */
  declare label: string;
  declare isOpen: boolean;

  constructor() {
    super();
    this.columns = [];
    this.name = "numbers";
    this.label = "";
    this.isOpen = false;
  }

  protected override render(): TemplateResult {
    return html`
      <details @toggle=${this.#onToggle}>
        <summary>${this.label || words().table}</summary>
        ${this.isOpen ? [html`<button @click=${this.#save}>${words().save}</button>`, this.#table()] : nothing}
      </details>
    `;
  }

  #table(): TemplateResult {
    const rows = Math.min(MOST_ROWS, Math.max(0, ...this.columns.map(({ values }) => values.length)));
    return html`
      <div class="box" tabindex="0" role="region" aria-label=${this.label || words().table}>
        <table>
          <thead>
            <tr>
              <th scope="col">${words().row}</th>
              ${this.columns.map(({ name }) => html`<th scope="col">${name}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${Array.from({ length: rows }, (_, i) => {
              const cells = this.columns.map(({ values }) => written(values[i]));
              return html`<tr><th scope="row">${i}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`;
            })}
          </tbody>
        </table>
      </div>
    `;
  }

  readonly #onToggle = (event: Event) => {
    this.isOpen = (event.target as HTMLDetailsElement).open;
  };

  readonly #save = () => {
    const address = URL.createObjectURL(new Blob([csvOf(this.columns)], { type: "text/csv" }));
    const link = document.createElement("a");
    link.href = address;
    link.download = `${this.name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
  };
}

function written(value: number | string | undefined): string {
  return typeof value === "number" ? inDigits(value, 6) : (value ?? "");
}

define("inkling-numbers-table", InklingNumbersTable);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-numbers-table": InklingNumbersTable;
  }
}
