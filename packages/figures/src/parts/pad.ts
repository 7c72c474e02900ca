/**
 * A sheet to draw on, by finger, pen, mouse or keys; a picture from a file, the clipboard or a drop lies on it as well.
 * What is on it is a picture of the library (inkling/pictures), so that digits are found on it as in any other.
 *
 *   <inkling-pad></inkling-pad>   pad.addEventListener("ink", ({ detail }) => { detail.picture; detail.isSettled; })
 *
 * The page scrolls everywhere else: touch-action is none on the sheet alone. The pointer is captured and the browser's
 * own answer to a touch is left alone, because preventDefault on pointerdown has cancelled strokes on iPads.
 */

import type { Picture } from "inkling/pictures";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { define, Figure } from "./figure.ts";
import { padStyles } from "./pad.styles.ts";
import { words } from "./pad.words.ts";
import { draw } from "./pad-drawing.ts";
import { PadFiles } from "./pad-files.ts";
import { decoded, type NamedPicture } from "./pad-picture.ts";
import { CELL, MOVES, placeOf, pointOf } from "./pad-pointing.ts";
import { CELLS, isFarEnough, moved, PEN, type Point, pictureOf, type Stroke } from "./strokes.ts";

/** What lies on the sheet. */
export interface Drawing {
  readonly strokes: readonly Stroke[];
  readonly picture: NamedPicture | undefined;
}

/** The event `ink`: the sheet has changed. */
export interface InkDetail {
  /** The sheet as a picture; undefined where nothing is on it. */
  readonly picture: Picture | undefined;
  /** Whether no stroke is being drawn right now. */
  readonly isSettled: boolean;
}

const EMPTY: Drawing = { strokes: [], picture: undefined };
export class InklingPad extends Figure {
  static override properties = {
    pen: { type: Number },
    label: { type: String },
    plain: { type: Boolean },
    history: { state: true },
    live: { state: true },
    cursor: { state: true },
    isPenDown: { state: true },
    isDropping: { state: true },
    said: { state: true },
  };
  static override styles = [Figure.styles, padStyles];

  /** How wide the pen is, in pixels of the sheet, which is 224 wide. */
  declare pen: number;
  /** What is to be drawn, in words. */
  declare label: string;
  /** Without the button for a picture. */
  declare plain: boolean;
  /** All sheets until now; the last one is seen. */
  declare private history: readonly Drawing[];
  /** The stroke that is being drawn. */
  declare private live: readonly Point[] | undefined;
  /** Where the pen is that keys move; undefined until the first key. */
  declare private cursor: { readonly column: number; readonly row: number } | undefined;
  declare private isPenDown: boolean;
  /** Whether a file is held over the sheet. */
  declare isDropping: boolean;
  /** A sentence about what has happened. */
  declare private said: string;

  readonly #files = new PadFiles(this);
  #pointer: number | undefined;

  constructor() {
    super();
    this.pen = PEN;
    this.label = "";
    this.plain = false;
    this.history = [EMPTY];
    this.isPenDown = false;
    this.isDropping = false;
    this.said = "";
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("resize", this.#redraw);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("resize", this.#redraw);
  }

  /** What lies on the sheet, with the stroke that is being drawn. */
  get drawing(): Drawing {
    const drawing = this.history.at(-1) ?? EMPTY;
    return this.live === undefined ? drawing : { strokes: [...drawing.strokes, this.live], picture: undefined };
  }

  get isEmpty(): boolean {
    const { strokes, picture } = this.drawing;
    return strokes.length === 0 && picture === undefined;
  }

  /** The sheet as a picture; undefined where nothing is on it. */
  get picture(): Picture | undefined {
    if (this.isEmpty) return undefined;
    const { strokes, picture } = this.drawing;
    return picture?.picture ?? pictureOf(strokes, this.pen);
  }

  /** Lays something else on the sheet; `undo` takes it back. */
  show(drawing: Partial<Drawing>): void {
    this.#lift();
    this.history = [...this.history, { ...EMPTY, ...drawing }];
    this.#tell();
  }

  clear(): void {
    if (this.isEmpty) return;
    this.show({});
    this.said = words().cleared;
  }

  undo(): void {
    this.#lift();
    if (this.history.length < 2) return;
    this.history = this.history.slice(0, -1);
    this.#tell();
  }

  /** Moves what is drawn, in pixels of the sheet. A picture stays where it is. */
  move(x: number, y: number): void {
    const { strokes, picture } = this.drawing;
    if (strokes.length > 0 && picture === undefined) this.show({ strokes: moved(strokes, x, y) });
  }

  /** Lays a picture on the sheet; where it cannot be read, the sheet says why and stays as it is. */
  async load(file: File): Promise<void> {
    try {
      const picture = await decoded(file);
      const { width, height } = picture.picture;
      this.show({ picture });
      this.said = words().loaded(picture.name, String(width), String(height));
    } catch (error) {
      this.said = error instanceof Error ? error.message : String(error);
    }
  }

  protected override render(): TemplateResult {
    const { cursor } = this;
    return html`
      <div
        class="sheet"
        part="sheet"
        role="application"
        tabindex="0"
        data-dropping=${this.isDropping ? "" : nothing}
        aria-label=${this.label || words().pad}
        aria-description=${words().help}
        @pointerdown=${this.#onDown}
        @pointermove=${this.#onMove}
        @pointerup=${this.#onUp}
        @pointercancel=${this.#onUp}
        @lostpointercapture=${this.#onUp}
        @keydown=${this.#onKey}
        @blur=${() => this.#lift()}
        @dragover=${this.#files.onDrag}
        @dragleave=${this.#files.onDrag}
        @drop=${this.#files.onDrop}
      >
        <canvas aria-hidden="true"></canvas>
        ${this.isEmpty && !this.isDropping ? html`<span class="hint" aria-hidden="true">${words().empty}</span>` : nothing}
        ${this.isDropping ? html`<span class="hint" aria-hidden="true">${words().drop}</span>` : nothing}
        ${cursor && html`<div class="cursor" data-down=${this.isPenDown ? "" : nothing} style=${placeOf(cursor)}></div>`}
      </div>
      <div class="tools">
        <button type="button" ?disabled=${this.history.length < 2} @click=${() => this.undo()}>${words().undo}</button>
        <button type="button" ?disabled=${this.isEmpty} @click=${() => this.clear()}>${words().clear}</button>
        ${this.plain ? nothing : this.#fileButton()}
        <slot></slot>
      </div>
      <output aria-live="polite">${this.said}</output>
    `;
  }

  #fileButton(): TemplateResult {
    return html`
      <label class="file" title=${words().fileHelp}>
        <input class="visually-hidden" type="file" accept="image/*" aria-label=${words().fileHelp} @change=${this.#files.onFile} />
        <span aria-hidden="true">${words().file}</span>
      </label>
    `;
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.#redraw();
  }

