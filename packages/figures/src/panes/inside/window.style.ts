/** How a window over its input looks. */
import { css } from "lit";

export const windowStyle = css`
  :host {
    container-type: inline-size;
  }
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1.5rem;
  }
  @container (min-width: 760px) {
    .columns {
      grid-template-columns: minmax(0, 19rem) minmax(0, 1fr);
    }
  }
  h4 {
    margin: 0 0 0.5em;
    font-size: 0.95rem;
  }
  * + h4 {
    margin-top: 1rem;
  }
  .input {
    position: relative;
    max-width: 19rem;
    cursor: grab;
    touch-action: none;
  }
  .input inkling-map {
    pointer-events: none;
  }
  .box {
    position: absolute;
    border: 2px solid var(--focus);
    box-shadow: 0 0 0 1px var(--surface);
    pointer-events: none;
  }
  .output {
    max-width: 12rem;
  }
  .taps {
    display: grid;
    grid-template-columns: repeat(var(--across), minmax(4.8em, 5.6em));
    gap: 3px;
    margin-bottom: 1rem;
    overflow-x: auto;
    font-size: 0.78rem;
    line-height: 1.3;
  }
  .tap {
    padding: 0.35em 0.4em;
    border: 1px solid var(--line);
    border-radius: 6px;
    text-align: right;
    white-space: nowrap;
  }
  .tap.above {
    background: color-mix(in srgb, var(--positive) var(--share, 0%), var(--surface));
  }
  .tap.below {
    background: color-mix(in srgb, var(--negative) var(--share, 0%), var(--surface));
  }
  .tap.padding {
    color: var(--quiet);
    border-style: dashed;
  }
  .tap.winner {
    border: 2px solid var(--focus);
    font-weight: 700;
  }
  inkling-source {
    margin-top: 0.75rem;
  }
`;
