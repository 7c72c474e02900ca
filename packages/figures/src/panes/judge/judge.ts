/**
 * How good a network is, and where it goes wrong: accuracy on images that it has seen and on images that it has not,
 * what it takes for what, its worst mistakes, the spread of its numbers over time, its last hidden layer on a plane.
 *
 *   judge.model = network; judge.test = digits.test; judge.train = digits.train
 *
 * It judges again whenever it gets another model. Event: `example-change`, when a digit is chosen.
 */
import { type ClassEvaluation, type Dataset, InklingError, type Network } from "inkling";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import "../../parts/about.ts";
import { define, Figure } from "../../parts/figure.ts";
import type { CourseMoment } from "../../session/course.ts";
import { inDigits, inPercent, inProbability, inWhole, signed } from "../../words/messages.ts";
import "../../parts/map.ts";
import { classTable } from "./class-table.ts";
import type { CellDetail } from "./confusion.ts";
import "./confusion.ts";
import { gapOf, saidOf } from "./gap.ts";
import { type Moment, momentOf, type Spread, spreadsOf } from "./history.ts";
import { itemOf } from "./items.ts";
import { LOOKED_AT } from "./look.ts";
import "./numbers.ts";
import { Past } from "./past.ts";
import "./plane.ts";
import type { DigitDetail, StripItem } from "./strip.ts";
import "./strip.ts";
import { paneStyles } from "../styles.ts";
import { judgeStyles } from "./styles.ts";
import { judge, judgeWarped, type Verdict } from "./verdict.ts";
import { words } from "./words.ts";

/** So many digits are shown at once. */
const SHOWN = 24;
/** At so many moments of its training before now the layers are looked at, at most. */
const MOMENTS = 24;

export class InklingJudge extends Figure {
  static override properties = {
    model: { attribute: false },
    test: { attribute: false },
    train: { attribute: false },
    isPart: { type: Boolean },
    verdict: { state: true },
    warped: { state: true },
    cell: { state: true },
    problem: { state: true },
    isWorking: { state: true },
    course: { attribute: false },
    earlier: { state: true },
    now: { state: true },
    isPastKnown: { state: true },
  };

  static override styles = [Figure.styles, paneStyles, judgeStyles];

  declare model: Network | undefined;
  declare test: Dataset | undefined;
  declare train: Dataset | undefined;
  /** Whether there are more training examples than these first ones. */
  declare isPart: boolean;
  declare verdict: Verdict | undefined;
  declare warped: ClassEvaluation | undefined;
  declare cell: CellDetail | undefined;
  declare problem: string | undefined;
  declare isWorking: boolean;
  /** The weights that its training had before; undefined where the network comes from elsewhere. */
  declare course: ((most: number) => Promise<readonly CourseMoment[]>) | undefined;
  /** The moments of the training before this one, and this one. */
  declare private earlier: readonly Moment[];
  declare private now: Moment | undefined;
  /** Whether all of them have been looked at. */
  declare private isPastKnown: boolean;
  readonly #past = new Past();
  #stop = new AbortController();

