/**
 * Links from equations to the lines of the library that compute them. Files and lines come from `inkling/proofs`, which
 * the library's build finds in its own source; the site shows these files whole (pages/source). In a text,
 * `[](source:bp4)` is such a link.
 */
import { equations, operationSources, type Source } from "inkling/proofs";
import type { Markdown } from "./markdown.ts";

export interface SourceLink {
  /** "products.ts:36". */
  readonly label: string;
  /** Below the site's root. */
  readonly path: string;
  /** As the comment above the line says it. */
  readonly equation: string;
}

/** All places that have a name. */
const places: Readonly<Record<string, readonly Source[]>> = {
  ...operationSources,
  ...Object.fromEntries(Object.entries(equations).map(([name, source]) => [name, [source]])),
};

/** The files that some equation stands in, below packages/inkling/src/. */
export function sourceFiles(): string[] {
  return [...new Set(Object.values(places).flatMap((sources) => sources.map(({ file }) => file)))].toSorted();
}

/** The links of names, which commas or spaces divide: each of an equation (bp4) or of an operation (matmul). */
export function sourceLinks(names: string): SourceLink[] {
  return names
    .split(/[ ,]+/)
    .filter((name) => name !== "")
    .flatMap((name) => {
      const found = places[name];
      if (found === undefined)
        throw new Error(`There is no equation ${name}: expected one of ${Object.keys(places).join(", ")}.`);
      return found.map(({ file, line, equation }) => ({
        label: `${file.split("/").at(-1)}:${line}`,
        path: `source/${file.slice(0, -".ts".length)}#L${line}`,
        equation,
      }));
    });
}

/**
 * A link to a line of source, as HTML: the tag that opens it. With a target it is the browser that goes there, not
 * VitePress's router, which changes no `:target`: the line would not be marked.
 */
export function openingOf({ path, equation }: SourceLink, base: string): string {
  const title = equation.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
  return `<a class="source" href="${base}${path}" title="${title}" target="_self" v-pre>`;
}

/**
 * Makes links of `[](source:bp4)`: to the line of source, named by it where they have no text of their own. They are
 * written as HTML: of other links VitePress makes the part behind # small letters, and #L36 is the address of a line.
 */
export function sourceReferences(markdown: Markdown, base: string): void {
  markdown.core.ruler.push("source_references", ({ tokens, Token }) => {
    const html = (content: string) => Object.assign(new Token("html_inline", "", 0), { content });
    for (const { children } of tokens) {
      for (let i = 0; i < (children?.length ?? 0); i++) {
        const token = children?.[i];
        const name = /^source:(.+)$/.exec(String(token?.attrGet("href") ?? ""))?.[1];
        if (token?.type !== "link_open" || name === undefined) continue;
        const [link] = sourceLinks(name);
        const end = children?.findIndex(({ type }, at) => at > i && type === "link_close") ?? -1;
        if (link === undefined || end < 0) continue;
        children?.splice(end, 1, html("</a>"));
        children?.splice(i, 1, html(openingOf(link, base)), ...(end === i + 1 ? [html(link.label)] : []));
      }
    }
  });
}

/** Gives each line of a file of source its address: #L36. */
export const lineAddresses = {
  name: "inkling:line-addresses",
  line(this: { options: { meta?: { __raw?: string } } }, node: { properties: Record<string, unknown> }, line: number) {
    if (this.options.meta?.__raw?.includes("addressed")) node.properties.id = `L${line}`;
  },
};
