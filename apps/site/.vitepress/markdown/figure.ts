/**
 * A live figure in a text:
 *
 *   ::: figure f03-activation page digit=7
 *   The caption, with $formulas$.
 *   :::
 *
 * It becomes a <figure> with the element <inkling-f03-activation digit="7">, whose still picture is seen until the
 * figure is drawn, and where there is no JavaScript. `page` and `body` give it more room than the text has.
 */
import { existsSync } from "node:fs";
import type { Markdown } from "./markdown.ts";

const OPENING = /^::: *figure +([a-z][a-z0-9-]*)((?: +[\w-]+(?:="[^"]*"|=[^\s"]+)?)*) *$/;
const COLUMNS = ["text", "body", "page"];

export interface FigureOptions {
  /** The address of the site's root, as "/". */
  readonly base: string;
  /** Where the still pictures are: stills/NAME.svg, .png or .webp below it, and NAME.dark.svg for the dark theme. */
  readonly publicDir: string;
}

export function figures(markdown: Markdown, options: FigureOptions): void {
  markdown.block.ruler.before("fence", "figure", (state, start, end, silent) => {
    const line = (at: number) =>
      state.src.slice((state.bMarks[at] as number) + (state.tShift[at] as number), state.eMarks[at]).trimEnd();
    const opening = OPENING.exec(line(start));
    if (opening === null) return false;
    if (silent) return true;
    let last = start + 1;
    while (last < end && line(last) !== ":::") last++;
    if (last === end) throw new Error(`::: figure ${opening[1]} in line ${start + 1} has no ::: that ends it.`);
    const [before, after] = around(opening[1] as string, (opening[2] as string).split(/ +(?=[\w-]+(?:=|\b))/), options);
    state.push("html_block", "", 0).content = before;
    // The caption may not run past its own end.
    const { lineMax } = state;
    state.lineMax = last;
    state.md.block.tokenize(state, start + 1, last);
    state.lineMax = lineMax;
    state.push("html_block", "", 0).content = after;
    state.line = last + 1;
    return true;
  });
}

/** The HTML before a caption and after it. */
function around(name: string, words: readonly string[], options: FigureOptions): [before: string, after: string] {
  const column = COLUMNS.find((column) => words.includes(column)) ?? "text";
  const attributes = words.flatMap((word) => {
    const [, key, value] = /^([\w-]+)="?([^"]*)"?$/.exec(word) ?? [];
    return key === undefined ? [] : [` ${key}="${value}"`];
  });
  const tag = `inkling-${name}`;
  return [
    `<figure class="live ${column}" id="${name}">\n` +
      `<${tag}${attributes.join("")}>${stillOf(name, options)}</${tag}>\n<figcaption>\n`,
    "</figcaption>\n</figure>\n",
  ];
}

/** The still pictures of a figure, as HTML: empty where there is none. */
function stillOf(name: string, { base, publicDir }: FigureOptions): string {
  const still = (suffix: string, style: string) => {
    const file = ["svg", "webp", "png"]
      .map((type) => `stills/${name}${suffix}.${type}`)
      .find((path) => existsSync(`${publicDir}/${path}`));
    // Vue would look for the file beside the text: v-bind tells it that this is an address.
    return file === undefined ? "" : `<img class="still ${style}" :src="'${base}${file}'" alt="">`;
  };
  const dark = still(".dark", "for-dark");
  return still("", dark === "" ? "" : "for-light") + dark;
}
