/** How the pane that trains looks: what one does above, what comes of it beside or below. */
import { css } from "lit";

export const trainStyles = css`
  :host {
    container-type: inline-size;
  }
  h3 {
    margin: 0 0 0.5em;
    font-size: 1.05em;
    font-weight: 650;
  }
  p {
    max-width: 62ch;
    margin: 0 0 0.7em;
  }
  .quiet {
    color: var(--quiet);
    font-size: 0.9em;
  }
  .starts {
    display: grid;
    gap: 0.8em 2.5em;
    margin: 0 0 1.2em;
  }
  .chips {
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  .chips button {
    border-radius: 22px;
    font-size: 0.92em;
  }
  .bar {
    position: sticky;
    z-index: 1;
    top: var(--vp-nav-height, 0px);
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
    margin: 0 0 1.4em;
    padding: 10px 0;
    border-block: 1px solid var(--line);
    background: var(--surface);
  }
  .bar .main {
    min-width: 6.5em;
    font-weight: 600;
  }
  button[aria-disabled="true"] {
    border-color: var(--line);
    background: var(--panel);
    color: var(--quiet);
    cursor: default;
  }
  .where {
    flex: 1 1 14em;
    padding-inline-start: 6px;
    min-width: 0;
    font-size: 0.92em;
  }
  .track {
    height: 4px;
    margin-top: 4px;
    border-radius: 2px;
    background: var(--line);
    overflow: hidden;
  }
  .track i {
    display: block;
    height: 100%;
    background: var(--amount);
  }
  a {
    color: inherit;
  }
  .data {
    margin-bottom: 1.4em;
  }
  .board {
    display: grid;
    gap: 2em 3em;
  }
  .stack {
    display: grid;
    gap: 1.8em;
    align-content: start;
    min-width: 0;
  }
  .curves {
    display: grid;
    gap: 1.2em 2em;
    grid-template-columns: repeat(auto-fit, minmax(min(17em, 100%), 1fr));
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(9em, 45%), 1fr));
    gap: 1em 2em;
    margin: 0;
  }
  dt {
    color: var(--quiet);
    font-size: 0.88em;
  }
  dd {
    margin: 0;
  }
  .large {
    font-size: 1.75em;
    font-weight: 600;
    line-height: 1.25;
  }
  .finding {
    margin: 0 0 0.9em;
    padding: 0.1em 0 0.1em 0.9em;
    border-inline-start: 3px solid var(--negative);
  }
  .finding p {
    margin: 0;
  }
  .finding code {
    color: var(--quiet);
    font-size: 0.9em;
  }
  .alert {
    margin: 0 0 1.4em;
    padding: 1em 1.2em;
    border: 1px solid var(--negative);
    border-radius: 8px;
    background: var(--panel);
  }
  .alert p:last-of-type {
    margin-bottom: 0.9em;
  }
  .task {
    margin: 0 0 1.4em;
    padding: 1em 1.2em;
    border-inline-start: 4px solid var(--focus);
    background: var(--panel);
    white-space: pre-line;
  }
  code.block {
    display: block;
    margin: 0 0 0.6em;
    padding: 0.7em 0.9em;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--panel);
    font-size: 0.88em;
    overflow-wrap: anywhere;
  }
  .word {
    display: inline-block;
    max-width: 100%;
  }
  .scroll {
    max-height: 22em;
    margin: 0 0 0.8em;
    overflow: auto;
  }
  table {
    border-collapse: collapse;
    font-size: 0.9em;
  }
  th,
  td {
    padding: 0.3em 0.9em 0.3em 0;
    border-bottom: 1px solid var(--line);
    text-align: right;
    font-weight: normal;
    white-space: nowrap;
  }
  thead th {
    position: sticky;
    top: 0;
    background: var(--surface);
    color: var(--quiet);
  }
  summary {
    min-height: 44px;
    padding: 0.6em 0;
    cursor: pointer;
  }
  @container (min-width: 62rem) {
    .starts {
      grid-template-columns: 1fr 1fr;
    }
    .board {
      grid-template-columns: minmax(20rem, 26rem) 1fr;
    }
    .board .options {
      order: -1;
    }
  }
  @container (max-width: 30rem) {
    .bar {
      position: static;
    }
    .where {
      order: -1;
      flex-basis: 100%;
    }
  }
`;
