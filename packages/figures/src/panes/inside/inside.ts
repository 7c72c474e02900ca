/**
 * The pane that looks inside a network: every number of the forward and the backward pass of one example, each beside
 * its equation, the line of the library's source that computed it, and a finite difference that proves it. All numbers
 * are those of `trace` (inkling/proofs).
 *
 *   <inkling-inside></inkling-inside>   inside.model = network; inside.test = digits; inside.example = …
 */

import type { Dataset, Network, Optimizer } from "inkling";
import type { LayerTrace, Trace } from "inkling/proofs";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import "../../parts/about.ts";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import type { WeightHistory } from "../../session/protocol.ts";
import { type Example, exampleOf } from "../../state/example.ts";
import { inDigits, inDigitsApart, inProbability, inWhole } from "../../words/messages.ts";
import { withoutGaps } from "../gaps.ts";
import { arranged, arrangementOf } from "./arrangement.ts";
import { inputPage, scaleOf } from "./input-page.ts";
import { insideStyle } from "./inside.style.ts";
import { allLayers, listsOf, shapeBefore, type Weighted, weightedOf } from "./looking.ts";
import "./operation.ts";
import { type Step, stepsOf } from "./operations.ts";
import "./other-layer.ts";
import type { InklingOtherLayer } from "./other-layer.ts";
import "./outputs.ts";
import type { QuantityName } from "../../words/quantities.ts";
import { traced } from "./tracing.ts";
import "./way.ts";
import type { LayerPickDetail, Station } from "./way.ts";
import "./weighted.ts";
import { words as parts } from "../../parts/words.ts";
import { updateName } from "./updates.ts";
import type { InklingWeighted } from "./weighted.ts";
import { words } from "./words.ts";

/** No operation is looked at. */
const NONE: readonly QuantityName[] = [];

export class InklingInside extends Figure {
  static override properties = {
    model: { attribute: false },
    test: { attribute: false },
    train: { attribute: false },
    example: { attribute: false },
    history: { attribute: false },
    optimizer: { attribute: false },
    learningRate: { type: Number, attribute: "learning-rate" },
    label: { state: true },
    at: { type: String },
    step: { state: true },
    trace: { state: true },
    problem: { state: true },
  };

  static override styles = [Figure.styles, insideStyle];

  declare model: Network | undefined;
  declare test: Dataset | undefined;
  declare train: Dataset | undefined;
  /** What is looked at; the first of the test set if it is not said. */
  declare example: Example | undefined;
  /** The values in a run of the weight that was picked last (event `weight-pick`). */
  declare history: WeightHistory | undefined;
  /** What makes the step; gradient descent with the learning rate if it is not said. */
  declare optimizer: Optimizer | undefined;
  declare learningRate: number;
  /** The class that the example should have, where it is chosen here. */
  declare label: number | undefined;
  /** "input", "output", or the layer that is looked at, by its name. */
  declare at: Station;
  /** The operation that is looked at. */
  declare step: number | undefined;
  declare trace: Trace | undefined;
  declare problem: string | undefined;
  #steps: readonly Step[] = [];
  #layers: readonly LayerTrace[] = [];
  #weighted: ReadonlyMap<string, Weighted> = new Map();
  #run = 0;

  constructor() {
    super();
    this.learningRate = 0.1;
    this.at = "";
  }

  /** Traces again: for a model that has learnt on. */
  refresh(): Promise<void> {
    return this.#look();
  }

