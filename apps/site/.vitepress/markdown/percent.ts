/** A number and its percent sign stay on one line: 86.3 %. */
import type { Markdown } from "./markdown.ts";

export function percents(md: Markdown): void {
  md.core.ruler.push("percents", ({ tokens }) => {
    for (const { children } of tokens) {
      for (const token of children ?? []) {
        if (token.type === "text") token.content = token.content.replaceAll(/(\d) %/g, "$1\u00a0%");
      }
    }
  });
}
