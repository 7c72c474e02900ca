/**
 * A sum that one to eight workers share. The terms are what 1,000 test digits say about one bias of the book's network.
 * If each worker adds an equal share, the last bits depend on the number of workers. By the library's law, blocks of
 * 128 and a tree, they do not; and the library's own kernel gives the same.
 */
import type { Network } from "inkling";
import { html, nothing, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { NumbersTable } from "../parts/numbers.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { keepInAddress, wholeIn } from "../state/kept.ts";
import { inDigits, inWhole } from "../words/messages.ts";
import { type Gradient, gradientOf, OUTPUT } from "./bias-terms.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { lawPicture } from "./f37-tree.ts";
import { workersStyle } from "./f37-workers.style.ts";
import { words } from "./f37-workers.words.ts";
import { BLOCK, lawfulSum, sharedSum, sumOf } from "./float32-sums.ts";
import { sourceLine } from "./source-line.ts";

const WORKERS = [1, 2, 3, 4, 5, 6, 7, 8];

export class F37Workers extends BookFigure {
  static override properties = { ...BookFigure.properties, workers: { type: Number } };

  static override styles = [BookFigure.styles, workersStyle];

  declare workers: number;
  #gradient: Gradient | undefined;
  #of: Network | undefined;

  constructor() {
    super();
    this.workers = 3;
    keepInAddress(this, "f37", { workers: { ...wholeIn(1, WORKERS.length), label: () => words().workers } });
  }

  protected override async prepare({ model, test }: Shown): Promise<void> {
    if (this.#of === model) return;
    this.#gradient = await gradientOf(model, test);
    this.#of = model;
  }

  protected override draw(): TemplateResult {
    const { values, mean } = this.#gradient as Gradient;
    const law = lawfulSum(values, this.workers);
    const alone = sumOf(values);
    const shares = WORKERS.map((workers) => sharedSum(values, workers));
    const isLibrary = Math.fround(law.sum / values.length) === mean;
    const said = words().work(inWhole(new Set(shares).size), inDigits(law.sum / values.length, 9));
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${said}
        .question=${words().question(inWhole(values.length))}
        .choices=${[words().one, words().several, words().cannot]}
        .right=${1}
        .answer=${words().answer(inWhole(new Set(shares).size))}
      >
        <p class="quiet">${words().terms(inWhole(values.length), String(OUTPUT))}</p>
        <inkling-slider
          .label=${words().workers}
          .min=${1}
          .max=${WORKERS.length}
          .step=${1}
          .value=${this.workers}
          .text=${inWhole}
          @slide=${({ detail }: CustomEvent<SlideDetail>) => {
            this.workers = detail.value;
          }}
        ></inkling-slider>
        <div class="side even">
          <div>
            ${lawPicture(law, words().tree(inWhole(this.workers)))}
            <p class="note">${words().treeNote(inWhole(BLOCK))}</p>
          </div>
          <table .numbers=${() => [sumsTable(values, shares)]}>
            <thead>
              <tr>
                <th scope="col">${words().workers}</th>
                <th scope="col">${words().shares}</th>
                <th scope="col">${words().law}</th>
              </tr>
            </thead>
            <tbody>
              ${WORKERS.map((workers, i) => {
                const [share = 0, lawful] = [shares[i], lawfulSum(values, workers).sum];
                return html`<tr class=${workers === this.workers ? "now" : nothing}>
                  <th scope="row">${inWhole(workers)}</th>
                  <td class=${share === alone ? "" : "other"}>${inDigits(share, 7)}</td>
                  <td>${inDigits(lawful, 7)}</td>
                </tr>`;
              })}
            </tbody>
          </table>
        </div>
        <p data-work>
          ${said}
          <strong>${isLibrary ? words().equal : words().unequal}</strong>
        </p>
        ${sourceLine("blockTree")}
      </inkling-question>
    `;
  }
}

/** The sums of all numbers of workers, as a table. */
function sumsTable(values: Float32Array, shares: readonly number[]): NumbersTable {
  return {
    label: words().sums,
    columns: [
      { name: words().workers, values: WORKERS },
      { name: words().shares, values: shares },
      { name: words().law, values: WORKERS.map((workers) => lawfulSum(values, workers).sum) },
    ],
  };
}

define("inkling-f37-workers", F37Workers);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f37-workers": F37Workers;
  }
}
