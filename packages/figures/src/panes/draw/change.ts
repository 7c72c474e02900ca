/**
 * What would change a network's mind: the fewest pixels that make it give another class, and the two classes between
 * which it wavers.
 *
 *   <inkling-change></inkling-change>   element.model = network; element.pixels = bytes
 */
import type { ClassPrediction, Network } from "inkling";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import "../../parts/picture.ts";
import { inProbability, inWhole } from "../../words/messages.ts";
import { easiestFlip, type Flip, flipTo, ranked } from "./flipping.ts";
import { lookingStyles } from "./looking.styles.ts";
import { words } from "./looking.words.ts";
import { Newest } from "./slices.ts";

/** An answer, and what changes it. */
interface Found {
  readonly pixels: Uint8Array;
  readonly before: ClassPrediction;
  readonly flip: Flip | undefined;
}

export class InklingChange extends Figure {
  static override properties = {
    model: { attribute: false },
    pixels: { attribute: false },
    target: { attribute: false },
    found: { state: true },
  };

  static override styles = [
    Figure.styles,
    lookingStyles,
    css`
      .maps {
        display: grid;
        grid-template-columns: repeat(3, minmax(0, 13rem));
        gap: 1rem;
        margin-top: 0.8rem;
      }
      figure {
        margin: 0;
      }
      figcaption {
        margin-top: 0.3rem;
        font-size: 0.9em;
        line-height: 1.4;
      }
      @container (max-width: 34rem) {
        .maps {
          grid-template-columns: 1fr 1fr;
        }
      }
    `,
  ];

  declare model: Network | undefined;
  declare pixels: Uint8Array | undefined;
  /** The class that it should become; the one that takes the fewest pixels if it is not said. */
  declare target: number | undefined;
  declare private found: Found | undefined;

  readonly #newest = new Newest();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#newest.stop();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["model", "pixels", "target"].some((name) => changed.has(name))) void this.#compute();
  }

  async #compute(): Promise<void> {
    const { model, pixels, target } = this;
    if (model === undefined || pixels === undefined) {
      this.#newest.stop();
      this.found = undefined;
      return;
    }
    const found = await this.#newest.run(async (slices): Promise<Found> => {
      const before = (await model.predict(pixels)) as ClassPrediction;
      const isOther = target !== undefined && target !== before.label;
      const flip = isOther ? await flipTo(model, pixels, target, slices) : await easiestFlip(model, pixels, slices);
      return { pixels, before, flip };
    });
    if (found !== undefined) this.found = found;
  }

  protected override render(): TemplateResult | typeof nothing {
    const [{ model, found }, say] = [this, words()];
    if (model === undefined || found === undefined) return nothing;
    const { before, flip } = found;
    const [first = 0, second = 0] = ranked(before.probabilities);
    const share = (k: number) => inProbability(before.probabilities[k] ?? 0, 1);
    return html`
      <p>${say.wavers(this.#nameOf(first), share(first), this.#nameOf(second), share(second))}</p>
      <label class="target">
        ${say.target}
        <select @change=${this.#onTarget}>
          <option value="" ?selected=${this.target === undefined}>${say.anyClass}</option>
          ${Array.from(before.probabilities, (_, k) => k)
            .filter((k) => k !== before.label)
            .map((k) => html`<option value=${k} ?selected=${this.target === k}>${this.#nameOf(k)}</option>`)}
        </select>
      </label>
      ${flip === undefined ? nothing : this.#flip(found, flip, Math.sqrt(model.inputs))}
    `;
  }

  #flip({ pixels, before }: Found, flip: Flip, columns: number): TemplateResult {
    const say = words();
    const difference = Float32Array.from(flip.pixels, (pixel, i) => pixel - (pixels[i] as number));
    const after = flip.prediction;
    const share = ({ label, probabilities }: ClassPrediction) => inProbability(probabilities[label] ?? 0, 1);
    const [was, is] = [this.#nameOf(before.label), this.#nameOf(after.label)];
    const frames = flip.changed.map((i) => ({ left: i % columns, top: Math.floor(i / columns), width: 1, height: 1 }));
    const sentence = flip.isReached
      ? say.flipped(inWhole(flip.changed.length), inWhole(pixels.length), was, is)
      : say.notFlipped(inWhole(flip.changed.length), this.#nameOf(flip.target));
    return html`
      <p class="state" aria-live="polite">${sentence}</p>
      <div class="maps">
        <figure>
          <inkling-picture .values=${pixels} .columns=${columns} .label=${say.before(was, share(before))}></inkling-picture>
          <figcaption>${say.before(was, share(before))}</figcaption>
        </figure>
        <figure>
          <inkling-picture .values=${flip.pixels} .columns=${columns} .frames=${frames} .label=${say.after(is, share(after))}></inkling-picture>
          <figcaption>${say.after(is, share(after))}</figcaption>
        </figure>
        <figure>
          <inkling-map data-quantity="difference" .values=${difference} .columns=${columns} .bound=${255} .label=${say.difference}></inkling-map>
          <figcaption>${say.difference}</figcaption>
        </figure>
      </div>
      <p class="quiet">${say.greedy}</p>
    `;
  }

  readonly #onTarget = (event: Event) => {
    const { value } = event.currentTarget as HTMLSelectElement;
    this.target = value === "" ? undefined : Number(value);
  };

  #nameOf(label: number): string {
    return this.model?.classNames?.[label] ?? String(label);
  }
}

define("inkling-change", InklingChange);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-change": InklingChange;
  }
}
