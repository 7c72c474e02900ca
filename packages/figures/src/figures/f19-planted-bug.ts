/**
 * A quiz: a backward pass of four lines, one of which is wrong. The reader measures gradients of the network by moving
 * weights, as in the proof, compares them with what the program claims, and finds the line.
 */
import type { Network } from "inkling";
import { css, html, nothing, type TemplateResult } from "lit";
import "../parts/about.ts";
import { define } from "../parts/figure.ts";
import type { NumbersTable } from "../parts/numbers.ts";
import { signed } from "../words/messages.ts";
import { LINES, words } from "./f19-planted-bug.words.ts";
import { LossProbe } from "./loss-probe.ts";
import { type Bug, bugs, type Claims, claimsOf } from "./planted-bugs.ts";
import { type Traced, TracedFigure } from "./traced.ts";

const KINDS = ["b2", "W2", "b1", "W1"] as const;
type Kind = (typeof KINDS)[number];
const ROUNDS = Object.keys(bugs) as Bug[];
const H = 1e-5;

/** What was measured of one number. */
interface Row {
  readonly kind: Kind;
  readonly element: number;
  readonly claimed: number;
  readonly measured: number;
}

export class F19PlantedBug extends TracedFigure {
  static override properties = {
    ...TracedFigure.properties,
    round: { type: Number },
    rows: { state: true },
    guess: { state: true },
    probe: { state: true },
  };

  static override styles = [
    TracedFigure.styles,
    css`
      ol.code {
        display: grid;
        gap: 0.4em;
        margin: 0 0 1em;
        padding: 0;
        list-style: none;
      }
      ol.code button {
        width: 100%;
        padding-block: 0.3em;
        font-family: ui-monospace, monospace;
        text-align: start;
      }
      ol.code .right {
        border: 2px solid var(--text);
      }
      .table {
        overflow-x: auto;
        container-type: inline-size;
      }
      table {
        width: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: 0.35em 0.6em;
        border-bottom: 1px solid var(--line);
        text-align: end;
      }
      th {
        color: var(--quiet);
        font-weight: 500;
      }
      th:first-child,
      td:first-child {
        text-align: start;
      }
      @container (max-width: 460px) {
        th,
        td {
          padding-inline: 0.25em;
          font-size: 0.85em;
        }
      }
      .answer {
        margin: 1em 0;
        padding: 0.7em 1em;
        border-inline-start: 3px solid var(--text);
        border-radius: 0 8px 8px 0;
        background: var(--panel);
      }
      .off {
        font-weight: 700;
      }
      /* On paper the program is still there, and nothing to press. */
      @media print {
        ol.code button {
          display: block;
        }
        .measure {
          display: none;
        }
      }
    `,
  ];

  /** Which of the bugs is planted: they come one after the other. */
  declare round: number;
  declare protected rows: readonly Row[];
  /** The line that the reader calls wrong. */
  declare protected guess: number | undefined;
  declare protected probe: LossProbe | undefined;

  constructor() {
    super();
    this.round = 2;
    this.rows = [];
  }

