/**
 * The chapters of the book: the files of pages/book/ whose frontmatter says where they stand (`order: 3`). The title is
 * the first heading.
 */
import { readdirSync, readFileSync } from "node:fs";
import type { DefaultTheme } from "vitepress";

export interface Chapter {
  readonly order: number;
  readonly title: string;
  readonly link: string;
}

/** From which chapter on the parts of the book are. */
const PARTS = [
  { from: 1, text: "A network answers" },
  { from: 5, text: "A network learns" },
  { from: 10, text: "Better, deeper, faster" },
];

export function chaptersIn(folder: string): Chapter[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) => {
      const text = readFileSync(`${folder}/${file}`, "utf8");
      const order = /^---\n(?:.*\n)*?order: *(\d+) *\n/.exec(text)?.[1];
      const title = /^# +(.+)$/m.exec(text)?.[1];
      if (order === undefined || title === undefined) return [];
      return [{ order: Number(order), title: title.trim(), link: `/book/${file.slice(0, -3)}` }];
    })
    .toSorted((a, b) => a.order - b.order);
}

/** The book's sidebar: its parts, each with the chapters that are there. */
export function sidebarOf(chapters: readonly Chapter[]): DefaultTheme.SidebarItem[] {
  return PARTS.map(({ from, text }, i) => {
    const next = PARTS[i + 1]?.from ?? Number.POSITIVE_INFINITY;
    const items = chapters
      .filter(({ order }) => order >= from && order < next)
      .map(({ title, link }) => ({ text: title, link }));
    return { text, items };
  }).filter(({ items }) => items.length > 0);
}
