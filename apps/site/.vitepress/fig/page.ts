/**
 * The script of a page that has one figure alone, for a frame in somebody's own page. The address may say
 * `?theme=dark`, `?lang=de` and `?state=…` (what stands behind # in the chapter); the page tells the one around it how
 * high it is, by a message { type: "inkling-height", name, height }.
 */
import { loadFigure, setLanguage } from "inkling-figures/loader";
import "virtual:palette.css";
import "../theme/style.css";
import "./page.css";

const { documentElement: root } = document;
const options = new URLSearchParams(location.search);

const theme = options.get("theme");
if (theme === "dark" || theme === "light") root.classList.add(theme);

const language = languageOf(options.get("lang"));
if (language !== undefined) {
  root.lang = language;
  setLanguage(language);
}

const state = options.get("state");
if (state !== null && location.hash === "") history.replaceState(null, "", `#${state.replace(/^#/, "")}`);

const name = document.querySelector("main")?.dataset.figure ?? "";
void loadFigure(name);

if (parent !== window) {
  root.classList.add("framed");
  new ResizeObserver(() => {
    parent.postMessage({ type: "inkling-height", name, height: Math.ceil(document.body.scrollHeight) }, "*");
  }).observe(document.body);
}

/** A language that numbers can be written in. */
function languageOf(tag: string | null): string | undefined {
  try {
    return tag === null ? undefined : Intl.getCanonicalLocales(tag)[0];
  } catch {
    return undefined;
  }
}
