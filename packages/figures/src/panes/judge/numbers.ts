/**
 * How good a network is that predicts numbers: how far off it is on examples that it has seen and on others, beside
 * what always saying the mean would be; what it predicts against what is true; its worst mistakes.
 *
 * Event: `example-change`, when an example is chosen.
 */
import { type Dataset, InklingError, type Network, type NumberEvaluation } from "inkling";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import "../../parts/about.ts";
import { powerFor, rangeOf } from "../../parts/axes.ts";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/plot.ts";
import type { InklingPlot, PlotLine, PlotMark, Point } from "../../parts/plot.ts";
import { placesOf } from "../../parts/plot-drawing.ts";
import { inDigits, inPercent, inWhole, powerText, signed } from "../../words/messages.ts";
import { paneStyles } from "../styles.ts";
import { itemOf } from "./items.ts";
import { judgeNumbers, type NumbersVerdict, ofMean, type Predicted, predictedOf, worstOf } from "./numbers-verdict.ts";
import type { DigitDetail } from "./strip.ts";
import "./strip.ts";
import { words as parts } from "../../parts/words.ts";
import { judgeStyles } from "./styles.ts";
import { words } from "./words.ts";

/** So many of the worst mistakes are listed. */
const WORST = 12;
/** So many points are drawn. */
const POINTS = 500;
const HEIGHT = 340;
/** A point that is not further from the pointer is meant, in pixels. */
const REACH = 14;

export class InklingJudgeNumbers extends Figure {
  static override properties = {
    model: { attribute: false },
    test: { attribute: false },
    train: { attribute: false },
    isPart: { type: Boolean },
    verdict: { state: true },
    output: { state: true },
    at: { state: true },
    problem: { state: true },
  };

  static override styles = [Figure.styles, paneStyles, judgeStyles];

  declare model: Network<"numbers"> | undefined;
  declare test: Dataset | undefined;
  declare train: Dataset | undefined;
  /** Whether there are more training examples than these first ones. */
  declare isPart: boolean;
  declare verdict: NumbersVerdict | undefined;
  /** Which of the numbers that it predicts. */
  declare output: number;
  /** The example that is looked at. */
  declare at: number | undefined;
  declare problem: string | undefined;
  #stop = new AbortController();

