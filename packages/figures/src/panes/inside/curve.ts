/** The activation around a neuron's z, with the point where it is and its tangent. */

import type { ActivationName } from "inkling";
import { type CpuMatrix, Reference } from "inkling/proofs";
import { css, html, svg, type TemplateResult } from "lit";
import { inDigits } from "../../words/messages.ts";
import { words } from "./words.ts";

export const curveStyle = css`
  .curve {
    display: block;
    width: 100%;
    max-width: 22rem;
    height: auto;
  }
  .axis {
    stroke: var(--line);
  }
  .sigma {
    fill: none;
    stroke: var(--text);
    stroke-width: 2;
  }
  .tangent {
    stroke: var(--focus);
    stroke-width: 2;
  }
  .dot {
    fill: var(--focus);
  }
  .curve text {
    fill: var(--quiet);
    font-size: 11px;
  }
`;

const [WIDTH, HEIGHT, POINTS] = [260, 120, 121];
/** Room for the labels of the z axis: below the plot, so that no line crosses them. */
const LABELS = 16;

/** σ of evenly spaced numbers, by the library's own operation. */
export function activationAt(activation: ActivationName, from: number, to: number, count: number) {
  const ops = new Reference();
  const z = ops.matrix(1, count);
  const places = Float32Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
  ops.write(z, places);
  return { z: places, a: (ops.activate(z, activation) as CpuMatrix).data.slice() };
}

export function activationCurve(
  activation: ActivationName,
  at: { z: number; a: number; slope: number },
): TemplateResult {
  const reach = Math.max(6, 1.25 * Math.abs(at.z));
  const { z, a } = activationAt(activation, -reach, reach, POINTS);
  const [low, high] = [Math.min(0, ...a), Math.max(...a, 0)];
  const pad = 0.08 * (high - low || 1);
  const x = (value: number) => ((value + reach) / (2 * reach)) * WIDTH;
  const y = (value: number) => HEIGHT - ((value - low + pad) / (high - low + 2 * pad)) * HEIGHT;
  const path = Array.from(
    z,
    (value, i) => `${i === 0 ? "M" : "L"}${x(value).toFixed(1)} ${y(a[i] ?? 0).toFixed(1)}`,
  ).join("");
  const half = reach / 4;
  const label = words().curve(activation, inDigits(at.z), inDigits(at.a));
  return html`
    <svg class="curve" viewBox="0 0 ${WIDTH} ${HEIGHT + LABELS}" role="img" aria-label=${label}>
      ${svg`
        <line class="axis" x1="0" x2=${WIDTH} y1=${y(0)} y2=${y(0)} />
        <line class="axis" x1=${x(0)} x2=${x(0)} y1="0" y2=${HEIGHT} />
        <path class="sigma" d=${path} />
        <line class="tangent" x1=${x(at.z - half)} y1=${y(at.a - half * at.slope)}
          x2=${x(at.z + half)} y2=${y(at.a + half * at.slope)} />
        <circle class="dot" cx=${x(at.z)} cy=${y(at.a)} r="5" />
        <text x="4" y=${HEIGHT + LABELS - 4}>${inDigits(-reach, 2)}</text>
        <text x=${WIDTH - 4} y=${HEIGHT + LABELS - 4} text-anchor="end">z</text>
        <text x=${x(0) + 4} y="12">a</text>
      `}
    </svg>
  `;
}
