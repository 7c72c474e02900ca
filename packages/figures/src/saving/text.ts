/** Text as the page has laid it out: one SVG text for each line of each piece. */
import { attributes, colourIn, escaped, type Place } from "./markup.ts";

interface Line {
  text: string;
  left: number;
  right: number;
  readonly top: number;
  readonly height: number;
}

export function linesOf(node: Text, style: CSSStyleDeclaration, at: (rect: Place) => Place): string {
  const { colour, opacity } = colourIn(style.color);
  if (opacity === 0) return "";
  return lines(node)
    .map((line) => {
      const { left, top, width } = at({ ...line, width: line.right - line.left });
      return `<text ${attributes({
        x: left,
        y: top + baselineOf(style, line.height),
        // Another font may be wider: the text keeps its room.
        textLength: width > 0 ? width : undefined,
        fill: colour,
        "fill-opacity": opacity === 1 ? undefined : opacity,
        "font-family": style.fontFamily,
        "font-size": style.fontSize,
        "font-weight": style.fontWeight === "400" ? undefined : style.fontWeight,
        "font-style": style.fontStyle === "normal" ? undefined : style.fontStyle,
        "text-decoration": style.textDecorationLine === "none" ? undefined : style.textDecorationLine,
      })}>${escaped(style.textTransform === "uppercase" ? line.text.toUpperCase() : line.text)}</text>`;
    })
    .join("");
}

/** The words of a node, joined where they stand in one line. */
function lines(node: Text): Line[] {
  const range = document.createRange();
  const found: Line[] = [];
  const add = (text: string, start: number, end: number, isNewWord: boolean) => {
    range.setStart(node, start);
    range.setEnd(node, end);
    const rects = [...range.getClientRects()].filter(({ width, height }) => width > 0 && height > 0);
    const [rect] = rects;
    if (rect === undefined) return;
    if (rects.length > 1 && text.length > 1) {
      // A word that is broken: letter by letter.
      [...text].reduce((from, letter, i) => {
        add(letter, from, from + letter.length, isNewWord && i === 0);
        return from + letter.length;
      }, start);
      return;
    }
    const last = found.at(-1);
    if (last !== undefined && Math.abs(last.top - rect.top) < 2 && rect.left > last.left - 1) {
      last.text += isNewWord ? ` ${text}` : text;
      last.right = Math.max(last.right, rect.right);
    } else found.push({ text, left: rect.left, right: rect.right, top: rect.top, height: rect.height });
  };
  for (const { 0: word, index } of node.data.matchAll(/\S+/g)) add(word, index, index + word.length, true);
  return found;
}

let context: CanvasRenderingContext2D | null | undefined;

/** How far below the top of its box a line's letters stand. */
function baselineOf({ fontStyle, fontWeight, fontSize, fontFamily }: CSSStyleDeclaration, height: number): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (context === null) return height * 0.8;
  context.font = `${fontStyle} ${fontWeight} ${fontSize} ${fontFamily}`;
  const { fontBoundingBoxAscent: up, fontBoundingBoxDescent: down } = context.measureText("x");
  return up + (height - up - down) / 2;
}
