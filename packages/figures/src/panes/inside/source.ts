/**
 * The lines of the library's source that compute a number, as they stand in the repository; on demand the whole file.
 */

import type { Source } from "inkling/proofs";
import { css, html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { type Lines, linesAround, sourceFile } from "../../data/sources.ts";
import { define, Figure } from "../../parts/figure.ts";
import { words } from "./words.ts";

export class InklingSource extends Figure {
  static override properties = {
    source: { attribute: false },
    lit: { type: Boolean },
    whole: { state: true },
    text: { state: true },
  };

  static override styles = [
    Figure.styles,
    css`
      figure {
        margin: 0;
        border: 1px solid var(--line);
        border-radius: 8px;
        overflow: hidden;
        background: var(--surface);
      }
      figure.lit {
        border-color: var(--focus);
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 0 0.75em;
        padding: 0 0.75em;
        border-bottom: 1px solid var(--line);
        background: var(--panel);
        color: var(--quiet);
        font-size: 0.8rem;
        overflow-wrap: anywhere;
      }
      figcaption button {
        border: 0;
        background: none;
        padding: 0 0.25em;
        font-size: 0.8rem;
        text-decoration: underline;
        text-underline-offset: 3px;
      }
      pre {
        margin: 0;
        padding: 0.5em 0;
        max-height: 22em;
        overflow: auto;
        font: 0.78rem/1.55 ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
        tab-size: 2;
      }
      .line {
        display: block;
        min-width: max-content;
        padding: 0 0.75em;
        border-left: 3px solid transparent;
      }
      .line.here {
        border-left-color: var(--focus);
        background: color-mix(in srgb, var(--focus) 12%, transparent);
      }
      .number {
        display: inline-block;
        width: 2.6em;
        margin-right: 0.9em;
        color: var(--quiet);
        text-align: right;
        user-select: none;
      }
      .comment {
        color: var(--quiet);
      }
    `,
  ];

  declare source: Source | undefined;
  /** Whether it is the line of the operation that is looked at. */
  declare lit: boolean;
  declare whole: boolean;
  declare text: readonly string[] | undefined;

  constructor() {
    super();
    this.lit = false;
    this.whole = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("source") || this.source === undefined) return;
    const { file } = this.source;
    if (changed.get("source")?.file !== file) this.whole = false;
    void sourceFile(file).then((text) => {
      if (this.source?.file === file) this.text = text;
    });
  }

  protected override render(): TemplateResult | typeof nothing {
    const { source, text } = this;
    if (source === undefined) return nothing;
    const place = `packages/inkling/src/${source.file}:${source.line}`;
    const { first, lines }: Lines =
      this.whole && text ? { first: 1, lines: text } : linesAround(text ?? [], source.line);
    return html`
      <figure class=${this.lit ? "lit" : ""}>
        <figcaption>
          <span class="place">${place}</span>
          <button @click=${this.#toggle}>${this.whole ? words().lessOfFile : words().wholeFile}</button>
        </figcaption>
        <pre tabindex="0" role="region" aria-label=${words().sourceLines(place)}><code>${lines.map(
          (line, i) => html`<span class=${first + i === source.line ? "line here" : "line"}
              ><span class="number">${first + i}</span
              ><span class=${/^\s*(\/\/|\*|\/\*\*)/.test(line) ? "comment" : ""}>${line}</span>${"\n"}</span
            >`,
        )}</code></pre>
      </figure>
    `;
  }

  readonly #toggle = async () => {
    this.whole = !this.whole;
    await this.updateComplete;
    const [box, here] = [this.renderRoot.querySelector("pre"), this.renderRoot.querySelector<HTMLElement>(".here")];
    if (box && here) box.scrollTop = here.offsetTop - box.offsetTop - box.clientHeight / 3;
  };
}

define("inkling-source", InklingSource);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-source": InklingSource;
  }
}
