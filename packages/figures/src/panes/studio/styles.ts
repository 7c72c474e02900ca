/** How the studio looks: a row of tabs, and one pane. */
import { css } from "lit";

export const studioStyles = css`
  /* Not the element itself: a page's reset of all elements would be stronger. */
  .studio {
    max-width: 90rem;
    margin: 0 auto;
    padding: 0 clamp(16px, 3vw, 40px) 4rem;
  }
  .tabs {
    display: flex;
    flex-wrap: wrap;
    gap: 0 4px;
    margin: 0 0 1.4em;
    border-bottom: 1px solid var(--line);
  }
  .tabs button {
    flex: none;
    padding: 0.8em 1.1em;
    border: 0;
    border-bottom: 3px solid transparent;
    border-radius: 0;
    background: none;
    color: var(--quiet);
    font-size: 1.02em;
  }
  .tabs button:hover {
    color: var(--text);
  }
  .tabs button[aria-selected="true"] {
    border-bottom-color: var(--amount);
    color: var(--text);
    font-weight: 600;
  }
  .tabs button:focus-visible {
    outline-offset: -3px;
  }
  .network {
    display: flex;
    flex-wrap: wrap;
    gap: 0.2em 0.7em;
    align-items: center;
    margin: 0 0 1.2em;
  }
  .network select {
    max-width: 100%;
    color: var(--text);
  }
  .notices {
    display: flex;
    gap: 1em;
    align-items: start;
    justify-content: space-between;
    margin: 1em 0;
    padding: 0.8em 1em;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--panel);
  }
  .notices button {
    flex: none;
  }
  .notices ul {
    margin: 0;
    padding: 0;
    list-style: none;
    overflow-wrap: anywhere;
  }
`;
