// The places in the book that panes lead to are there.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { places } from "../../../packages/figures/src/data/book.ts";
import { hasChromium } from "../../../packages/figures/test/in-chromium.ts";
import { built, pagesIn } from "./built-site.ts";

describe.skipIf(!hasChromium)("the built site", () => {
  test.each(Object.values(places))("has %s", (place) => {
    const [chapter, id] = place.split("#");
    expect(readFileSync(`${built}/book/${chapter}.html`, "utf8")).toContain(` id="${id}"`);
  });

  test.each(pagesIn("book"))("has each line of source that %s links to", (page) => {
    const html = readFileSync(`${built}${page}.html`, "utf8");
    const links = [...html.matchAll(/href="\/(source\/[^"#]+)#([^"]+)"/g)];
    expect(links.length).toBe(html.split('class="source"').length - 1);
    for (const [, file, line] of links)
      expect(readFileSync(`${built}/${file}.html`, "utf8")).toContain(` id="${line}"`);
  });

  test("says where its book is", () => {
    expect(readFileSync(`${built}/studio.html`, "utf8")).toMatch(/<meta name="inkling-book" content="\/book\/">/);
  });
});
