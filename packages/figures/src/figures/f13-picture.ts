/**
 * The picture of a layered graph: lines that were gone along, in this pass and before, and the node that it began at.
 */
import { html, svg, type TemplateResult } from "lit";
import type { Direction, Graph, Step } from "./f13-graph.ts";

const [WIDTH, HEIGHT] = [320, 250];

export function graphPicture(
  { sizes }: Graph,
  steps: readonly Step[],
  done: number,
  direction: Direction,
  label: string,
): TemplateResult {
  const place = (layer: number, i: number): [number, number] => {
    const count = sizes[layer] ?? 1;
    return [22 + (layer * (WIDTH - 44)) / (sizes.length - 1), ((i + 0.5) * HEIGHT) / count];
  };
  const pass = steps[Math.max(0, done - 1)]?.pass ?? 0;
  const key = (layer: number, i: number, j: number) => `${layer} ${i} ${j}`;
  const gone = steps.slice(0, done);
  const before = new Set(gone.map(({ layer, i, j }) => key(layer, i, j)));
  const now = new Set(gone.filter((step) => step.pass === pass).map(({ layer, i, j }) => key(layer, i, j)));
  const lines = sizes.slice(1).flatMap((next, layer) =>
    Array.from({ length: sizes[layer] ?? 0 }, (_, i) =>
      Array.from({ length: next }, (_, j) => {
        const [[x1, y1], [x2, y2]] = [place(layer, i), place(layer + 1, j)];
        const name = key(layer, i, j);
        const state = now.has(name) ? "now" : before.has(name) ? "done" : "";
        return svg`<line class="edge ${state}" data-quantity=${state === "now" ? "now" : state === "done" ? "gone" : "still"} x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>`;
      }),
    ).flat(),
  );
  const start = direction === "forward" ? 0 : sizes.length - 1;
  const nodes = sizes.flatMap((count, layer) =>
    Array.from({ length: count }, (_, i) => {
      const [x, y] = place(layer, i);
      const isStart = layer === start && i === pass;
      return svg`<circle class="node ${isStart ? "known" : ""}" data-quantity=${isStart ? "start" : "node"} cx=${x} cy=${y} r="9"></circle>`;
    }),
  );
  return html`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${label}>${lines}${nodes}</svg>`;
}
