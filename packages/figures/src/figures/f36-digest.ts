/**
 * What a digest proves. Above, one bit of one weight of the book's network is changed: the network reads as well as
 * before, or no more at all, and its SHA-256 is another one either way. Below, the same training in several ways: plain
 * loops, WebAssembly, threads, stopped and resumed end with one digest; with one digit less it is another.
 *
 * The weight is the one that is carried from figure to figure.
 */
import { type Dataset, evaluate, type Network, type Parameter } from "inkling";
import { copyOf } from "inkling/proofs";
import { html, nothing, type TemplateResult } from "lit";
import { define } from "../parts/figure.ts";
import "../parts/map.ts";
import "../parts/question.ts";
import { carried } from "../state/carried.ts";
import { keepInAddress, wholeIn } from "../state/kept.ts";
import { inDigits, inPercent, inWhole } from "../words/messages.ts";
import { BookFigure, type Shown } from "./book-figure.ts";
import { neuronControl } from "./controls.ts";
import { digestStyle } from "./f36-digest.style.ts";
import { words } from "./f36-digest.words.ts";
import { type Result, trained, WAYS, type Way } from "./f36-trainings.ts";
import { bitsOf } from "./float32-sums.ts";

/** Digits that are read with the changed network, and digits that are learnt. */
const [READ, LEARNT] = [1000, 800];
const BITS = 32;
/** The last bit of the mantissa. */
const LAST = BITS - 1;

interface Known {
  readonly weight: number;
  readonly digest: string;
  readonly accuracy: number;
}

export class F36Digest extends BookFigure {
  static override properties = {
    ...BookFigure.properties,
    bit: { type: Number },
    whole: { state: true },
    changed: { state: true },
    results: { state: true },
    isTraining: { state: true },
  };

  static override styles = [BookFigure.styles, digestStyle];

  /** Which bit is the other way round, from the sign on. */
  declare bit: number;
  declare protected whole: Known | undefined;
  declare protected changed: Known | undefined;
  declare protected results: readonly (Result | Way)[];
  declare protected isTraining: boolean;
  #copy: Network<"classes"> | undefined;
  #of: Network | undefined;
  #asked = 0;
  #queue: Promise<void> = Promise.resolve();
  #run = 0;

  constructor() {
    super();
    [this.bit, this.results, this.isTraining] = [LAST, [], false];
    keepInAddress(this, "f36", { bit: { ...wholeIn(0, LAST), label: () => words().bits } }, () => {
      if (this.shown !== undefined) void this.#change(this.shown);
    });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#run++;
  }

  protected override async prepare(shown: Shown): Promise<void> {
    if (this.#of !== shown.model) {
      this.#copy?.close();
      this.#copy = (await copyOf(shown.model, shown.model.backend)) as Network<"classes">;
      this.#of = shown.model;
    }
    await this.#change(shown);
  }

