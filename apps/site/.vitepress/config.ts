/** The site: text by VitePress, figures by `inkling-figures`, formulas set at build. No request leaves its own host. */
import { fileURLToPath } from "node:url";
import { defaultClientConditions, defaultServerConditions, type Plugin } from "vite";
import { defineConfig, type MarkdownEnv, type MarkdownRenderer } from "vitepress";
import { chaptersIn, sidebarOf } from "./chapters.ts";
import { buildFigPages, figPagesPlugin } from "./fig/pages.ts";
import { hashPlugin, hashScript } from "./hash.ts";
import { chapterLinks } from "./markdown/chapter-links.ts";
import { figures } from "./markdown/figure.ts";
import { formulas } from "./markdown/formula.ts";
import { percents } from "./markdown/percent.ts";
import { lineAddresses, sourceReferences } from "./markdown/source.ts";
import { paletteCss, woff2Only } from "./palette-css.ts";
import { addPolicies } from "./policy.ts";
import { referenceSidebar } from "./reference.ts";

/** Where the site's root is on its host. */
const base = process.env.INKLING_BASE ?? "/";
const pages = fileURLToPath(new URL("../pages", import.meta.url));
const chapters = chaptersIn(`${pages}/book`);

/** Only an isolated page may share memory between threads. */
const isolation: Plugin = {
  name: "isolation",
  configureServer: ({ middlewares }) => {
    middlewares.use((_request, response, next) => {
      response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
      response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
      next();
    });
  },
};

/**
 * The worker that trains imports what page and worker share. Where VitePress put some of it into one file with what
 * needs a window, the worker would have to be a second copy of the library: so that has files of its own.
 */
const sharedWithWorker: Plugin = {
  name: "shared-with-worker",
  apply: "build",
  outputOptions(options) {
    const { groups = [], ...splitting } =
      options.codeSplitting === true || !options.codeSplitting ? {} : options.codeSplitting;
    const own = [
      { name: "preload", test: /vite\/preload-helper/, priority: 10 },
      { name: "figures", test: /figures\/src\/(words\/messages|data\/(base|fetching|words))\.ts/, priority: 10 },
    ];
    return { ...options, codeSplitting: { ...splitting, groups: [...own, ...groups] } };
  },
};

/** A worker has no document that could fetch files beforehand. */
const modulePreload = {
  resolveDependencies: (_file: string, files: string[], { hostId }: { hostId: string }) => {
    return /\/worker\b/.test(hostId) ? [] : files;
  },
};

/** What is searched of a page: its text, without the tools below its figures. */
async function searched(source: string, env: MarkdownEnv, md: MarkdownRenderer): Promise<string> {
  const html = await md.renderAsync(source, env);
  if (env.frontmatter?.search === false) return "";
  return html.replace(/<div class="figure-tools">.*<\/div>/g, "");
}

const figPages = { base, publicDir: `${pages}/public`, chapters, book: `${pages}/book` };

/** Figures are bundled from their source. */
const fromSource = { conditions: ["inkling-source", ...defaultClientConditions] };

export default defineConfig({
  title: "Inkling",
  description: "A neural network that you can see through",
  base,
  srcDir: "pages",
  cleanUrls: true,
  // A phone loads no chapter that nobody has asked for.
  router: { prefetchLinks: false },
  // Else each change of the theme writes a style sheet into the page, which its policy forbids.
  appearance: { disableTransition: false },
  head: [
    ["meta", { name: "inkling-base", content: base }],
    ["meta", { name: "inkling-book", content: `${base}book/` }],
    ["link", { rel: "icon", href: `${base}icon.svg`, type: "image/svg+xml" }],
    ["script", {}, hashScript],
  ],
  themeConfig: {
    logo: { src: "/icon.svg", alt: "" },
    outline: { level: [2, 3], label: "On this page" },
    docFooter: { prev: "Before", next: "Next" },
    externalLinkIcon: true,
    search: { provider: "local", options: { _render: searched } },
    nav: [
      { text: "Book", link: chapters[0]?.link ?? "/", activeMatch: "^/book/" },
      { text: "Studio", link: "/studio" },
      { text: "Reference", link: "/reference/", activeMatch: "^/reference/" },
      { text: "Offline", link: "/offline" },
    ],
    sidebar: { "/book/": sidebarOf(chapters), "/reference/": referenceSidebar(`${pages}/reference`) },
  },
  async buildEnd({ outDir }) {
    await buildFigPages(outDir, figPages, {
      resolve: fromSource,
      worker: { format: "es" },
      plugins: [paletteCss],
    });
    await addPolicies(outDir);
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("inkling-") } } },
  markdown: {
    theme: { light: "github-light-high-contrast", dark: "github-dark-high-contrast" },
    codeTransformers: [lineAddresses],
    config: (md) => {
      formulas(md, base);
      sourceReferences(md, base);
      chapterLinks(md, `${pages}/book`);
      figures(md, { base, publicDir: `${pages}/public` });
      percents(md);
    },
  },
  vite: {
    resolve: fromSource,
    ssr: { resolve: { conditions: ["inkling-source", ...defaultServerConditions] } },
    worker: { format: "es" },
    // The policy of the pages lets no font and no script come from a data: address.
    build: { assetsInlineLimit: 0, modulePreload },
    plugins: [isolation, sharedWithWorker, paletteCss, woff2Only, hashPlugin, figPagesPlugin(figPages)],
  },
});
