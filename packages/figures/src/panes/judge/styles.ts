/** How the pane that judges a network looks. */
import { css } from "lit";

export const judgeStyles = css`
  .sets {
    display: flex;
    flex-wrap: wrap;
    gap: 1em 3em;
    margin: 0 0 0.8em;
  }
  .sets dt {
    color: var(--quiet);
  }
  .sets dd {
    margin: 0;
  }
  .large {
    font-size: 1.9em;
    font-weight: 600;
    line-height: 1.2;
  }
  table {
    border-collapse: collapse;
  }
  table.classes :is(th, td) {
    padding: 0.25em 1em;
    border-bottom: 1px solid var(--line);
    text-align: end;
    font-weight: normal;
  }
  table.measures :is(th, td) {
    border: 0;
  }
  table.measures th[scope="row"] {
    padding-inline-start: 0;
    text-align: start;
  }
  table.measures + .help {
    margin-top: 0.8em;
  }
  table.measures tr:not(.quiet) {
    border-top: 1px solid var(--line);
  }
  table.measures .quiet :is(th, td) {
    padding-top: 0;
    color: var(--quiet);
    font-size: 0.9em;
  }
  .pointed {
    display: block;
    max-width: 38em;
    cursor: pointer;
  }
  .one {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3em 1em;
    align-items: center;
  }
  .one input {
    width: 5em;
  }
  @media (width < 40em) {
    table.classes :is(th, td) {
      padding-inline: 0.3em;
      overflow-wrap: anywhere;
    }
  }
  .spreads {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(230px, 1fr));
    gap: 1.2em;
  }
  figure {
    margin: 0;
  }
  figcaption {
    font-size: 0.85em;
    color: var(--quiet);
  }
`;
