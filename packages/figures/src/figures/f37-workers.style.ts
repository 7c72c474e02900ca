/** How the figure of workers looks: the tree, and a table of sums. */
import { css } from "lit";

export const workersStyle = css`
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
  @media print {
    .source {
      display: none;
    }
  }
`;
