/**
 * What each pixel contributed to each class's score: ten small maps to choose from, and the chosen one large, with the
 * sum that it makes. All ten have one scale.
 *
 *   <inkling-contributions></inkling-contributions>   element.model = network; element.pixels = bytes
 */
import type { Network } from "inkling";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { boundOf } from "../../colours/palette.ts";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import { signed } from "../../words/messages.ts";
import { type Contributions, contributionsOf, POINTS } from "./lens.ts";
import { lookingStyles } from "./looking.styles.ts";
import { words } from "./looking.words.ts";
import { Newest } from "./slices.ts";

export class InklingContributions extends Figure {
  static override properties = {
    model: { attribute: false },
    pixels: { attribute: false },
    label: { attribute: false },
    found: { state: true },
  };

  static override styles = [
    Figure.styles,
    lookingStyles,
    css`
      .classes {
        display: grid;
        grid-template-columns: repeat(5, minmax(44px, 5.5rem));
        gap: 0.5rem;
      }
      .classes button {
        display: grid;
        gap: 0.2rem;
        padding: 0.25rem;
        line-height: 1.25;
        font-size: 0.85em;
      }
      .classes button > span {
        display: block;
      }
    `,
  ];

  declare model: Network | undefined;
  declare pixels: Uint8Array | undefined;
  /** The class that is looked at; the one with the largest score if it is not said. */
  declare label: number | undefined;
  declare private found: Contributions | undefined;

  readonly #newest = new Newest();

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has("model") || changed.has("pixels")) void this.#compute();
  }

  async #compute(): Promise<void> {
    const { model, pixels } = this;
    if (model === undefined || pixels === undefined) this.found = undefined;
    else this.found = (await this.#newest.run((slices) => contributionsOf(model, pixels, slices))) ?? this.found;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { found, model } = this;
    if (found === undefined || model === undefined || found.scores.length !== model.outputs) return nothing;
    const scores = Array.from(found.scores);
    const at = this.label ?? scores.indexOf(Math.max(...scores));
    const bound = boundOf(found.ofClass.map((list) => boundOf(list)));
    const columns = Math.sqrt(model.inputs);
    const [sum, score, blank] = [found.sums[at] ?? 0, scores[at] ?? 0, found.blank[at] ?? 0];
    const name = this.#nameOf(at);
    return html`
      <p>${found.isExact ? words().exact : words().integrated(String(POINTS))}</p>
      <div class="pair">
        <div class="large">
          <inkling-map data-quantity="contribution" .values=${found.ofClass[at] ?? []} .columns=${columns} .bound=${bound} .label=${words().contributionsTo(name)}></inkling-map>
        </div>
        <div>
          <div class="classes" role="group" aria-label=${words().whichClass}>
            ${scores.map((z, k) => this.#choice(found, k, z, at, bound, columns))}
          </div>
          <p class="sum">
            ${
              found.isExact
                ? words().sumExact(name, signed(score, 4), signed(sum, 4), signed(score - sum, 4))
                : words().sum(name, signed(score, 4), signed(blank, 4), signed(sum, 4), signed(score - blank - sum, 2))
            }
          </p>
        </div>
      </div>
    `;
  }

  #choice(
    { ofClass }: Contributions,
    k: number,
    z: number,
    at: number,
    bound: number,
    columns: number,
  ): TemplateResult {
    const name = this.#nameOf(k);
    return html`<button
      type="button"
      aria-pressed=${String(k === at)}
      aria-label=${`${words().classWord} ${name}: z = ${signed(z, 3)}`}
      @click=${() => this.#choose(k)}
    >
      <inkling-map plain data-quantity="contribution" aria-hidden="true" .values=${ofClass[k] ?? []} .columns=${columns} .bound=${bound}></inkling-map>
      <span><b>${name}</b><br />z = ${signed(z, 3)}</span>
    </button>`;
  }

  #choose(label: number): void {
    this.label = label;
  }

  #nameOf(label: number): string {
    return this.model?.classNames?.[label] ?? String(label);
  }
}

define("inkling-contributions", InklingContributions);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-contributions": InklingContributions;
  }
}
