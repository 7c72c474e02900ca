/** What the book's figures share in their style sheets. */
import { css } from "lit";

export const figureStyle = css`
  :host {
    container-type: inline-size;
    min-width: 0;
  }
  .side {
    display: grid;
    gap: 1rem 1.75rem;
    align-items: start;
  }
  .side > * {
    min-width: 0;
  }
  @container (min-width: 600px) {
    .side {
      grid-template-columns: minmax(0, 3fr) minmax(12em, 2fr);
    }
    .side.even {
      grid-template-columns: 1fr 1fr;
    }
  }
  .numbers {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    gap: 0.35em 1em;
    margin: 0;
    align-items: baseline;
  }
  .numbers dt {
    color: var(--quiet);
  }
  .numbers dd {
    margin: 0;
    font-weight: 600;
    text-align: end;
  }
  .numbers .main {
    font-size: 1.2em;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em;
    align-items: center;
    margin: 0 0 0.75em;
  }
  .buttons {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    align-items: center;
    margin: 0.75em 0 0;
  }
  .stepper {
    display: inline-flex;
    gap: 0.6em;
    align-items: center;
  }
  .stepper button {
    min-width: 44px;
    padding: 0;
    font-size: 1.2em;
  }
  .bar-top {
    display: flex;
    flex-wrap: wrap;
    gap: 0.4em 1.5em;
    margin-bottom: 0.9em;
  }
  .quiet,
  .note {
    color: var(--quiet);
    font-size: 0.9em;
  }
  .note {
    margin: 0.75em 0 0;
  }
  .sum {
    margin: 0;
    font-size: 1.05em;
  }
  .negative {
    color: var(--negative);
  }
  .positive {
    color: var(--positive);
  }
  h3 {
    margin: 0 0 0.4em;
    font-size: 0.95em;
    font-weight: 600;
  }
  /* A figure that is longer than a sheet is cut between its parts. */
  @media print {
    h3,
    .bar-top {
      break-after: avoid;
    }
    inkling-map,
    inkling-plot,
    inkling-bars,
    .numbers,
    p {
      break-inside: avoid;
    }
  }
  /* What tells the answer of the question, until there is a guess (question.ts). */
  .reveals {
    position: relative;
  }
  .reveals > * {
    visibility: var(--until-guess, visible);
  }
  .reveals::after {
    content: var(--guess-first, none);
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    border: 1px dashed var(--line);
    border-radius: 8px;
    color: var(--quiet);
    font-size: 0.9em;
    text-align: center;
  }
`;

/** Tables of numbers: what a row is about, then its numbers. */
export const tableStyle = css`
  table {
    width: 100%;
    margin-top: 1em;
    border-collapse: collapse;
    font-size: 0.9em;
  }
  caption {
    margin-bottom: 0.3em;
    font-weight: 600;
    text-align: start;
  }
  th,
  td {
    padding: 0.3em 0 0.3em 0.8em;
    border-top: 1px solid var(--line);
    text-align: end;
    vertical-align: baseline;
  }
  thead th {
    border: 0;
    color: var(--quiet);
    font-weight: 400;
  }
  th:first-child {
    padding-inline-start: 0;
    font-weight: 400;
    text-align: start;
  }
`;
