/**
 * Chapters may name chapters that come later. Until such a chapter is written its name is no link: a link that leads
 * nowhere ends the build.
 */
import { existsSync } from "node:fs";
import type { Markdown } from "./markdown.ts";

/** All chapters of the book. */
const CHAPTERS = [
  ...["neuron", "activation", "feedforward", "softmax-and-loss", "gradient", "backpropagation", "gradient-descent"],
  ...["prediction", "initialisation", "better-learning", "deep-networks", "convolution", "speed", "same-bits"],
];

export function chapterLinks(markdown: Markdown, book: string): void {
  const isUnwritten = (href: string) => {
    const name = /^(?:\.\/|\/book\/)([\w-]+)(?:\.md|\.html)?(?:#.*)?$/.exec(href)?.[1];
    return name !== undefined && CHAPTERS.includes(name) && !existsSync(`${book}/${name}.md`);
  };
  markdown.core.ruler.push("chapter_links", ({ tokens }) => {
    for (const token of tokens) {
      const { children } = token;
      if (children === null) continue;
      let isInside = false;
      token.children = children.filter(({ type, attrGet }, i) => {
        if (type === "link_close" && isInside) {
          isInside = false;
          return false;
        }
        if (type !== "link_open" || !isUnwritten(String(attrGet.call(children[i], "href")))) return true;
        isInside = true;
        return false;
      });
    }
  });
}
