/** The site: text by VitePress, figures by `inkling-figures`, formulas set at build. No request leaves its own host. */
import { fileURLToPath } from "node:url";
import { katex } from "@mdit/plugin-katex";
import { defaultClientConditions, defaultServerConditions, type Plugin } from "vite";
import { defineConfig } from "vitepress";
import { chaptersIn, sidebarOf } from "./chapters.ts";
import { figures } from "./markdown/figure.ts";

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

export default defineConfig({
  title: "Inkling",
  description: "A neural network that you can see through",
  base,
  srcDir: "pages",
  cleanUrls: true,
  head: [["meta", { name: "inkling-base", content: base }]],
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Book", link: chapters[0]?.link ?? "/", activeMatch: "^/book/" },
      { text: "Studio", link: "/studio" },
    ],
    sidebar: { "/book/": sidebarOf(chapters) },
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("inkling-") } } },
  markdown: {
    // The source of a formula stands in its HTML, and may have {{ in it.
    config: (md) => {
      md.use(katex, { transformer: (html: string) => html.replace(/^<(\w+)/, "<$1 v-pre") });
      figures(md, { base, publicDir: `${pages}/public` });
    },
  },
  vite: {
    resolve: { conditions: ["inkling-source", ...defaultClientConditions] },
    ssr: { resolve: { conditions: ["inkling-source", ...defaultServerConditions] } },
    worker: { format: "es" },
    plugins: [isolation],
  },
});