  /** Measures the network as it is, and with the bit changed: one after the other, the last that was asked for. */
  #change({ test }: Shown): Promise<void> {
    const asked = ++this.#asked;
    this.#queue = this.#queue.then(async () => {
      const model = this.#copy;
      if (model === undefined || asked !== this.#asked) return;
      [this.whole, this.changed] = await measured(model, test.take(Math.min(READ, test.count)), this.bit);
    });
    return this.#queue;
  }

  protected override draw(shown: Shown): TemplateResult {
    const { whole, changed } = this;
    return html`
      <inkling-question
        .texts=${words()}
        .summary=${whole === undefined || changed === undefined ? "" : differenceOf(whole, changed)}
        .question=${words().question}
        .choices=${[words().one, words().few, words().half]}
        .right=${2}
        .answer=${words().answer}
      >
        <div class="row">${neuronControl()} <span class="quiet">${words().weight(inWhole(carried().weight))}</span></div>
        ${whole === undefined || changed === undefined ? nothing : this.#compared(whole, changed, shown)}
        ${this.#trainings(shown)}
      </inkling-question>
    `;
  }

  #compared(before: Known, after: Known, shown: Shown): TemplateResult {
    const [old, now] = [bitsOfDigest(before.digest), bitsOfDigest(after.digest)];
    const side = (known: Known, bits: readonly number[], title: string) => html`<div class="side-of">
      <h4>${title}</h4>
      <div class="digest">
        <inkling-map plain data-quantity="digest" scale="ink" .bound=${1} .columns=${16} .values=${bits} .label=${words().picture}></inkling-map>
        <code>${this.#hex(known.digest, known === after ? before.digest : known.digest)}</code>
      </div>
      <p class="note">${words().reads(inDigits(known.weight, 9), inPercent(known.accuracy, 1), inWhole(Math.min(READ, shown.test.count)))}</p>
    </div>`;
    return html`
      ${this.#bits(before.weight, shown)}
      <p class="note">${words().parts}</p>
      <div class="pair">${side(before, old, words().before)} ${side(after, now, words().after)}</div>
      <p data-differing=${differingBits(before, after)}>${differenceOf(before, after)}</p>
    `;
  }

  #hex(digest: string, other: string): TemplateResult[] {
    return Array.from({ length: 8 }, (_, group) => {
      const letters = Array.from(digest.slice(8 * group, 8 * group + 8), (letter, i) =>
        letter === other[8 * group + i] ? letter : html`<b>${letter}</b>`,
      );
      return html`<span>${letters}</span> `;
    });
  }

  #bits(weight: number, shown: Shown): TemplateResult {
    const bits = Array.from(bitsOf(flipped(weight, this.bit)));
    return html`<div
      class="bits"
      data-quantity="bit"
      role="radiogroup"
      aria-label=${words().bits}
      @keydown=${(event: KeyboardEvent) => this.#press(event, shown)}
    >
      ${bits.map(
        (bit, i) =>
          html`<span
            class="bit ${partOf(i)}"
            role="radio"
            tabindex=${i === this.bit ? 0 : -1}
            aria-checked=${i === this.bit}
            aria-label=${words().bit(words()[partOf(i)], String(i === 0 ? 0 : i < 9 ? 8 - i : LAST - i))}
            @click=${() => this.#take(i, shown)}
            >${bit}</span
          >`,
      )}
    </div>`;
  }

  #press(event: KeyboardEvent, shown: Shown): void {
    const { bit } = this;
    const to = { ArrowLeft: bit - 1, ArrowUp: bit - 1, ArrowRight: bit + 1, ArrowDown: bit + 1, Home: 0, End: LAST }[
      event.key
    ];
    if (to === undefined) return;
    event.preventDefault();
    this.#take((to + BITS) % BITS, shown);
    this.renderRoot.querySelectorAll<HTMLElement>(".bit")[this.bit]?.focus();
  }

  #take(bit: number, shown: Shown): void {
    this.bit = bit;
    void this.#change(shown);
  }

  #trainings(shown: Shown): TemplateResult {
    const { results, isTraining } = this;
    const first = results.find((result): result is Result => typeof result !== "string");
    return html`<div class=${results.length === 0 && !isTraining ? "unasked" : nothing}>
      <h3>${words().trainTitle}</h3>
      <p class="quiet">${words().train(inWhole(Math.min(LEARNT, shown.test.count)))}</p>
      <div class="buttons">
        <button class="main" ?disabled=${isTraining} @click=${() => this.#train(shown)}>${words().go}</button>
      </div>
      <ol class="ways">
        ${WAYS.map((way, i) => {
          const result = results[i];
          const isSame = typeof result === "object" && result.digest === first?.digest;
          return html`<li>
            <span>${words()[way]}</span>
            ${
              result === undefined
                ? html`<span class="quiet">${isTraining && i === results.length ? words().running : "…"}</span>`
                : typeof result === "string"
                  ? html`<span class="quiet">${words().noThreads}</span>`
                  : html`<code title=${result.digest}>${result.digest.slice(0, 16)}…</code>
                      <span class="same ${isSame ? "" : "other"}" data-way=${way} data-digest=${result.digest}>
                        ${isSame ? "===" : "≠"}
                      </span>
                      <span class="quiet time">${words().took(inWhole(result.milliseconds))}</span>`
            }
          </li>`;
        })}
      </ol>
    </div>`;
  }

  async #train({ test }: Shown): Promise<void> {
    const run = ++this.#run;
    const isWanted = () => run === this.#run;
    this.isTraining = true;
    this.results = [];
    try {
      for (const way of WAYS) {
        const result = await trained(way, test.take(Math.min(LEARNT, test.count)), isWanted);
        if (!isWanted()) return;
        this.results = [...this.results, result ?? way];
      }
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    } finally {
      if (isWanted()) this.isTraining = false;
    }
  }
}

/** The network as it is, and with one bit of the carried weight the other way round. */
async function measured(model: Network<"classes">, digits: Dataset, bit: number): Promise<[Known, Known]> {
  const { backend } = model;
  const { value: weights } = model.parameters[0] as Parameter;
  const place = carried().weight * weights.columns + carried().neuron;
  const own = Float32Array.from(await backend.read(weights));
  const changed = own.slice();
  changed[place] = flipped(own[place] ?? 0, bit);
  const known = async (values: Float32Array): Promise<Known> => {
    const { accuracy } = await evaluate(model, digits);
    return { weight: values[place] ?? Number.NaN, digest: await model.weightsSha256(), accuracy };
  };
  const before = await known(own);
  backend.write(weights, changed);
  const after = await known(changed).finally(() => backend.write(weights, own));
  return [before, after];
}

/** The float32 with one bit the other way round, from the sign on. */
function flipped(value: number, bit: number): number {
  const float = Float32Array.of(value);
  new Uint32Array(float.buffer)[0] = (new Uint32Array(float.buffer)[0] as number) ^ (1 << (LAST - bit));
  return float[0] as number;
}

function partOf(bit: number): "sign" | "exponent" | "mantissa" {
  return bit === 0 ? "sign" : bit < 9 ? "exponent" : "mantissa";
}

function differingBits(before: Known, after: Known): number {
  const now = bitsOfDigest(after.digest);
  return bitsOfDigest(before.digest).filter((bit, i) => bit !== now[i]).length;
}

function differenceOf(before: Known, after: Known): string {
  return words().differing(inWhole(differingBits(before, after)), inDigits(after.weight - before.weight, 3));
}

/** The 256 bits of a digest. */
function bitsOfDigest(digest: string): number[] {
  return Array.from(digest, (letter) =>
    Array.from(Number.parseInt(letter, 16).toString(2).padStart(4, "0"), Number),
  ).flat();
}

define("inkling-f36-digest", F36Digest);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-f36-digest": F36Digest;
  }
}
