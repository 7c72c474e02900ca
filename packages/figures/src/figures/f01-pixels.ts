/**
 * A picture is 784 numbers. The reader paints on a digit and sees which numbers change; then he mixes up all pixels,
 * and the network, with its weights mixed up by the same rule, reads as before.
 */
import type { Network } from "inkling";
import { Stream } from "inkling/numbers";
import { copyOf } from "inkling/proofs";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { PickDetail } from "../parts/map.ts";
import "../parts/map.ts";
import "../parts/question.ts";
import { inPercent, inWhole } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { digitControl } from "./controls.ts";
import { words } from "./f01-pixels.words.ts";

const SIDE = 28;
/** From each place to the pixel that comes there: one rule, drawn once. */
const rule = Uint32Array.from({ length: SIDE * SIDE }, (_, k) => k);
new Stream(1, "mixed pixels").shuffle(rule);

export class F01Pixels extends BookFigure {
  static override properties = {
    ...BookFigure.properties,
    painted: { state: true },
    at: { state: true },
    ink: { state: true },
    isMixed: { state: true },
    reading: { state: true },
  };

  static override styles = [
    BookFigure.styles,
    css`
      .table {
        height: 20em;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: 4px;
        background: var(--panel);
        font-size: 0.72em;
        line-height: 1.7;
        scroll-behavior: auto;
      }
      .table table {
        border-collapse: collapse;
      }
      td {
        min-width: 2.4em;
        padding: 0 0.25em;
        text-align: end;
        color: var(--quiet);
      }
      td.inked {
        color: var(--text);
        font-weight: 600;
      }
      td.at {
        background: var(--focus);
        color: var(--surface);
      }
      .reading {
        font-weight: 600;
      }
      /* Paper does not scroll: all 784 numbers stand below the picture, as wide as the figure. */
      @media print {
        .side {
          display: block;
        }
        inkling-map {
          display: block;
          max-width: 15em;
        }
        .table {
          container-type: inline-size;
          height: auto;
          overflow: visible;
          border: 0;
          background: none;
        }
        .table table {
          width: 100%;
          table-layout: fixed;
          font-size: 1.4cqi;
          line-height: 1.6;
        }
        td,
        td.inked {
          min-width: 0;
          padding: 0;
          font-weight: inherit;
        }
        .buttons,
        .table + .quiet {
          display: none;
        }
      }
    `,
  ];

  /** The bytes, after painting. */
  declare protected painted: Uint8Array | undefined;
  /** The pixel that is looked at, as it is seen. */
  declare protected at: number | undefined;
  declare protected ink: number;
  declare protected isMixed: boolean;
  declare protected reading: { readonly label: number; readonly share: number } | undefined;
  #isDown = false;
  #asked = 0;
  #mixed: Network | undefined;

  constructor() {
    super();
    this.ink = 255;
    this.isMixed = false;
  }

  protected override async prepare({ model, pixels }: Shown): Promise<void> {
    this.painted = pixels.slice();
    this.#mixed ??= await mixedUp(model);
    await this.#read(model);
  }

