// Stills in a page: their size stands beside their address, so that nothing moves when they have come.
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stillOf } from "./figure.ts";

const publicDir = fileURLToPath(new URL("../../pages/public", import.meta.url));

test.each(["f01-pixels", "f19-planted-bug"])("%s has a still for light and one for dark, with their sizes", (name) => {
  const html = stillOf(name, { base: "/", publicDir }, "plain");
  for (const suffix of ["", ".dark"]) {
    expect(html).toMatch(new RegExp(`src="/stills/${name}${suffix}\\.webp" width="672" height="\\d{3}"`));
  }
});
