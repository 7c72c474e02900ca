/**
 * Lanes: the last layer's ten sums for one digit, instruction by instruction, on registers of 1, 4, 8 or 16 lanes. With
 * lanes across the outputs every output adds in its own order and has the library's bits. With lanes along one sum, or
 * with fused instructions, the bits are others.
 */
import { html, nothing, type TemplateResult } from "lit";
import "../parts/bars.ts";
import { define } from "../parts/figure.ts";
import "../parts/question.ts";
import type { SlideDetail } from "../parts/slider.ts";
import "../parts/slider.ts";
import { type Field, isOn, keepInAddress, oneOf } from "../state/kept.ts";
import { inWhole, signed } from "../words/messages.ts";
import { lanesStyle } from "./f35-lanes.style.ts";
import { words } from "./f35-lanes.words.ts";
import {
  type Instruction,
  type Layer,
  type Machine,
  programOf,
  type State,
  stateAfter,
  type Way,
} from "./f35-machine.ts";
import { sourceLine } from "./source-line.ts";
import { type Traced, TracedFigure } from "./traced.ts";

const LANES = [1, 4, 8, 16];
const WAYS: readonly Way[] = ["across", "along"];
/** Milliseconds between two inputs when it plays. */
const PACE = 300;
/** At first it stands after the addition of an input of this size, in the second register of outputs. */
const SEEN = 0.1;

/** The registers, in the order in which they are filled, and the operation that writes each. */
const REGISTERS = [
  { name: "x", writes: ["input"] },
  { name: "w", writes: ["weights"] },
  { name: "product", writes: ["multiply"] },
  { name: "sum", writes: ["add", "fused", "fold", "bias"] },
] as const;

export class F35Lanes extends TracedFigure {
  static override properties = {
    ...TracedFigure.properties,
    lanes: { type: Number },
    way: { type: String },
    isFused: { state: true },
    done: { state: true },
    isPlaying: { state: true },
  };

  static override styles = [TracedFigure.styles, lanesStyle];

  declare lanes: number;
  declare way: Way;
  declare protected isFused: boolean;
  /** How many instructions are done; undefined before the reader has said it. */
  declare protected done: number | undefined;
  declare protected isPlaying: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    [this.lanes, this.way, this.isFused, this.done, this.isPlaying] = [4, "across", false, undefined, false];
    const fields = {
      lanes: { ...oneOf(LANES), label: () => words().lanes },
      way: { ...oneOf(WAYS), label: () => words().ways },
      isFused: { ...isOn(), label: () => words().fuse },
      done: { ...instructions, label: () => words().instruction },
    };
    keepInAddress(this, "f35", fields, () => this.#stop());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#stop();
  }

