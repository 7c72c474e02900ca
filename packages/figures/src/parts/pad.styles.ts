/** How the pad looks. */
import { css } from "lit";

export const padStyles = css`
  .sheet {
    position: relative;
    aspect-ratio: 1;
    width: 100%;
    overflow: hidden;
    border: 1px solid var(--line);
    border-radius: 10px;
    background: var(--surface);
    cursor: crosshair;
    /* The stroke is ours; everywhere else the page scrolls. */
    touch-action: none;
    user-select: none;
    -webkit-user-select: none;
    -webkit-touch-callout: none;
  }
  .sheet[data-dropping] {
    border-style: dashed;
    border-color: var(--focus);
  }
  canvas {
    display: block;
    width: 100%;
    height: 100%;
    pointer-events: none;
  }
  .hint {
    position: absolute;
    inset: 0;
    display: grid;
    place-items: center;
    color: var(--quiet);
    pointer-events: none;
  }
  .cursor {
    position: absolute;
    border: 2px solid var(--focus);
    border-radius: 3px;
    pointer-events: none;
  }
  .cursor[data-down] {
    background: var(--focus);
  }
  .tools {
    display: flex;
    flex-wrap: wrap;
    gap: 0.5em;
    margin-top: 0.6em;
  }
  .file {
    display: inline-flex;
    align-items: center;
    min-height: 44px;
    padding: 0 0.9em;
    border: 1px solid var(--line);
    border-radius: 8px;
    background: var(--surface);
    color: var(--text);
    cursor: pointer;
  }
  .file:hover {
    border-color: var(--quiet);
  }
  .file:focus-within {
    outline: 3px solid var(--focus);
    outline-offset: 2px;
  }
  output {
    display: block;
    min-height: 1.5em;
    font-size: 0.85em;
    color: var(--quiet);
  }
  @media print {
    .tools {
      display: none;
    }
  }
`;
