/** How the pane looks in which one fills in a row of a table. */
import { css } from "lit";

export const rowStyles = css`
  :host {
    display: block;
    container-type: inline-size;
  }
  h3 {
    margin: 0 0 0.4rem;
    font-size: 1.1em;
    line-height: 1.3;
  }
  section {
    margin-top: 2.4rem;
  }
  .first {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    gap: 1.5rem 2.5rem;
    align-items: start;
  }
  @container (max-width: 44rem) {
    .first {
      grid-template-columns: minmax(0, 1fr);
    }
  }
  .from {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    align-items: center;
    margin-bottom: 0.4em;
  }
  .from input {
    width: 5.5em;
  }
  .fields {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 0.5em 1.25em;
    align-items: center;
    margin-top: 0.75em;
  }
  .fields label {
    display: grid;
    grid-template-columns: minmax(0, 1fr) 7em;
    grid-column: 1;
    gap: 0.6em;
    align-items: center;
  }
  @container (max-width: 30rem) {
    .fields label {
      grid-template-columns: minmax(0, 1fr);
      gap: 0.1em;
    }
    .fields input[type="range"] {
      align-self: end;
    }
  }
  .fields label span {
    overflow-wrap: anywhere;
  }
  .fields input,
  .fields select {
    width: 100%;
    min-width: 0;
  }
  .large {
    min-height: 1.4em;
    margin: 0 0 0.8rem;
    font-size: 1.15em;
    line-height: 1.4;
  }
  small {
    color: var(--quiet);
  }
  .quiet {
    margin: 0.4rem 0 0;
    color: var(--quiet);
    font-size: 0.85em;
  }
`;
