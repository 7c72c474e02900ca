/** An SVG of the page as a part of a picture: with the styles that it has there, and names of its own. */
import { attributes, colourIn, type Place } from "./markup.ts";

/** What a style sheet may say of a shape, and SVG has an attribute for. */
const STYLES = [
  ...["fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity"],
  ...["fill-opacity", "stroke-opacity", "paint-order", "vector-effect", "text-anchor", "font-family", "font-size"],
  ...["font-weight", "font-style", "image-rendering"],
] as const;
/** What an attribute need not say. */
const USUAL: Readonly<Record<string, string>> = {
  opacity: "1",
  "fill-opacity": "1",
  "stroke-opacity": "1",
  "stroke-dasharray": "none",
  "stroke-linecap": "butt",
  "stroke-linejoin": "miter",
  "paint-order": "normal",
  "vector-effect": "none",
  "font-style": "normal",
  "font-weight": "400",
  "text-anchor": "start",
  "image-rendering": "auto",
  stroke: "none",
};
const COLOURS = ["fill", "stroke"];
/** Of these nothing is drawn. */
const DROPPED = /^(?:class|style|role|tabindex|part|data-.*|aria-.*|id)$/;
let charts = 0;

export function chartOf(chart: SVGSVGElement, { left: x, top: y, width, height }: Place): string {
  const prefix = `chart-${++charts}-`;
  const copy = chart.cloneNode(true) as SVGSVGElement;
  copyStyles(chart, copy, prefix);
  for (const name of [...copy.getAttributeNames()]) {
    if (!["viewBox", "preserveAspectRatio"].includes(name)) copy.removeAttribute(name);
  }
  const { overflow } = getComputedStyle(chart);
  const frame = attributes({ x, y, width, height, overflow: overflow === "visible" ? "visible" : undefined });
  const text = new XMLSerializer().serializeToString(copy);
  return text
    .replace(/^<svg/, `<svg ${frame}`)
    .replace(/ xmlns(?::xlink)?="[^"]*"/g, "")
    .replace(/<!--.*?-->/gs, "");
}

/** Writes what the page's style sheets say into a copy, element by element, and drops what is not seen. */
function copyStyles(from: Element, to: Element, prefix: string): void {
  const style = getComputedStyle(from);
  const [children, copies] = [[...from.children], [...to.children]];
  for (const [i, child] of children.entries()) {
    const copy = copies[i];
    if (copy === undefined) continue;
    if (getComputedStyle(child).display === "none" && !isDefinition(child)) copy.remove();
    else copyStyles(child, copy, prefix);
  }
  for (const name of to.getAttributeNames()) {
    const value = to.getAttribute(name) ?? "";
    if (name === "id") to.setAttribute("id", prefix + value);
    else if (DROPPED.test(name)) to.removeAttribute(name);
    else if (value.includes("url(#")) to.setAttribute(name, value.replace("url(#", `url(#${prefix}`));
    else if (name === "href" && value.startsWith("#")) to.setAttribute(name, `#${prefix}${value.slice(1)}`);
  }
  if (from.matches("svg, clipPath, linearGradient, title, desc")) return;
  for (const name of STYLES) {
    const value = style.getPropertyValue(name);
    if (value === "" || value === USUAL[name]) continue;
    if (value.startsWith("url(")) continue;
    const { colour, opacity } = colourIn(value);
    if (!COLOURS.includes(name)) to.setAttribute(name, value);
    else {
      to.setAttribute(name, opacity === 0 ? "none" : colour);
      if (opacity > 0 && opacity < 1) to.setAttribute(`${name}-opacity`, String(opacity));
    }
  }
}

function isDefinition(element: Element): boolean {
  return element.matches("defs, clipPath, linearGradient, marker, pattern");
}
