/**
 * What every element of this package is: a Lit element that is drawn in the page's theme and language. It draws in a
 * shadow root, so that no style sheet of the page changes it and it changes none; what stands between its tags (a still
 * picture, a text) is seen until it is drawn, and where there is no JavaScript.
 */
import { type CSSResultGroup, LitElement, type PropertyValues } from "lit";
import { Theme } from "../colours/theme.ts";
import { tokens } from "../colours/tokens.ts";
import { onLanguage } from "../words/messages.ts";
import { drawingTurn } from "./drawing-turns.ts";

export abstract class Figure extends LitElement {
  static override styles: CSSResultGroup = tokens;

  readonly theme = new Theme(this);
  #forget: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#forget = onLanguage(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#forget?.();
  }

  /**
   * Draws it; the first time later, where this task has drawn enough. What is already there follows at once, so that
   * what a reader does goes up to the figure and comes down again before anything else is done.
   */
  protected override scheduleUpdate(): undefined | Promise<unknown> {
    const turn = this.hasUpdated ? undefined : drawingTurn();
    if (turn !== undefined) return turn.then(() => super.scheduleUpdate());
    super.scheduleUpdate();
    return undefined;
  }

  /** Tells what stands around it by the event `drawn`. */
  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    this.dispatchEvent(new Event("drawn", { bubbles: true, composed: true }));
  }
}

/** Registers an element under its name, once: several bundles on a page may hold the same one. */
export function define(name: string, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}
