/**
 * The pages /fig/NAME: each figure alone, for frames in other pages. They are none of VitePress's, because they need
 * nothing but the figure: the site's build makes them after its own, and the development server as they are asked for.
 * Each has a short address too, which is printed beside the figure.
 */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { figureNames } from "inkling-figures/loader";
import { build, type Plugin, type UserConfig } from "vite";
import type { Chapter } from "../chapters.ts";
import { attributesOf, type FigureOptions, figureOpenings, shortAddress, stillOf } from "../markdown/figure.ts";

const script = fileURLToPath(new URL("./page.ts", import.meta.url));

/** Parts of figures, and panes that a page has to give a network to, are none by themselves. */
const alone = figureNames.filter((name) => /^f\d\d-/.test(name) || name === "begin");

interface FigPages extends FigureOptions {
  readonly chapters: readonly Chapter[];
  /** The folder of the chapters. */
  readonly book: string;
}

/** Builds the pages into the site's folder. */
export async function buildFigPages(outDir: string, pages: FigPages, shared: UserConfig): Promise<void> {
  const { base } = pages;
  const result = await build({
    ...shared,
    configFile: false,
    logLevel: "warn",
    base,
    publicDir: false,
    build: {
      outDir,
      emptyOutDir: false,
      assetsInlineLimit: 0,
      assetsDir: "fig/assets",
      rolldownOptions: { input: script },
    },
  });
  const outputs = [result].flat().flatMap((made) => ("output" in made ? made.output : []));
  const scripts = outputs.filter((made) => made.type === "chunk" && made.isEntry).map(({ fileName }) => fileName);
  const styles = outputs.filter(({ fileName }) => /\/page[^/]*\.css$/.test(fileName)).map(({ fileName }) => fileName);
  const head = [
    ...styles.map((file) => `<link rel="stylesheet" href="${base}${file}">`),
    ...scripts.map((file) => `<script type="module" src="${base}${file}"></script>`),
  ].join("\n");
  await mkdir(`${outDir}/fig`, { recursive: true });
  await mkdir(`${outDir}/f`, { recursive: true });
  for (const name of alone) {
    const page = await figPage(name, head, pages);
    for (const address of new Set([`fig/${name}`, shortAddress(name)])) {
      await writeFile(`${outDir}/${address}.html`, page);
    }
  }
}

/** Serves them while the site is written. */
export function figPagesPlugin(pages: FigPages): Plugin {
  return {
    name: "fig-pages",
    configureServer(server) {
      server.middlewares.use(async (request, response, next) => {
        const address = /\/(fig\/[a-z0-9-]+|f\/\d+)(?:\.html)?(?:\?|$)/.exec(request.url ?? "")?.[1];
        const name = alone.find((name) => address === `fig/${name}` || address === shortAddress(name));
        if (name === undefined) return next();
        const html = await figPage(name, `<script type="module" src="/@fs${script}"></script>`, pages);
        response.setHeader("Content-Type", "text/html; charset=utf-8");
        response.end(await server.transformIndexHtml(`/fig/${name}`, html));
      });
    },
  };
}

/** The page of a figure: as its chapter has it, with a link to there. */
async function figPage(name: string, head: string, { base, publicDir, chapters, book }: FigPages): Promise<string> {
  const home = await chapterOf(name, chapters, book);
  const link = `${base.replace(/\/$/, "")}${home?.chapter.link ?? "/"}${home === undefined ? "" : `#${name}`}`;
  const still = stillOf(name, { base, publicDir }, "plain");
  const title = home?.chapter.title ?? "A figure";
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="inkling-base" content="${base}">
<title>${title} · Inkling</title>
<link rel="icon" href="${base}icon.svg" type="image/svg+xml">
${head}
</head>
<body>
<main data-figure="${name}"><inkling-${name}${home?.attributes ?? ""}>${still}</inkling-${name}></main>
<footer><a href="${link}" target="_top">${home === undefined ? "Inkling" : `${title}, in the book of Inkling`}</a></footer>
</body>
</html>
`;
}

/** The chapter that has the figure, and the attributes that it has there. */
async function chapterOf(
  name: string,
  chapters: readonly Chapter[],
  book: string,
): Promise<{ chapter: Chapter; attributes: string } | undefined> {
  for (const file of (await readdir(book)).filter((file) => file.endsWith(".md"))) {
    const opening = figureOpenings(await readFile(`${book}/${file}`, "utf8")).find((opening) => opening.name === name);
    const chapter = chapters.find(({ link }) => link === `/book/${file.slice(0, -3)}`);
    if (opening !== undefined && chapter !== undefined) return { chapter, attributes: attributesOf(opening.words) };
  }
  return undefined;
}
