/** What the parts of a saved picture have in common: places, attributes, colours. */

/** A rectangle, in pixels. */
export interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

type Value = string | number | undefined;

/** Attributes as XML; those without a value are left out. */
export function attributes(given: Readonly<Record<string, Value>>): string {
  return Object.entries(given)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}="${escaped(shortened(value))}"`]))
    .join(" ");
}

export function escaped(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** A number with the decimals that a picture needs. */
function shortened(value: string | number): string {
  return typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
}

/** A computed colour as all programs read it, and how opaque it is. */
export function colourIn(text: string): { readonly colour: string; readonly opacity: number } {
  const [, kind = "", body = ""] = /^(rgba?|color)\((.*)\)$/.exec(text.trim()) ?? [];
  if (kind === "") return { colour: text, opacity: text === "none" || text === "transparent" ? 0 : 1 };
  const numbers = (body.match(/[\d.]+(?:e-?\d+)?%?/g) ?? []).map((part) => {
    return part.endsWith("%") ? Number.parseFloat(part) / 100 : Number(part);
  });
  const scale = kind === "color" ? 255 : 1;
  const [red, green, blue] = numbers.slice(0, 3).map((part) => Math.round(part * scale));
  return { colour: `rgb(${red}, ${green}, ${blue})`, opacity: numbers[3] ?? 1 };
}

/** A fill as attributes; nothing of what cannot be seen. */
export function fill(text: string): Readonly<Record<string, Value>> | undefined {
  const { colour, opacity } = colourIn(text);
  if (opacity === 0) return undefined;
  return { fill: colour, "fill-opacity": opacity === 1 ? undefined : opacity };
}
