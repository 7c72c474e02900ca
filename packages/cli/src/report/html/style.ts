/** How reports look: light and dark by the reader's choice, light on paper, one column on a phone. */

/** The colours of lines, and the patterns that tell them apart without colours. */
const LINES = 8;
const DASHES = ["", "6 3", "2 2", "8 3 2 3", "1 3", "10 4", "4 2 1 2", "3 5"];

/** The colour of line i. */
export function lineColour(i: number): string {
  return `var(--line-${(i % LINES) + 1})`;
}

/** The pattern of line i, as stroke-dasharray. From the ninth on a colour comes again with another pattern. */
export function dashes(i: number): string {
  return DASHES[(i + Math.floor(i / LINES)) % LINES] || "none";
}

export const STYLE = `
:root {
  color-scheme: light dark;
  --paper: #fff; --ink: #1b1d21; --faint: #59606b; --rule: #d5d9df; --soft: #f3f4f6; --good: 11 122 75; --bad: 179 38 30;
  --line-1: #0b5fa5; --line-2: #b34700; --line-3: #0b7a4b; --line-4: #a3195b;
  --line-5: #6a3fb5; --line-6: #6b5a00; --line-7: #00727e; --line-8: #555b66;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #14161a; --ink: #e8eaee; --faint: #a3abb7; --rule: #3a404b; --soft: #1e2127; --good: 60 190 130; --bad: 255 110 100;
    --line-1: #6cb6ff; --line-2: #ffa657; --line-3: #56d39b; --line-4: #ff7eb6;
    --line-5: #c3a6ff; --line-6: #e3c94d; --line-7: #5ad1dd; --line-8: #b5bac4;
  }
}
* { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 0 auto; padding: 1rem; background: var(--paper); color: var(--ink) }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 1rem 0 0.25rem }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-top: 0.5rem; border-top: 1px solid var(--rule) }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem }
p { max-width: 45rem; overflow-wrap: anywhere }
.faint, caption, figcaption { color: var(--faint) }
.figures { display: grid; align-items: end; grid-template-columns: repeat(auto-fill, minmax(min(100%, 26rem), 1fr)); gap: 1rem 2rem }
figure { margin: 0; break-inside: avoid }
figcaption { font-size: 0.9rem }
figure svg { display: block; width: 100%; height: auto }
.keys { display: flex; flex-wrap: wrap; gap: 0 1rem; list-style: none; margin: 0; padding: 0; font-size: 0.9rem; color: var(--ink) }
.keys svg { width: 28px; height: 10px; vertical-align: middle; display: inline; margin-right: 0.3rem }
.numbers { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1rem 0; padding: 0 }
.numbers div { background: var(--soft); border-radius: 0.5rem; padding: 0.5rem 0.9rem; break-inside: avoid }
.numbers dt { color: var(--faint); font-size: 0.85rem }
.numbers dd { margin: 0; font-size: 1.3rem; font-variant-numeric: tabular-nums }
.numbers dd small { font-size: 0.85rem; color: var(--faint) }
.wide { overflow-x: auto; margin: 0.75rem 0 }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums }
caption { text-align: left; padding-bottom: 0.4rem }
caption span { display: block; max-width: min(40rem, calc(100vw - 2rem)); position: sticky; left: 0 }
.wide table:not(.matrix) { min-width: min(100%, 30rem) }
th, td { padding: 0.2rem 0.6rem; text-align: left; border-bottom: 1px solid var(--rule); vertical-align: top; overflow-wrap: break-word }
th { font-weight: 600 }
.right { text-align: right; white-space: nowrap }
.matrix td { text-align: right; white-space: nowrap; border: 1px solid var(--paper); min-width: 2.2rem; padding: 0.2rem 0.35rem }
.matrix th { white-space: nowrap; border: 0; padding: 0.2rem 0.4rem }
.matrix thead th { text-align: right; vertical-align: bottom }
.matrix thead th.tall { writing-mode: vertical-rl; transform: rotate(180deg); text-align: left }
.matrix .none { color: var(--faint) }
.small { font-size: 0.72rem }
.long td { overflow-wrap: anywhere }
.small td, .small th { padding: 0.1rem 0.2rem; min-width: 1.4rem }
.pictures { display: flex; flex-wrap: wrap; gap: 1rem; list-style: none; padding: 0; margin: 0.75rem 0 }
.pictures li { width: 8.5rem; font-size: 0.85rem; break-inside: avoid; overflow-wrap: anywhere }
.pictures img { width: 100%; max-height: 12rem; object-fit: contain; image-rendering: pixelated; border: 1px solid var(--rule); display: block }
.tiny { gap: 0.5rem }
.tiny li { width: 4.5rem; text-align: center; color: var(--faint) }
.warning { border-left: 0.3rem solid rgb(var(--bad)); padding: 0.3rem 0.8rem; background: var(--soft) }
pre { background: var(--soft); padding: 0.75rem; border-radius: 0.5rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: 0.85rem }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere }
summary { cursor: pointer }
* { -webkit-print-color-adjust: exact; print-color-adjust: exact }
@media (max-width: 32rem) { th, td { padding: 0.2rem 0.35rem } }
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt }
  h2 { break-after: avoid }
  thead { display: table-header-group }
  tr { break-inside: avoid }
  .figures { grid-template-columns: 1fr 1fr }
  .wide { overflow: visible }
  details::details-content { content-visibility: visible; block-size: auto }
}
`;
