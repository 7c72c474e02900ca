/** The site: text by VitePress, figures by `inkling-figures`, formulas set at build. No request leaves its own host. */
import { katex } from "@mdit/plugin-katex";
import { defaultClientConditions, defaultServerConditions, type Plugin } from "vite";
import { defineConfig } from "vitepress";

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
  srcDir: "pages",
  cleanUrls: true,
  themeConfig: {
    search: { provider: "local" },
    nav: [
      { text: "Book", link: "/book/neuron" },
      { text: "Studio", link: "/studio" },
    ],
    sidebar: { "/book/": [{ text: "The book", items: [{ text: "A neuron", link: "/book/neuron" }] }] },
  },
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag.startsWith("inkling-") } } },
  markdown: {
    // The source of a formula stands in its HTML, and may have {{ in it.
    config: (md) => {
      md.use(katex, { transformer: (html: string) => html.replace(/^<(\w+)/, "<$1 v-pre") });
    },
  },
  vite: {
    resolve: { conditions: ["inkling-source", ...defaultClientConditions] },
    ssr: { resolve: { conditions: ["inkling-source", ...defaultServerConditions] } },
    worker: { format: "es" },
    plugins: [isolation],
  },
});
