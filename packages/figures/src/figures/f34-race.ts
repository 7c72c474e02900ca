/**
 * A race on the reader's own computer: the network's matrix products by three loops, by the library's reference, by its
 * WebAssembly kernel on one thread and on all. Speeds are in GFLOP/s, 10⁹ additions and multiplications a second, and
 * all results are compared bit by bit. It runs only when it is asked to.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "../parts/figure.ts";
import type { NumbersTable } from "../parts/numbers.ts";
import "../parts/question.ts";
import { keepInAddress, oneOf } from "../state/kept.ts";
import { inDigits, inWhole } from "../words/messages.ts";
import { type Measured, measured, type Size, WAYS, type Way } from "./f34-contest.ts";
import { words } from "./f34-race.words.ts";
import { figureStyle } from "./style.ts";

/** Products of networks that the book or the benchmark has. */
const SIZES = ["first", "middle", "last"] as const;
type SizeName = (typeof SIZES)[number];
const sizes: Readonly<Record<SizeName, Size>> = {
  first: { m: 128, k: 784, n: 128 },
  middle: { m: 128, k: 512, n: 512 },
  last: { m: 10, k: 30, n: 10 },
};
const DIGITS = 60_000;

/** Measured on one core of an Intel Xeon with registers of 512 bits, in operations a second (decision 15). */
export const ELSEWHERE = [
  { name: "wasmElsewhere", speed: 38e9 },
  { name: "nativeElsewhere", speed: 99e9 },
] as const;

/** What the race has found of a way; null where it does not run here. */
type Found = Measured | null;

export class F34Race extends Figure {
  static override properties = {
    size: { type: String },
    found: { state: true },
    running: { state: true },
    failure: { state: true },
  };

  static override styles = [
    Figure.styles,
    figureStyle,
    css`
      .lanes {
        display: grid;
        gap: 0.9em;
        margin: 1.25em 0 0;
        padding: 0;
        list-style: none;
      }
      .lanes li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0.15em 1em;
        align-items: baseline;
      }
      .track {
        grid-column: 1 / -1;
        height: 1.1em;
        border-inline-start: 1px solid var(--quiet);
        background: var(--panel);
        border-radius: 0 4px 4px 0;
      }
      .bar {
        height: 100%;
        border-radius: 0 4px 4px 0;
        background: var(--amount);
      }
      .elsewhere .bar {
        border: 1.5px dashed var(--amount);
        border-inline-start: 0;
        background: none;
      }
      .running .track {
        background: repeating-linear-gradient(-45deg, var(--panel) 0 8px, var(--line) 8px 10px);
      }
      .speed {
        font-weight: 650;
        text-align: end;
      }
      .more {
        grid-column: 1 / -1;
        color: var(--quiet);
        font-size: 0.85em;
      }
      h3 {
        margin-top: 1.5em;
      }
      .verdict {
        margin: 1.2em 0 0;
      }
      @media print {
        .unasked {
          display: none;
        }
      }
    `,
  ];

  declare size: SizeName;
  declare protected found: Partial<Readonly<Record<Way, Found>>>;
  /** The way that is measured now. */
  declare protected running: Way | undefined;
  declare protected failure: string | undefined;
  #run = 0;

