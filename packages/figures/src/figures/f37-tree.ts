/**
 * The law's tree as a picture: blocks below, each with its worker's number; sums that two workers meet in are rings.
 */
import { html, svg, type TemplateResult } from "lit";
import type { Part } from "./float32-sums.ts";

const [WIDTH, HEIGHT, TOP] = [320, 190, 20];

export function lawPicture(whole: Part, label: string): TemplateResult {
  const blocks = whole.hi - whole.lo;
  const width = (WIDTH - 8) / blocks;
  const depth = Math.max(1, Math.ceil(Math.log2(blocks)));
  const place = ({ lo, hi, parts }: Part): [number, number] => {
    const x = 4 + (width * (lo + hi)) / 2;
    return [
      x,
      parts === undefined ? HEIGHT - 22 : TOP + (depth - Math.ceil(Math.log2(hi - lo))) * ((HEIGHT - 62) / depth),
    ];
  };
  const lines = (part: Part): TemplateResult[] =>
    (part.parts ?? []).flatMap((below) => {
      const [[x1, y1], [x2, y2]] = [place(part), place(below)];
      return [svg`<line data-quantity="joined" x1=${x1} y1=${y1} x2=${x2} y2=${y2}></line>`, ...lines(below)];
    });
  const nodes = (part: Part): TemplateResult[] => {
    const [x, y] = place(part);
    const { parts, worker } = part;
    if (parts === undefined) {
      const size = Math.min(30, width - 4);
      return [
        svg`<rect class="block" data-quantity="block" x=${x - size / 2} y=${y - 15} width=${size} height="30" rx="4"></rect>
          <text x=${x} y=${y + 5}>${(worker ?? 0) + 1}</text>`,
      ];
    }
    const node =
      worker === undefined
        ? svg`<circle class="met" data-quantity="met" cx=${x} cy=${y} r="11"></circle><text x=${x} y=${y + 5}>+</text>`
        : svg`<circle class="own" data-quantity="own" cx=${x} cy=${y} r="11"></circle><text x=${x} y=${y + 5}>${worker + 1}</text>`;
    return [...parts.flatMap(nodes), node];
  };
  return html`<svg class="tree" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label=${label}>
    ${lines(whole)}${nodes(whole)}
  </svg>`;
}
