/**
 * A hash that is typed by hand may have a percent sign of its own (task=Reach 95 %), which VitePress's router cannot
 * decode: it would show nothing. This stands in each page before its scripts, and writes such a sign as %25.
 */
import type { Plugin } from "vite";

function mendHashes(): void {
  const isEncoded = (hash: string) => {
    try {
      return decodeURIComponent(hash) !== undefined;
    } catch {
      return false;
    }
  };
  const mend = () => {
    const { hash } = location;
    if (isEncoded(hash)) return;
    const alone = hash.replace(/%(?![0-9a-f]{2})/gi, "%25");
    history.replaceState(history.state, "", isEncoded(alone) ? alone : hash.replaceAll("%", "%25"));
  };
  mend();
  // Before the router hears of it.
  for (const type of ["popstate", "hashchange"]) addEventListener(type, mend, { capture: true });
}

export const hashScript = `(${mendHashes})();`;

/** In development VitePress writes what a page's head has when its scripts have run: too late. */
export const hashPlugin: Plugin = {
  name: "mend-hashes",
  apply: "serve",
  transformIndexHtml: () => [{ tag: "script", children: hashScript, injectTo: "head-prepend" }],
};
