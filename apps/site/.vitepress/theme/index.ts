/** VitePress's own theme, our typography, and the figures, which are loaded in the browser alone. */
import { inBrowser, type Theme } from "vitepress";
import DefaultTheme from "vitepress/theme";
import { nextTick } from "vue";
import "katex/dist/katex.min.css";
import "./style.css";

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ router }) {
    if (!inBrowser) return;
    const load = async () => {
      const { loadFigures } = await import("inkling-figures/loader");
      await nextTick();
      loadFigures();
    };
    const before = router.onAfterRouteChange;
    router.onAfterRouteChange = async (to) => {
      await before?.(to);
      await load();
    };
    void load();
  },
};

export default theme;
