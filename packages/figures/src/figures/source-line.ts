/** The line of the library's source that computed a number, with a link to it. Places come from the library's build. */
import { equations } from "inkling/proofs";
import { html, type TemplateResult } from "lit";
import { dataBase } from "../data/base.ts";
import { words } from "./traced.words.ts";

export function sourceLine(name: keyof typeof equations, isLit = false): TemplateResult {
  const { file, line, equation } = equations[name];
  const address = `${dataBase()}source/${file.replace(/\.ts$/, "")}#L${line}`;
  return html`<p class="source ${isLit ? "lit" : ""}">
    ${words().source} <a href=${address}><code>${file}:${line}</code></a> <code>${equation}</code>
  </p>`;
}
