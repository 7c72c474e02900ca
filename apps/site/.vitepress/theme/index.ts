/** VitePress's own theme, our typography, and the figures, which are loaded in the browser alone. */
import type { Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import "katex/dist/katex.min.css";
import "./style.css";

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp() {
    if (!import.meta.env.SSR) void import("inkling-figures");
  },
};

export default theme;
