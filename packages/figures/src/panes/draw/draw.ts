/**
 * Somebody's own digit, and everything that a network makes of it: each step of the preprocessing, the answer while one
 * draws, what each pixel contributed, which training digits are nearest, and what would change its mind.
 *
 *   draw.model = network; draw.train = digits.train
 *
 * Events: `example-change`, when a stroke has ended, with the drawn digit as an example for other panes;
 * `drawings-change`, with all kept drawings as a Dataset; `data-change`, with what is to be learnt of them;
 * `look-wanted`, when the example of the `example-change` before it is to be followed through the network;
 * `rest-wanted`, when the nearest digits are to be looked for among those of `rest`, too.
 */
import type { Dataset, Network } from "inkling";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import "../../parts/bars.ts";
import "../../parts/about.ts";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import type { InkDetail, InklingPad } from "../../parts/pad.ts";
import "../../parts/pad.ts";
import type { Example } from "../../state/example.ts";
import { inDigits, inPercent, inProbability, inWhole } from "../../words/messages.ts";
import { fieldsOf, takesRows } from "./fields.ts";
import { Reader } from "./reader.ts";
import { type Answer, type Reading, readPicture, sideOf } from "./reading.ts";
import "./change.ts";
import "./contributions.ts";
import "./drawings.ts";
import type { Rest } from "./nearest.ts";
import "./nearest.ts";
import "./row.ts";
import { words as rowWords } from "./row.words.ts";
import "./stages.ts";
import { drawStyles, noticeStyle } from "./styles.ts";
import { words } from "./words.ts";

/** How far the arrows move a drawing, in pixels of the sheet: three of the network's. */
const MOVED = 24;
/** A reading that takes less, in milliseconds, leaves a frame the time to draw all of its steps. */
const QUICK = 10;

export class InklingDraw extends Figure {
  static override properties = {
    model: { attribute: false },
    test: { attribute: false },
    train: { attribute: false },
    rest: { attribute: false },
    takes: { type: String },
    canLearn: { type: Boolean },
    canLook: { type: Boolean },
    reading: { state: true },
    staged: { state: true },
    settled: { state: true },
    at: { state: true },
  };

  static override styles = [Figure.styles, drawStyles, noticeStyle];

  declare model: Network | undefined;
  declare test: Dataset | undefined;
  declare train: Dataset | undefined;
  /** Training digits that could be fetched. */
  declare rest: Rest | undefined;
  /** What the network takes: "centred", as MNIST's digits were, or "drawn". */
  declare takes: "centred" | "drawn";
  /** Whether the page learns from kept drawings. */
  declare canLearn: boolean;
  /** Whether the page has a pane that looks inside. */
  declare canLook: boolean;
  declare private reading: Reading | undefined;
  /** The reading whose steps are shown: on a slow machine not while a stroke is being drawn. */
  declare private staged: Reading | undefined;
  /** The image that was looked at when the last stroke had ended: what takes longer is computed of it. */
  declare private settled: Uint8Array | undefined;
  /** Which digit is looked at. */
  declare private at: number;

