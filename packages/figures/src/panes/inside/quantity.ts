/** One number with its letter, and why it is what it is: its formula with the live values in it. */
import { css, html, nothing, type TemplateResult } from "lit";
import { inDigits, signed } from "../../words/messages.ts";
import { meanings, type QuantityName, symbols } from "../../words/quantities.ts";

export interface Quantity {
  readonly name: QuantityName;
  readonly value: number | undefined;
  /** Its letter with indices; that of the name if it is not said. */
  readonly symbol?: string;
  /** The formula, then the same with values. */
  readonly why?: readonly string[];
  readonly digits?: number;
}

/** What is never below zero has no sign. */
const amounts: ReadonlySet<QuantityName> = new Set(["loss", "error", "p"]);

/** Rows of a `<dl class="quantities">`. Those in `lit` are what the operation that is looked at computes. */
export function quantityRows(all: readonly Quantity[], lit: readonly QuantityName[]): TemplateResult {
  return html`<dl class="quantities">${all.map((one) => quantityRow(one, lit))}</dl>`;
}

function quantityRow({ name, value, symbol, why = [], digits = 4 }: Quantity, lit: readonly QuantityName[]) {
  if (value === undefined) return nothing;
  return html`
    <div class=${lit.includes(name) ? "quantity lit" : "quantity"} data-quantity=${name} title=${meanings()[name]}>
      <dt>${symbol ?? symbols[name]}</dt>
      <dd>
        <data value=${String(value)}>${amounts.has(name) ? inDigits(value, digits) : signed(value, digits)}</data>
        ${why.length === 0 ? nothing : html`<span class="why">${why.map((line) => html`<span>${line}</span>`)}</span>`}
      </dd>
    </div>
  `;
}

export const quantityStyle = css`
  .quantities {
    display: grid;
    gap: 0;
    margin: 0;
  }
  .quantity {
    display: grid;
    grid-template-columns: 4.6em 1fr;
    gap: 0.75em;
    padding: 0.45em 0.6em;
    border-bottom: 1px solid var(--line);
    border-left: 3px solid transparent;
  }
  .quantity:last-child {
    border-bottom: 0;
  }
  .quantity.lit,
  .lit {
    border-left-color: var(--focus);
    background: color-mix(in srgb, var(--focus) 12%, transparent);
  }
  dt,
  .formula,
  .symbol {
    font-family: "KaTeX_Math", "Cambria Math", "STIX Two Math", Georgia, serif;
    font-style: italic;
    font-size: 1.05em;
  }
  dd {
    margin: 0;
    min-width: 0;
  }
  data {
    white-space: nowrap;
    font-weight: 600;
  }
  .why {
    display: grid;
    color: var(--quiet);
    font-size: 0.85em;
    overflow-wrap: anywhere;
  }
`;
