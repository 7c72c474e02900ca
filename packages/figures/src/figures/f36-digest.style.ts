/** How the figure of digests looks: a weight's bits, two digests, a list of trainings. */
import { css } from "lit";

export const digestStyle = css`
  h3 {
    margin-top: 1.75em;
  }
  h4 {
    margin: 0 0 0.4em;
    font-size: 0.95em;
    font-weight: 600;
  }
  .row {
    column-gap: 1em;
  }
  .bits {
    display: grid;
    grid-template-columns: repeat(8, minmax(0, 1fr));
    gap: 2px;
  }
  @container (min-width: 620px) {
    .bits {
      grid-template-columns: repeat(16, minmax(0, 1fr));
    }
  }
  .bit {
    display: grid;
    min-height: 44px;
    place-items: center;
    border: 1px solid var(--line);
    border-bottom-width: 4px;
    border-radius: 6px;
    font-family: ui-monospace, monospace;
    cursor: pointer;
    user-select: none;
  }
  .bit:hover {
    border-color: var(--quiet);
  }
  .bit.sign {
    border-bottom-color: var(--negative);
  }
  .bit.exponent {
    border-bottom-color: var(--positive);
  }
  .bit[aria-checked="true"] {
    background: var(--text);
    color: var(--surface);
    font-weight: 700;
  }
  .pair {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 17em), 1fr));
    gap: 1rem 1.5rem;
    margin: 1em 0 0.75em;
  }
  .digest {
    display: grid;
    grid-template-columns: 6.5em minmax(0, 1fr);
    gap: 0.9em;
    align-items: center;
  }
  code {
    font-family: ui-monospace, monospace;
    font-size: 0.88em;
  }
  .digest code span {
    display: inline-block;
  }
  .digest code b {
    background: color-mix(in srgb, var(--focus) 22%, transparent);
  }
  .ways {
    display: grid;
    gap: 0;
    margin: 1em 0 0;
    padding: 0;
    list-style: none;
  }
  .ways li {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto auto;
    gap: 0 0.8em;
    align-items: baseline;
    padding: 0.45em 0;
    border-bottom: 1px solid var(--line);
  }
  .ways li > :first-child {
    grid-column: 1 / -1;
  }
  @container (min-width: 620px) {
    .ways li {
      grid-template-columns: minmax(0, 1fr) 12.5em 2em 4.5em;
    }
    .ways li > :first-child {
      grid-column: auto;
    }
  }
  .same {
    font-weight: 650;
  }
  .same.other {
    color: var(--focus);
  }
  .time {
    text-align: end;
  }
  @media print {
    .unasked {
      display: none;
    }
  }
`;
