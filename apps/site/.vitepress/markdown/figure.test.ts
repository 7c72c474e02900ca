// Pictures: the size of a still stands beside its address, so that nothing moves when it has come; those of the README.
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { stillOf } from "./figure.ts";

const publicDir = fileURLToPath(new URL("../../pages/public", import.meta.url));

test.each(["f01-pixels", "f19-planted-bug"])("%s has a still for light and one for dark, with their sizes", (name) => {
  const html = stillOf(name, { base: "/", publicDir }, "plain");
  const sizes = JSON.parse(readFileSync(`${publicDir}/stills/sizes.json`, "utf8"));
  for (const suffix of ["", ".dark"]) {
    const [width, height] = sizes[`${name}${suffix}`];
    expect([width, height > 300 && height < 1500]).toEqual([672, true]);
    expect(html).toContain(`src="/stills/${name}${suffix}.webp" width="${width}" height="${height}"`);
  }
});

test.each(["studio-train", "studio-inside"])("the README shows %s, and it is light", (name) => {
  const root = new URL("../../../../", import.meta.url);
  expect(readFileSync(new URL("README.md", root), "utf8")).toContain(`(docs/pictures/${name}.webp)`);
  expect(statSync(new URL(`docs/pictures/${name}.webp`, root)).size).toBeLessThan(150_000);
});
