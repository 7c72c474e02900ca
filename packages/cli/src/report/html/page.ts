/**
 * The parts of a report in HTML, and the page around them: one file, without a script and without anything to load, so
 * it works offline and in ten years. Text from outside comes in by `escaped` alone.
 */
import { version } from "inkling";
import { printable } from "../../printable.ts";
import { dashes, lineColour, STYLE } from "./style.ts";

/** HTML that is safe to put into a page. */
export type Html = string;

/** Text as HTML: of a file, a column, a class, an option. What is invisible shows as its number. */
export function escaped(text: unknown): Html {
  return printable(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** A whole page. `title` and `about` are text, `body` is HTML. */
export function page(title: string, about: string, body: readonly Html[]): string {
  return [
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
    `<title>${escaped(title)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta name="generator" content="Inkling ${version}">`,
    // Nothing is loaded, and no script runs, whatever a name in a data set might be.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">`,
    `<style>${STYLE}</style></head><body>`,
    `<header><h1>${escaped(title)}</h1><p class="faint">${escaped(about)}</p></header>`,
    `<main>${body.filter(Boolean).join("\n")}</main>`,
    "</body></html>\n",
  ].join("\n");
}

/** A part of the page under its title; nothing where it has nothing to show. */
export function section(title: string, parts: readonly Html[]): Html {
  const body = parts.filter(Boolean);
  return body.length === 0 ? "" : `<section><h2>${escaped(title)}</h2>\n${body.join("\n")}</section>`;
}

export function paragraph(text: string, kind?: "faint" | "warning"): Html {
  return `<p${kind === undefined ? "" : ` class="${kind}"`}>${escaped(text)}</p>`;
}

/** The numbers that one looks for first, large: each with its title, and what is small beside it. */
export function keyNumbers(numbers: readonly (readonly [title: string, value: string, small?: string])[]): Html {
  const cells = numbers.map(([title, value, small]) => {
    const beside = small === undefined ? "" : ` <small>${escaped(small)}</small>`;
    return `<div><dt>${escaped(title)}</dt><dd>${escaped(value)}${beside}</dd></div>`;
  });
  return `<dl class="numbers">${cells.join("")}</dl>`;
}

/** A table of texts. The first cell of a row is its title; columns from `right` on are numbers. */
export function table(
  caption: string,
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  right = 1,
): Html {
  const cell = (tag: string, text: string, j: number, scope = "") =>
    `<${tag}${scope}${j >= right ? ' class="right"' : ""}>${escaped(text)}</${tag}>`;
  const head = titles.map((title, j) => cell("th", title, j, ' scope="col"')).join("");
  const body = rows.map((row) => {
    return `<tr>${row.map((text, j) => (j === 0 ? cell("th", text, j, ' scope="row"') : cell("td", text, j))).join("")}</tr>`;
  });
  const top = titles.length === 0 ? "" : `<thead><tr>${head}</tr></thead>`;
  return `<div class="wide"><table><caption><span>${escaped(caption)}</span></caption>${top}<tbody>${body.join("\n")}</tbody></table></div>`;
}

/** What is there for those who ask for it. */
export function details(title: string, body: Html): Html {
  return `<details><summary>${escaped(title)}</summary>${body}</details>`;
}

/** A figure with its caption and, of several lines, which is which. */
export function figure(svg: Html, caption: string, names: readonly string[] = []): Html {
  const keys = names.length < 2 ? "" : `<ul class="keys">${names.map(key).join("")}</ul>`;
  return `<figure><figcaption>${escaped(caption)}${keys}</figcaption>${svg}</figure>`;
}

function key(name: string, i: number): Html {
  const line = `<line x1="0" y1="5" x2="28" y2="5" stroke="${lineColour(i)}" stroke-width="2" stroke-dasharray="${dashes(i)}"/>`;
  return `<li><svg viewBox="0 0 28 10" aria-hidden="true">${line}</svg>${escaped(name)}</li>`;
}

/** Figures side by side where there is room. */
export function figures(all: readonly Html[]): Html {
  const shown = all.filter(Boolean);
  return shown.length === 0 ? "" : `<div class="figures">${shown.join("\n")}</div>`;
}

/** Pictures in a row, each above its caption. */
export function pictures(
  all: readonly { readonly source: string; readonly caption: string; readonly says?: string }[],
  isTiny = false,
): Html {
  const items = all.map(({ source, caption, says = caption }) => {
    return `<li><img src="${escaped(source)}" alt="${escaped(says)}">${escaped(unbroken(caption))}</li>`;
  });
  return `<ul class="pictures${isTiny ? " tiny" : ""}">${items.join("\n")}</ul>`;
}

/** A number and its % stay on one line. */
export function unbroken(text: string): string {
  return text.replaceAll(" %", "\u00a0%");
}
