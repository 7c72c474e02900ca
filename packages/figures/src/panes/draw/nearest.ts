/**
 * The training digits that are nearest to a drawing, in pixels or as the last hidden layer sees them.
 *
 *   <inkling-nearest></inkling-nearest>   element.model = network; element.train = digits.train; element.pixels = bytes
 *
 * Events: `example-change`, when one of them is chosen; `rest-wanted`, when those of `rest` are to be fetched, too.
 */
import type { Dataset, Network } from "inkling";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import { exampleOf } from "../../state/example.ts";
import { inDigits, inWhole } from "../../words/messages.ts";
import { lookingStyles } from "./looking.styles.ts";
import { words } from "./looking.words.ts";
import { Hidden, nearestByLayer, nearestByPixels, type Search } from "./neighbours.ts";
import { Newest, type Slices } from "./slices.ts";

/** So many are shown. */
const SHOWN = 8;

/** Training digits that are not here yet. */
export interface Rest {
  /** How many there are in all, with those that are here. */
  readonly count: number;
  /** How much has to be fetched. */
  readonly bytes: number;
  readonly isComing: boolean;
  /** Why they did not come. */
  readonly problem: string | undefined;
}

export class InklingNearest extends Figure {
  static override properties = {
    model: { attribute: false },
    train: { attribute: false },
    rest: { attribute: false },
    pixels: { attribute: false },
    space: { type: String },
    found: { state: true },
    width: { state: true },
  };

  static override styles = [
    Figure.styles,
    lookingStyles,
    css`
      ol {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(5.2rem, 1fr));
        gap: 0.7rem;
        max-width: 52rem;
        margin: 0.8rem 0 0;
        padding: 0;
        list-style: none;
      }
      ol button {
        display: grid;
        gap: 0.3rem;
        width: 100%;
        padding: 0.3rem;
        font-size: 0.85em;
        line-height: 1.3;
      }
    `,
  ];

  declare model: Network | undefined;
  declare train: Dataset | undefined;
  /** What could be fetched; undefined where all is here. */
  declare rest: Rest | undefined;
  declare pixels: Uint8Array | undefined;
  /** Where distance is measured: "pixels" or "layer", the last hidden one. */
  declare space: "pixels" | "layer";
  declare private found: Search | undefined;
  /** How many numbers the last hidden layer has; undefined where there is none. */
  declare private width: number | undefined;

  readonly #newest = new Newest();
  #hidden: { readonly model: Network; readonly layer: Hidden | undefined } | undefined;

  constructor() {
    super();
    this.space = "pixels";
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#newest.stop();
    this.#forget();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (["model", "train", "pixels", "space"].some((name) => changed.has(name))) void this.#search();
  }

  async #search(): Promise<void> {
    const { model, train, pixels } = this;
    if (model === undefined || train === undefined || pixels === undefined || train.columns !== pixels.length) {
      this.#newest.stop();
      this.found = undefined;
      return;
    }
    const result = await this.#newest.run((slices) => this.#in(model, train, pixels, slices));
    if (result !== undefined) this.found = result;
  }

  async #in(model: Network, train: Dataset, pixels: Uint8Array, slices: Slices): Promise<Search> {
    const hidden = await this.#hiddenOf(model);
    await slices.pause();
    this.width = hidden?.width;
    const tell = (search: Search) => {
      this.found = search;
    };
    if (this.space === "pixels" || hidden === undefined) return nearestByPixels(pixels, train, SHOWN, slices, tell);
    return nearestByLayer(pixels, train, SHOWN, hidden, slices, tell);
  }

  /** The layers below the last one, of this model: its weights may have changed with the object that holds them. */
  async #hiddenOf(model: Network): Promise<Hidden | undefined> {
    if (this.#hidden?.model !== model) {
      this.#forget();
      this.#hidden = { model, layer: await Hidden.of(model) };
    }
    return this.#hidden.layer;
  }

  #forget(): void {
    this.#hidden?.layer?.close();
    this.#hidden = undefined;
  }

  protected override render(): TemplateResult {
    const [{ train, found, width }, say] = [this, words()];
    if (train === undefined) return html`<p>${say.noTraining}</p>`;
    const ways = [
      ["pixels", say.byPixels],
      ["layer", say.byLayer(String(width ?? 0))],
    ] as const;
    return html`
      <div class="choice" role="group" aria-label=${say.distanceIn}>
        ${ways.map(
          ([space, name]) =>
            html`<button type="button" aria-pressed=${String(this.space === space)}
              ?disabled=${space === "layer" && width === undefined} @click=${() => this.#measure(space)}>${name}</button>`,
        )}
      </div>
      ${found === undefined ? nothing : this.#list(train, found)}
    `;
  }

  #measure(space: InklingNearest["space"]): void {
    this.space = space;
  }

  #list(train: Dataset, { nearest, compared }: Search): TemplateResult {
    const say = words();
    const labels = nearest.map(({ index }) => this.#nameOf(train.labels?.[index]));
    const [first = ""] = labels;
    const alike = labels.filter((label) => label === first).length;
    return html`
      <p class="state">
        ${
          compared === train.count
            ? html`${say.comparedAll(inWhole(compared))} ${say.alike(String(alike), String(labels.length), first)}`
            : say.compared(inWhole(compared), inWhole(train.count))
        }
      </p>
      ${this.#more()}
      <p class="quiet">
        ${this.space === "pixels" ? say.inPixels(inWhole(train.columns)) : say.inLayer(inWhole(this.width ?? 0))}
      </p>
      <ol>
        ${nearest.map(({ index, distance }, i) => {
          const [label = "", shown] = [labels[i], inDigits(distance, 3)];
          return html`<li>
            <button type="button" @click=${() => this.#choose(train, index)}>
              <inkling-map plain data-quantity="neighbour" aria-hidden="true" scale="ink" .bound=${255} .values=${train.example(index)}
                .columns=${Math.sqrt(train.columns)}></inkling-map>
              <span><b>${label}</b> · ${shown}<span class="visually-hidden">${say.neighbour(inWhole(index))}</span></span>
            </button>
          </li>`;
        })}
      </ol>
    `;
  }

  #more(): TemplateResult | typeof nothing {
    const [{ rest }, say] = [this, words()];
    if (rest === undefined) return nothing;
    const megabytes = inDigits(rest.bytes / 1e6, 2);
    return html`<button type="button" ?disabled=${rest.isComing} @click=${this.#wantRest}>
        ${rest.isComing ? say.restComes : say.rest(inWhole(rest.count), megabytes)}
      </button>
      ${rest.problem === undefined ? nothing : html`<p role="alert">${rest.problem}</p>`}`;
  }

  readonly #wantRest = () => {
    this.dispatchEvent(new CustomEvent("rest-wanted", { bubbles: true, composed: true }));
  };

  #choose(train: Dataset, index: number): void {
    const detail = exampleOf(train, "train", index);
    this.dispatchEvent(new CustomEvent("example-change", { detail, bubbles: true, composed: true }));
  }

  #nameOf(label: number | undefined): string {
    return label === undefined ? "?" : (this.train?.classNames?.[label] ?? String(label));
  }
}

define("inkling-nearest", InklingNearest);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-nearest": InklingNearest;
  }
}