  constructor() {
    super();
    this.isPart = false;
    this.output = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop.abort();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("test")) this.at = undefined;
    if (["model", "test", "train"].some((name) => changed.has(name))) void this.#judge();
  }

  async #judge(): Promise<void> {
    this.#stop.abort();
    this.#stop = new AbortController();
    const { signal } = this.#stop;
    const { model, test, train } = this;
    this.problem = undefined;
    if (model === undefined || test?.task !== "numbers") {
      this.verdict = undefined;
      return;
    }
    try {
      const verdict = await judgeNumbers(model, test, train?.task === "numbers" ? train : undefined, signal);
      if (signal.aborted) return;
      this.verdict = verdict;
      this.output = Math.min(this.output, verdict.data.outputs - 1);
    } catch (error) {
      if (!signal.aborted) this.problem = error instanceof InklingError ? error.message : String(error);
    }
  }

  protected override render(): TemplateResult {
    const { verdict, test, problem } = this;
    if (problem !== undefined) return html`<p role="alert">${words().failed(problem)}</p>`;
    if (test === undefined) return html`<p>${words().noExamples}</p>`;
    if (test.task !== "numbers") return html`<p role="status">${words().numbers}</p>`;
    if (verdict === undefined) return html`<p role="status">${words().working}</p>`;
    const all = predictedOf(verdict, this.output);
    const name = verdict.test.perOutput[this.output]?.targetName ?? "";
    return html`
      ${verdict.data.outputs > 1 ? this.#chooser(verdict) : nothing}
      <section>${this.#summary(verdict, name)}</section>
      <section>${this.#chart(all, name)}</section>
      <section>${this.#worst(all, verdict.data)}</section>
      <inkling-about .texts=${words()} .summary=${this.#said(verdict, name)}></inkling-about>
    `;
  }

  #chooser({ test }: NumbersVerdict): TemplateResult {
    return html`<p>
      <label>
        ${words().whichNumber}
        <select
          class="output"
          @change=${(event: Event) => {
            this.output = Number((event.target as HTMLSelectElement).value);
          }}
        >
          ${test.perOutput.map(
            ({ targetName }, j) => html`<option value=${j} ?selected=${j === this.output}>${targetName}</option>`,
          )}
        </select>
      </label>
    </p>`;
  }

  #said({ test, data }: NumbersVerdict, name: string): string {
    const { mean, meanAbsoluteError } = ofMean(data.targets ?? [], data.outputs, this.output);
    const own = test.perOutput[this.output]?.meanAbsoluteError ?? Number.NaN;
    return words().off(name, inDigits(own), inDigits(mean), inDigits(meanAbsoluteError));
  }

  /** What the test shows beside the mean, and beside the examples that were learned from. */
  #compared({ test, train }: NumbersVerdict): string {
    const [own, learned] = [test, train].map((of) => of?.perOutput[this.output]);
    const isNoBetter = own !== undefined && own.rSquared <= 0;
    return [
      ...(isNoBetter ? [words().noBetter] : []),
      ...(learned === undefined ? [] : [words().offInTraining(inDigits(learned.meanAbsoluteError))]),
    ].join(" ");
  }

  /** A column for each set of examples. */
  #summary(verdict: NumbersVerdict, name: string): TemplateResult {
    const { test, train, data, learned } = verdict;
    const { meanAbsolute, rootMeanSquared, byMean, rSquared, rightAnswers } = words();
    const isFirst = this.isPart || (train !== undefined && train.examples < (this.train?.count ?? 0));
    const sets = [
      { title: `${words().test} ${words().ofImages(inWhole(test.examples))}`, of: test, data },
      ...(train === undefined ? [] : [{ title: this.#titleOf(train, isFirst), of: train, data: learned }]),
    ].map(({ title, of, data: set }) => {
      const mean = ofMean(set?.targets ?? [], data.outputs, this.output);
      return { title, of, own: of.perOutput[this.output], mean };
    });
    const row = (head: string, value: (set: (typeof sets)[number]) => string, isQuiet = false) =>
      html`<tr class=${isQuiet ? "quiet" : ""}>
        <th scope="row">${head}</th>
        ${sets.map((set) => html`<td>${value(set)}</td>`)}
      </tr>`;
    const digits = (value = Number.NaN) => (Number.isNaN(value) ? "–" : inDigits(value));
    return html`<h3>${words().howFar(name)}</h3>
      <p class="off">${this.#said(verdict, name)} ${this.#compared(verdict)}</p>
      <table class="classes measures">
        <thead>
          <tr>
            <td></td>
            ${sets.map(({ title }) => html`<th scope="col">${title}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${row(meanAbsolute, ({ own }) => digits(own?.meanAbsoluteError))}
          ${row(byMean, ({ mean }) => digits(mean.meanAbsoluteError), true)}
          ${row(rootMeanSquared, ({ own }) => digits(own?.rootMeanSquaredError))}
          ${row(byMean, ({ mean }) => digits(mean.rootMeanSquaredError), true)}
          ${row(rSquared, ({ own }) => digits(own?.rSquared))}
          ${
            test.binaryAccuracy === undefined
              ? nothing
              : row(rightAnswers, ({ of }) => inPercent(of.binaryAccuracy ?? Number.NaN))
          }
        </tbody>
      </table>
      <p class="help">${words().measuresHelp}</p>`;
  }

  #titleOf({ examples }: NumberEvaluation, isFirst: boolean): string {
    return `${words().train} ${(isFirst ? words().ofFirst : words().ofImages)(inWhole(examples))}`;
  }

  #chart(all: readonly Predicted[], name: string): TemplateResult {
    const numbers = all.flatMap(({ target, predicted }) => [target, predicted]);
    const power = powerFor(numbers);
    const points = all.slice(0, POINTS).map((one) => inPower(one, power));
    const range = rangeOf(numbers.map((x) => x / 10 ** power));
    const marks = points.map(({ target, predicted }): PlotMark => {
      return { x: target, y: predicted, radius: 3.5, isFaint: true, quantity: "prediction" };
    });
    const at = this.at === undefined ? undefined : all[this.at];
    const { target: x, predicted: y } = inPower(at ?? { index: 0, target: 0, predicted: 0 }, power);
    const ring: PlotMark[] = at ? [{ x, y, radius: 7, tone: "focus", label: `№ ${at.index}`, quantity: "looked" }] : [];
    const exact: PlotLine = {
      points: range.map((end): Point => [end, end]),
      ...{ tone: "quiet", isDashed: true, quantity: "exact" },
    };
    const called = power === 0 ? name : parts().inPower(name, powerText(power));
    return html`<h3>${words().againstTrue}</h3>
      <p class="help">
        ${words().againstTrueHelp} ${all.length > POINTS ? words().firstPoints(inWhole(POINTS)) : nothing}
      </p>
      <inkling-plot
        class="pointed"
        .xs=${range}
        .ys=${range}
        .height=${HEIGHT}
        .lines=${[exact]}
        .marks=${[...marks, ...ring]}
        .xLabel=${words().trueOf(called)}
        .yLabel=${words().predictedOf(called)}
        .label=${words().againstTrue}
        @click=${(event: MouseEvent) => this.#point(event, points)}
      ></inkling-plot>
      <p class="one">
        <label>
          ${words().example}
          <input
            type="number"
            min="0"
            max=${all.length - 1}
            .value=${live(String(this.at ?? ""))}
            @change=${(event: Event) => this.#choose((event.target as HTMLInputElement).value)}
          />
        </label>
        <span role="status">${at === undefined ? "" : this.#textOf(at)}</span>
      </p>`;
  }

  #textOf({ index, target, predicted }: Predicted): string {
    return words().predictedFor(`№ ${index}`, inDigits(target, 4), inDigits(predicted, 4), signed(predicted - target));
  }

  /** Looks at the point that is nearest to the pointer, if one is near. */
  #point(event: MouseEvent, points: readonly Predicted[]): void {
    const plot = event.currentTarget as InklingPlot;
    const drawn = plot.renderRoot.querySelector("svg");
    if (drawn === null) return;
    const { left, top, width } = drawn.getBoundingClientRect();
    const scale = drawn.viewBox.baseVal.width / width;
    const places = placesOf(drawn.viewBox.baseVal.width, plot.height, plot.xs, plot.ys);
    const distance = ({ target, predicted }: Predicted) =>
      Math.hypot(
        places.x(target) - (event.clientX - left) * scale,
        places.y(predicted) - (event.clientY - top) * scale,
      );
    const [nearest] = points.toSorted((a, b) => distance(a) - distance(b));
    if (nearest !== undefined && distance(nearest) <= REACH) this.#look(nearest.index);
  }

  #worst(all: readonly Predicted[], data: Dataset): TemplateResult {
    const worst = worstOf(all, WORST);
    return html`<h3>${words().worst}</h3>
      <p class="help">${worst.length === 0 ? words().allExact : words().worstNumbersHelp}</p>
      <inkling-strip
        .items=${worst.map((one) => itemOf(one.index, data, this.#textOf(one)))}
        @digit-pick=${({ detail }: CustomEvent<DigitDetail>) => this.#look(detail.index)}
      ></inkling-strip>`;
  }

  #choose(written: string): void {
    const index = Math.round(Number(written));
    const count = this.verdict?.data.count ?? 0;
    if (written === "" || !(index >= 0 && index < count)) this.requestUpdate();
    else this.#look(index);
  }

  /** Looks at an example here, and tells the page. */
  #look(index: number): void {
    this.at = index;
    const detail = { set: "test", index, pixels: this.verdict?.data.example(index), label: undefined };
    this.dispatchEvent(new CustomEvent("example-change", { detail, bubbles: true, composed: true }));
  }
}

function inPower({ index, target, predicted }: Predicted, power: number): Predicted {
  return { index, target: target / 10 ** power, predicted: predicted / 10 ** power };
}

define("inkling-judge-numbers", InklingJudgeNumbers);
