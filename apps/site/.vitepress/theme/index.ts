/** VitePress's own theme, our typography, and the figures, which are loaded in the browser alone. */
import { inBrowser, type Theme } from "vitepress";
import DefaultTheme from "vitepress/theme-without-fonts";
import { onMounted } from "vue";
import "katex/dist/katex.min.css";
import "virtual:palette.css";
import "./style.css";
import "./book.css";
import "./home.css";
import "./print.css";
import { livePage } from "./live-page.ts";
import { endPaper, preparePaper, writeForPaper } from "./paper.ts";

const theme: Theme = {
  extends: DefaultTheme,
  enhanceApp({ router }) {
    if (!inBrowser) return;
    const before = router.onAfterRouteChange;
    router.onAfterRouteChange = async (to) => {
      await before?.(to);
      await livePage();
    };
    preparePaper();
    addEventListener("afterprint", endPaper);
    addEventListener("beforeprint", () => {
      writeForPaper();
      void livePage({ all: true });
    });
  },
  setup() {
    // A built page stands there from the beginning; in development it is drawn when its code has come.
    onMounted(() => void livePage());
  },
};

export default theme;
