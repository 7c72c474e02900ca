/** How the figure of the moved digit looks. */
import { css } from "lit";

export const style = css`
  .top {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    gap: 0.5rem 1.5rem;
    align-items: start;
  }
  .top > :last-child {
    grid-column: 1 / -1;
  }
  .frame {
    cursor: grab;
    touch-action: none;
  }
  .frame:active {
    cursor: grabbing;
  }
  .frame inkling-map {
    pointer-events: none;
  }
  .three {
    display: grid;
    gap: 1rem 1.75rem;
    margin-top: 1rem;
  }
  @container (min-width: 640px) {
    .three {
      grid-template-columns: repeat(3, minmax(0, 1fr));
    }
    .top {
      grid-template-columns: minmax(0, 4fr) minmax(0, 4fr) minmax(0, 5fr);
    }
    .top > :last-child {
      grid-column: auto;
      align-self: center;
    }
    .three h3 {
      display: flow-root;
      min-height: 3em;
    }
  }
  h3.chart {
    margin-top: 1.5rem;
  }
  .three h3::before {
    content: "";
    display: inline-block;
    width: 1.4em;
    margin-inline-end: 0.5em;
    border-top: 3px solid var(--text);
    vertical-align: middle;
  }
  .three p {
    margin: 0.4em 0 0;
  }
  .three .of-quiet h3::before {
    border-top: 3px dashed var(--quiet);
  }
  .three .of-amount h3::before {
    border-color: var(--amount);
  }
  .three inkling-bars {
    --bar-row: 1.5em;
  }
  @media print {
    .three inkling-bars,
    .top > :last-child inkling-slider {
      display: none;
    }
    .three h3 {
      min-height: 0;
    }
  }
`;
