/**
 * One training step in its four phases: what the forward pass, the loss, the backward pass and the update each made of
 * the batch (session/phases.ts computes it).
 *
 *   <inkling-phases></inkling-phases>   element.report = view.phases; element.configuration = …
 */
import type { Configuration } from "inkling/presets";
import { css, html, nothing, type TemplateResult } from "lit";
import { addressOf } from "../../data/book.ts";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import type { AnotherBatch, Comparison } from "../../session/another-batch.ts";
import { type BatchExample, type PhasesReport, type StepPhase, stepPhases } from "../../session/phases.ts";
import { inDigits, inPercent, inWhole, signed } from "../../words/messages.ts";
import { arranged, arrangementOf } from "../inside/arrangement.ts";
import { extrasOf } from "../inside/updates.ts";
import { words } from "./phases.words.ts";

/** What each phase computes; the first one depends on the activation, the last one on the optimizer. */
const FORMULAS: Readonly<Record<"loss" | "backward", string>> = {
  loss: "C = Σ Cᵢ / m",
  backward: "∂C/∂W = aᵀ·δ / m,  ∂C/∂b = Σᵢ δᵢ / m",
};

/** After this phase another batch is compared. */
const COMPARED = stepPhases.indexOf("backward");

interface Row {
  readonly cells: readonly string[];
  /** From 0 to 1; undefined where nothing is drawn. */
  readonly bar?: number;
}

export class InklingPhases extends Figure {
  static override properties = {
    report: { attribute: false },
    configuration: { attribute: false },
    classNames: { attribute: false },
  };

  static override styles = [
    Figure.styles,
    css`
      :host {
        margin-bottom: 2em;
      }
      h3 {
        margin: 0 0 0.7em;
        font-size: 1.05em;
        font-weight: 650;
      }
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(13em, 100%), 1fr));
        gap: 8px;
        margin: 0 0 1em;
        padding: 0;
        list-style: none;
      }
      ol li {
        padding: 0.5em 0.8em;
        border: 1px solid var(--line);
        border-radius: 8px;
        color: var(--quiet);
      }
      ol li.done {
        color: var(--text);
      }
      ol li[aria-current] {
        border-color: var(--focus);
        box-shadow: inset 0 0 0 1px var(--focus);
        background: var(--panel);
      }
      ol b {
        display: block;
        font-weight: 600;
      }
      h4 {
        margin: 1.4em 0 0.3em;
        font-size: 1em;
      }
      .scroll + p {
        margin-top: 0.9em;
      }
      a {
        color: inherit;
      }
      code {
        font-size: 0.88em;
        white-space: pre-wrap;
      }
      p {
        max-width: 62ch;
        margin: 0 0 0.9em;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(5.1rem, 1fr));
        gap: 8px;
        margin: 0 0 1em;
        padding: 0;
        list-style: none;
      }
      ul li {
        font-size: 0.8em;
        line-height: 1.35;
        text-align: center;
        overflow-wrap: anywhere;
      }
      ul li.wrong b {
        text-decoration: underline;
        text-decoration-thickness: 2px;
        text-underline-offset: 3px;
      }
      .scroll {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        font-size: 0.9em;
      }
      th,
      td {
        padding: 0.3em 1.2em 0.3em 0;
        border-bottom: 1px solid var(--line);
        text-align: right;
        font-weight: normal;
        white-space: nowrap;
      }
      th:first-child {
        text-align: left;
      }
      thead th {
        color: var(--quiet);
      }
      td.bar {
        min-width: 9em;
        padding-right: 0;
      }
      td.bar i {
        display: block;
        min-width: 1px;
        height: 0.7em;
        border-radius: 2px;
        background: var(--amount);
      }
    `,
  ];

  declare report: PhasesReport | undefined;
  declare configuration: Configuration | undefined;
  /** What the classes are called, where they are not digits. */
  declare classNames: readonly string[] | undefined;

  protected override render(): TemplateResult | typeof nothing {
    const { report } = this;
    if (report === undefined) return nothing;
    const at = stepPhases.indexOf(report.done);
    return html`
      <h3>${words().title(inWhole(report.step), inWhole(report.count))}</h3>
      <ol>
        ${stepPhases.map(
          (phase, i) => html`<li class=${i <= at ? "done" : ""} aria-current=${i === at ? "step" : nothing}>
            <b>${i + 1} ${words()[phase]}</b><code>${this.#formula(phase)}</code>
          </li>`,
        )}
      </ol>
      <p role="status">${this.#sentence(report)}</p>
      ${report.done === "update" ? nothing : this.#examples(report)} ${this.#table(report)}
      ${this.#another(report.another)} ${report.batches > 1 && at < COMPARED ? html`<p>${words().anotherSoon}</p>` : nothing}
    `;
  }

  /** What another batch would have taught, with the book's figure of it, where there is a book. */
  #another(another: AnotherBatch | undefined): TemplateResult | typeof nothing {
    if (another === undefined) return nothing;
    const [{ place, of, count, whole, parameters }, say] = [another, words()];
    const address = addressOf("anotherBatch");
    const rows = [{ name: say.together, ...whole }, ...parameters].map((one) => ({
      cells: [one.name, inDigits(one.own), inDigits(one.other), angleOf(one, whole)],
    }));
    return html`
      <h4>${say.another}</h4>
      <p>
        ${say.anotherIs(inWhole(place), inWhole(of), inWhole(count))}
        ${anotherDoes(whole)}
      </p>
      ${this.#rows([say.parameter, say.gradient, say.other, say.angle], rows)}
      ${address === undefined ? nothing : html`<p><a href=${address} target="_blank">${say.anotherInBook}</a></p>`}
    `;
  }

