/** The boxes of a page as rectangles: backgrounds, borders, outlines, and what a style sheet adds before and after. */
import { attributes, colourIn, fill, type Place } from "./markup.ts";

const SIDES = ["Top", "Right", "Bottom", "Left"] as const;
let gradients = 0;

export class Boxes {
  readonly #at: (rect: Place) => Place;

  constructor(at: (rect: Place) => Place) {
    this.#at = at;
  }

  drawn(element: Element, style: CSSStyleDeclaration, place: Place): string {
    if (element instanceof SVGElement) return "";
    return this.#box(style, place) + this.#added(element, "::before") + this.#added(element, "::after");
  }

  /** How far something has come. */
  progress(element: HTMLProgressElement, { accentColor }: CSSStyleDeclaration, place: Place): string {
    const { left: x, top: y, width, height } = place;
    const share = Math.max(0, Math.min(1, element.value / element.max));
    const line = { x, y, height, rx: height / 2 };
    const ground = `<rect ${attributes({ ...line, width, fill: "rgb(128, 128, 128)", "fill-opacity": 0.25 })}/>`;
    return `${ground}<rect ${attributes({ ...line, width: width * share, ...fill(accentColor) })}/>`;
  }

  #box(style: CSSStyleDeclaration, place: Place): string {
    const { left: x, top: y, width, height } = place;
    if (width === 0 && height === 0) return "";
    const rx = Math.min(Number.parseFloat(style.borderTopRightRadius) || 0, width / 2, height / 2) || undefined;
    const rect = { x, y, width, height, rx };
    const ground = fill(style.backgroundColor);
    const parts = ground === undefined ? [] : [`<rect ${attributes({ ...rect, ...ground })}/>`];
    parts.push(gradientOf(style.backgroundImage, rect), this.#borders(style, place, rx), outlineOf(style, place));
    return parts.join("");
  }

  /** One frame where all four sides are equal, else a line for each side that there is. */
  #borders(style: CSSStyleDeclaration, { left, top, width, height }: Place, rx: number | undefined): string {
    const sides = SIDES.map((side) => {
      const kind = style[`border${side}Style`];
      const size = kind === "none" || kind === "hidden" ? 0 : Number.parseFloat(style[`border${side}Width`]);
      return { size, ...colourIn(style[`border${side}Color`]) };
    });
    const [first] = sides;
    if (sides.every(({ size, colour, opacity }) => size === 0 || opacity === 0 || colour === "transparent")) return "";
    if (sides.every(({ size, colour }) => size === first?.size && colour === first.colour)) {
      const half = (first?.size ?? 0) / 2;
      const frame = { x: left + half, y: top + half, width: width - 2 * half, height: height - 2 * half, rx };
      return `<rect ${attributes({ ...frame, fill: "none", stroke: first?.colour, "stroke-width": first?.size })}/>`;
    }
    const lines: readonly Place[] = [
      { left, top, width, height: sides[0]?.size ?? 0 },
      { left: left + width - (sides[1]?.size ?? 0), top, width: sides[1]?.size ?? 0, height },
      { left, top: top + height - (sides[2]?.size ?? 0), width, height: sides[2]?.size ?? 0 },
      { left, top, width: sides[3]?.size ?? 0, height },
    ];
    return lines
      .map((line, i) => {
        const { size = 0, opacity = 0, colour = "" } = sides[i] ?? {};
        if (size === 0 || opacity === 0) return "";
        return `<rect ${attributes({ x: line.left, y: line.top, width: line.width, height: line.height, fill: colour })}/>`;
      })
      .join("");
  }

  /** A box that a style sheet adds, where it has a place of its own. */
  #added(element: Element, which: "::before" | "::after"): string {
    const style = getComputedStyle(element, which);
    if (style.content === "none" || style.content === "normal" || style.position !== "absolute") return "";
    const { left, top } = element.getBoundingClientRect();
    const [x, y, width, height] = [style.left, style.top, style.width, style.height].map(Number.parseFloat);
    const own = getComputedStyle(element);
    return this.#box(
      style,
      this.#at({
        left: left + Number.parseFloat(own.borderLeftWidth) + (x ?? 0),
        top: top + Number.parseFloat(own.borderTopWidth) + (y ?? 0),
        width: (width ?? 0) + Number.parseFloat(style.borderLeftWidth) + Number.parseFloat(style.borderRightWidth),
        height: height ?? 0,
      }),
    );
  }
}

/** Around the box, as far away as the style says. */
function outlineOf({ outlineStyle, outlineWidth, outlineOffset, outlineColor }: CSSStyleDeclaration, place: Place) {
  const size = Number.parseFloat(outlineWidth);
  if (outlineStyle === "none" || outlineStyle === "auto" || size === 0) return "";
  const away = Number.parseFloat(outlineOffset) + size / 2;
  const frame = {
    x: place.left - away,
    y: place.top - away,
    width: place.width + 2 * away,
    height: place.height + 2 * away,
    rx: 3,
  };
  const { colour } = colourIn(outlineColor);
  return `<rect ${attributes({ ...frame, fill: "none", stroke: colour, "stroke-width": size })}/>`;
}

/** A legend's colours from left to right. */
function gradientOf(image: string, rect: Readonly<Record<string, number | undefined>>): string {
  const [, body] = /^linear-gradient\(to right, (.*)\)$/.exec(image) ?? [];
  if (body === undefined) return "";
  const stops = body.match(/(?:rgba?|color)\([^)]*\)/g) ?? [];
  const id = `gradient-${++gradients}`;
  const colours = stops.map((stop, i) => {
    return `<stop ${attributes({ offset: i / (stops.length - 1 || 1), "stop-color": colourIn(stop).colour })}/>`;
  });
  const gradient = `<linearGradient id="${id}">${colours.join("")}</linearGradient>`;
  return `${gradient}<rect ${attributes({ ...rect, fill: `url(#${id})` })}/>`;
}
