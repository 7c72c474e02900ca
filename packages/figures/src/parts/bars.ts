/**
 * Numbers as bars, one below the other: each with its name, its length, its colour and its number. Signed numbers grow
 * from the middle, to the left below zero; amounts grow from the left. One bar can be marked.
 *
 *   <inkling-bars></inkling-bars>   bars.values = p; bars.scale = "amount"; bars.bound = 1
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { boundOf } from "../colours/palette.ts";
import { inDigits, signed } from "../words/messages.ts";
import { define, Figure } from "./figure.ts";

export class InklingBars extends Figure {
  static override properties = {
    values: { attribute: false },
    names: { attribute: false },
    scale: { type: String },
    bound: { type: Number },
    label: { type: String },
    marked: { type: Number },
    text: { attribute: false },
  };

  static override styles = [
    Figure.styles,
    css`
      ol {
        display: grid;
        grid-template-columns: minmax(1.2em, auto) 1fr minmax(4em, auto);
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-column: 1 / -1;
        grid-template-columns: subgrid;
        gap: 0.6em;
        align-items: center;
        min-height: var(--bar-row, 1.8em);
        font-size: 0.9em;
        line-height: 1.35;
      }
      .marked .name,
      .marked .number {
        font-weight: 700;
      }
      .track {
        direction: ltr;
        position: relative;
        height: 1.1em;
        border-inline-start: 1px solid var(--line);
      }
      .signed .track {
        border: 0;
      }
      .signed .track::after {
        content: "";
        position: absolute;
        inset: -2px auto -2px 50%;
        border-inline-start: 1px solid var(--quiet);
      }
      .bar {
        position: absolute;
        inset-block: 0;
        border-radius: 2px;
        background: var(--amount);
      }
      .bar.negative {
        background: var(--hatch, none), var(--negative);
      }
      .bar.positive {
        background: var(--positive);
      }
      .marked .track {
        outline: 2px solid var(--focus);
        outline-offset: 1px;
        border-radius: 2px;
      }
      .number {
        text-align: end;
      }
      .bar {
        print-color-adjust: exact;
        forced-color-adjust: none;
      }
    `,
  ];

  declare values: ArrayLike<number>;
  /** Of each bar; its place if it is not said. */
  declare names: readonly string[] | undefined;
  declare scale: "signed" | "amount";
  /** Where the scale ends; at the largest number if it is not said. */
  declare bound: number | undefined;
  declare label: string;
  declare marked: number | undefined;
  /** How a number is written. */
  declare text: ((value: number) => string) | undefined;

  constructor() {
    super();
    this.values = [];
    this.scale = "signed";
    this.label = "";
  }

  protected override render(): TemplateResult {
    const bound = this.bound ?? boundOf(this.values);
    const isSigned = this.scale === "signed";
    const text = this.text ?? (isSigned ? (value: number) => signed(value) : (value: number) => inDigits(value));
    const bars = Array.from(this.values, (value, i) => {
      const share = Math.max(-1, Math.min(1, value / bound)) * 100;
      const place = isSigned
        ? `inset-inline-start:${share < 0 ? 50 + share / 2 : 50}%;width:${Math.abs(share) / 2}%`
        : `inset-inline-start:0;width:${Math.max(0, share)}%`;
      const sign = isSigned ? (value < 0 ? "negative" : "positive") : "";
      return html`<li class=${i === this.marked ? "marked" : nothing}>
        <span class="name">${this.names?.[i] ?? i}</span>
        <span class="track" data-quantity=${i === this.marked ? "marked" : nothing}><span class="bar ${sign}" style=${place}></span></span>
        <span class="number">${text(value)}</span>
      </li>`;
    });
    return html`<ol class=${this.scale} aria-label=${this.label || nothing}>
      ${bars}
    </ol>`;
  }
}

define("inkling-bars", InklingBars);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-bars": InklingBars;
  }
}
