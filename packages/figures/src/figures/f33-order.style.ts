/** How the figure of the order looks: tiles that can be moved, a number's bits, all orders as columns. */
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
  @container (max-width: 480px) {
    .tile {
      font-size: 0.88em;
    }
    .so-far {
      letter-spacing: -0.02em;
    }
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
  .histogram {
    display: flex;
    gap: 2px;
    align-items: end;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .histogram li {
    display: grid;
    flex: 1;
    grid-template-rows: 8em auto;
    align-items: end;
    justify-items: stretch;
    font-size: 0.75em;
    text-align: center;
  }
  .histogram .bar {
    min-height: 2px;
    border: 1.5px solid var(--amount);
    border-bottom-width: 2px;
    border-radius: 3px 3px 0 0;
    background: color-mix(in srgb, var(--amount) 22%, transparent);
  }
  .histogram .now {
    font-weight: 700;
  }
  .histogram .now .bar {
    background: var(--amount);
  }
  @container (max-width: 480px) {
    .histogram li {
      font-size: 0.6em;
    }
  }
`;
