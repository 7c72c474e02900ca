/** What a page does in the browser after each navigation. */
import { nextTick } from "vue";

/** Loads the figures that come near the window, or all of them, and lets the keyboard scroll what is too wide. */
export async function livePage({ all = false } = {}): Promise<void> {
  const { figureNames, isolatePage, loadFigure, loadFigures } = await import("inkling-figures/loader");
  await nextTick();
  // What is built has a service worker.
  if (import.meta.env.PROD) void isolatePage();
  if (all) await Promise.all(figureNames.filter(isHere).map(loadFigure));
  else loadFigures();
  for (const formula of document.querySelectorAll<HTMLElement>(".equation > .formula"))
    if (formula.scrollWidth > formula.clientWidth) formula.tabIndex = 0;
  for (const code of document.querySelectorAll("[data-embed]"))
    code.textContent = code.textContent.replace(/src="\//, `src="${location.origin}/`);
}

function isHere(name: string): boolean {
  return document.querySelector(`inkling-${name}`) !== null;
}
