/**
 * One's own drawings: labelled by hand, kept in this browser, saved and loaded as files, and handed to a training.
 *
 *   <inkling-drawings></inkling-drawings>   element.pixels = the drawing as the network sees it
 *
 * Events: `drawings-change`, with all of them as a Dataset (undefined where there are none); `data-change`, with what
 * is to be learnt, where the page can train (`canLearn`).
 */
import type { Dataset } from "inkling";
import { css, html, nothing, type TemplateResult } from "lit";
import { define, Figure } from "../../parts/figure.ts";
import "../../parts/map.ts";
import { inWhole } from "../../words/messages.ts";
import {
  datasetOf,
  drawingsFrom,
  drawingsToLearn,
  type Files,
  idxFiles,
  keep,
  kept,
  type Labelled,
  MOST,
  npzFiles,
} from "./collection.ts";
import { words } from "./drawings.words.ts";

/** The event `drawings-change`. */
export interface DrawingsDetail {
  readonly dataset: Dataset | undefined;
}

/** So many are shown, the newest first. */
const SHOWN = 40;

export class InklingDrawings extends Figure {
  static override properties = {
    pixels: { attribute: false },
    canLearn: { type: Boolean },
    drawings: { state: true },
    said: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      p {
        max-width: 44rem;
        margin: 0 0 0.7rem;
      }
      .digits,
      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: 0.4rem;
        margin-bottom: 0.9rem;
      }
      .digits button {
        min-width: 44px;
        padding: 0;
      }
      ul {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(4.4rem, 1fr));
        gap: 0.5rem;
        margin: 0 0 1rem;
        padding: 0;
        list-style: none;
      }
      li button {
        width: 100%;
        padding: 0;
        font-size: 0.85em;
      }
      .quiet {
        font-size: 0.85em;
        color: var(--quiet);
      }
      .file {
        display: inline-flex;
        align-items: center;
        min-height: 44px;
        padding: 0 0.9em;
        border: 1px solid var(--line);
        border-radius: 8px;
        color: var(--text);
        cursor: pointer;
      }
      .file:focus-within {
        outline: 3px solid var(--focus);
        outline-offset: 2px;
      }
    `,
  ];

  /** The drawing that can be kept now. */
  declare pixels: Uint8Array | undefined;
  /** Whether the page learns from them. */
  declare canLearn: boolean;
  declare private drawings: readonly Labelled[];
  declare private said: string;

  constructor() {
    super();
    this.canLearn = false;
    this.drawings = kept();
    this.said = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.drawings.length > 0) this.#tell();
  }

  /** Keeps the drawing with the digit that was meant. */
  keepAs(label: number): void {
    const [{ pixels }, [first]] = [this, this.drawings];
    if (pixels === undefined) return;
    if (first !== undefined && first.pixels.length !== pixels.length) this.said = words().otherSize;
    else this.#change([...this.drawings, { label, pixels: pixels.slice() }]);
  }

  /** Adds those of files, or says why not. */
  async load(files: readonly File[]): Promise<void> {
    try {
      const loaded = await drawingsFrom(files, Math.sqrt(this.drawings[0]?.pixels.length ?? 784));
      this.#change([...this.drawings, ...loaded]);
      if (this.drawings.length <= MOST && this.said === "") this.said = words().loaded(inWhole(loaded.length));
    } catch (error) {
      this.said = error instanceof Error ? error.message : String(error);
    }
  }

  #change(drawings: readonly Labelled[]): void {
    if (drawings.length > MOST) {
      this.said = words().full(inWhole(MOST));
      return;
    }
    this.drawings = drawings;
    this.said = keep(drawings) ? "" : words().notKept;
    this.#tell();
  }

  #tell(): void {
    const detail: DrawingsDetail = { dataset: datasetOf(this.drawings) };
    this.dispatchEvent(new CustomEvent("drawings-change", { detail, bubbles: true, composed: true }));
  }

  protected override render(): TemplateResult {
    const [{ drawings, pixels }, say] = [this, words()];
    const digits = Array.from({ length: 10 }, (_, digit) => digit);
    return html`
      <p>${say.meant}</p>
      <div class="digits" role="group" aria-label=${say.meant}>
        ${digits.map(
          (digit) =>
            html`<button type="button" ?disabled=${pixels === undefined} @click=${() => this.keepAs(digit)}
              aria-label=${say.keepAs(String(digit))}>${digit}</button>`,
        )}
      </div>
      <p class="quiet">
        ${drawings.length === 0 ? say.none : say.count(inWhole(drawings.length))} ${say.stays}
      </p>
      ${this.#list()}
      <div class="tools">
        <button type="button" ?disabled=${drawings.length === 0} @click=${this.#saveNpz}>${say.saveNpz}</button>
        <button type="button" ?disabled=${drawings.length === 0} @click=${this.#saveIdx}>${say.saveIdx}</button>
        <label class="file">
          <input class="visually-hidden" type="file" multiple @change=${this.#onFiles} /><span>${say.load}</span>
        </label>
        ${drawings.length === 0 ? nothing : html`<button type="button" @click=${() => this.#change([])}>${say.removeAll}</button>`}
      </div>
      ${this.canLearn ? this.#learning() : nothing}
      <p class="quiet" role="status">${this.said}</p>
    `;
  }

  #learning(): TemplateResult {
    const [say, isEmpty] = [words(), this.drawings.length === 0];
    // MNIST's images have 784 pixels; a network of another size has other drawings.
    const isAsMnist = this.drawings[0]?.pixels.length === 784;
    return html`<p>${say.learnHelp}</p>
      <div class="tools">
        <button type="button" class="learn-added" ?disabled=${!isAsMnist} @click=${() => this.#learn(true)}>${say.learnAdded}</button>
        <button type="button" class="learn-alone" ?disabled=${isEmpty} @click=${() => this.#learn(false)}>${say.learnAlone}</button>
      </div>`;
  }

  #learn(isAdded: boolean): void {
    const detail = drawingsToLearn(this.drawings, isAdded);
    this.dispatchEvent(new CustomEvent("data-change", { detail, bubbles: true, composed: true }));
  }

  #list(): TemplateResult | typeof nothing {
    const { drawings } = this;
    if (drawings.length === 0) return nothing;
    const newest = drawings
      .map((drawing, at) => ({ ...drawing, at }))
      .slice(-SHOWN)
      .reverse();
    return html`<ul>
      ${newest.map(
        ({ label, pixels, at }) => html`<li>
          <inkling-map plain scale="ink" .bound=${255} .values=${pixels} .columns=${Math.sqrt(pixels.length)} .label=${String(label)}></inkling-map>
          <button type="button"
            @click=${() => this.#change(drawings.filter((_, i) => i !== at))}>${label} ×
            <span class="visually-hidden">${words().remove(String(at + 1))}</span></button>
        </li>`,
      )}
    </ul>`;
  }

  readonly #onFiles = async (event: Event) => {
    const input = event.currentTarget as HTMLInputElement;
    await this.load(Array.from(input.files ?? []));
    input.value = "";
  };

  readonly #saveNpz = async () => save(await npzFiles(this.drawings));

  readonly #saveIdx = () => save(idxFiles(this.drawings));
}

/** Gives files to the browser to save. */
function save(files: Files): void {
  for (const [name, bytes] of files) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes]));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }
}

define("inkling-drawings", InklingDrawings);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-drawings": InklingDrawings;
  }
}