  /** What is looked at, unless it is for another network. */
  get #shown(): Example | undefined {
    const { model, test, example } = this;
    const fits = (numbers: number | undefined) => model === undefined || numbers === model.inputs;
    if (fits(example?.pixels.length)) return example;
    return test !== undefined && fits(test.columns) ? exampleOf(test, "test", 0) : undefined;
  }

  #dataOf(set: Example["set"]): Dataset | undefined {
    const data = { test: this.test, train: this.train, drawn: undefined }[set];
    return data && this.model ? withoutGaps(this.model, data) : data;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has("example")) this.label = undefined;
    const inputs = ["model", "test", "train", "example", "optimizer", "learningRate", "label"] as const;
    if (inputs.some((name) => changed.has(name))) void this.#look();
  }

  async #look(): Promise<void> {
    const [{ model, label, learningRate, optimizer }, example] = [this, this.#shown];
    this.#run += 1;
    const run = this.#run;
    if (model === undefined || example === undefined) {
      this.trace = undefined;
      return;
    }
    const data = this.#dataOf(example.set);
    try {
      const found = await traced({ model, example, data, label, learningRate, optimizer });
      if (run === this.#run) this.#take(found);
    } catch (error) {
      if (run !== this.#run) return;
      this.trace = undefined;
      this.problem = words().broken(error instanceof Error ? error.message : String(error));
    }
  }

  #take(found: Trace): void {
    this.problem = undefined;
    this.trace = found;
    this.#steps = stepsOf(found);
    this.#layers = allLayers(found.layers);
    const weighted = listsOf(found.layers).flatMap((list) =>
      list.flatMap((layer) => {
        const own = weightedOf(layer, shapeBefore(list, layer));
        return own === undefined ? [] : [[layer.name, own] as const];
      }),
    );
    this.#weighted = new Map(weighted);
    const names = ["input", "output", ...this.#layers.map(({ name }) => name)];
    if (!names.includes(this.at)) this.at = weighted[0]?.[0] ?? "input";
    if (this.step !== undefined && this.step >= this.#steps.length) this.step = undefined;
  }

  protected override render(): TemplateResult {
    const { trace, model, problem } = this;
    if (problem !== undefined) return html`<p class="problem" role="alert">${problem}</p>`;
    if (model === undefined) return html`<p>${words().nothing}</p>`;
    if (this.#shown === undefined || trace === undefined) return html`<p>${words().noExample}</p>`;
    const step = this.step === undefined ? undefined : this.#steps[this.step];
    return html`
      ${this.#header(trace, model)}
      <inkling-way .trace=${trace} .at=${this.at} .active=${stationOf(step)} @layer-pick=${this.#onLayer}></inkling-way>
      ${this.#stepping(trace, step)}
      <section class="page" aria-label=${this.at}>${this.#page(trace, step?.lit ?? NONE)}</section>
      <inkling-about></inkling-about>
    `;
  }

  #header(trace: Trace, model: Network): TemplateResult {
    const example = this.#shown as Example;
    const data = this.#dataOf(example.set);
    const picture = arrangementOf(model.inputShape);
    const { prediction, back } = trace;
    const nameOf = (label: number) => model.classNames?.[label] ?? String(label);
    const { label, probabilities } = prediction;
    return html`
      <header>
        <inkling-map class="digit" plain scale=${scaleOf(model)} label=${words().digit}
          .values=${arranged(trace.inputs, picture)} .columns=${picture.columns}></inkling-map>
        <div class="about">
          <p>
            ${example.label === undefined ? nothing : html`<b>${words().isWhat(nameOf(example.label))}</b>`}
            ${this.#numbers(trace, model, data)}
            ${label !== undefined && probabilities ? words().reads(nameOf(label), inProbability(probabilities[label] ?? 0)) : nothing}
          </p>
          ${back ? html`<p class="loss">${words().lossNow(...inDigitsApart(back.loss, back.step.loss, 4))}</p>` : nothing}
          <div class="row">
            ${data === undefined ? this.#back(model) : this.#choice(example, data)}
            ${probabilities ? this.#labels(probabilities.length, nameOf, back?.y.indexOf(1)) : nothing}
            ${
              this.optimizer === undefined
                ? html`<label>${words().rate}
                    <input type="number" min="0" step="any" .value=${String(this.learningRate)} @change=${this.#onRate} />
                  </label>`
                : nothing
            }
          </div>
          ${this.optimizer === undefined ? nothing : html`<p class="loss optimizer">${words().optimizerStep(updateName(this.optimizer), inDigits(this.optimizer.learningRate))}</p>`}
        </div>
      </header>
    `;
  }

  /** From what was drawn back to the examples of the test set. */
  #back({ inputs }: Network): TemplateResult | typeof nothing {
    const { test } = this;
    if (test?.columns !== inputs) return nothing;
    return html`<button @click=${() => this.#go(test, "test", 0)}>${words().toTest}</button>`;
  }

  /** What is predicted where that is no class, in the units of the data, and what it is. */
  #numbers({ prediction }: Trace, { targetNames }: Network, data: Dataset | undefined): unknown {
    if (prediction.task === "classes") return nothing;
    const { values } = prediction;
    const { index } = this.#shown as Example;
    const own = data?.targets?.subarray(index * values.length, (index + 1) * values.length);
    return Array.from(values, (value, k) => {
      const name = targetNames?.[k] ?? parts().output(inWhole(k));
      const truth = own?.[k];
      return html`${words().predicts(name, inDigits(value, 4))}
        ${truth === undefined ? nothing : html`<b>${words().isNumber(inDigits(truth, 4))}</b>`} `;
    });
  }

  #choice({ set, index }: Example, data: Dataset): TemplateResult {
    return html`
      <button @click=${() => this.#go(data, set, index - 1)} ?disabled=${index === 0}>${words().previous}</button>
      <label>${words().digit}
        <input type="number" min="0" max=${data.count - 1} .value=${String(index)} data-example
          @change=${(event: Event) => this.#go(data, set, Math.round(Number((event.target as HTMLInputElement).value)))} />
        ${words().ofSet(words().set(set), inWhole(data.count))}
      </label>
      <button @click=${() => this.#go(data, set, index + 1)} ?disabled=${index >= data.count - 1}>${words().next}</button>
    `;
  }

  #labels(count: number, nameOf: (label: number) => string, chosen: number | undefined): TemplateResult {
    return html`
      <label>${words().shouldBe}
        <select @change=${(event: Event) => {
          this.label = Number((event.target as HTMLSelectElement).value);
        }}>
          ${Array.from({ length: count }, (_, k) => html`<option value=${k} ?selected=${k === chosen}>${nameOf(k)}</option>`)}
        </select>
      </label>
    `;
  }

  /** The operations of one training step, one by one. */
  #stepping(trace: Trace, step: Step | undefined): TemplateResult {
    const [at, all] = [this.step ?? 0, this.#steps.length];
    if (step === undefined)
      return html`<button class="begin" @click=${() => this.#stepTo(0)}>${words().stepThrough}</button>`;
    return html`
      <section class="steps" aria-label=${words().steps} @keydown=${this.#onStepKey}>
        <div class="row">
          <button data-step="back" @click=${() => this.#stepTo(at - 1)} ?disabled=${at === 0}>${words().previous}</button>
          <button data-step="on" @click=${() => this.#stepTo(at + 1)} ?disabled=${at >= all - 1}>${words().next}</button>
          <input type="range" min="0" max=${all - 1} .value=${String(at)} aria-label=${words().steps}
            aria-valuetext=${`${words().operation(inWhole(at + 1), inWhole(all))}: ${step.operation}`}
            @input=${(event: Event) => this.#stepTo(Number((event.target as HTMLInputElement).value))} />
          <span role="status">${words().operation(inWhole(at + 1), inWhole(all))}
            <span class="phase">${words().phase(step.phase)}</span></span>
          <button @click=${() => this.#stepTo(undefined)}>${words().stopSteps}</button>
        </div>
        <inkling-operation .step=${step} .layers=${trace.layers}></inkling-operation>
      </section>
    `;
  }

  #page(trace: Trace, lit: readonly QuantityName[]): TemplateResult {
    if (this.at === "input") {
      const { set, index, pixels } = this.#shown as Example;
      return inputPage(trace, this.model, this.#dataOf(set)?.example(index) ?? pixels);
    }
    if (this.at === "output") {
      return html`<h3>${words().outputTitle}</h3>
        <inkling-outputs .trace=${trace} .lit=${lit} .names=${this.model?.classNames ?? this.model?.targetNames}
          .loss=${this.model?.loss} ?isScaled=${this.model?.targetScaling !== undefined}></inkling-outputs>`;
    }
    const layer = this.#layers.find(({ name }) => name === this.at);
    if (layer === undefined) return html`${nothing}`;
    const weighted = this.#weighted.get(layer.name);
    const siblings = listsOf(trace.layers).find((list) => list.includes(layer)) ?? [];
    return html`
      <h3>${words().layerTitle(layer.name, layer.description)}</h3>
      <p class="sizes">${words().sizes(inWhole(layer.input.length), inWhole(layer.output.length))}
        ${layer === trace.layers[0] && this.model?.columnNames && this.model.scaling ? words().scaledInputs : nothing}</p>
      ${
        weighted
          ? html`<inkling-weighted .trace=${trace} .siblings=${siblings} .weighted=${weighted} .lit=${lit}
              .columns=${layer === trace.layers[0] ? this.model?.columnNames : undefined}
              .history=${this.history}></inkling-weighted>`
          : html`<inkling-other-layer .trace=${trace} .layer=${layer} .lit=${lit}></inkling-other-layer>`
      }
    `;
  }

  #stepTo(step: number | undefined): void {
    this.step = step === undefined ? undefined : Math.max(0, Math.min(this.#steps.length - 1, step));
    const station = this.step === undefined ? undefined : stationOf(this.#steps[this.step]);
    if (station !== undefined) this.at = station;
  }

  #go(data: Dataset, set: Example["set"], index: number): void {
    if (!(index >= 0 && index < data.count)) return;
    this.example = exampleOf(data, set, index);
    const detail = this.example;
    this.dispatchEvent(new CustomEvent("example-change", { detail, bubbles: true, composed: true }));
  }

  readonly #onLayer = async ({ detail: { layer, number } }: CustomEvent<LayerPickDetail>) => {
    this.at = layer;
    if (number === undefined) return;
    await this.updateComplete;
    const page = this.renderRoot.querySelector<InklingWeighted | InklingOtherLayer>(
      "inkling-weighted, inkling-other-layer",
    );
    // First it forgets what was picked in another layer.
    await page?.updateComplete;
    page?.lookAt(number);
  };

  readonly #onRate = (event: Event) => {
    const input = event.target as HTMLInputElement;
    const rate = Number(input.value);
    if (rate > 0 && Number.isFinite(rate)) this.learningRate = rate;
    else input.value = String(this.learningRate);
  };

  readonly #onStepKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") this.#stepTo(undefined);
  };
}

/** Where an operation belongs: to its layer, or to the end of the way. */
function stationOf(step: Step | undefined): Station | undefined {
  return step === undefined || step.phase === "update" ? undefined : (step.layer ?? "output");
}

define("inkling-inside", InklingInside);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-inside": InklingInside;
  }
}
