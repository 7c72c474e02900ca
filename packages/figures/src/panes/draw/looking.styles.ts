/** How the parts look that look into an answer: contributions, neighbours, what would change it. */
import { css } from "lit";

export const lookingStyles = css`
  :host {
    container-type: inline-size;
  }
  p {
    max-width: 44rem;
    margin: 0 0 0.8rem;
  }
  .pair {
    display: grid;
    grid-template-columns: minmax(0, 20rem) minmax(0, 1fr);
    gap: 1.6rem;
    align-items: start;
  }
  @container (max-width: 40rem) {
    .pair {
      grid-template-columns: minmax(0, 1fr);
    }
    .large {
      max-width: 20rem;
    }
  }
  .sum,
  .state {
    margin-top: 0.8rem;
  }
  .choice {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem;
  }
  .target {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 0.6rem;
    align-items: center;
  }
  .quiet {
    font-size: 0.85em;
    color: var(--quiet);
  }
`;
