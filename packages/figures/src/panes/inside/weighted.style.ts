/** How the page of a layer with weights looks. */
import { css } from "lit";

export const weightedStyle = css`
  .controls {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5rem 1.5rem;
    align-items: center;
    margin-bottom: 0.75rem;
  }
  .group {
    display: flex;
    flex-wrap: wrap;
    gap: 0;
    align-items: center;
  }
  .group > span {
    margin-right: 0.6em;
    color: var(--quiet);
    font-size: 0.85rem;
  }
  .group button {
    border-radius: 0;
    margin-left: -1px;
    padding: 0 0.8em;
    font-size: 0.88rem;
  }
  .group button:first-of-type {
    border-radius: 8px 0 0 8px;
  }
  .group button:last-of-type {
    border-radius: 0 8px 8px 0;
  }
  .group button.alone {
    border-radius: 8px;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.5rem;
  }
  @container (min-width: 880px) {
    .columns {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
  }
  .lit-frame {
    border-left: 3px solid var(--focus);
    padding-left: 0.6rem;
  }
  .large {
    max-width: 21rem;
  }
  h4 {
    margin: 0 0 0.5em;
    font-size: 0.95rem;
  }
  .hint {
    margin: 0.5em 0;
    color: var(--quiet);
    font-size: 0.88rem;
  }
  .card {
    margin-top: 1.5rem;
    padding: 1rem 1.25rem;
    border: 1px solid var(--line);
    border-radius: 12px;
    background: var(--surface);
  }
  progress {
    width: 100%;
    accent-color: var(--text);
  }
`;