  constructor() {
    super();
    this.earlier = [];
    this.isPart = false;
    this.isPastKnown = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop.abort();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["model", "test", "train", "course"].some((name) => changed.has(name))) void this.#judge();
  }

  /** Judges the model that is there now; one that was being judged is given up. */
  async #judge(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const { model, test, train } = this;
    this.warped = undefined;
    if (model === undefined || test === undefined || model.loss.task !== "classes") {
      this.verdict = undefined;
      return;
    }
    this.isWorking = true;
    try {
      const verdict = await judge(model as Network<"classes">, test, train, signal);
      // A lost worker has no past to tell; the network is judged all the same.
      const past = (await this.course?.(MOMENTS).catch(() => undefined)) ?? [];
      if (signal.aborted) return;
      Object.assign(this, {
        verdict,
        now: momentOf(verdict.look),
        earlier: [],
        isPastKnown: false,
        problem: undefined,
        isWorking: false,
      });
      await this.#past.look(model, verdict.data, past, signal, (moments) => {
        this.earlier = moments;
      });
      if (!signal.aborted) this.isPastKnown = true;
    } catch (error) {
      if (signal.aborted) return;
      this.problem = error instanceof InklingError ? error.message : String(error);
    } finally {
      if (!signal.aborted) this.isWorking = false;
    }
  }

  protected override render(): TemplateResult {
    const { verdict, model, problem } = this;
    if (model?.loss.task === "numbers") return this.#numbers(model);
    if (problem !== undefined) return html`<p role="alert">${words().failed(problem)}</p>`;
    if (verdict === undefined) {
      return html`<p role="status">${this.isWorking ? words().working : words().nothing}</p>`;
    }
    const { data: test } = verdict;
    const summary = words().summary(inPercent(verdict.test.accuracy), inDigits(verdict.test.loss));
    return html`
      <section>${this.#summary(verdict)}</section>
      <section>${this.#confusion(verdict, test)}</section>
      <section>${this.#worst(verdict, test)}</section>
      <section>${classTable(verdict.test.perClass)}</section>
      ${test.shape.length > 1 ? html`<section>${this.#warped(verdict.test)}</section>` : nothing}
      <section>${this.#layers()}</section>
      <section>${this.#plane(verdict)}</section>
      <inkling-about .texts=${words()} .summary=${summary}></inkling-about>
    `;
  }

  #numbers(model: Network): TemplateResult {
    return html`<inkling-judge-numbers
      .model=${model}
      .test=${this.test}
      .train=${this.train}
      ?isPart=${this.isPart}
    ></inkling-judge-numbers>`;
  }

  #summary({ test, train }: Verdict): TemplateResult {
    const isFirst = this.isPart || (train !== undefined && train.examples < (this.train?.count ?? 0));
    return html`
      <dl class="sets">
        ${this.#set(words().test, test, words().ofImages)}
        ${train === undefined ? nothing : this.#set(words().train, train, isFirst ? words().ofFirst : words().ofImages)}
      </dl>
      ${train === undefined ? nothing : html`<p class="gap">${this.#gap(train, test)}</p>`}
    `;
  }

  /** With the losses on the test examples that are looked at, when all of the past has been. */
  #gap(train: ClassEvaluation, test: ClassEvaluation): string {
    const losses = this.isPastKnown ? this.#moments().map(({ loss }) => loss) : [];
    return saidOf(gapOf(train, test, losses), Math.min(LOOKED_AT, test.examples));
  }

  #set(title: string, { accuracy, loss, examples }: ClassEvaluation, of: (count: string) => string): TemplateResult {
    return html`<div>
      <dt>${title} ${of(inWhole(examples))}</dt>
      <dd class="large">${inPercent(accuracy)}</dd>
      <dd>${words().accuracy}, ${words().loss} ${inDigits(loss)}</dd>
    </div>`;
  }

  #confusion({ test: { confusion, mistakes } }: Verdict, test: Dataset): TemplateResult {
    const { cell } = this;
    return html`
      <h3>${words().confusion}</h3>
      <p class="help">${words().confusionHelp}</p>
      <inkling-confusion
        data-quantity="confusion"
        .confusion=${confusion}
        .names=${test.classNames}
        @cell-pick=${({ detail }: CustomEvent<CellDetail>) => {
          this.cell = detail;
        }}
      ></inkling-confusion>
      ${cell === undefined ? nothing : this.#cellDigits(cell, mistakes, test)}
    `;
  }

  #cellDigits({ label, predicted }: CellDetail, mistakes: ClassEvaluation["mistakes"], test: Dataset): TemplateResult {
    const name = (k: number) => test.classNames?.[k] ?? String(k);
    const wrong = new Set(mistakes.map(({ index }) => index));
    const of = (index: number) => test.labels?.[index] === label;
    const found =
      label === predicted
        ? Array.from({ length: test.count }, (_, index) => index).filter((index) => of(index) && !wrong.has(index))
        : mistakes.filter((one) => one.label === label && one.predicted === predicted).map(({ index }) => index);
    if (found.length === 0) return html`<p role="status">${words().noneOf(name(label), name(predicted))}</p>`;
    const shown = found.slice(0, SHOWN);
    const counts = [inWhole(shown.length), inWhole(found.length)] as const;
    return html`
      <p role="status">${words().digitsOf(name(label), name(predicted), ...counts)}</p>
      ${this.#strip(shown.map((index) => itemOf(index, test, `№ ${index}`)))}
    `;
  }

  #worst({ test: { mistakes } }: Verdict, test: Dataset): TemplateResult {
    const name = (k: number) => test.classNames?.[k] ?? String(k);
    const items = mistakes.slice(0, SHOWN / 2).map(({ index, label, predicted, probability }) => {
      return itemOf(index, test, words().mistake(name(label), name(predicted), inProbability(probability)));
    });
    return html`<h3>${words().worst}</h3>
      <p class="help">${items.length === 0 ? words().noMistakes : words().worstHelp}</p>
      ${this.#strip(items)}`;
  }

  #strip(items: readonly StripItem[]): TemplateResult {
    const choose = ({ detail: { index } }: CustomEvent<DigitDetail>) => {
      const data = this.verdict?.data;
      const detail = { set: "test", index, pixels: data?.example(index), label: data?.labels?.[index] };
      this.dispatchEvent(new CustomEvent("example-change", { detail, bubbles: true, composed: true }));
    };
    return html`<inkling-strip .items=${items} @digit-pick=${choose}></inkling-strip>`;
  }

  #warped({ accuracy }: ClassEvaluation): TemplateResult {
    const { warped } = this;
    return html`<h3>${words().warped}</h3>
      <p class="help">${words().warpedHelp}</p>
      <button ?disabled=${this.isWorking} @click=${this.#judgeWarped}>${words().warpedButton}</button>
      <p role="status">
        ${warped === undefined ? "" : words().warpedResult(inPercent(warped.accuracy), inPercent(accuracy))}
      </p>`;
  }

  readonly #judgeWarped = async () => {
    const { model, test } = this;
    const { signal } = this.#stop;
    if (model === undefined || test === undefined) return;
    this.isWorking = true;
    try {
      const warped = await judgeWarped(model as Network<"classes">, test, signal);
      if (!signal.aborted) this.warped = warped;
    } catch (error) {
      if (!signal.aborted) this.problem = error instanceof InklingError ? error.message : String(error);
    } finally {
      if (!signal.aborted) this.isWorking = false;
    }
  };

  #layers(): TemplateResult {
    return html`<h3>${words().layers}</h3>
      <p class="help">${words().layersHelp}</p>
      <div class="spreads">${spreadsOf(this.#moments()).map((spread) => this.#spread(spread))}</div>`;
  }

  #moments(): Moment[] {
    return this.now === undefined ? [] : [...this.earlier, this.now];
  }

  #spread({ kind, layer, low, high, moments, values }: Spread): TemplateResult {
    const title = kind === "outputs" ? words().activations(layer) : words().gradients(layer);
    const range = words().from(signed(low), signed(high));
    return html`<figure>
      <inkling-map
        plain
        data-quantity="spread"
        scale="amount"
        style="--map-ratio: 1.4"
        .bound=${1}
        .columns=${moments}
        .values=${values}
        label="${title}, ${range}"
      ></inkling-map>
      <figcaption>${title}<br />${range}, ${words().moments(moments)}</figcaption>
    </figure>`;
  }

  #plane({ plane }: Verdict): TemplateResult {
    return html`<h3>${words().plane}</h3>
      ${
        plane.length === 0
          ? html`<p>${words().noHidden}</p>`
          : html`<p class="help">${words().planeHelp}</p>
            <inkling-plane data-quantity="plane" .digits=${plane}></inkling-plane>`
      }`;
  }
}

define("inkling-judge", InklingJudge);