  get #bug(): Bug {
    return ROUNDS[this.round % ROUNDS.length] as Bug;
  }

  protected override async tracedMore({ pixels, label }: Traced, model: Network): Promise<void> {
    this.probe = await LossProbe.of(model, pixels, label);
    this.rows = [];
    this.guess = undefined;
  }

  /** One measurement is there from the beginning; it says little. */
  #begin(traced: Traced): void {
    if (this.rows.length === 0) this.#measure(traced, "b2");
  }

  protected override renderTraced(traced: Traced): TemplateResult {
    this.#begin(traced);
    const line = bugs[this.#bug];
    const isOver = this.guess !== undefined;
    return html`
      <p class="ask"><strong>${words().question}</strong></p>
      ${this.digitChoice(traced)}
      <ol class="code">
        ${LINES.map(
          (code, i) =>
            html`<li>
              <button
                class=${isOver && i === line ? "right" : nothing}
                aria-pressed=${i === this.guess}
                @click=${() => this.#say(i)}
              >
                ${isOver && i === line ? "✓ " : isOver && i === this.guess ? "✗ " : nothing}${i + 1}&ensp;${code}
              </button>
            </li>`,
        )}
      </ol>
      <div class="row measure" role="group" aria-label=${words().measure}>
        <span class="quiet">${words().measure}</span>
        ${KINDS.map((kind) => html`<button @click=${() => this.#measure(traced, kind)}>${words()[kind]}</button>`)}
      </div>
      ${this.#table()}
      <p class="note">${words().hint}</p>
      <div aria-live="polite">
        ${isOver ? html`<p class="answer">${this.#verdict(line)}</p>` : nothing}
      </div>
      <div class="row">
        ${isOver ? html`<button class="main" @click=${this.#next}>${words().next}</button>` : nothing}
      </div>
      <inkling-about .texts=${words()} .summary=${this.#summary()}></inkling-about>
    `;
  }

  #table(): TemplateResult {
    return html`<div class="table" tabindex="0" role="group" aria-label=${words().measured}>
      <table>
        <tr>
          <th>${words().number}</th>
          <th>${words().claimed}</th>
          <th>${words().slope}</th>
          <th>${words().verdict}</th>
        </tr>
        ${this.rows.map(
          (row) =>
            html`<tr>
              <td>${words()[row.kind]} [${row.element}]</td>
              <td>${signed(row.claimed, 4)}</td>
              <td>${signed(row.measured, 4)}</td>
              <td class=${agrees(row) ? "" : "off"}>${agrees(row) ? words().equal : words().different}</td>
            </tr>`,
        )}
      </table>
    </div>`;
  }

  /** What was measured last. */
  #summary(): string {
    const row = this.rows.at(-1);
    if (row === undefined) return "";
    const name = `${words()[row.kind]} [${row.element}]`;
    return words().summary(name, signed(row.claimed, 4), signed(row.measured, 4), agrees(row));
  }

  /** The table above, for a file. */
  numbers(): readonly NumbersTable[] {
    const { rows } = this;
    const names = rows.map(({ kind, element }) => `${words()[kind]} [${element}]`);
    return [
      {
        label: words().measured,
        columns: [
          { name: words().number, values: names },
          { name: words().claimed, values: rows.map(({ claimed }) => claimed) },
          { name: words().slope, values: rows.map(({ measured }) => measured) },
        ],
      },
    ];
  }

  #verdict(line: number): string {
    const own = this.guess === line ? words().right : words().wrong(String(line + 1));
    return `${own} ${words().why(this.#bug)}`;
  }

  /** Measures the next number of a kind: those with the largest slopes first, where a fault is best seen. */
  #measure(traced: Traced, kind: Kind): void {
    const { probe } = this;
    if (probe === undefined) return;
    const { names } = traced;
    const name = `${kind.endsWith("1") ? names.hidden : names.output}.${kind.startsWith("b") ? "bias" : "weights"}`;
    const seen = this.rows.filter((row) => row.kind === kind).length;
    const element = largest(claimsOf(traced, undefined)[kind], seen);
    const claimed = claimsOf(traced, this.#bug)[kind][element] ?? Number.NaN;
    this.rows = [...this.rows, { kind, element, claimed, measured: probe.difference({ name, element }, H) }];
  }

  #say(line: number): void {
    this.guess ??= line;
  }

  readonly #next = () => {
    this.round++;
    this.rows = [];
    this.guess = undefined;
  };
}

/** The place of the largest size, or of the one that is `before` places behind it. */
function largest(values: Claims[Kind], before: number): number {
  const order = values.map((_, e) => e).toSorted((a, b) => Math.abs(values[b] ?? 0) - Math.abs(values[a] ?? 0));
  return order[before % order.length] ?? 0;
}

/** The claims come from float32, so that they agree in about six digits. */
function agrees({ claimed, measured }: Row): boolean {
  return Math.abs(claimed - measured) <= 1e-6 + 1e-4 * Math.abs(measured);
}

define("inkling-f19-planted-bug", F19PlantedBug);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f19-planted-bug": F19PlantedBug;
  }
}
