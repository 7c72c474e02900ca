/** How a chart looks. */
import { css } from "lit";

export const plotStyle = css`
  svg {
    display: block;
    max-width: 100%;
    height: auto;
    overflow: visible;
  }
  text {
    fill: var(--quiet);
    font-size: 12.5px;
  }
  .name {
    font-size: 13.5px;
    fill: var(--text);
    paint-order: stroke;
    stroke: var(--surface);
    stroke-width: 4px;
  }
  .grid {
    stroke: var(--line);
    stroke-width: 1;
    opacity: 0.6;
  }
  .zero {
    stroke: var(--quiet);
    stroke-width: 1;
  }
  .main {
    --tone: var(--text);
  }
  .quiet {
    --tone: var(--quiet);
  }
  .amount {
    --tone: var(--amount);
    --dash: var(--dash-amount, none);
  }
  .negative {
    --tone: var(--negative);
    --dash: var(--dash-negative, none);
  }
  .positive {
    --tone: var(--positive);
    --dash: var(--dash-positive, none);
  }
  .focus {
    --tone: var(--focus);
    --dash: var(--dash-focus, none);
  }
  .area {
    fill: var(--tone);
    fill-opacity: 0.14;
  }
  .line {
    fill: none;
    stroke: var(--tone);
    stroke-width: 2.25;
    stroke-dasharray: var(--dash, none);
    stroke-linejoin: round;
    stroke-linecap: round;
  }
  .line.quiet {
    stroke-width: 1.5;
  }
  .line.faint {
    stroke: var(--line);
  }
  .dashed {
    stroke-dasharray: 6 5;
  }
  .hatch {
    display: var(--hatched, none);
  }
  .mark {
    fill: var(--tone);
    stroke: var(--surface);
    stroke-width: 1.5;
  }
  .mark.faint {
    stroke: none;
    opacity: 0.6;
  }
  .mark.negative {
    fill: var(--hollow, var(--tone));
    stroke: var(--tone);
  }
  .label {
    fill: var(--tone);
    font-size: 13.5px;
    font-weight: 600;
    paint-order: stroke;
    stroke: var(--surface);
    stroke-width: 4px;
    stroke-linejoin: round;
  }
  .handle {
    cursor: grab;
    touch-action: none;
    outline: none;
  }
  .handle:active {
    cursor: grabbing;
  }
  .reach {
    fill: transparent;
  }
  .ring {
    fill: var(--surface);
    stroke: var(--tone);
    stroke-width: 2.5;
  }
  .dot {
    fill: var(--tone);
  }
  .handle:hover .ring {
    stroke-width: 4;
  }
  .handle:focus-visible .reach {
    stroke: var(--focus);
    stroke-width: 3;
  }
  .paper {
    fill: var(--focus);
    fill-opacity: 0.05;
    stroke: var(--focus);
    stroke-dasharray: 3 4;
    stroke-opacity: 0.6;
    cursor: crosshair;
    touch-action: none;
  }
  .paper:focus-visible {
    outline-offset: 0;
  }
  line.pen {
    stroke: var(--focus);
    stroke-dasharray: 2 4;
    opacity: 0;
    pointer-events: none;
  }
  circle.pen {
    fill: var(--focus);
    opacity: 0;
    pointer-events: none;
  }
  .paper:focus-visible ~ .pen {
    opacity: 1;
  }
`;
