/** The figures' colours as a style sheet, so that the pages have the same: `import "virtual:palette.css"`. */
import { cssColour, type Palette, palettes } from "inkling-figures/palette";
import type { Plugin } from "vite";

const NAME = "virtual:palette.css";

export const paletteCss: Plugin = {
  name: "palette-css",
  resolveId: (id) => (id === NAME ? `\0${NAME}` : undefined),
  load(id) {
    if (id !== `\0${NAME}`) return undefined;
    const names = Object.keys(palettes.light) as (keyof Palette)[];
    const colours = names.map(
      (name) => `--inkling-${name}: light-dark(${cssColour(palettes.light[name])}, ${cssColour(palettes.dark[name])});`,
    );
    return `:root { ${colours.join(" ")} }`;
  },
};

/** Leaves out KaTeX's fonts in formats that no browser of this decade asks for. */
export const woff2Only: Plugin = {
  name: "woff2-only",
  enforce: "pre",
  transform: (code, id) =>
    /katex[^/]*\.css/.test(id)
      ? code.replace(/,url\([^)]*\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, "")
      : undefined,
};
