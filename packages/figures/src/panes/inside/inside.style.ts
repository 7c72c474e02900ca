/** How the pane that looks inside looks. */
import { css } from "lit";

export const insideStyle = css`
  :host {
    container-type: inline-size;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    gap: 0.75rem 1.5rem;
    align-items: center;
    margin-bottom: 1rem;
  }
  .digit {
    width: 84px;
    flex: 0 0 auto;
  }
  .about {
    flex: 1 1 18rem;
    min-width: 0;
  }
  .about p {
    margin: 0.1em 0;
  }
  .about .loss {
    color: var(--quiet);
    font-size: 0.9rem;
  }
  .row {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 0.75rem;
    align-items: center;
  }
  .row label {
    display: flex;
    align-items: center;
    gap: 0.5em;
    font-size: 0.9rem;
  }
  input[type="number"] {
    width: 6.5em;
  }
  .steps {
    margin: 1rem 0;
    padding: 0.75rem 1rem 1rem;
    border: 1px solid var(--focus);
    border-radius: 12px;
  }
  .steps .row {
    margin-bottom: 1rem;
  }
  .steps input[type="range"] {
    flex: 1 1 10rem;
  }
  .phase {
    color: var(--quiet);
  }
  main,
  .page {
    display: block;
    margin-top: 1rem;
    padding: 1rem 1.25rem;
    border: 1px solid var(--line);
    border-radius: 12px;
  }
  @container (max-width: 520px) {
    .page,
    .steps {
      padding: 0.75rem;
    }
  }
  h3 {
    margin: 0;
    font-size: 1.15rem;
    line-height: 1.3;
  }
  .sizes {
    margin: 0 0 0.9rem;
    color: var(--quiet);
    font-size: 0.9rem;
  }
  .begin {
    margin-top: 0.5rem;
  }
  .two {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 21rem));
    gap: 1.5rem;
  }
  h4 {
    margin: 0 0 0.5em;
    font-size: 0.95rem;
  }
  .problem {
    padding: 0.75rem 1rem;
    border: 1px solid var(--negative);
    border-radius: 8px;
  }
`;
