/**
 * A figure as one SVG picture. What the browser has laid out is drawn again: boxes, borders and bars as rectangles,
 * text as text, charts as they are, canvases as images. So the picture needs no browser, and every program that reads
 * SVG shows it. It has what paper has: the rules for print hold while it is measured, so that buttons are left out, and
 * the answer is there.
 */
import { Boxes } from "./boxes.ts";
import { chartOf } from "./charts.ts";
import { fontFaces } from "./fonts.ts";
import { attributes, escaped, type Place } from "./markup.ts";
import { linesOf } from "./text.ts";

export interface Drawn {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

export interface Drawing {
  readonly figure: HTMLElement;
  /** What stands below it in the picture. */
  readonly caption: HTMLElement | undefined;
  /** The last line: where it comes from. */
  readonly source: string;
  /** A CSS colour. */
  readonly background: string;
}

/** Around the figure, and between it and its caption, in pixels. */
const MARGIN = 20;
const GAP = 14;
/** The height of the line that says where it comes from. */
const SOURCE = 22;

export async function drawn({ figure, caption, source, background }: Drawing): Promise<Drawn> {
  const families = new Set<string>();
  const parts: string[] = [];
  const end = onPaper(figure);
  let size: Place;
  try {
    const place = figure.getBoundingClientRect();
    parts.push(new Walk({ left: MARGIN - place.left, top: MARGIN - place.top }, families).drawn(figure));
    size = { left: 0, top: 0, width: place.width + 2 * MARGIN, height: place.height + 2 * MARGIN };
    if (caption !== undefined) {
      const below = caption.getBoundingClientRect();
      const shift = { left: MARGIN - below.left, top: size.height - MARGIN + GAP - below.top };
      parts.push(new Walk(shift, families).drawn(caption));
      size = { ...size, height: size.height + GAP + below.height };
    }
    const { color, fontFamily } = getComputedStyle(caption ?? figure);
    const line = attributes({ x: MARGIN, y: size.height, fill: color, "font-family": fontFamily, "font-size": "11px" });
    parts.push(`<text ${line}>${escaped(source)}</text>`);
    size = { ...size, height: size.height + SOURCE };
  } finally {
    end();
  }
  const [width, height] = [Math.ceil(size.width), Math.ceil(size.height)];
  const ground = `<rect ${attributes({ width, height, fill: background })}/>`;
  const faces = await fontFaces(families);
  const style = faces === "" ? "" : `<style>${faces}</style>`;
  const names = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
  const frame = `${names} ${attributes({ width, height, viewBox: `0 0 ${width} ${height}` })}`;
  return { svg: `<svg ${frame}>${style}${ground}${parts.join("")}</svg>`, width, height };
}

/** Draws an element and all that is seen in it, moved by so much. */
class Walk {
  readonly #families: Set<string>;
  readonly #boxes: Boxes;
  readonly #shift: Pick<Place, "left" | "top">;

  constructor(shift: Pick<Place, "left" | "top">, families: Set<string>) {
    this.#shift = shift;
    this.#families = families;
    this.#boxes = new Boxes((rect) => this.#at(rect));
  }

  drawn(element: Element): string {
    const style = getComputedStyle(element);
    if (isUnseen(element, style)) return "";
    if (style.display === "contents") return this.#inside(element);
    const place = this.#at(element.getBoundingClientRect());
    const content = this.#content(element, style, place);
    const all = this.#boxes.drawn(element, style, place) + this.#clipped(element, style, place, content);
    return style.opacity === "1" || all === "" ? all : `<g opacity="${style.opacity}">${all}</g>`;
  }

  #content(element: Element, style: CSSStyleDeclaration, place: Place): string {
    if (element instanceof SVGSVGElement) return chartOf(element, place);
    if (element instanceof HTMLCanvasElement) return imageOf(element.toDataURL(), style, place);
    if (element instanceof HTMLImageElement) return imageOf(element.src, style, place);
    if (element instanceof HTMLProgressElement) return this.#boxes.progress(element, style, place);
    return this.#inside(element);
  }

