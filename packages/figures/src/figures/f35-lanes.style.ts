/** How the figure of lanes looks: a few lines of code, registers with their lanes, outputs. */
import { css } from "lit";

export const lanesStyle = css`
  h3 {
    margin-top: 1.4em;
  }
  .buttons {
    margin: 0.25em 0 1em;
  }
  .machine {
    display: grid;
    gap: 1rem;
  }
  .code {
    display: flex;
    flex-wrap: wrap;
    gap: 0.3em 0.5em;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .code li {
    padding: 0.15em 0.6em;
    border: 1px solid var(--line);
    border-radius: 6px;
    color: var(--quiet);
    font-size: 0.9em;
  }
  .code .now {
    border-color: var(--focus);
    background: color-mix(in srgb, var(--focus) 14%, transparent);
    color: var(--text);
  }
  code {
    font-family: ui-monospace, monospace;
    font-size: 0.95em;
  }
  .registers {
    display: grid;
    gap: 0.35em;
  }
  .register {
    display: grid;
    grid-template-columns: 3.2em minmax(0, 1fr);
    gap: 0.4em;
    align-items: center;
  }
  .register .name {
    font-size: 0.9em;
  }
  .lanes {
    display: grid;
    grid-template-columns: repeat(var(--few), minmax(0, 1fr));
    gap: 2px;
    padding: 2px;
    border: 1px solid var(--line);
    border-radius: 6px;
  }
  @container (min-width: 560px) {
    .lanes {
      grid-template-columns: repeat(var(--lanes), minmax(0, 1fr));
    }
  }
  .written .lanes {
    border-color: var(--focus);
    box-shadow: 0 0 0 1px var(--focus);
  }
  .written .name {
    font-weight: 650;
  }
  .lane {
    min-height: 2em;
    border-radius: 4px;
    background: var(--panel);
    font-size: 0.72em;
    line-height: 2em;
    text-align: center;
    overflow: hidden;
  }
  .lane.idle {
    background: repeating-linear-gradient(45deg, transparent 0 4px, var(--line) 4px 5px);
    color: transparent;
  }
  .outputs {
    display: grid;
    grid-template-columns: repeat(5, minmax(0, 1fr));
    gap: 0.35em;
  }
  @container (min-width: 620px) {
    .outputs {
      grid-template-columns: repeat(10, minmax(0, 1fr));
    }
  }
  .output {
    display: grid;
    padding: 0.3em 0.1em;
    border: 1px solid var(--line);
    border-radius: 6px;
    font-size: 0.82em;
    line-height: 1.35;
    text-align: center;
  }
  .mark {
    min-height: 1.35em;
    color: var(--quiet);
  }
  .output.other {
    border-color: var(--focus);
  }
  .other .mark {
    color: var(--focus);
    font-weight: 700;
  }
`;
