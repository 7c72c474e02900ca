/**
 * A row of one's own, for a network that takes tables: a field for each column, the answer while they are changed, and
 * how it would change with one column alone.
 *
 *   row.model = network; row.data = rows that it can begin with
 *
 * Event: `example-change`, with the changed row as an example for other panes.
 */
import type { ClassPrediction, Dataset, Network, NumberPrediction, Prediction } from "inkling";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import { powerFor, rangeOf } from "../../parts/axes.ts";
import "../../parts/bars.ts";
import { define, Figure } from "../../parts/figure.ts";
import type { PlotLine, Point } from "../../parts/plot.ts";
import "../../parts/plot.ts";
import { words as parts } from "../../parts/words.ts";
import type { Example } from "../../state/example.ts";
import { inDigits, inProbability, inWhole, powerText } from "../../words/messages.ts";
import { withoutGaps } from "../gaps.ts";
import {
  type Course,
  choose,
  courseOf,
  type Field,
  fieldsOf,
  middleOf,
  roundedFor,
  shortest,
  stretchesOf,
} from "./fields.ts";
import { Reader } from "./reader.ts";
import { rowStyles } from "./row.style.ts";
import { words } from "./row.words.ts";
import { noticeStyle } from "./styles.ts";

/** What the network makes of a row. */
interface Read {
  readonly answer: Prediction;
  /** undefined where no column holds numbers. */
  readonly course: Course | undefined;
  readonly field: Field | undefined;
}

const LOOKS = [
  { tone: "main", quantity: "course" },
  { tone: "amount", quantity: "second" },
] as const;

export class InklingRow extends Figure {
  static override properties = {
    model: { attribute: false },
    data: { attribute: false },
    learned: { attribute: false },
    row: { state: true },
    place: { state: true },
    column: { state: true },
    read: { state: true },
  };

  static override styles = [Figure.styles, rowStyles, noticeStyle];

  declare model: Network | undefined;
  /** Rows that it can begin with; empty cells are NaN. */
  declare data: Dataset | undefined;
  /** The rows that the network has learned from: with those of `data`, they say where a column usually is. */
  declare learned: Dataset | undefined;
  declare private row: Float32Array;
  /** Which row of the data it is, or began as. */
  declare private place: number;
  /** Which field's course is drawn. */
  declare private column: number;
  declare private read: Read | undefined;
  #fields: readonly Field[] = [];
  /** What stands in the field in which somebody types. */
  #typed: { readonly field: number; readonly text: string } | undefined;

