/**
 * Overfitting, and what helps. A small network learns a hundred digits by heart; on other digits its loss stays high.
 * The reader switches the cures of chapter 3 on and off, one by one or together: L2, dropout, digits that change, more
 * digits, smaller first weights. The training without a cure stays in the chart, and every try in a table.
 */
import { css, html, nothing, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import type { PlotLine, PlotMark, Point } from "../parts/plot.ts";
import "../parts/plot.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { inRange, keepInAddress, someOf } from "../state/kept.ts";
import { inDigits, inPercent, inWhole } from "../words/messages.ts";
import { CURES, type Cure, FEW, keyOf, type Plan, type Run, STEPS, trained } from "./cures.ts";
import { words } from "./f26-overfitting.words.ts";
import { type Halves, LearningFigure } from "./learning.ts";
import { tableStyle } from "./style.ts";

/** The chart's top. */
const TOP = 3;

export class F26Overfitting extends LearningFigure {
  static override properties = {
    ...LearningFigure.properties,
    cures: { attribute: false },
    exponent: { type: Number },
    rate: { type: Number },
    now: { state: true },
    tries: { state: true },
  };

  static override styles = [
    LearningFigure.styles,
    tableStyle,
    css`
      tr.best td:last-child {
        font-weight: 700;
      }
    `,
  ];

  declare cures: readonly Cure[];
  /** log₁₀ λ of L2. */
  declare exponent: number;
  /** The share that dropout leaves out. */
  declare rate: number;
  declare protected now: Run | undefined;
  /** The trainings that came to their end, one of each plan. */
  declare protected tries: readonly Run[];

  constructor() {
    super();
    [this.cures, this.exponent, this.rate, this.tries] = [[], -2.5, 0.3, []];
    const fields = {
      cures: { ...someOf(CURES), label: () => words().cures },
      exponent: { ...inRange(-4, -1), label: () => words().lambdaExponent },
      rate: { ...inRange(0.1, 0.8), label: () => words().rate },
    };
    keepInAddress(this, "f26", fields, () => this.again());
  }

  protected override get share(): number {
    return 0.5;
  }

  get #plan(): Plan {
    const [lambda, rate] = [10 ** this.exponent, this.rate];
    const has = (cure: Cure) => this.cures.includes(cure);
    return { cures: CURES.filter(has), lambda: has("decay") ? lambda : 0, rate: has("dropout") ? rate : 0 };
  }

  protected override async compute(halves: Halves, isWanted: () => boolean): Promise<void> {
    const plan = this.#plan;
    const known = this.tries.find((run) => keyOf(run.plan) === keyOf(plan));
    this.now = known ?? { plan, learnt: [], others: [], end: undefined };
    if (known !== undefined) return;
    const run = await trained(plan, halves, async (now) => {
      if (isWanted()) this.now = now;
      await this.turn();
      return isWanted();
    });
    if (isWanted()) this.tries = [...this.tries, run];
  }

  protected override draw({ learn, judge }: Halves): TemplateResult {
    const few = inWhole(FEW * learn.count);
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${this.#said(judge.count)}
        .question=${words().question(few)}
        .choices=${[words().first, words().second, words().third]}
        .right=${2}
        .answer=${words().answer(few, inWhole(learn.count))}
      >
        <div class="row" role="group" aria-label=${words().cures}>
          <span class="quiet">${words().cures}</span>
          ${CURES.map((cure) => {
            const isOn = this.cures.includes(cure);
            return html`<button aria-pressed=${isOn} data-cure=${cure} @click=${() => this.#toggle(cure)}>
              ${words()[cure]}
            </button>`;
          })}
        </div>
        ${this.#strengths()}
        ${this.#chart()}
        <p class="note" data-gap>${this.#said(judge.count)}</p>
        ${this.#table()}
        <p class="note">${words().what(few, inWhole(learn.count), inWhole(judge.count))}</p>
      </inkling-question>
    `;
  }

  #strengths(): unknown {
    const { cures } = this;
    const lambda = html`<inkling-slider
      label=${words().lambda}
      min="-4"
      max="-1"
      step="0.25"
      .value=${this.exponent}
      .text=${(exponent: number) => inDigits(10 ** exponent, 2)}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => this.#take({ exponent: detail.value })}
    ></inkling-slider>`;
    const rate = html`<inkling-slider
      label=${words().rate}
      min="0.1"
      max="0.8"
      step="0.1"
      .value=${this.rate}
      .text=${(share: number) => inPercent(share, 0)}
      @slide=${({ detail }: CustomEvent<SlideDetail>) => this.#take({ rate: detail.value })}
    ></inkling-slider>`;
    return [cures.includes("decay") ? lambda : nothing, cures.includes("dropout") ? rate : nothing];
  }

  #chart(): TemplateResult {
    const { now } = this;
    const plain = this.tries.find(({ plan }) => plan.cures.length === 0);
    const held = (points: readonly Point[]) => points.map(([x, y]): Point => [x, Math.min(y, TOP * 1.2)]);
    const isPlain = now?.plan.cures.length === 0;
    const lines: PlotLine[] = [
      ...(plain === undefined || isPlain
        ? []
        : [{ points: held(plain.others), tone: "quiet" as const, label: words().nothing, quantity: "plain" }]),
      { points: held(now?.learnt ?? []), tone: "amount", isDashed: true, label: words().learnt, quantity: "learnt" },
      { points: held(now?.others ?? []), tone: "main", label: words().others, quantity: "others" },
    ];
    const best = now === undefined ? undefined : turningPoint(now);
    const marks: PlotMark[] =
      best === undefined ? [] : [{ x: best[0], y: best[1], label: words().best, lift: 10, quantity: "lowest" }];
    return html`<inkling-plot
      .xs=${[0, STEPS]}
      .ys=${[0, TOP]}
      .lines=${lines}
      .marks=${marks}
      .xLabel=${words().step}
      .yLabel=${words().loss}
      .label=${words().chart}
      .height=${280}
    ></inkling-plot>`;
  }

  #said(judged: number): string {
    const { now } = this;
    if (now?.end === undefined) return words().training;
    const best = turningPoint(now);
    const end = now.others.at(-1)?.[1] ?? Number.NaN;
    const early =
      best === undefined ? words().still : words().early(inWhole(best[0]), inDigits(best[1]), inDigits(end));
    return `${words().gap(inPercent(now.end.learnt, 1), inPercent(now.end.others, 1), inWhole(judged))} ${early}`;
  }

  #table(): TemplateResult {
    const most = Math.max(...this.tries.map(({ end }) => end?.others ?? 0));
    return html`<table>
      <caption>
        ${words().tries}
      </caption>
      <thead>
        <tr>
          <th scope="col">${words().cure}</th>
          <th scope="col">${words().lossOthers}</th>
          <th scope="col">${words().readLearnt}</th>
          <th scope="col">${words().readOthers}</th>
        </tr>
      </thead>
      <tbody>
        ${this.tries.map(({ plan, others, end }) => {
          return html`<tr class=${end?.others === most ? "best" : nothing} data-try=${keyOf(plan)}>
            <th scope="row">${nameOf(plan)}</th>
            <td>${inDigits(others.at(-1)?.[1] ?? Number.NaN)}</td>
            <td>${inPercent(end?.learnt ?? Number.NaN, 1)}</td>
            <td>${inPercent(end?.others ?? Number.NaN, 1)}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
  }

  #toggle(cure: Cure): void {
    const { cures } = this;
    this.#take({ cures: cures.includes(cure) ? cures.filter((one) => one !== cure) : [...cures, cure] });
  }

  #take(part: Partial<Pick<F26Overfitting, "cures" | "exponent" | "rate">>): void {
    Object.assign(this, part);
    this.again();
  }
}

/** Where the loss on others was lowest, if that was clearly before the end: about there it stopped falling. */
function turningPoint({ others, end }: Run): Point | undefined {
  const [first] = others;
  if (end === undefined || first === undefined) return undefined;
  const best = others.reduce((low, point) => (point[1] < low[1] ? point : low), first);
  const last = others.at(-1) ?? first;
  return best[0] <= 0.9 * STEPS && best[1] < 0.99 * last[1] && best[1] < TOP ? best : undefined;
}

function nameOf({ cures, lambda, rate }: Plan): string {
  const names = cures.map((cure) => {
    const name = words()[cure];
    if (cure === "decay") return `${name} ${inDigits(lambda, 2)}`;
    return cure === "dropout" ? `${name} ${inPercent(rate, 0)}` : name;
  });
  return names.length === 0 ? words().none : names.join(" + ");
}

define("inkling-f26-overfitting", F26Overfitting);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f26-overfitting": F26Overfitting;
  }
}