  protected override draw(shown: Shown): TemplateResult {
    const painted = this.painted ?? shown.pixels;
    const seen = this.isMixed ? mixed(painted) : painted;
    const at = this.at ?? 0;
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${this.#summary()}
        .question=${words().question}
        .choices=${[words().no, words().worse, words().same]}
        .right=${2}
        .answer=${words().answer}
      >
        <div class="bar-top">${digitControl(shown)}</div>
        <div class="side even">
          <div>
            <h3>${this.isMixed ? words().mixed : words().picture}</h3>
            <inkling-map
              data-quantity="pixels"
              paints
              scale="ink"
              .bound=${255}
              .values=${seen}
              .label=${words().pictureLabel(shown.label)}
              .picked=${this.at}
              @pointerdown=${this.#press}
              @pointerup=${this.#lift}
              @pointercancel=${this.#lift}
              @pick=${this.#onPick}
              @keydown=${this.#onKey}
            ></inkling-map>
          </div>
          <div>
            <h3>${words().table}</h3>
            <div class="table" tabindex="0" role="region" aria-label=${words().table}>${table(seen, this.at)}</div>
            <p class="quiet">
              ${this.at === undefined ? words().brush : words().place(inWhole(at), Math.floor(at / SIDE), at % SIDE, String(seen[at]))}
            </p>
          </div>
        </div>
        <div class="buttons">
          <button aria-pressed=${this.ink > 0} @click=${() => this.#dip(255)}>${words().paint}</button>
          <button aria-pressed=${this.ink === 0} @click=${() => this.#dip(0)}>${words().erase}</button>
          <button @click=${this.#mix}>${this.isMixed ? words().unmix : words().mix}</button>
          <button @click=${() => void this.prepare(shown)}>${words().restore}</button>
        </div>
        <p class="note">${this.#said()}</p>
      </inkling-question>
    `;
  }

  #summary(): string {
    const { reading } = this;
    return reading === undefined ? "" : words().reads(String(reading.label), inPercent(reading.share, 1));
  }

  #said(): unknown {
    const text = this.#summary();
    if (text === "") return nothing;
    return html`<span class="reading">${text}</span> ${this.isMixed ? words().same2 : nothing}`;
  }

  readonly #press = () => {
    this.#isDown = true;
    if (this.at !== undefined) this.#paint(this.at);
  };

  readonly #lift = () => {
    this.#isDown = false;
  };

  readonly #onPick = ({ detail }: CustomEvent<PickDetail>) => {
    this.at = detail.index;
    if (this.#isDown && detail.index !== undefined) this.#paint(detail.index);
  };

  readonly #onKey = (event: KeyboardEvent) => {
    if (event.key !== " " || this.at === undefined) return;
    event.preventDefault();
    this.#paint(this.at);
  };

  /** Sets the pixel that is seen there. */
  #paint(place: number): void {
    const pixel = this.isMixed ? (rule[place] ?? 0) : place;
    if (this.painted === undefined || this.painted[pixel] === this.ink) return;
    this.painted = this.painted.map((byte, k) => (k === pixel ? this.ink : byte));
    if (this.shown) void this.#read(this.shown.model);
  }

  #dip(ink: number): void {
    this.ink = ink;
  }

  readonly #mix = () => {
    this.isMixed = !this.isMixed;
    if (this.shown) void this.#read(this.shown.model);
  };

  /** What the network makes of the numbers as they are now; the last question asked has the last word. */
  async #read(model: Network): Promise<void> {
    const asked = ++this.#asked;
    const { painted } = this;
    if (painted === undefined) return;
    const [reader, bytes] = this.isMixed ? [this.#mixed ?? model, mixed(painted)] : [model, painted];
    const prediction = await (reader as Network<"classes">).predict(bytes);
    if (asked !== this.#asked) return;
    this.reading = { label: prediction.label, share: prediction.probabilities[prediction.label] ?? 0 };
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (!changed.has("at")) return;
    // Only the table moves, never the page.
    const [box, cell] = [this.renderRoot.querySelector(".table"), this.renderRoot.querySelector<HTMLElement>("td.at")];
    if (box === null || cell === null) return;
    box.scrollTop = cell.offsetTop - box.clientHeight / 2;
    box.scrollLeft = cell.offsetLeft - box.clientWidth / 2;
  }
}

function mixed(bytes: Uint8Array): Uint8Array {
  return bytes.map((_, place) => bytes[rule[place] ?? 0] ?? 0);
}

/** The same network for mixed pixels: the rows of its first weights stand in the pixels' new order. */
async function mixedUp(model: Network): Promise<Network> {
  const copy = await copyOf(model, model.backend);
  const weights = copy.parameters[0];
  if (weights === undefined) return copy;
  const { columns } = weights.value;
  const before = await copy.backend.read(weights.value);
  const after = before.map((_, e) => before[(rule[Math.floor(e / columns)] ?? 0) * columns + (e % columns)] ?? 0);
  copy.backend.write(weights.value, after);
  return copy;
}

function table(bytes: Uint8Array, at: number | undefined): TemplateResult {
  const cell = (byte: number, k: number) => html`<td class="${k === at ? "at" : byte > 0 ? "inked" : ""}">${byte}</td>`;
  const rows = Array.from({ length: SIDE }, (_, r) =>
    Array.from(bytes.subarray(r * SIDE, (r + 1) * SIDE), (byte, c) => cell(byte, r * SIDE + c)),
  );
  return html`<table>
    ${rows.map(
      (cells) => html`<tr>
      ${cells}
    </tr>`,
    )}
  </table>`;
}

define("inkling-f01-pixels", F01Pixels);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f01-pixels": F01Pixels;
  }
}
