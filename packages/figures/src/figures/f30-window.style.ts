/** How the figure of the sliding window looks. */
import { css } from "lit";

export const style = css`
  .filters {
    display: flex;
    flex-wrap: wrap;
    gap: 5px;
    margin: 0 0 1em;
  }
  .filters span {
    align-self: center;
    color: var(--quiet);
    font-size: 0.85em;
  }
  .filters button + span {
    margin-inline-start: 0.75em;
  }
  .filters button {
    display: grid;
    width: 44px;
    padding: 3px;
    border-radius: 8px;
  }
  .filters button[aria-pressed="true"] {
    border: 3px solid var(--focus);
    padding: 1px;
    background: none;
  }
  .filters inkling-map {
    pointer-events: none;
  }
  .three {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 1rem 1.25rem;
    align-items: start;
  }
  .three > :first-child {
    grid-column: 1 / -1;
  }
  @container (min-width: 640px) {
    .three {
      grid-template-columns: minmax(0, 28fr) minmax(0, 13fr) minmax(0, 25fr);
    }
    .three > :first-child {
      grid-column: auto;
    }
  }
  .frame {
    position: relative;
    aspect-ratio: 1;
    cursor: grab;
    touch-action: none;
  }
  .frame.padded {
    outline: 1px dashed var(--quiet);
    outline-offset: -1px;
    border-radius: 4px;
  }
  .frame:active {
    cursor: grabbing;
  }
  .frame inkling-map {
    position: absolute;
    pointer-events: none;
  }
  .box {
    position: absolute;
    border: 3px solid var(--focus);
    border-radius: 2px;
    box-shadow:
      0 0 0 1px var(--surface),
      inset 0 0 0 1px var(--surface);
    pointer-events: none;
  }
  .map {
    position: relative;
  }
  .map svg {
    position: absolute;
    inset: 1px 1px auto;
    width: calc(100% - 2px);
    pointer-events: none;
  }
  .map path {
    fill: var(--panel);
    stroke: var(--line);
    stroke-width: 0.06;
  }
  .work {
    display: grid;
    gap: 0.75rem 1.75rem;
    align-items: center;
    margin-top: 1.25rem;
  }
  @container (min-width: 640px) {
    .work {
      grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    }
  }
  .work h3 {
    margin-bottom: 0.5em;
  }
  .taps {
    display: grid;
    grid-template-columns: repeat(5, minmax(0, 1fr));
    gap: 2px;
    margin: 0;
    padding: 0;
    list-style: none;
    font-size: clamp(0.66rem, 2.9cqi, 0.78rem);
    line-height: 1.25;
  }
  .taps li {
    padding: 0.3em 0.35em;
    border-radius: 4px;
    background: color-mix(in srgb, var(--tone, var(--line)) var(--share, 12%), var(--surface));
    text-align: end;
    white-space: nowrap;
  }
  .taps .above {
    --tone: var(--positive);
  }
  .taps .below {
    --tone: var(--negative);
  }
  .taps .nothing {
    --tone: var(--line);
    --share: 30%;
    color: var(--quiet);
  }
  .taps .outside {
    border: 1px dashed var(--line);
    background: none;
    color: var(--quiet);
    text-align: center;
  }
  .sliders {
    display: grid;
    gap: 0 1.75rem;
    margin-top: 1rem;
  }
  @container (min-width: 640px) {
    .sliders {
      grid-template-columns: 1fr 1fr 1fr;
    }
  }
  .results {
    display: grid;
    grid-template-columns: minmax(0, 2fr) minmax(0, 1fr);
    gap: 1rem 1.5rem;
    align-items: start;
    max-width: 30em;
    margin-top: 1rem;
  }
`;