  readonly #reader = new Reader<Read>(
    () => this.#answer(),
    (read) => {
      this.read = read;
    },
  );

  constructor() {
    super();
    this.row = new Float32Array(0);
    this.place = 0;
    this.column = 0;
  }

  /** Resolves when the row that is there has its answer. */
  get readingDone(): Promise<void> {
    return this.#reader.settled();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { model, data } = this;
    const isOther = (["model", "data", "learned"] as const).some((name) => changed.has(name));
    if (model === undefined || !isOther) return;
    const before = this.#fields.map(({ name }) => name).join();
    this.#fields = fieldsOf(model, data, this.learned) ?? [];
    // The same network, which has learned on, keeps the row.
    if (changed.has("data") || before !== this.#fields.map(({ name }) => name).join()) this.#begin(0);
    this.#reader.ask();
  }

  /** Tells the page which row is shown. */
  hand(): void {
    const detail: Example = { set: "drawn", index: 0, pixels: this.row, label: undefined };
    this.dispatchEvent(new CustomEvent("example-change", { detail, bubbles: true, composed: true }));
  }

  #begin(place: number): void {
    const [{ model, data }, fields] = [this, this.#fields];
    if (model === undefined) return;
    this.place = place;
    const own = data === undefined ? undefined : withoutGaps(model, data).example(place);
    this.row = own === undefined ? middleOf(fields, model) : Float32Array.from(own, shortest);
    this.column = Math.max(0, fields[this.column]?.words ? fields.findIndex(({ words }) => !words) : this.column);
    this.#reader.ask();
  }

  async #answer(): Promise<Read> {
    const { model, row, column } = this;
    const field = this.#fields[column];
    const isNumber = field !== undefined && field.words === undefined;
    const course = isNumber ? await courseOf(model as Network, row, field) : undefined;
    return { answer: await (model as Network).predict(row), course, field: isNumber ? field : undefined };
  }

  protected override render(): TemplateResult {
    const say = words();
    return html`
      <h3>${say.title}</h3>
      <p>${say.what}</p>
      <div class="first">
        <div>${this.#from()}
          <div class="fields">${this.#fields.map((field, i) => this.#field(field, i))}</div>
        </div>
        <div>${this.#answered()} ${this.#outside()}</div>
      </div>
      ${this.#course()}
    `;
  }

  #from(): TemplateResult | typeof nothing {
    const { data, place } = this;
    if (data === undefined) return nothing;
    const take = (event: Event) => {
      const input = event.target as HTMLInputElement;
      const wanted = Math.round(Number(input.value));
      this.#choosePlace(Math.max(0, Math.min(data.count - 1, wanted || 0)));
      input.value = String(this.place);
    };
    const again = html`<button @click=${() => this.#choosePlace(place)}>${words().again}</button>`;
    return html`
      <label class="from">${words().from}
        <input type="number" min="0" max=${data.count - 1} .value=${String(place)} data-row @change=${take} />
        ${words().ofTest(inWhole(data.count))}
      </label>
      <p class="quiet">${this.#isChanged(data) ? html`${words().changed} ${again}` : this.#inFile(data)}</p>
    `;
  }

  #choosePlace(place: number): void {
    this.#begin(place);
    this.hand();
  }

  #isChanged(data: Dataset): boolean {
    const own = withoutGaps(this.model as Network, data).example(this.place);
    return this.row.some((value, i) => value !== Math.fround(shortest(own[i] as number)));
  }

  #inFile({ labels, targets, outputs }: Dataset): string | typeof nothing {
    const label = labels?.[this.place];
    if (label !== undefined) return words().inFile(this.#nameOf(label));
    const own = targets?.subarray(this.place * outputs, (this.place + 1) * outputs);
    return own === undefined ? nothing : words().inFile(Array.from(own, (value) => inDigits(value, 4)).join(", "));
  }

  #field({ name, at, words: all, low, high }: Field, i: number): TemplateResult {
    if (all !== undefined) {
      const chosen = this.row.subarray(at, at + all.length).indexOf(1);
      const take = (event: Event) => this.#choose(i, Number((event.target as HTMLSelectElement).value));
      return html`<label><span>${name}</span>
        <select data-column=${name} .value=${live(String(chosen))} @change=${take}>
          ${chosen < 0 ? html`<option value="-1" selected>${words().other}</option>` : nothing}
          ${all.map((word, k) => html`<option value=${k} ?selected=${k === chosen}>${word}</option>`)}
        </select></label>`;
    }
    const value = shortest(this.row[at] as number);
    const set = (event: Event) => this.#set(i, event.target as HTMLInputElement);
    // What is being typed stays as it is: "3." is no number yet.
    const typed = this.#typed?.field === i ? this.#typed.text : String(value);
    const isGap = Number.isNaN(this.data?.example(this.place)[at]);
    return html`<label><span>${name}${isGap ? html` <small>(${words().emptyCell})</small>` : nothing}</span>
        <input type="number" step="any" data-column=${name} .value=${typed}
          @input=${(event: Event) => this.#type(i, event.target as HTMLInputElement)} @change=${set} /></label>
      <input type="range" step="any" min=${low} max=${high} .value=${String(value)} aria-label=${words().range(name)}
        aria-valuetext=${inDigits(value, 4)} @input=${set} />`;
  }

  /** What is typed is taken as soon as it is a number. */
  #type(i: number, { value: text }: HTMLInputElement): void {
    this.#typed = { field: i, text };
    const value = Math.fround(Number(text));
    if (text !== "" && Number.isFinite(value)) this.#take(i, this.row.with((this.#fields[i] as Field).at, value));
  }

  #set(i: number, input: HTMLInputElement): void {
    this.#typed = undefined;
    const field = this.#fields[i] as Field;
    const value = input.value === "" ? Number.NaN : Math.fround(Number(input.value));
    if (!Number.isFinite(value)) {
      input.value = String(shortest(this.row[field.at] as number));
      return;
    }
    // What was typed has been taken already.
    if (value === this.row[field.at]) this.requestUpdate();
    else this.#take(i, this.row.with(field.at, input.type === "range" ? roundedFor(field, value) : value));
  }

  #choose(i: number, word: number): void {
    const { at, words: all = [] } = this.#fields[i] as Field;
    const row = this.row.slice();
    choose(row, at, all.length, word);
    this.#take(i, row);
  }

  #take(column: number, row: Float32Array): void {
    this.row = row;
    if (this.#fields[column]?.words === undefined) this.column = column;
    this.#reader.ask();
    this.hand();
  }

  #nameOf(label: number): string {
    return this.model?.classNames?.[label] ?? inWhole(label);
  }

  #targetOf(i: number): string {
    return this.model?.targetNames?.[i] ?? parts().output(inWhole(i));
  }

  #answered(): TemplateResult | typeof nothing {
    const { answer } = this.read ?? {};
    if (answer === undefined) return nothing;
    if (answer.task === "numbers") {
      const { values } = answer;
      const names = Array.from(values, (_, i) => this.#targetOf(i));
      const said = names.map((name, i) => words().number(name, inDigits(values[i] as number, 4))).join(" ");
      if (values.length === 1) return html`<p class="large" role="status">${said}</p>`;
      return html`<p class="large visually-hidden" role="status">${said}</p>
        <inkling-bars data-quantity="a" .values=${values} .names=${names} .label=${words().numbers}></inkling-bars>`;
    }
    const { label, probabilities } = answer;
    const said = words().answer(this.#nameOf(label), inProbability(probabilities[label] ?? 0, 1));
    return html`
      <p class="large" role="status">${said}</p>
      <inkling-bars
        data-quantity="p" scale="amount" .bound=${1} .values=${probabilities} .marked=${label}
        .names=${Array.from(probabilities, (_, k) => this.#nameOf(k))}
        .text=${(share: number) => inProbability(share, 1)} .label=${words().probabilities}
      ></inkling-bars>
      <p class="quiet">${words().notCalibrated}</p>
    `;
  }

  /** Columns in which no row that is here is like this one. */
  #outside(): TemplateResult[] {
    if (this.data === undefined && this.learned === undefined) return [];
    return this.#fields.flatMap(({ name, at, words: all, low, high }) => {
      const value = shortest(this.row[at] as number);
      if (all !== undefined || (value >= low && value <= high)) return [];
      return [html`<p class="notice">${words().outside(name, inDigits(low, 4), inDigits(high, 4))}</p>`];
    });
  }

  #course(): TemplateResult | typeof nothing {
    const { answer, course, field } = this.read ?? {};
    if (answer === undefined || course === undefined || field === undefined) return nothing;
    const own = answer.task === "classes" ? [this.#probability(course, answer)] : this.#numbers(course, answer.values);
    const power = answer.task === "classes" ? 0 : powerFor(heightsOf(own));
    const lines = own.map((line) => ({ ...line, points: line.points.map(([x, y]): Point => [x, y / 10 ** power]) }));
    const [first] = lines;
    const now = this.row[field.at] as number;
    const here = nearestTo(first?.points ?? [], now);
    const name = first?.name ?? "";
    const yLabel = power === 0 ? name : parts().inPower(name, powerText(power));
    return html`
      <section>
        <h3>${answer.task === "classes" ? words().courseTitle : words().numberTitle}</h3>
        <label class="from">${words().column}
          <select data-course .value=${live(String(this.column))} @change=${this.#onColumn}>
            ${this.#fields.map(({ name, words: all }, i) =>
              all ? nothing : html`<option value=${i} ?selected=${i === this.column}>${name}</option>`,
            )}
          </select>
        </label>
        <inkling-plot
          .xs=${[course.xs[0], course.xs.at(-1)]}
          .ys=${answer.task === "classes" ? [0, 1] : rangeOf(heightsOf(lines), 0)}
          .lines=${lines}
          .marks=${here === undefined ? [] : [{ x: now, y: here, tone: "focus", quantity: "now" }]}
          .xLabel=${field.name}
          .yLabel=${yLabel}
          .label=${words().course(yLabel, field.name)}
          .height=${240}
        ></inkling-plot>
        ${answer.task === "classes" ? html`<p role="status">${this.#turns(course, field.name)}</p>` : nothing}
      </section>
    `;
  }

  readonly #onColumn = (event: Event) => {
    this.column = Number((event.target as HTMLSelectElement).value);
    this.#reader.ask();
  };

  /** Of the class that is the answer now. */
  #probability({ xs, answers }: Course, { label }: ClassPrediction): PlotLine {
    const points = answers.map((answer, i): Point => [xs[i] as number, answer.probabilities?.[label] ?? 0]);
    return { points, ...LOOKS[0], name: words().probabilityOf(this.#nameOf(label)) };
  }

  #numbers({ xs, answers }: Course, values: Float32Array): PlotLine[] {
    const several = values.length > 1;
    return Array.from(values, (_, k): PlotLine => {
      const points = answers.map(
        (answer, i): Point => [xs[i] as number, (answer as NumberPrediction).values[k] as number],
      );
      const look = LOOKS[k] ?? ({ tone: "quiet", quantity: "further" } as const);
      return { points, ...look, name: this.#targetOf(k), ...(several ? { label: this.#targetOf(k) } : {}) };
    });
  }

  /** Where, as the column grows, the answer becomes another. */
  #turns(course: Course, column: string): string {
    const stretches = stretchesOf(course);
    const [only] = stretches;
    const ends = [course.xs[0] ?? 0, course.xs.at(-1) ?? 0] as const;
    if (only !== undefined && stretches.length === 1)
      return words().stays(column, inDigits(ends[0]), inDigits(ends[1]), this.#nameOf(only.label));
    const parts = stretches.map(({ label, until }) => {
      const name = this.#nameOf(label);
      return until === undefined ? name : words().upTo(name, inDigits(until, 3));
    });
    return words().turns(column, parts.join(words().next));
  }
}

function heightsOf(lines: readonly PlotLine[]): number[] {
  return lines.flatMap(({ points }) => points.map(([, y]) => y));
}

/** The height of a line at x, between its two neighbours. */
function nearestTo(points: readonly Point[], x: number): number | undefined {
  const next = points.findIndex(([at]) => at >= x);
  const [a, b] = [points[Math.max(0, next - 1)], points[next]];
  if (a === undefined || b === undefined) return undefined;
  return a[0] === b[0] ? b[1] : a[1] + ((b[1] - a[1]) * (x - a[0])) / (b[0] - a[0]);
}

define("inkling-row", InklingRow);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-row": InklingRow;
  }
}
