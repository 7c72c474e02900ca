/** How the figure of the order looks: tiles that can be moved, a number's bits, the tree and its table. */
import { css } from "lit";

export const orderStyle = css`
  h3 {
    margin-top: 1.75em;
  }
  .tiles {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 0.4em;
    margin: 0.75em 0;
  }
  @container (min-width: 760px) {
    .tiles {
      grid-template-columns: repeat(8, minmax(0, 1fr));
    }
  }
  .tile {
    display: grid;
    gap: 0.1em;
    padding: 0.5em 0.2em;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--surface);
    text-align: center;
    cursor: grab;
    touch-action: none;
    user-select: none;
  }
  .tile:hover {
    border-color: var(--quiet);
  }
  .tile:active {
    cursor: grabbing;
    border-color: var(--focus);
  }
  .value {
    font-weight: 650;
  }
  .so-far {
    font-size: 0.72em;
  }
  .lost {
    color: var(--quiet);
    font-size: 0.72em;
  }
  .sum-line {
    margin: 1em 0 0.25em;
  }
  .sum-line strong {
    margin: 0 0.4em;
    font-size: 1.25em;
  }
  .bits {
    margin: 0;
    font-family: ui-monospace, monospace;
    font-size: clamp(0.7em, 3.1cqw, 1.05em);
    word-spacing: 0.3em;
    white-space: nowrap;
  }
  .bit.other {
    border-radius: 2px;
    background: var(--focus);
    color: var(--surface);
    font-weight: 700;
  }
  .note {
    margin-top: 0.4em;
  }
  inkling-bars {
    --bar-row: 1.35em;
  }
  .tree {
    display: block;
    width: 100%;
    max-width: 24em;
  }
  .tree line {
    stroke: var(--quiet);
    stroke-width: 1.25;
  }
  .tree text {
    fill: var(--text);
    font-size: 13px;
    font-weight: 600;
    text-anchor: middle;
  }
  .block,
  .own {
    fill: var(--panel);
    stroke: var(--quiet);
    stroke-width: 1.25;
  }
  .met {
    fill: var(--surface);
    stroke: var(--focus);
    stroke-width: 3;
  }
  table {
    width: 100%;
    border-collapse: collapse;
    font-size: 0.8em;
  }
  th,
  td {
    padding: 0.22em 0.3em;
    border-bottom: 1px solid var(--line);
    text-align: end;
    font-weight: 400;
    white-space: nowrap;
  }
  thead th {
    color: var(--quiet);
    vertical-align: bottom;
  }
  tbody th {
    text-align: center;
  }
  .now {
    background: color-mix(in srgb, var(--focus) 14%, transparent);
    font-weight: 650;
  }
  .now th {
    font-weight: 650;
  }
  .side {
    margin-top: 0.5em;
  }
  td.other::after {
    content: " ≠";
    color: var(--focus);
    font-weight: 700;
  }
  td:not(.other)::after {
    content: " =";
    color: var(--quiet);
  }
  .source {
    margin: 0.2em 0 0;
    color: var(--quiet);
    font-size: 0.85em;
    overflow-wrap: anywhere;
  }
  .source a {
    color: inherit;
  }
`;
