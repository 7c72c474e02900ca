/**
 * What all figures share in their style sheets: colours, sizes, controls. A page can set each custom property; what it
 * does not set has the palette's colours, light or dark by the page's `color-scheme`.
 */
import { css, unsafeCSS } from "lit";
import { cssColour, type Palette, palettes } from "./palette.ts";

const both = (name: keyof Palette) =>
  unsafeCSS(`light-dark(${cssColour(palettes.light[name])}, ${cssColour(palettes.dark[name])})`);

/**
 * Where colours are few (on paper, or in a browser that forces its own) a sign is a pattern, too: what is below zero is
 * hatched or hollow, and lines differ by their dashes. An element with the attribute `pattern` has it everywhere.
 */
const patterns = css`
  --hatch: repeating-linear-gradient(135deg, transparent 0 3px, var(--surface) 3px 5px);
  --hatched: inline;
  --hollow: var(--surface);
  --dash-amount: 12 4;
  --dash-negative: 2 4;
  --dash-positive: 12 3 2 3;
  --dash-focus: 6 3;
`;

export const tokens = css`
  :host {
    --surface: var(--inkling-surface, ${both("surface")});
    --negative: var(--inkling-negative, ${both("negative")});
    --positive: var(--inkling-positive, ${both("positive")});
    --amount: var(--inkling-amount, ${both("amount")});
    --ink: var(--inkling-ink, ${both("ink")});
    --text: var(--inkling-text, light-dark(#1c2024, #eceef0));
    --quiet: var(--inkling-quiet, light-dark(#565d66, #a5adb6));
    --line: var(--inkling-line, light-dark(#d3d8de, #383e45));
    --panel: var(--inkling-panel, light-dark(#f5f6f8, #1a1d21));
    --focus: var(--inkling-focus, light-dark(#6d28d9, #c4b5fd));
    display: block;
    color: var(--text);
    font: inherit;
    font-variant-numeric: tabular-nums;
    line-height: 1.5;
  }
  :host([pattern]) {
    ${patterns}
  }
  @media print {
    :host {
      ${patterns}
    }
  }
  @media (forced-colors: active) {
    :host {
      --surface: Canvas;
      --panel: Canvas;
      --text: CanvasText;
      --quiet: CanvasText;
      --line: CanvasText;
      --ink: CanvasText;
      --amount: CanvasText;
      --negative: CanvasText;
      --positive: CanvasText;
      --focus: Highlight;
      ${patterns}
    }
  }
  :host([hidden]) {
    display: none;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  /* Charts and formulas go from left to right in all languages. */
  svg,
  .formula {
    direction: ltr;
  }
  :focus-visible {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  button,
  select,
  input:not([type="range"], [type="checkbox"], [type="radio"]) {
    min-height: 44px;
    padding: 0 0.9em;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--surface);
    color: inherit;
    font: inherit;
  }
  button {
    min-width: 44px;
    cursor: pointer;
  }
  button:hover:not(:disabled) {
    border-color: var(--quiet);
  }
  button[aria-pressed="true"],
  button.main {
    border-color: var(--text);
    background: var(--text);
    color: var(--surface);
  }
  button:disabled {
    color: var(--quiet);
    cursor: default;
  }
  input[type="range"] {
    min-height: 44px;
    margin: 0;
    accent-color: var(--text);
  }
  label {
    color: var(--quiet);
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      animation: none !important;
      transition: none !important;
    }
  }
  /* Paper has nothing to press, but it says what was chosen. */
  @media print {
    button,
    input {
      display: none;
    }
    button[aria-pressed="true"],
    select {
      display: inline-block;
      min-height: 0;
      padding: 0;
      border: 0;
      appearance: none;
      background: none;
      color: inherit;
      font-weight: 600;
    }
  }
`;
