/**
 * What is what: each quantity that a figure draws, with the look that it has there now and what it means. The entries
 * come from the marks themselves (`data-quantity`), so that the key has what is drawn and nothing else. Loaded when a
 * reader asks for it.
 */
import { css, html, nothing, svg, type TemplateResult } from "lit";
import { meanings, type QuantityName, symbols } from "../words/quantities.ts";
import type { InklingBars } from "./bars.ts";
import { define, Figure } from "./figure.ts";
import type { InklingMap } from "./map.ts";
import { textOf } from "./numbers.ts";
import { within } from "./within.ts";
import { words } from "./words.ts";

/** How a mark looks: `id` is the same for those that look the same. */
interface Look {
  readonly id: string;
  readonly picture: TemplateResult;
}

const SHAPES = ":is(polyline, polygon, path, line, circle, ellipse, rect)";
const DRAWN = `inkling-bars, inkling-map, ${SHAPES}`;
/** So many looks of one quantity: a sum has one above zero and one below. */
const MOST_LOOKS = 3;

export class InklingKey extends Figure {
  static override properties = { root: { attribute: false }, texts: { attribute: false } };

  static override styles = [
    Figure.styles,
    css`
      .key {
        display: grid;
        gap: 0.35em;
        margin: 0;
      }
      .key > div {
        display: grid;
        grid-template-columns: minmax(5.5em, auto) 1fr;
        gap: 0.9em;
        align-items: baseline;
      }
      .key dt {
        display: flex;
        flex-wrap: wrap;
        gap: 0.35em;
        align-items: center;
      }
      .key dt i {
        font-family: "KaTeX_Math", "Cambria Math", "STIX Two Math", Georgia, serif;
      }
      .key dd {
        margin: 0;
      }
      .key svg {
        width: 28px;
        height: 16px;
      }
      .bars {
        display: inline-flex;
      }
      .bar,
      .ramp,
      .outline {
        display: inline-block;
        width: 14px;
        height: 12px;
        border-radius: 2px;
        print-color-adjust: exact;
        forced-color-adjust: none;
      }
      .bar.negative {
        background: var(--hatch, none), var(--negative);
      }
      .bar.positive {
        background: var(--positive);
      }
      .bar.amount {
        width: 28px;
        background: var(--amount);
      }
      .ramp {
        width: 44px;
        border: 1px solid var(--line);
      }
      .ramp.signed {
        background:
          var(--hatch, none) left / 50% 100% no-repeat,
          linear-gradient(to right, var(--negative), var(--surface), var(--positive));
      }
      .ramp.amount {
        background: linear-gradient(to right, var(--surface), var(--amount));
      }
      .ramp.ink {
        background: linear-gradient(to right, var(--surface), var(--ink));
      }
      .outline {
        width: 24px;
        border: 2px solid var(--focus);
      }
      .quiet {
        margin: 0.75em 0 0;
        color: var(--quiet);
      }
    `,
  ];

  /** Below it are the marks. */
  declare root: ParentNode | undefined;
  /** The figure's messages: `tangentMeans` explains the marks of the quantity "tangent". */
  declare texts: Readonly<Record<string, unknown>>;

  constructor() {
    super();
    this.texts = {};
  }

  protected override render(): TemplateResult | typeof nothing {
    const { root, texts } = this;
    if (root === undefined) return nothing;
    const found = new Map<string, Map<string, TemplateResult>>();
    let hasSigns = false;
    for (const mark of within(root)) {
      if (isSigned(mark)) hasSigns = true;
      const quantity = mark.getAttribute("data-quantity");
      if (quantity === null) continue;
      const looks = found.get(quantity) ?? new Map<string, TemplateResult>();
      found.set(quantity, looks);
      const look = lookOf(mark);
      if (look !== undefined && looks.size < MOST_LOOKS) looks.set(look.id, look.picture);
    }
    return html`
      <dl class="key">
        ${[...found].map(([name, looks]) => entry(name, [...looks.values()], texts))}
      </dl>
      ${hasSigns ? html`<p class="quiet">${words().signs}</p>` : nothing}
    `;
  }
}

function isSigned(mark: Element): boolean {
  return mark.matches("inkling-bars, inkling-map") && (mark as InklingBars | InklingMap).scale === "signed";
}

function entry(name: string, looks: readonly TemplateResult[], texts: Readonly<Record<string, unknown>>) {
  const own = textOf(name, texts);
  const symbol = own === undefined ? symbols[name as QuantityName] : undefined;
  const text = own ?? meanings()[name as QuantityName] ?? ofParts()[name];
  return html`<div data-key=${name}>
    <dt>${looks}${symbol === undefined ? nothing : html`<i>${symbol}</i>`}</dt>
    <dd>${text ?? nothing}</dd>
  </div>`;
}

/** What the parts draw by themselves, whatever the figure. */
function ofParts(): Readonly<Record<string, string>> {
  const { handleMeans, guessMeans, markedMeans, pickedMeans, digitMeans } = words();
  return { handle: handleMeans, guess: guessMeans, marked: markedMeans, picked: pickedMeans, digit: digitMeans };
}

function lookOf(mark: Element): Look | undefined {
  if (mark.matches(".track, div.mark")) return { id: "outline", picture: html`<span class="outline"></span>` };
  const shape = mark.matches(".handle")
    ? mark.querySelector(".ring")
    : mark.matches(DRAWN)
      ? mark
      : mark.querySelector(DRAWN);
  if (shape === null) return undefined;
  if (shape.localName === "inkling-bars") return barsLook(shape as InklingBars);
  if (shape.localName === "inkling-map") return mapLook(shape as InklingMap);
  return shapeLook(shape);
}

function barsLook({ scale }: InklingBars): Look {
  const bar = (tone: string) => html`<span class="bar ${tone}"></span>`;
  return {
    id: `bars ${scale}`,
    picture: html`<span class="bars">${scale === "signed" ? [bar("negative"), bar("positive")] : bar("amount")}</span>`,
  };
}

function mapLook({ scale }: InklingMap): Look {
  return { id: `map ${scale}`, picture: html`<span class="ramp ${scale}"></span>` };
}

/** A small copy of a line, a point or an area, in the colours that it is drawn in. */
function shapeLook(shape: Element): Look {
  const { stroke, fill, fillOpacity, strokeDasharray, strokeWidth } = getComputedStyle(shape);
  const width = Math.min(5, Number.parseFloat(strokeWidth) || 1);
  const style = `stroke:${stroke};fill:${fill};fill-opacity:${fillOpacity};stroke-dasharray:${strokeDasharray};stroke-width:${width}`;
  const isRound = shape.matches("circle, ellipse");
  const isLine = shape.matches("polyline, line") || (shape.matches("path") && fill === "none");
  const drawn = isRound
    ? svg`<circle cx="14" cy="8" r="5" style=${style} />`
    : isLine
      ? svg`<path d="M1 8H27" style=${style} />`
      : svg`<rect x="2" y="2" width="24" height="12" rx="2" style=${style} />`;
  return { id: style + isRound + isLine, picture: html`<svg viewBox="0 0 28 16">${drawn}</svg>` };
}

define("inkling-key", InklingKey);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-key": InklingKey;
  }
}