  #inside(element: Element): string {
    return childrenOf(element)
      .map((child) => {
        if (child instanceof Element) return this.drawn(child);
        return child instanceof Text ? this.#text(child) : "";
      })
      .join("");
  }

  #text(node: Text): string {
    const parent = node.parentElement ?? (node.getRootNode() as ShadowRoot).host;
    if (parent === undefined || node.data.trim() === "") return "";
    const style = getComputedStyle(parent);
    const [first = ""] = style.fontFamily.split(",");
    this.#families.add(first.replace(/["']/g, "").trim());
    return linesOf(node, style, (rect) => this.#at(rect));
  }

  /** What scrolls is cut off as it is seen. */
  #clipped(element: Element, { overflowX, overflowY }: CSSStyleDeclaration, place: Place, content: string): string {
    const cuts = (overflow: string) => overflow !== "visible";
    const isLarger = element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1;
    if (content === "" || !(cuts(overflowX) || cuts(overflowY)) || !isLarger || element.clientHeight === 0) {
      return content;
    }
    const { left: x, top: y, width, height } = place;
    const inside = `<svg ${attributes({ x, y, width, height, viewBox: `${x} ${y} ${width} ${height}` })}>`;
    return `${inside}${content}</svg>`;
  }

  #at({ left, top, width, height }: Place): Place {
    return { left: left + this.#shift.left, top: top + this.#shift.top, width, height };
  }
}

/** The nodes that are drawn in an element: of its shadow tree, or what a slot was given. */
function childrenOf(element: Element): readonly Node[] {
  if (element.shadowRoot !== null) return [...element.shadowRoot.childNodes];
  if (element instanceof HTMLSlotElement) {
    const given = element.assignedNodes({ flatten: true });
    if (given.length > 0) return given;
  }
  return [...element.childNodes];
}

/** What is not drawn, and what only a screen reader reads. */
function isUnseen(element: Element, style: CSSStyleDeclaration): boolean {
  if (style.display === "none" || style.visibility === "hidden" || style.opacity === "0") return true;
  if (element instanceof HTMLStyleElement || element instanceof HTMLScriptElement) return true;
  return style.position === "absolute" && (style.clipPath.startsWith("inset(50%") || style.clip.startsWith("rect("));
}

function imageOf(address: string, { imageRendering }: CSSStyleDeclaration, place: Place): string {
  if (!address.startsWith("data:")) return "";
  const { left: x, top: y, width, height } = place;
  const pixels = imageRendering === "pixelated" ? "image-rendering: pixelated" : undefined;
  const frame = attributes({ x, y, width, height, preserveAspectRatio: "none", style: pixels });
  return `<image ${frame} href="${address}" xlink:href="${address}"/>`;
}

/** Lets the rules for paper hold in an element and all below it, until what it returns is called. */
function onPaper(element: Element): () => void {
  const changed: [root: ShadowRoot, sheets: readonly CSSStyleSheet[]][] = [];
  const visit = (root: Element | ShadowRoot) => {
    for (const child of root.querySelectorAll("*")) if (child.shadowRoot !== null) enter(child.shadowRoot);
  };
  const enter = (root: ShadowRoot) => {
    const sheets = [...root.styleSheets, ...root.adoptedStyleSheets];
    const paper = new CSSStyleSheet();
    paper.replaceSync(sheets.flatMap((sheet) => [...sheet.cssRules].flatMap(forPaper)).join("\n"));
    // A copy: what the property gives changes with it.
    changed.push([root, [...root.adoptedStyleSheets]]);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, paper];
    visit(root);
  };
  if (element.shadowRoot !== null) enter(element.shadowRoot);
  visit(element);
  return () => {
    for (const [root, sheets] of changed) root.adoptedStyleSheets = [...sheets];
  };
}

function forPaper(rule: CSSRule): string[] {
  if (!(rule instanceof CSSMediaRule) || rule.media.mediaText !== "print") return [];
  return [...rule.cssRules].map(({ cssText }) => cssText);
}