  #formula(phase: StepPhase): string {
    if (phase === "forward") return `z = a·W + b,  a = ${this.configuration?.activation ?? "σ"}(z)`;
    if (phase !== "update") return FORMULAS[phase];
    const name = this.configuration?.optimizer ?? "sgd";
    const extras = this.configuration === undefined ? [] : extrasOf(this.configuration);
    const formula = name === "sgd" ? "W ← W − η·∂C/∂W" : `W ← W − η·${name}(∂C/∂W)`;
    return extras.length === 0 ? formula : words().with(formula, extras.join(", "));
  }

  #sentence({ done, loss, hits, count, lossAfter, rate, step }: PhasesReport): string {
    const say = words();
    if (done === "forward") return say.forwardDid(inWhole(count));
    if (done === "loss") {
      const right = hits === undefined ? "" : say.rightOf(inWhole(hits), inWhole(count));
      return `${say.lossDid(inDigits(loss ?? 0, 4))} ${right}`.trim();
    }
    if (done === "backward") return say.backwardDid;
    const said = say.updateDid(inWhole(step), inDigits(rate ?? 0), inDigits(loss ?? 0, 4), inDigits(lossAfter ?? 0, 4));
    const { schedule = "constant" } = this.configuration ?? {};
    return schedule === "constant" ? said : `${said} ${say.scheduled(schedule)}`;
  }

  /** The first of the batch, each with what the network makes of it. */
  #examples({ examples, shape, count }: PhasesReport): TemplateResult {
    const picture = arrangementOf(shape);
    const name = (label: number) => this.classNames?.[label] ?? String(label);
    const one = ({ numbers, label, guess, loss }: BatchExample) => html`<li
      class=${guess !== undefined && guess.label !== label ? "wrong" : ""}
    >
      ${
        shape.length > 1
          ? html`<inkling-map plain scale="ink" .bound=${255} .values=${arranged(numbers, picture)} .columns=${picture.columns}
              .label=${label === undefined ? "" : name(label)}></inkling-map>`
          : nothing
      }
      ${
        guess === undefined
          ? html`${label === undefined ? "" : name(label)}`
          : html`<b>${words().reads(name(guess.label), inPercent(guess.probability, 0))}</b>`
      }
      ${loss === undefined ? nothing : html`<br />C = ${inDigits(loss, 3)}`}
    </li>`;
    return html`<p class="which">${words().first(inWhole(examples.length), inWhole(count))}</p>
      <ul>
        ${examples.map(one)}
      </ul>`;
  }

  #table({ done, layers, parameters }: PhasesReport): TemplateResult | typeof nothing {
    const say = words();
    if (done === "loss") return nothing;
    if (done === "forward") {
      const rows = layers.map(({ name, description, units, mean, least, most, zeros }) => ({
        cells: [
          `${name}: ${description}`,
          ...[inWhole(units), signed(mean), `${signed(least)} … ${signed(most)}`, inPercent(zeros, 0)],
        ],
        bar: zeros,
      }));
      return this.#rows([say.layer, say.units, say.mean, say.range, say.zeros], rows);
    }
    if (done === "backward") {
      const most = Math.max(...parameters.map(({ gradient }) => gradient));
      const rows = parameters.map(({ name, count, gradient, largest }) => ({
        cells: [name, inWhole(count), signed(largest), inDigits(gradient)],
        bar: gradient / most,
      }));
      return this.#rows([say.parameter, say.numbers, say.largest, say.gradient], rows);
    }
    const shares = parameters.map(({ size, change = 0 }) => (size === 0 ? 0 : change / size));
    const most = Math.max(...shares);
    const rows = parameters.map(({ name, size, change = 0 }, i) => ({
      cells: [name, inDigits(size), inDigits(change), size === 0 ? "–" : inPercent(shares[i] ?? 0, 2)],
      bar: (shares[i] ?? 0) / most,
    }));
    return this.#rows([say.parameter, say.size, say.change, say.share], rows);
  }

  /** Numbers, and the last of each row as a bar too. */
  #rows(titles: readonly string[], rows: readonly Row[]): TemplateResult {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${titles.join(", ")}>
      <table>
        <thead>
          <tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}${rows[0]?.bar === undefined ? nothing : html`<td></td>`}</tr>
        </thead>
        <tbody>
          ${rows.map(
            ({ cells: [first, ...others], bar }) => html`<tr>
              <th scope="row">${first}</th>
              ${others.map((cell) => html`<td>${cell}</td>`)}
              ${
                bar === undefined
                  ? nothing
                  : html`<td class="bar" aria-hidden="true">
                      ${bar > 0 ? html`<i style="width: ${(100 * bar).toFixed(1)}%"></i>` : nothing}
                    </td>`
              }
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

function anotherDoes(whole: Comparison): string {
  const [say, { own, other, cosine }] = [words(), whole];
  if (own === 0 || other === 0) return say.anotherNone;
  const [length, angle] = [inDigits(other / own, 2), angleOf(whole, whole)];
  return cosine > 0 ? say.anotherHelps(length, angle, inPercent(cosine, 0)) : say.anotherHarms(length, angle);
}

/** What is so much smaller than the whole gradient is what rounding has left of 0. */
const ROUNDING = 1e-6;

/** The angle of two gradients, in degrees; none of what is 0. */
function angleOf({ own, other, cosine }: Comparison, whole: Comparison): string {
  if (!(own > ROUNDING * whole.own && other > ROUNDING * whole.other)) return "–";
  const degrees = (Math.acos(Math.max(-1, Math.min(1, cosine))) * 180) / Math.PI;
  // Beside 90° it matters on which side it is.
  return `${Math.abs(degrees - 90) < 0.5 ? degrees.toFixed(2) : inWhole(Math.round(degrees))}°`;
}

define("inkling-phases", InklingPhases);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-phases": InklingPhases;
  }
}
