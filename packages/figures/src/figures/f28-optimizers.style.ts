/** How the figure of the optimizers looks: a dot of each way's colour, and the row of steps. */
import { css } from "lit";

export const optimizersStyle = css`
  .name::before {
    content: "";
    display: inline-block;
    width: 0.7em;
    height: 0.7em;
    margin-inline-end: 0.45em;
    border-radius: 50%;
    background: var(--tone);
  }
  .name.quiet {
    --tone: var(--quiet);
    font-size: inherit;
  }
  .name.main {
    --tone: var(--text);
    font-size: inherit;
  }
  .name.amount {
    --tone: var(--amount);
  }
  .steps {
    display: grid;
    grid-template-columns: auto minmax(0, 1fr);
    gap: 0 1em;
    align-items: center;
    margin: 0.5em 0;
  }
  .side {
    margin-bottom: 0.75em;
  }
`;
