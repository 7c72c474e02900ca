/** How the pane for one's own files looks. */
import { css } from "lit";

export const ownStyles = css`
  .ask {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    align-items: center;
    margin: 1em 0;
  }
  .ask p {
    flex-basis: 100%;
    margin: 0;
  }
  .drop {
    display: flex;
    flex-wrap: wrap;
    gap: 0.8em;
    align-items: center;
    padding: 1.2em;
    border: 2px dashed var(--line);
    border-radius: 12px;
  }
  .drop.over {
    border-color: var(--focus);
    background: var(--panel);
  }
  .options {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(min(100%, 14em), 1fr));
    gap: 0.8em 1.5em;
    align-items: end;
    max-width: 56em;
    margin: 0.8em 0;
  }
  .options label {
    display: grid;
    gap: 0.2em;
    min-width: 0;
    font-size: 0.9em;
  }
  .options :is(input, select) {
    box-sizing: border-box;
    width: 100%;
  }
  .before {
    padding: 0.6em 1em;
    border: 1px solid var(--line);
    border-radius: 8px;
    color: var(--quiet);
  }
  .formats {
    display: flex;
    flex-wrap: wrap;
    gap: 0.8em;
  }
  .formats span {
    display: block;
    font-size: 0.8em;
    color: var(--quiet);
  }
  .formats button {
    padding: 0.5em 0.9em;
    text-align: left;
  }
  [role="alert"] {
    margin: 0.8em 0;
    padding: 0.6em 1em;
    border-left: 4px solid var(--negative);
    background: var(--panel);
    overflow-wrap: anywhere;
  }
  [role="status"] {
    overflow-wrap: anywhere;
  }
`;