  readonly #reader = new Reader(
    () => this.#read(),
    (reading) => this.#show(reading),
  );

  constructor() {
    super();
    this.takes = "centred";
    this.canLearn = this.canLook = false;
    this.at = 0;
  }

  /** The sheet. */
  get pad(): InklingPad | null {
    return this.renderRoot.querySelector("inkling-pad");
  }

  /** What the network takes now, with its answer; undefined where there is nothing. */
  get answer(): Answer | undefined {
    return this.takes === "drawn" ? this.reading?.asDrawn : this.reading?.digits[this.at];
  }

  /** Resolves when all that was drawn until now has been read. */
  get readingDone(): Promise<void> {
    return this.#reader.settled();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("model") && this.hasUpdated) this.#reader.ask();
    if (this.hasUpdated && (changed.has("takes") || changed.has("at"))) this.#settle();
  }

  #read(): Promise<Reading> | undefined {
    const [{ model }, picture] = [this, this.pad?.picture];
    const side = model === undefined ? undefined : sideOf(model);
    return side === undefined || !model || !picture ? undefined : readPicture(model, picture, side);
  }

  #show(reading: Reading | undefined): void {
    this.reading = reading;
    if (reading === undefined || this.#reader.took < QUICK) this.staged = reading;
    this.at = Math.min(this.at, Math.max(0, (reading?.digits.length ?? 0) - 1));
  }

  readonly #onInk = async ({ detail }: CustomEvent<InkDetail>) => {
    this.#reader.ask();
    if (!detail.isSettled) return;
    await this.#reader.settled();
    this.staged = this.reading;
    this.#settle();
  };

  /** Hands on what is looked at, when no stroke is being drawn. */
  #settle(): void {
    const pixels = this.answer?.pixels;
    if (this.settled?.join() === pixels?.join()) return;
    this.settled = pixels;
    this.#hand();
  }

  #hand(): void {
    const pixels = this.settled;
    if (pixels === undefined) return;
    const detail: Example = { set: "drawn", index: 0, pixels, label: undefined };
    this.dispatchEvent(new CustomEvent("example-change", { detail, bubbles: true, composed: true }));
  }

  protected override render(): TemplateResult {
    const { model } = this;
    if (model !== undefined && takesRows(model)) return this.#row(model);
    return html`
      <div class="first">
        <div class="sheet">
          <inkling-pad @ink=${this.#onInk}></inkling-pad>
          ${this.#arrows()}
        </div>
        <div class="answer">${this.#answer()}</div>
      </div>
      ${this.reading === undefined ? nothing : this.#both(this.reading)}
      ${this.settled === undefined ? nothing : this.#follow()}
      ${this.staged === undefined ? nothing : this.#stages(this.staged)}
      ${this.settled === undefined ? nothing : this.#looking(this.settled)}
      <section>
        <h3>${words().drawingsTitle}</h3>
        <inkling-drawings .pixels=${this.settled} ?canLearn=${this.canLearn}></inkling-drawings>
      </section>
      <inkling-about .texts=${words()}></inkling-about>
    `;
  }

  /** Of a network that takes tables. */
  #row(model: Network): TemplateResult {
    if (fieldsOf(model) === undefined) return html`<p>${rowWords().tooMany(inWhole(model.inputs))}</p>`;
    const [data, learned] = [this.test, this.train].map((rows) => (rows?.columns === model.inputs ? rows : undefined));
    return html`<inkling-row .model=${model} .data=${data} .learned=${learned}></inkling-row>
      ${this.#follow()}
      <inkling-about .texts=${rowWords()}></inkling-about>`;
  }

  /** Leads to every number of what was drawn. */
  #follow(): TemplateResult | typeof nothing {
    if (!this.canLook) return nothing;
    // Another pane may have looked at something else since.
    const act = () => {
      const row = this.renderRoot.querySelector("inkling-row");
      if (row === null) this.#hand();
      else row.hand();
      this.dispatchEvent(new CustomEvent("look-wanted", { bubbles: true, composed: true }));
    };
    return html`<p class="follow"><button type="button" @click=${act}>${words().follow}</button></p>`;
  }

  #arrows(): TemplateResult {
    const ways = [
      ["←", words().left, -MOVED, 0],
      ["→", words().right, MOVED, 0],
      ["↑", words().up, 0, -MOVED],
      ["↓", words().down, 0, MOVED],
    ] as const;
    return html`<div class="arrows" role="group" aria-label=${words().move}>
      <span aria-hidden="true">${words().move}</span>
      ${ways.map(
        ([sign, label, x, y]) =>
          html`<button type="button" aria-label=${label} ?disabled=${this.reading === undefined} @click=${() => this.pad?.move(x, y)}>
            ${sign}
          </button>`,
      )}
    </div>`;
  }

  #answer(): TemplateResult {
    const [{ model, reading, answer }, say] = [this, words()];
    if (model === undefined) return html`<p>${say.noModel}</p>`;
    if (sideOf(model) === undefined) return html`<p>${say.otherModel(model.inputShape.join(" × "))}</p>`;
    const { prediction } = answer ?? {};
    const p = prediction?.probabilities ?? new Float32Array(model.outputs);
    const names = Array.from(p, (_, label) => this.#nameOf(label));
    return html`
      ${this.#digits()}
      <p class="large" aria-live="polite">${this.#sentence(reading)}</p>
      <inkling-bars
        data-quantity="p"
        .values=${p}
        .names=${names}
        scale="amount"
        .bound=${1}
        .marked=${prediction?.label}
        .text=${(share: number) => (prediction === undefined ? "–" : inProbability(share, 1))}
        .label=${say.probabilityOf}
      ></inkling-bars>
      ${this.#certainty(model, answer)}
    `;
  }

  #sentence(reading: Reading | undefined): string {
    const [{ answer }, say] = [this, words()];
    if (reading === undefined) return say.nothing;
    if (answer === undefined) return say.noDigit;
    const { label, probabilities } = answer.prediction;
    return say.answer(this.#nameOf(label), inProbability(probabilities[label] ?? 0, 1));
  }

  #nameOf(label: number): string {
    return this.model?.classNames?.[label] ?? String(label);
  }

  /** Which of several digits is looked at. */
  #digits(): TemplateResult | typeof nothing {
    const { digits = [], more = 0 } = this.reading ?? {};
    if (this.takes === "drawn" || digits.length < 2) return nothing;
    return html`<div class="digits" role="group" aria-label=${words().which}>
      ${digits.map(({ prediction }, i) => {
        const name = this.#nameOf(prediction.label);
        return html`<button
          type="button"
          aria-pressed=${String(i === this.at)}
          aria-label=${words().digitOf(i + 1, name)}
          @click=${() => this.#look(i)}
        >
          ${name}
        </button>`;
      })}
      ${more > 0 ? html`<span>${words().more(inWhole(more))}</span>` : nothing}
    </div>`;
  }

  #look(at: number): void {
    this.at = at;
  }

  #certainty(model: Network, answer: Answer | undefined): TemplateResult {
    const [{ calibration }, say, familiar] = [model, words(), answer?.familiar];
    const shares = familiar && ([inPercent(familiar.leftOver, 0), inPercent(familiar.threshold, 0)] as const);
    const isWide = this.takes === "centred" && this.reading?.digits[this.at]?.found.isWide === true;
    return html`
      ${isWide ? html`<p class="notice">${say.wide}</p>` : nothing}
      ${shares && familiar.isUnfamiliar ? html`<p class="notice">${say.unfamiliar(...shares)}</p>` : nothing}
      ${shares && !familiar.isUnfamiliar ? html`<p class="quiet">${say.familiar(...shares)}</p>` : nothing}
      ${model.familiarity === undefined ? html`<p class="quiet">${say.unknown}</p>` : nothing}
      <p class="quiet">
        ${calibration ? say.calibrated(inDigits(calibration.temperature)) : say.notCalibrated}
      </p>
    `;
  }

  /** The same ink with and without the steps, both with their answers. */
  #both({ digits, asDrawn }: Reading): TemplateResult {
    const [centred, say] = [digits[this.at], words()];
    const [a, b] = [centred?.prediction.label, asDrawn.prediction.label];
    const sentence =
      a === undefined ? say.noDigit : a === b ? say.agree : say.disagree(this.#nameOf(a), this.#nameOf(b));
    return html`<section>
      <h3>${say.bothTitle}</h3>
      <p>${say.both}</p>
      <div class="both" role="group" aria-label=${say.takes}>
        ${this.#way("centred", say.normalized, centred)}${this.#way("drawn", say.asDrawn, asDrawn)}
        <p class="verdict" aria-live="polite">${sentence}</p>
      </div>
    </section>`;
  }

  #way(takes: InklingDraw["takes"], name: string, answer: Answer | undefined): TemplateResult {
    const { label, probabilities } = answer?.prediction ?? {};
    const reads =
      label === undefined ? "–" : words().reads(this.#nameOf(label), inProbability(probabilities?.[label] ?? 0, 1));
    return html`<div class="way">
      <button type="button" aria-pressed=${String(this.takes === takes)} @click=${() => this.#take(takes)}>${name}</button>
      <inkling-map plain data-quantity="seen" scale="ink" .bound=${255} .values=${answer?.pixels ?? new Uint8Array(784)}
        .columns=${Math.sqrt(answer?.pixels.length ?? 784)} .label=${`${name}: ${reads}`}></inkling-map>
      <p class="reads">${reads}</p>
    </div>`;
  }

  #take(takes: InklingDraw["takes"]): void {
    this.takes = takes;
  }

  /** What takes longer: of the image as it was when the last stroke had ended. */
  #looking(pixels: Uint8Array): TemplateResult {
    const [{ model, train, rest }, say] = [this, words()];
    return html`
      <section>
        <h3>${say.contributionsTitle}</h3>
        <inkling-contributions .model=${model} .pixels=${pixels}></inkling-contributions>
      </section>
      <section>
        <h3>${say.nearestTitle}</h3>
        <inkling-nearest .model=${model} .train=${train} .rest=${rest} .pixels=${pixels}></inkling-nearest>
      </section>
      <section>
        <h3>${say.changeTitle}</h3>
        <inkling-change .model=${model} .pixels=${pixels}></inkling-change>
      </section>
    `;
  }

  #stages({ picture, digits, isLightOnDark }: Reading): TemplateResult {
    return html`<section>
      <h3>${words().stagesTitle}</h3>
      <inkling-stages .picture=${picture} .digits=${digits} .at=${this.at} .isLightOnDark=${isLightOnDark}></inkling-stages>
    </section>`;
  }
}

define("inkling-draw", InklingDraw);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-draw": InklingDraw;
  }
}