  readonly #redraw = () => {
    const canvas = this.renderRoot.querySelector("canvas");
    if (canvas) draw(canvas, this.drawing, this.pen, this.theme.palette);
  };

  #tell(isSettled = true): void {
    this.requestUpdate();
    // The picture is made when somebody asks for it: at most once a frame, and not of every point.
    const pad = this;
    let picture: { readonly made: Picture | undefined } | undefined;
    const detail: InkDetail = {
      get picture() {
        picture ??= { made: pad.picture };
        return picture.made;
      },
      isSettled,
    };
    this.dispatchEvent(new CustomEvent("ink", { detail, bubbles: true, composed: true }));
  }

  /** Ends the stroke that is being drawn. */
  #lift(): void {
    this.isPenDown = false;
    this.#pointer = undefined;
    const { live } = this;
    if (live === undefined) return;
    const { strokes, picture } = this.history.at(-1) ?? EMPTY;
    this.live = undefined;
    // Drawing over a picture begins a new sheet.
    this.history = [...this.history, { strokes: picture ? [live] : [...strokes, live], picture: undefined }];
    this.#tell();
  }

  #extend(point: Point): void {
    const { live = [] } = this;
    if (!isFarEnough(live.at(-1), point)) return;
    this.live = [...live, point];
  }

  readonly #onDown = (event: PointerEvent) => {
    if (event.button !== 0 || this.#pointer !== undefined) return;
    this.#lift();
    this.cursor = undefined;
    this.said = "";
    this.#pointer = event.pointerId;
    const sheet = event.currentTarget as Element;
    // A pointer that a script made cannot be captured.
    if (event.isTrusted) sheet.setPointerCapture(event.pointerId);
    this.live = [pointOf(event, sheet)];
    this.#tell(false);
  };

  readonly #onMove = (event: PointerEvent) => {
    if (event.pointerId !== this.#pointer) return;
    const sheet = event.currentTarget as Element;
    const several = event.getCoalescedEvents?.() ?? [];
    for (const each of several.length > 0 ? several : [event]) this.#extend(pointOf(each, sheet));
    this.#tell(false);
  };

  readonly #onUp = (event: PointerEvent) => {
    if (event.pointerId === this.#pointer) this.#lift();
  };

  readonly #onKey = (event: KeyboardEvent) => {
    const isUndo = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
    const act: Readonly<Record<string, () => void>> = {
      " ": () => this.#putDown(),
      Enter: () => this.#putDown(),
      Backspace: () => this.undo(),
      Delete: () => this.clear(),
      Escape: () => this.#lift(),
    };
    const [move, action] = [MOVES[event.key], isUndo ? () => this.undo() : act[event.key]];
    const isOther = !isUndo && (event.ctrlKey || event.metaKey || event.altKey);
    if ((move === undefined && action === undefined) || isOther) return;
    event.preventDefault();
    if (action !== undefined) action();
    else if (move !== undefined) this.#step(...move);
    const { column, row } = this.cursor ?? { column: 13, row: 13 };
    this.cursor = { column, row };
    if (event.key !== "Delete") this.said = words().at(row, column, this.isPenDown);
  };

  /** Puts the pen down on its cell, or lifts it. */
  #putDown(): void {
    if (this.isPenDown) {
      this.#lift();
      return;
    }
    const { column, row } = this.cursor ?? { column: 13, row: 13 };
    this.live = [{ x: (column + 0.5) * CELL, y: (row + 0.5) * CELL, width: 1 }];
    this.isPenDown = true;
    this.#tell(false);
  }

  #step(columns: number, rows: number): void {
    const { column, row } = this.cursor ?? { column: 13 - columns, row: 13 - rows };
    const inside = (cell: number) => Math.max(0, Math.min(CELLS - 1, cell));
    this.cursor = { column: inside(column + columns), row: inside(row + rows) };
    if (!this.isPenDown) return;
    this.#extend({ x: (this.cursor.column + 0.5) * CELL, y: (this.cursor.row + 0.5) * CELL, width: 1 });
    this.#tell(false);
  }
}

define("inkling-pad", InklingPad);

declare global {
  interface HTMLElementTagNameMap {
    "inkling-pad": InklingPad;
  }
}
