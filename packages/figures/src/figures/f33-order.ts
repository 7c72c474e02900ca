/**
 * The order of a sum. Eight terms of a real gradient, whose order the reader changes: float32 rounds after each
 * addition, so that the last bits of the sum depend on the order. Below, the sums of all 40,320 orders.
 */
import type { Network } from "inkling";
import { Stream } from "inkling/numbers";
import { html, nothing, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { NumbersTable } from "../parts/numbers.ts";
import "../parts/question.ts";
import { keepInAddress, orderOf } from "../state/kept.ts";
import { inDigits, inWhole, signed } from "../words/messages.ts";
import { FEW, type Gradient, gradientOf, OUTPUT, type Term } from "./bias-terms.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { orderStyle } from "./f33-order.style.ts";
import { words } from "./f33-order.words.ts";
import { additionsOf, bitsOf, exactSum, stepsBetween, sumOf } from "./float32-sums.ts";

export class F33Order extends BookFigure {
  static override properties = {
    ...BookFigure.properties,
    order: { state: true },
  };

  static override styles = [BookFigure.styles, orderStyle];

  /** The places of the few terms, as they are added. */
  declare protected order: readonly number[];
  #gradient: Gradient | undefined;
  #of: Network | undefined;
  #shuffles = 0;

  constructor() {
    super();
    this.order = Array.from({ length: FEW }, (_, i) => i);
    keepInAddress(this, "f33", { order: { ...orderOf(FEW), label: () => words().tiles } });
  }

  protected override async prepare({ model, test }: Shown): Promise<void> {
    if (this.#of === model) return;
    this.#gradient = await gradientOf(model, test);
    this.#of = model;
  }

  protected override draw(): TemplateResult {
    const gradient = this.#gradient as Gradient;
    const { sums } = gradient;
    const terms = this.#terms(gradient).map(({ value }) => value);
    const sum = sumOf(terms);
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${words().said(inDigits(sum, 9), stepsText(stepsBetween(exactSum(terms), sum)))}
        .question=${words().question}
        .choices=${[words().one, words().some, words().all]}
        .right=${sums.length === 1 ? 0 : 1}
        .answer=${words().answer(inWhole(sums.length))}
      >
        <p class="quiet">${words().terms(String(OUTPUT))}</p>
        ${this.#tiles(gradient)} ${this.#result(gradient)}
        <h3>${words().ordersTitle}</h3>
        ${this.#orders(gradient)}
      </inkling-question>
    `;
  }

  #terms({ few }: Gradient): Term[] {
    return this.order.flatMap((place) => few[place] ?? []);
  }

  #tiles(gradient: Gradient): TemplateResult {
    const terms = this.#terms(gradient);
    const additions = additionsOf(terms.map(({ value }) => value));
    return html`<div class="tiles" data-quantity="term" role="list" aria-label=${words().tiles}>
      ${terms.map(({ digit, label, value }, at) => {
        const { sum = 0, lost = 0 } = additions[at] ?? {};
        return html`<div role="listitem">
          <div
            class="tile"
            role="button"
            tabindex="0"
            aria-description=${words().move}
            @pointerdown=${this.#grab}
            @keydown=${(event: KeyboardEvent) => this.#press(event, at)}
          >
            <span class="visually-hidden">${words().tile(inWhole(at + 1), inWhole(digit), String(label))}</span>
            <span class="value ${value < 0 ? "negative" : "positive"}">${signed(value, 4)}</span>
            <span class="visually-hidden">${words().soFar}</span>
            <span class="so-far">${inDigits(sum, 7)}</span>
            <span class="lost">${lost === 0 ? words().exact : words().lost(signed(lost, 2))}</span>
          </div>
        </div>`;
      })}
    </div>`;
  }

  #result(gradient: Gradient): TemplateResult {
    const values = this.#terms(gradient).map(({ value }) => value);
    const [sum, exact] = [sumOf(values), exactSum(values)];
    const first = bitsOf(sumOf(gradient.few.map(({ value }) => value)));
    const bits = bitsOf(sum);
    const part = (from: number, to: number) =>
      Array.from(bits.slice(from, to), (bit, i) => {
        const isOther = bit !== first[from + i];
        return html`<span class=${isOther ? "bit other" : "bit"}>${bit}</span>`;
      });
    const differing = Array.from(bits).filter((bit, i) => bit !== first[i]).length;
    return html`
      <div class="buttons">
        <button @click=${this.#shuffle}>${words().shuffle}</button>
        <button @click=${() => this.#sort(gradient, -1)}>${words().largest}</button>
        <button @click=${() => this.#sort(gradient, 1)}>${words().smallest}</button>
        <button @click=${this.#reset}>${words().reset}</button>
      </div>
      <p class="sum-line">
        ${words().sum} <strong data-sum>${inDigits(sum, 9)}</strong>
        <span class="quiet">${words().off(stepsText(stepsBetween(exact, sum)), inDigits(exact, 9))}</span>
      </p>
      <p class="bits" data-quantity="bits">${part(0, 1)} ${part(1, 9)} ${part(9, 32)}</p>
      <p class="note">${words().bits(String(differing))}</p>
    `;
  }

  #orders(gradient: Gradient): TemplateResult {
    const values = this.#terms(gradient).map(({ value }) => value);
    const { sums } = gradient;
    const exact = exactSum(values);
    const own = sumOf(values);
    const most = Math.max(...sums.map(({ orders }) => orders));
    const now = sums.find(({ sum }) => sum === own)?.orders ?? 0;
    return html`
      <ol
        class="histogram"
        data-quantity="orders"
        aria-label=${words().orders}
        .numbers=${() => [ordersTable(sums, exact)]}
      >
        ${sums.map(({ sum, orders }) => {
          const steps = stepsText(stepsBetween(exact, sum));
          return html`<li class=${sum === own ? "now" : nothing}>
            <span class="bar" style="height:${(100 * orders) / most}%"></span>
            <span aria-hidden="true">${steps}</span>
            <span class="visually-hidden">${words().ordersOf(steps, inWhole(orders))}</span>
          </li>`;
        })}
      </ol>
      <p class="note" data-sums=${sums.length}>${words().ordersNote(inWhole(sums.length), inWhole(now))}</p>
    `;
  }

  /** A tile goes along with the pointer: it changes places with those that it comes over. */
  readonly #grab = (event: PointerEvent) => {
    const tile = event.currentTarget as HTMLElement;
    const places = Array.from(this.renderRoot.querySelectorAll<HTMLElement>(".tile"));
    let at = places.indexOf(tile);
    tile.focus();
    const boxes = places.map((place) => place.getBoundingClientRect());
    const move = ({ clientX, clientY }: PointerEvent) => {
      const over = boxes.findIndex(
        ({ left, right, top, bottom }) => clientX >= left && clientX <= right && clientY >= top && clientY <= bottom,
      );
      if (over === -1 || over === at) return;
      this.#move(at, over);
      at = over;
      places[at]?.focus();
    };
    const end = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
    };
    event.preventDefault();
    addEventListener("pointermove", move);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
  };

  #press(event: KeyboardEvent, at: number): void {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: FEW - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (to < 0 || to >= this.order.length) return;
    this.#move(at, to);
    this.renderRoot.querySelectorAll<HTMLElement>(".tile")[to]?.focus();
  }

  #move(from: number, to: number): void {
    const order = [...this.order];
    order.splice(to, 0, ...order.splice(from, 1));
    this.order = order;
  }

  readonly #shuffle = () => {
    const order = Uint32Array.from({ length: FEW }, (_, i) => i);
    new Stream(1, "shuffle").shuffle(order, this.#shuffles++);
    this.order = [...order];
  };

  #sort({ few }: Gradient, direction: 1 | -1): void {
    const size = (place: number) => Math.abs(few[place]?.value ?? 0);
    this.order = this.order.toSorted((a, b) => direction * (size(a) - size(b)));
  }

  readonly #reset = () => {
    this.order = Array.from({ length: FEW }, (_, i) => i);
  };
}

/** All sums with their orders, as a table. */
function ordersTable(sums: Gradient["sums"], exact: number): NumbersTable {
  return {
    label: words().orders,
    columns: [
      { name: words().away, values: sums.map(({ sum }) => stepsBetween(exact, sum)) },
      { name: words().sum, values: sums.map(({ sum }) => sum) },
      { name: words().ordersColumn, values: sums.map(({ orders }) => orders) },
    ],
  };
}

function stepsText(steps: number): string {
  return steps === 0 ? "0" : signed(steps, 6);
}

define("inkling-f33-order", F33Order);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f33-order": F33Order;
  }
}
