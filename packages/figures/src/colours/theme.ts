/**
 * Whether figures are drawn light or dark, as the page around them is. A page says it by its `color-scheme`, as it does
 * to the browser's own controls; a figure looks at what that means where it stands. Style sheets follow by themselves
 * (tokens.ts); a canvas has to be drawn again, so that a figure asks to be told.
 */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import { type Palette, palettes, type ThemeName } from "./palette.ts";
import { isPrinting, onPrinting } from "./paper.ts";

/** So many milliseconds an answer holds, where the page does not tell that it has changed. */
const ASKED = 500;

/** Tells its figure to draw again when the page turns light or dark. */
export class Theme implements ReactiveController {
  readonly #host: ReactiveControllerHost & Element;
  /** What the page was, and until when it is not asked again: the answer makes the browser compute all styles. */
  #known: { readonly name: ThemeName; readonly until: number } | undefined;

  constructor(host: ReactiveControllerHost & Element) {
    this.#host = host;
    host.addController(this);
  }

  hostConnected(): void {
    this.#known = undefined;
    watchers.add(this.#tell);
    if (watchers.size === 1) watch();
  }

  hostDisconnected(): void {
    watchers.delete(this.#tell);
    if (watchers.size === 0) unwatch();
  }

  readonly #tell = () => {
    this.#known = undefined;
    this.#host.requestUpdate();
  };

  /** A part of another element has the theme of that element, which asks the page once for all its parts. */
  get name(): ThemeName {
    const around = (this.#host.getRootNode() as { readonly host?: { readonly theme?: unknown } }).host?.theme;
    if (around instanceof Theme) return around.name;
    const now = performance.now();
    if (this.#known === undefined || this.#known.until < now) this.#known = { name: this.#asked, until: now + ASKED };
    return this.#known.name;
  }

  get #asked(): ThemeName {
    // Paper is light; while a page is being printed, its style sheets do not say so yet.
    if (isPrinting()) return "light";
    const scheme = getComputedStyle(this.#host).colorScheme;
    const isDark =
      scheme.includes("light") && scheme.includes("dark") ? prefersDark().matches : scheme.includes("dark");
    return isDark ? "dark" : "light";
  }

  get palette(): Palette {
    return palettes[this.name];
  }
}

const watchers = new Set<() => void>();
let observer: MutationObserver | undefined;
let forgetPaper: (() => void) | undefined;

function prefersDark(): MediaQueryList {
  return matchMedia("(prefers-color-scheme: dark)");
}

/** Where colours are few, a canvas is drawn with hatches. */
function forcesColours(): MediaQueryList {
  return matchMedia("(forced-colors: active)");
}

function tellAll(): void {
  for (const tell of watchers) tell();
}

/** Pages turn dark by a class, an attribute or a style of their root, or with the whole system. */
function watch(): void {
  observer = new MutationObserver(tellAll);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
  prefersDark().addEventListener("change", tellAll);
  forcesColours().addEventListener("change", tellAll);
  forgetPaper = onPrinting(tellAll);
}

function unwatch(): void {
  observer?.disconnect();
  prefersDark().removeEventListener("change", tellAll);
  forcesColours().removeEventListener("change", tellAll);
  forgetPaper?.();
}