  protected override renderTraced(traced: Traced): TemplateResult {
    const layer: Layer = { x: traced.output.x, W: traced.output.W.values, b: traced.output.b };
    const { lanes, way, isFused } = this;
    const machine = { lanes, way, isFused };
    const program = programOf(layer, machine);
    const done = Math.min(this.done ?? firstPlace(layer, program), program.length);
    const state = stateAfter(layer, machine, program, done);
    const last = program[Math.max(0, done - 1)] as Instruction;
    const { z } = stateAfter(layer, machine, program, program.length);
    const same = z.filter((value, j) => value === traced.output.z[j]).length;
    const said = words().same(inWhole(same), inWhole(z.length));
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${said}
        .question=${words().question}
        .choices=${[words().terms, words().outputs, words().either]}
        .right=${1}
        .answer=${words().answer}
      >
        ${this.digitChoice(traced)} ${this.#choices()}
        <inkling-slider
          .label=${words().instruction}
          .min=${0}
          .max=${program.length}
          .step=${1}
          .value=${done}
          .text=${(count: number) => words().of(inWhole(count), inWhole(program.length))}
          @slide=${({ detail }: CustomEvent<SlideDetail>) => this.#goTo(detail.value)}
        ></inkling-slider>
        ${this.#buttons(program, done)}
        <div class="machine">
          ${this.#code(last, program)} ${this.#registers(state, last, done)}
        </div>
        <h3>${words().stored}</h3>
        ${this.#outputs(state, layer, traced)}
        <p data-same=${same}>${said}</p>
        <h3>${words().counts}</h3>
        ${this.#counts(layer)}
        ${sourceLine("weightedSum")}
      </inkling-question>
    `;
  }

  #choices(): TemplateResult {
    return html`
      <div class="row" role="group" aria-label=${words().lanes}>
        <span class="quiet">${words().lanes}</span>
        ${LANES.map(
          (lanes) =>
            html`<button aria-pressed=${lanes === this.lanes} @click=${() => this.#take({ lanes })}>${inWhole(lanes)}</button>`,
        )}
      </div>
      <div class="row" role="group" aria-label=${words().ways}>
        ${WAYS.map(
          (way) =>
            html`<button aria-pressed=${way === this.way} @click=${() => this.#take({ way })}>${words()[way]}</button>`,
        )}
        <button aria-pressed=${this.isFused} @click=${() => this.#take({ isFused: !this.isFused })}>
          ${words().fuse}
        </button>
      </div>
    `;
  }

  #buttons(program: readonly Instruction[], done: number): TemplateResult {
    const isOver = done >= program.length;
    const go = (to: number) => () => this.#goTo(Math.max(0, Math.min(program.length, to)));
    return html`<div class="buttons">
      <button ?disabled=${done === 0} @click=${go(done - 1)}>${words().back}</button>
      <button ?disabled=${isOver} @click=${go(done + 1)}>${words().next}</button>
      <button aria-pressed=${this.isPlaying} @click=${() => this.#play(program, done)}>${words().play}</button>
      <button ?disabled=${isOver} @click=${go(program.length)}>${words().end}</button>
    </div>`;
  }

  /** The instructions of this place in the program; the one that was done last is marked. */
  #code(last: Instruction, program: readonly Instruction[]): TemplateResult {
    const { lanes, way } = this;
    const operations = [...new Set(program.map(({ operation }) => operation))];
    const { output, input, used } = last;
    const k = Math.min(input, 29);
    const span = (from: number, size: number) => (size === 1 ? String(from) : `${from}…${from + size - 1}`);
    const isAcross = way === "across";
    const [outputs, inputs] = isAcross ? [span(output, used), String(k)] : [String(output), span(k, used)];
    const text: Readonly<Record<Instruction["operation"], string>> = {
      input: isAcross && lanes > 1 ? words().splat(String(k)) : `x ← x[${inputs}]`,
      weights: `w ← W[${inputs}, ${outputs}]`,
      multiply: "p ← x · w",
      add: "s ← s + p",
      fused: "s ← x · w + s",
      fold: words().fold,
      bias: `s ← s + b[${outputs}]`,
      store: `z[${outputs}] ← s`,
    };
    return html`<ol class="code" aria-label=${words().code}>
      ${operations.map(
        (operation) =>
          html`<li class=${operation === last.operation ? "now" : nothing} aria-current=${operation === last.operation ? "step" : nothing}>
            <code>${text[operation]}</code>
          </li>`,
      )}
    </ol>`;
  }

  #registers(state: State, last: Instruction, done: number): TemplateResult {
    const shown = REGISTERS.filter(({ name }) => name !== "product" || !this.isFused);
    return html`<div class="registers" data-quantity="register">
      ${shown.map(({ name, writes }) => {
        const isWritten = done > 0 && (writes as readonly string[]).includes(last.operation);
        const values = Array.from(state[name]);
        return html`<div class="register ${isWritten ? "written" : ""}">
          <span class="name">${words()[name]}</span>
          <span class="lanes" style="--lanes:${this.lanes};--few:${Math.min(8, this.lanes)}">
            ${values.map((value, lane) => html`<span class="lane ${this.#kind(value, lane, last)}">${rounded(value)}</span>`)}
          </span>
        </div>`;
      })}
      <p class="note">
        ${this.way === "across" ? words().orderAcross : words().orderAlong(String(this.lanes), String(2 * this.lanes))}
      </p>
    </div>`;
  }

  #kind(value: number, lane: number, { used, operation }: Instruction): string {
    if (lane >= used && operation !== "fold") return "idle";
    return value < 0 ? "negative" : value > 0 ? "positive" : "";
  }

  #outputs(state: State, { b }: Layer, { output }: Traced): TemplateResult {
    return html`<div class="outputs" data-quantity="stored" role="list" aria-label=${words().stored}>
      ${Array.from(b, (_, j) => {
        const z = state.z[j];
        const isSame = z === output.z[j];
        return html`<span role="listitem" class="output ${z === undefined ? "" : isSame ? "same" : "other"}">
          <span class="quiet">z<sub>${j}</sub></span>
          <span>${z === undefined ? "…" : signed(z, 3)}</span>
          <span class="mark">${z === undefined ? "" : isSame ? "===" : "≠"}</span>
        </span>`;
      })}
    </div>`;
  }

  #counts(layer: Layer): TemplateResult {
    const { way, isFused } = this;
    const counts = LANES.map((lanes) => programOf(layer, { lanes, way, isFused }).length);
    const registers = Math.ceil(layer.b.length / this.lanes);
    return html`
      <inkling-bars
        data-quantity="count"
        scale="amount"
        .values=${counts}
        .names=${LANES.map((lanes) => words().lanesOf(lanes))}
        .text=${inWhole}
        .marked=${LANES.indexOf(this.lanes)}
        .label=${words().counts}
      ></inkling-bars>
      ${
        way === "across"
          ? html`<p class="note">
              ${words().idle(inWhole(layer.b.length), inWhole(registers * this.lanes), inWhole(registers))}
            </p>`
          : html`<p class="note">${words().gather}</p>`
      }
    `;
  }

  #take(part: Partial<Machine>): void {
    this.#stop();
    Object.assign(this, part);
    this.done = Number.POSITIVE_INFINITY;
  }

  #goTo(done: number): void {
    this.#stop();
    this.done = done;
  }

  /** Goes on by one input at a time, up to its end. */
  #play(program: readonly Instruction[], from: number): void {
    if (this.isPlaying) {
      this.#stop();
      return;
    }
    this.isPlaying = true;
    let done = from >= program.length ? 0 : from;
    const go = () => {
      const input = program[done]?.input;
      do done++;
      while (done < program.length && program[done]?.input === input && program[done]?.operation !== "input");
      this.done = done;
      if (done >= program.length) this.#stop();
      else this.#timer = setTimeout(go, PACE);
    };
    this.#timer = setTimeout(go, PACE);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.isPlaying = false;
  }
}

/** So many instructions, or all of them. */
const instructions: Omit<Field, "label"> = {
  parse: (text) => (text === "all" ? Number.POSITIVE_INFINITY : /^\d{1,5}$/.test(text) ? Number(text) : undefined),
  write: (done: number | undefined) => (done === undefined ? "" : Number.isFinite(done) ? String(done) : "all"),
  expected: () => words().instructionsExpected,
};

/** After the first addition in the second register of outputs whose input is worth looking at. */
function firstPlace({ x }: Layer, program: readonly Instruction[]): number {
  const isSeen = ({ operation, output, input }: Instruction) =>
    operation === "add" && output > 0 && input > 1 && (x[input] ?? 0) > SEEN;
  const found = program.findIndex(isSeen);
  return found === -1 ? program.length : found + 1;
}

/** A register's number, as short as a lane is wide. */
function rounded(value: number): string {
  return signed(Math.round(value * 100) / 100, 3);
}

define("inkling-f35-lanes", F35Lanes);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f35-lanes": F35Lanes;
  }
}
