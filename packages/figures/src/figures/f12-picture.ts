/** The picture of the paths from a to C: each step with its slope, each path with its product. */
import { html, svg, type TemplateResult } from "lit";
import { inDigits, signed } from "../words/messages.ts";
import type { Path } from "./f12-paths.ts";
import { words } from "./f12-paths.words.ts";

const A = [50, 130] as const;
const C = [590, 130] as const;

export function pathsPicture(a: number, paths: readonly Path[], loss: number): TemplateResult {
  const most = Math.max(1e-9, ...paths.map(({ product }) => Math.abs(product)));
  return html`<svg viewBox="0 0 640 260" role="img" aria-label=${words().chart}>
    ${paths.map((path, i) => way(path, [320, 45 + i * 85], most))}
    <circle data-quantity="ends" cx=${A[0]} cy=${A[1]} r="34"></circle>
    <text x=${A[0]} y=${A[1] - 2}>${words().aShort}</text>
    <text x=${A[0]} y=${A[1] + 17}>${inDigits(a)}</text>
    <circle data-quantity="ends" cx=${C[0]} cy=${C[1]} r="34"></circle>
    <text x=${C[0]} y=${C[1] - 2}>${words().loss}</text>
    <text x=${C[0]} y=${C[1] + 17}>${inDigits(loss)}</text>
  </svg>`;
}

function way({ name, product, steps, isOn }: Path, [x, y]: readonly [number, number], most: number): TemplateResult {
  const colour = product < 0 ? "var(--negative)" : "var(--positive)";
  const width = 1.5 + 10 * (Math.abs(product) / most);
  const line = `M${A[0] + 34} ${A[1]} C 160 ${A[1]} 160 ${y} ${x - 62} ${y} M${x + 62} ${y} C 480 ${y} 480 ${C[1]} ${C[0] - 34} ${C[1]}`;
  const middle = (y + A[1]) / 2;
  return svg`<g class=${isOn ? "" : "off"}>
    <path data-quantity="way" d=${line} fill="none" stroke=${colour} stroke-width=${width} stroke-dasharray=${isOn ? "none" : "4 6"}></path>
    <rect data-quantity="scores" x=${x - 78} y=${y - 24} width="156" height="48" rx="10" fill="var(--panel)" stroke="var(--quiet)"></rect>
    <text x=${x} y=${y - 3}>${name}</text>
    <text x=${x} y=${y + 16}>${words().path(signed(product))}</text>
    ${
      steps === undefined
        ? ""
        : svg`<text x=${y < A[1] ? 130 : 190} y=${y < A[1] ? middle - 22 : A[1] - 12}>× ${signed(steps[0])}</text>
      <text x=${y < A[1] ? 512 : 450} y=${y < A[1] ? middle - 22 : A[1] - 12}>× ${signed(steps[1])}</text>`
    }
  </g>`;
}
