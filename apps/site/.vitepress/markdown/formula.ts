/**
 * Formulas, set at build, each with its words (spoken.ts). One on lines of its own can say where the library computes
 * it, by names of equations or operations (source.ts):
 *
 *   $$ z = x W + b $$ {source=matmul}
 */
import { katex as dollars } from "@mdit/plugin-katex";
import katex from "katex";
import type { Markdown } from "./markdown.ts";
import { openingOf, sourceLinks } from "./source.ts";
import { spoken } from "./spoken.ts";

const ENDING = /^(.*)\$\$ *\{source="?([\w, .]+)"?\} *$/;

export function formulas(markdown: Markdown, base: string): void {
  markdown.use(dollars);
  markdown.block.ruler.before("math_block_dollar", "sourced_formula", (state, start, end, silent) => {
    const line = (at: number) => state.src.slice((state.bMarks[at] ?? 0) + (state.tShift[at] ?? 0), state.eMarks[at]);
    if (!line(start).startsWith("$$")) return false;
    const parts: string[] = [];
    for (let at = start; at < end; at++) {
      const text = at === start ? line(at).slice(2) : line(at);
      const ending = ENDING.exec(text);
      parts.push(ending?.[1] ?? text);
      if (ending === null && (text.includes("$$") || text.trim() === "")) return false;
      if (ending === null) continue;
      if (silent) return true;
      const token = state.push("math_block", "math", 0);
      token.content = parts.join("\n");
      token.info = ending[2] as string;
      state.line = at + 1;
      return true;
    }
    return false;
  });
  const { rules } = markdown.renderer;
  rules.math_inline = (tokens, i) => typeset(tokens[i]?.content ?? "", false);
  rules.math_block = (tokens, i) => {
    const token = tokens[i];
    const links = token?.info ? sourceLinks(token.info).map((link) => `${openingOf(link, base)}${link.label}</a>`) : [];
    const formula = typeset(token?.content ?? "", true);
    return `<div class="equation">${formula}${links.length > 0 ? `<span class="sources">${links.join(" ")}</span>` : ""}</div>\n`;
  };
}

/** The HTML of a formula. Vue leaves it as it is: TeX may have {{ in it. */
function typeset(tex: string, displayMode: boolean): string {
  const html = katex.renderToString(tex, { displayMode, throwOnError: true, strict: false });
  const label = spoken(tex).replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<span v-pre class="formula" role="math" aria-label="${label}">${html}</span>`;
}