  constructor() {
    super();
    [this.size, this.found] = ["first", {}];
    keepInAddress(this, "f34", { size: { ...oneOf(SIZES), label: () => words().sizes } }, () => this.#take(this.size));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#run++;
    this.running = undefined;
  }

  protected override render(): TemplateResult {
    const { loops, wasm } = this.found;
    const ratio = loops && wasm ? wasm.speed / loops.speed : undefined;
    const right = ratio === undefined ? undefined : ratio < 3 ? 0 : ratio < 10 ? 1 : 2;
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${ratio === undefined || this.running !== undefined ? "" : words().answer(inDigits(ratio, 2))}
        .question=${words().question}
        .choices=${[words().little, words().several, words().many]}
        .right=${right}
        .answer=${ratio === undefined ? words().notYet : words().answer(inDigits(ratio, 2))}
      >
        <div class="row" role="group" aria-label=${words().sizes}>
          ${SIZES.map(
            (size) =>
              html`<button aria-pressed=${size === this.size} @click=${() => this.#take(size)}>${words()[size]}</button>`,
          )}
        </div>
        <p class="quiet">${this.#product()}</p>
        <div class="buttons">
          <button class="main" ?disabled=${this.running !== undefined} @click=${this.#start}>${words().start}</button>
        </div>
        <ol class="lanes ${Object.keys(this.found).length === 0 ? "unasked" : ""}" data-quantity="speed" .numbers=${() => [this.#speeds()]}>
          ${WAYS.map((way) => this.#lane(way))}
        </ol>
        ${this.#verdict()}${this.failure === undefined ? nothing : html`<p role="alert">${this.failure}</p>`}
        <h3>${words().elsewhere}</h3>
        <ol class="lanes elsewhere" data-quantity="measured">
          ${ELSEWHERE.map(
            ({ name, speed }) =>
              html`<li>
                <span>${words()[name]}</span><span class="speed">${gigaflops(speed)}</span>${this.#bar(speed)}
              </li>`,
          )}
        </ol>
        <p class="note">${words().elsewhereNote}</p>
      </inkling-question>
    `;
  }

  #product(): string {
    const { m, k, n } = sizes[this.size];
    return words().product(inWhole(m), inWhole(k), inWhole(n), inWhole(2 * m * k * n));
  }

  #lane(way: Way): TemplateResult {
    const found = this.found[way];
    const isRunning = way === this.running;
    const status = isRunning ? words().running : found === null ? words().none : words().open;
    const name = way === "threads" && found ? words().onThreads(inWhole(found.threads)) : words()[way];
    return html`<li class=${isRunning ? "running" : nothing} data-way=${way}>
      <span>${name}</span>
      <span class="speed">${found ? gigaflops(found.speed) : nothing}</span>
      ${this.#bar(found?.speed ?? 0)}
      <span class="more">${found ? this.#more(found) : status}</span>
    </li>`;
  }

  #more({ speed }: Measured): string {
    const { m, k, n } = sizes[this.size];
    const own = this.found.loops?.speed ?? speed;
    const [one, all] = [m, DIGITS].map((digits) => timeText((2 * digits * k * n) / speed));
    return words().more(inDigits(speed / own, 2), one ?? "", inWhole(DIGITS), all ?? "");
  }

  #bar(speed: number): TemplateResult {
    const all = Object.values(this.found).map((found) => found?.speed ?? 0);
    const most = Math.max(...all, ...ELSEWHERE.map((one) => one.speed));
    return html`<div class="track"><div class="bar" style="width:${(100 * speed) / most}%"></div></div>`;
  }

  #verdict(): TemplateResult | typeof nothing {
    const all = WAYS.flatMap((way) => this.found[way] ?? []);
    const first = all[0];
    if (first === undefined || this.running !== undefined || all.length < 2) return nothing;
    const isSame = all.every(({ result }) => result.every((value, e) => value === first.result[e]));
    return html`<p class="verdict" data-same=${isSame}>
      ${words().compared(inWhole(first.result.length))} <strong>${isSame ? words().same : words().other}</strong>
    </p>`;
  }

  #speeds(): NumbersTable {
    const rows = WAYS.flatMap((way) => this.found[way] ?? []);
    return {
      label: words().speeds,
      columns: [
        {
          name: words().way,
          values: [...rows.map(({ way }) => words()[way]), ...ELSEWHERE.map(({ name }) => words()[name])],
        },
        { name: words().gigaflops("").trim(), values: [...rows, ...ELSEWHERE].map(({ speed }) => speed / 1e9) },
      ],
    };
  }

  #take(size: SizeName): void {
    this.#run++;
    [this.size, this.found, this.running] = [size, {}, undefined];
  }

  readonly #start = async () => {
    const run = ++this.#run;
    const isWanted = () => run === this.#run;
    [this.found, this.failure] = [{}, undefined];
    try {
      for (const way of WAYS) {
        this.running = way;
        const found = await measured(way, sizes[this.size], isWanted);
        if (!isWanted()) return;
        this.found = { ...this.found, [way]: found ?? null };
      }
    } catch (error) {
      this.failure = error instanceof Error ? error.message : String(error);
    }
    if (isWanted()) this.running = undefined;
  };
}

function gigaflops(speed: number): string {
  return words().gigaflops(inDigits(speed / 1e9, 2));
}

function timeText(seconds: number): string {
  if (seconds >= 1) return words().seconds(inDigits(seconds, 2));
  return seconds >= 1e-3
    ? words().milliseconds(inDigits(1000 * seconds, 2))
    : words().microseconds(inDigits(1e6 * seconds, 2));
}

define("inkling-f34-race", F34Race);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f34-race": F34Race;
  }
}
