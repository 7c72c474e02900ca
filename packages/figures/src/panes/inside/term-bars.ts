/** A sum as signed bars from a common zero: the largest terms, what the others are together, and the total. */
import { css, html, nothing, type TemplateResult } from "lit";
import { inWhole, signed } from "../../words/messages.ts";
import type { Sum } from "./sums.ts";
import { words } from "./words.ts";

export interface TermBars {
  readonly sum: Sum;
  /** The name of a term by its place: w₄₁₂ · x₄₁₂. */
  readonly nameOf: (place: number) => string;
  /** What is added at the end. */
  readonly bias?: number;
  readonly total: { readonly name: string; readonly value: number; readonly isLit: boolean };
}

/** Rows of name, product with its factors, bar. The total is the library's own number. */
export function termBars({ sum, nameOf, bias, total }: TermBars): TemplateResult {
  const { largest, others, zeros } = sum;
  const all = [...largest.map(({ product }) => product), others.sum, bias ?? 0, total.value];
  const bound = Math.max(...all.map(Math.abs)) || 1;
  return html`
    <ol class="terms" data-quantity="products">
      ${largest.map(({ place, x, w, product }) => {
        return row(nameOf(place), product, bound, `${signed(w)} × ${signed(x)}`, "term");
      })}
      ${others.count === 0 ? nothing : row(words().others(inWhole(others.count)), others.sum, bound, "", "others")}
      ${bias === undefined ? nothing : row(words().biasTerm, bias, bound, "", "bias")}
      ${row(total.name, total.value, bound, "", total.isLit ? "total lit" : "total")}
    </ol>
    ${zeros === 0 ? nothing : html`<p class="note">${words().zeros(inWhole(zeros))}</p>`}
  `;
}

function row(name: string, value: number, bound: number, factors: string, kind: string): TemplateResult {
  const share = Math.min(50, (50 * Math.abs(value)) / bound);
  return html`
    <li class=${kind}>
      <span class="symbol">${name}</span>
      <span class="track" aria-hidden="true">
        <span
          class=${value < 0 ? "bar below" : "bar above"}
          style=${`width:${share}%;${value < 0 ? "right" : "left"}:50%`}
        ></span>
      </span>
      <data value=${String(value)}>${signed(value, 4)}</data>
      ${factors === "" ? nothing : html`<span class="factors">${factors}</span>`}
    </li>
  `;
}

export const termStyle = css`
  .terms {
    display: grid;
    grid-template-columns: fit-content(6.4em) minmax(2em, 1fr) minmax(6.4em, auto) auto;
    gap: 2px 0.6em;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .terms li {
    display: grid;
    grid-column: 1 / -1;
    grid-template-columns: subgrid;
    align-items: center;
    min-height: 1.7em;
    padding: 0 0.4em;
    border-left: 3px solid transparent;
    font-size: 0.9rem;
  }
  .terms data {
    text-align: right;
    font-weight: 400;
    white-space: nowrap;
  }
  .terms .factors {
    color: var(--quiet);
    font-size: 0.82rem;
    white-space: nowrap;
  }
  .terms .others .symbol,
  .terms .bias .symbol {
    font-family: inherit;
    font-style: normal;
    font-size: 0.85rem;
  }
  .terms .total {
    border-top: 1px solid var(--text);
    margin-top: 3px;
    padding-top: 3px;
  }
  .terms .total data {
    font-weight: 700;
  }
  .track {
    position: relative;
    height: 0.95em;
    background: linear-gradient(var(--quiet), var(--quiet)) 50% 0 / 1px 100% no-repeat;
  }
  .bar {
    position: absolute;
    top: 0;
    bottom: 0;
    min-width: 1px;
    border-radius: 2px;
  }
  .bar.above {
    background: var(--positive);
  }
  .bar.below {
    background: var(--hatch, none), var(--negative);
  }
  .stack {
    display: grid;
    grid-template-columns: 1fr 1fr;
    height: 1.4em;
    margin-bottom: 0.5em;
    background: linear-gradient(var(--quiet), var(--quiet)) 50% 0 / 1px 100% no-repeat;
  }
  .stack div {
    display: flex;
  }
  .stack .left {
    flex-direction: row-reverse;
  }
  .stack span {
    border: 1px solid var(--surface);
    border-width: 0 1px;
  }
  .stack .above {
    background: var(--positive);
  }
  .stack .below {
    background: var(--hatch, none), var(--negative);
  }
  .product {
    margin: 0.5em 0 0;
    padding: 0.3em 0.4em;
    border-left: 3px solid transparent;
  }
  .note {
    margin: 0.35em 0 0;
    color: var(--quiet);
    font-size: 0.85rem;
  }
  @container (max-width: 460px) {
    .terms {
      grid-template-columns: fit-content(5.6em) minmax(2em, 1fr) minmax(6.2em, auto);
    }
    .terms .factors {
      display: none;
    }
  }
`;
