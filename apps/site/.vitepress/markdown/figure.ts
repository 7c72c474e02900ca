/**
 * A live figure in a text:
 *
 *   ::: figure f03-activation page digit=7
 *   The caption, with $formulas$.
 *   :::
 *
 * It becomes a <figure> with the element <inkling-f03-activation digit="7">, whose still picture is seen until the
 * figure is drawn, and where there is no JavaScript. `page` and `body` give it more room than the text has. With
 * `beside` it stands beside the paragraphs that follow a line `---` in it, where there is room, or else above them.
 */
import { existsSync, readFileSync } from "node:fs";
import type { Markdown } from "./markdown.ts";

const OPENING = /^::: *figure +([a-z][a-z0-9-]*)((?: +[\w-]+(?:="[^"]*"|=[^\s"]+)?)*) *$/;
const COLUMNS = ["text", "body", "page"];

export interface FigureOptions {
  /** The address of the site's root, as "/". */
  readonly base: string;
  /** Where the still pictures are: stills/NAME.svg, .png or .webp below it, and NAME.dark.svg for the dark theme. */
  readonly publicDir: string;
}

/** The line that begins a figure. */
interface Opening {
  readonly name: string;
  /** `page`, `digit=7`. */
  readonly words: readonly string[];
}

export function figures(markdown: Markdown, options: FigureOptions): void {
  markdown.block.ruler.before("fence", "figure", (state, start, end, silent) => {
    const line = (at: number) =>
      state.src.slice((state.bMarks[at] as number) + (state.tShift[at] as number), state.eMarks[at]).trimEnd();
    const opening = openingOf(line(start));
    if (opening === undefined) return false;
    if (silent) return true;
    let last = start + 1;
    while (last < end && line(last) !== ":::") last++;
    if (last === end) throw new Error(`::: figure ${opening.name} in line ${start + 1} has no ::: that ends it.`);
    let captionEnd = start + 1;
    while (captionEnd < last && line(captionEnd) !== "---") captionEnd++;
    const html = (content: string) => {
      state.push("html_block", "", 0).content = content;
    };
    const text = (from: number, to: number) => {
      const { lineMax } = state;
      state.lineMax = to;
      state.md.block.tokenize(state, from, to);
      state.lineMax = lineMax;
    };
    const isBeside = opening.words.includes("beside");
    if (isBeside) html('<div class="beside">\n');
    html(beginning(opening, options));
    text(start + 1, captionEnd);
    html(`</figcaption>\n${onPaper(opening, options)}${tools(opening, options)}</figure>\n`);
    if (isBeside) {
      html('<div class="told">\n');
      text(captionEnd + 1, last);
      html("</div>\n</div>\n");
    }
    state.line = last + 1;
    return true;
  });
}

/** All figures of a text. */
export function figureOpenings(text: string): Opening[] {
  return text.split("\n").flatMap((line) => openingOf(line.trimEnd()) ?? []);
}

/** The attributes of a figure's element: ` digit="7"`. */
export function attributesOf(words: readonly string[]): string {
  return words
    .map((word) => /^([\w-]+)="?([^"]*)"?$/.exec(word))
    .flatMap((found) => (found?.[0].includes("=") ? [` ${found[1]}="${found[2]}"`] : []))
    .join("");
}

/**
 * The still pictures of a figure (tools/stills.js makes them), as HTML; where there are none, a sentence. In a text Vue
 * would look for the file beside it; `:src` says that this is an address.
 */
export function stillOf(name: string, { base, publicDir }: FigureOptions, where: "text" | "plain" = "text"): string {
  const sizes = stillSizes(publicDir);
  const still = (suffix: string, style: string) => {
    const file = ["svg", "webp", "png"]
      .map((type) => `stills/${name}${suffix}.${type}`)
      .find((path) => existsSync(`${publicDir}/${path}`));
    if (file === undefined) return "";
    const source = where === "text" ? `:src="'${base}${file}'"` : `src="${base}${file}"`;
    const [width, height] = sizes[`${name}${suffix}`] ?? [];
    const size = width === undefined ? "" : ` width="${width}" height="${height}"`;
    return `<img class="still ${style}" ${source}${size} alt="">`;
  };
  const dark = still(".dark", "for-dark");
  const light = still("", dark === "" ? "" : "for-light");
  return light === "" ? '<p class="still">This figure is drawn by JavaScript.</p>' : light + dark;
}

/** How wide and high each still is, so that nothing moves when it has come. */
function stillSizes(publicDir: string): Readonly<Record<string, readonly [width: number, height: number]>> {
  const file = `${publicDir}/stills/sizes.json`;
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
}

function openingOf(line: string): Opening | undefined {
  const [, name, rest] = OPENING.exec(line) ?? [];
  if (name === undefined) return undefined;
  return { name, words: [...(rest ?? "").matchAll(/[\w-]+(?:="[^"]*"|=\S+)?/g)].map(([word]) => word) };
}

/** The HTML before a caption. */
function beginning({ name, words }: Opening, options: FigureOptions): string {
  const column = COLUMNS.find((column) => words.includes(column)) ?? "text";
  return (
    `<figure class="live ${column}" id="${name}">\n` +
    `<inkling-${name}${attributesOf(words)}>${stillOf(name, options)}</inkling-${name}>\n<figcaption>\n\n`
  );
}

/** The place of a figure's address on paper; theme/paper.ts writes it. */
function onPaper({ name }: Opening, { base }: FigureOptions): string {
  return `<div class="on-paper" data-short="${base}${shortAddress(name)}"></div>\n`;
}

/** What a reader can type: f/14 is fig/f14-output-error. */
export function shortAddress(name: string): string {
  const number = /^f(\d+)-/.exec(name)?.[1];
  return number === undefined ? `fig/${name}` : `f/${number}`;
}

/** What a reader can do with a figure; theme/live-page.ts puts the host's name into the code. */
function tools({ name }: Opening, { base }: FigureOptions): string {
  const code = `&lt;script src="${base}fig/embed.js" data-figure="${name}"&gt;&lt;/script&gt;`;
  return (
    `<div class="figure-tools"><a href="${base}fig/${name}" target="_blank">Open alone</a>` +
    `<details><summary>Put it into your page</summary><code data-embed v-pre>${code}</code></details></div>\n`
  );
}
